/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "mesh-crowd.h"

#include <string.h>

#define ANNOUNCE (30 * G_TIME_SPAN_SECOND)

typedef struct {
  guint from, to;
  GenosMeshFrame *frame;
  guint ttl, cell;
} Flight;

static void
flight_free (gpointer data)
{
  Flight *flight = data;

  genos_mesh_frame_unref (flight->frame);
  g_free (flight);
}

Person *
crowd_get (Crowd *self, guint index)
{
  return g_ptr_array_index (self->people, index);
}

static Person *
find_person (Crowd *self, guint32 number)
{
  for (guint i = 0; i < self->people->len; i++)
    if (crowd_get (self, i)->number == number)
      return crowd_get (self, i);
  return NULL;
}

static gboolean
is_linked (Person *a, Person *b)
{
  return g_hash_table_contains (a->linked, GUINT_TO_POINTER (b->index));
}

/* --- what overlays say --- */

static gboolean
on_send (guint32 peer, guint cell, GenosMeshFrame *frame, guint ttl, gpointer data)
{
  Person *person = data;
  Crowd *crowd = person->crowd;
  Person *other = find_person (crowd, peer);
  Flight *flight;

  g_assert_nonnull (other);
  g_assert_true (is_linked (person, other));
  if (person->capacity > 0) {
    guint n = 0;

    for (GList *l = crowd->frames.head; l != NULL; l = l->next)
      n += ((Flight *) l->data)->from == person->index && ((Flight *) l->data)->to == other->index;
    if (n >= person->capacity)
      return FALSE;
  }
  crowd->n_sent++;
  if (crowd->loss_every > 0 && crowd->n_sent % crowd->loss_every == 0)
    return TRUE;
  flight = g_new (Flight, 1);
  *flight = (Flight){ person->index, other->index, genos_mesh_frame_ref (frame), ttl, cell };
  g_queue_push_tail (&crowd->frames, flight);
  return TRUE;
}

static gboolean
on_deliver (GenosMeshFrame *frame, gpointer data)
{
  Person *person = data;

  if (person->refuses)
    return FALSE;
  g_ptr_array_add (person->got,
      frame->content != NULL ? g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, frame->content)
                             : g_strdup (frame->data));
  return TRUE;
}

static void
on_arriving (const GenosMeshTransfer *transfer, gpointer data)
{
  Person *person = data;

  g_assert_cmpuint (transfer->n_have, <=, transfer->n_chunks);
  person->n_arriving++;
}

static void
on_pong (const char *peer_id, const char *ping_id, gpointer data)
{
  ((Person *) data)->n_pongs++;
}

static void
on_settled (guint64 serial, gboolean arrived, guint n_again, gpointer data)
{
  Person *person = data;

  person->n_arrived += arrived;
  person->n_given_up += !arrived;
}

static void
on_sealed (gpointer data)
{
  ((Person *) data)->n_seals++;
}

static const GenosMeshEvents events = { .send = on_send,
  .deliver = on_deliver,
  .arriving = on_arriving,
  .settled = on_settled,
  .pong = on_pong,
  .sealed = on_sealed };

/* --- links --- */

static void
part (Person *a, Person *b, gboolean broken)
{
  g_hash_table_remove (a->linked, GUINT_TO_POINTER (b->index));
  g_hash_table_remove (b->linked, GUINT_TO_POINTER (a->index));
  if (a->overlay != NULL)
    genos_mesh_overlay_link_down (a->overlay, b->number, broken, a->crowd->now);
  if (b->overlay != NULL)
    genos_mesh_overlay_link_down (b->overlay, a->number, broken, a->crowd->now);
}

static gboolean
wants (Person *a, Person *b, GenosMeshWish at_least)
{
  return genos_mesh_overlay_judge (a->overlay, b->number, a->crowd->now) >= at_least;
}

static void
dial (Person *a, Person *b)
{
  if (is_linked (a, b) || a->frozen || b->frozen || a->unreachable == b
      || !wants (b, a, GENOS_MESH_TOLERATED))
    return;
  g_hash_table_add (a->linked, GUINT_TO_POINTER (b->index));
  g_hash_table_add (b->linked, GUINT_TO_POINTER (a->index));
  genos_mesh_overlay_link_up (a->overlay, b->number, !b->plain, a->crowd->now);
  genos_mesh_overlay_link_up (b->overlay, a->number, !a->plain, a->crowd->now);
}

static void
dial_number (guint32 peer, gpointer data)
{
  Person *person = data;
  Person *other = find_person (person->crowd, peer);

  if (other != NULL && other->overlay != NULL)
    dial (person, other);
}

static void
prune (Person *person)
{
  g_autoptr (GList) linked = g_hash_table_get_keys (person->linked);

  for (GList *l = linked; l != NULL; l = l->next) {
    Person *other = crowd_get (person->crowd, GPOINTER_TO_UINT (l->data));

    if (!wants (person, other, GENOS_MESH_TOLERATED))
      part (person, other, FALSE);
  }
}

/* --- the room --- */

static gboolean
is_deaf (Crowd *self, Person *person)
{
  return self->deaf != NULL && g_hash_table_contains (self->deaf, GUINT_TO_POINTER (person->index));
}

static void
announce (Crowd *self, Person *person)
{
  person->next_announce = self->now + ANNOUNCE;
  for (guint i = 0; i < self->people->len; i++) {
    Person *other = crowd_get (self, i);

    if (other == person || other->overlay == NULL
        || is_deaf (self, other) != is_deaf (self, person))
      continue;
    genos_mesh_overlay_heard (other->overlay, person->number, self->now);
    if (!other->frozen && wants (other, person, GENOS_MESH_WANTED))
      dial (other, person);
  }
}

static void
person_free (gpointer data)
{
  Person *person = data;

  g_clear_pointer (&person->overlay, genos_mesh_overlay_unref);
  g_hash_table_unref (person->linked);
  g_ptr_array_unref (person->got);
  g_free (person->id);
  g_free (person);
}

void
crowd_join (Crowd *self, guint n)
{
  guint first = self->people->len;

  for (guint i = 0; i < n; i++) {
    Person *person = g_new0 (Person, 1);
    GenosMeshConfig config = {
      .cell_size = self->cell_size,
      .times = &self->times,
      .key = { 1, 2, 3, self->people->len % 256 },
      .wall_ms = 1700000000000 + self->now / 1000,
    };

    person->crowd = self;
    person->index = self->people->len;
    person->id = g_strdup_printf ("person%u", person->index * 7919);
    person->linked = g_hash_table_new (NULL, NULL);
    person->got = g_ptr_array_new_with_free_func (g_free);
    person->overlay =
        genos_mesh_overlay_new (self->topology, person->id, &config, &events, person, self->now);
    person->number = genos_mesh_overlay_get_self (person->overlay);
    genos_mesh_topology_hold (self->topology, person->number);
    g_ptr_array_add (self->people, person);
  }
  /* Those who are there answer a stranger's announce with one of their own. */
  for (guint i = 0; i < self->people->len; i++)
    if (crowd_get (self, i)->overlay != NULL && (first > 0 || n > 0))
      announce (self, crowd_get (self, i));
}

Crowd *
crowd_new (guint n, guint cell_size, guint32 seed)
{
  Crowd *self = g_new0 (Crowd, 1);

  self->topology = genos_mesh_topology_new ();
  self->people = g_ptr_array_new_with_free_func (person_free);
  g_queue_init (&self->frames);
  self->now = seed * G_TIME_SPAN_SECOND;
  self->cell_size = cell_size;
  self->times = genos_mesh_default_times;
  crowd_join (self, n);
  return self;
}

void
crowd_free (Crowd *self)
{
  g_queue_clear_full (&self->frames, flight_free);
  for (guint i = 0; i < self->people->len; i++)
    genos_mesh_topology_release (self->topology, crowd_get (self, i)->number);
  g_ptr_array_unref (self->people);
  g_clear_pointer (&self->deaf, g_hash_table_unref);
  genos_mesh_topology_unref (self->topology);
  g_free (self);
}

void
crowd_leave (Crowd *self, guint index, gboolean bye)
{
  Person *person = crowd_get (self, index);
  g_autoptr (GList) linked = g_hash_table_get_keys (person->linked);

  g_clear_pointer (&person->overlay, genos_mesh_overlay_unref);
  for (GList *l = linked; l != NULL; l = l->next)
    part (person, crowd_get (self, GPOINTER_TO_UINT (l->data)), !bye);
  for (guint i = 0; bye && i < self->people->len; i++)
    if (crowd_get (self, i)->overlay != NULL)
      genos_mesh_overlay_left (crowd_get (self, i)->overlay, person->number, self->now);
}

void
crowd_cut (Crowd *self, Person *a, Person *b)
{
  a->unreachable = b;
  b->unreachable = a;
  part (a, b, TRUE);
}

void
crowd_mend (Crowd *self, Person *a, Person *b)
{
  a->unreachable = NULL;
  b->unreachable = NULL;
}

static void
fly (Crowd *self)
{
  guint n = g_queue_get_length (&self->frames);

  for (guint i = 0; i < n; i++) {
    Flight *flight = g_queue_pop_head (&self->frames);
    Person *to = crowd_get (self, flight->to);
    Person *from = crowd_get (self, flight->from);

    if (to->frozen) {
      g_queue_push_tail (&self->frames, g_steal_pointer (&flight));
    } else if (to->overlay != NULL && is_linked (from, to)) {
      genos_mesh_overlay_note_channel (to->overlay, from->number, flight->cell);
      genos_mesh_overlay_receive (to->overlay, from->number, flight->frame, flight->ttl, self->now);
    }
    if (flight != NULL)
      flight_free (flight);
  }
}

static void
drain (Person *person)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, person->linked);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    genos_mesh_overlay_writable (person->overlay,
        crowd_get (person->crowd, GPOINTER_TO_UINT (key))->number, person->crowd->now);
}

static void
step (Crowd *self)
{
  self->now += CROWD_STEP;
  fly (self);
  for (guint i = 0; i < self->people->len; i++) {
    Person *person = crowd_get (self, i);

    if (person->overlay == NULL || person->frozen)
      continue;
    if (person->capacity > 0)
      drain (person);
    if (self->now >= person->next_announce)
      announce (self, person);
    if ((self->now / CROWD_STEP + i) % 20 != 0)
      continue;
    genos_mesh_overlay_tick (person->overlay, self->now);
    prune (person);
    genos_mesh_overlay_foreach_wanted (person->overlay, self->now, dial_number, person);
  }
}

void
crowd_run (Crowd *self, gint64 span)
{
  gint64 end = self->now + span;

  while (self->now < end)
    step (self);
}

/* A seal comes at most twelve seconds after what it is for, and old links go five seconds after it. */
void
crowd_settle (Crowd *self)
{
  crowd_run (self, 20 * G_TIME_SPAN_SECOND);
}

guint
crowd_get_n (Crowd *self)
{
  guint n = 0;

  for (guint i = 0; i < self->people->len; i++)
    n += crowd_get (self, i)->overlay != NULL;
  return n;
}

guint
crowd_count_links (Crowd *self)
{
  guint n = 0;

  for (guint i = 0; i < self->people->len; i++)
    n += g_hash_table_size (crowd_get (self, i)->linked);
  return n / 2;
}

guint
crowd_count_got (Crowd *self, const char *data, guint n)
{
  guint n_people = 0;

  for (guint i = 0; i < self->people->len; i++) {
    Person *person = crowd_get (self, i);
    guint n_got = 0;

    for (guint j = 0; j < person->got->len; j++)
      n_got += strcmp (g_ptr_array_index (person->got, j), data) == 0;
    n_people += person->overlay != NULL && n_got == n;
  }
  return n_people;
}

Person *
crowd_find_bridge (Crowd *crowd, guint cell)
{
  for (guint i = 0; i < crowd->people->len; i++) {
    Person *person = crowd_get (crowd, i);

    if (person->overlay != NULL && genos_mesh_overlay_is_bridge (person->overlay)
        && genos_mesh_overlay_get_view (person->overlay)->cell == cell)
      return person;
  }
  g_assert_not_reached ();
}

Person *
crowd_find_mate (Crowd *crowd, Person *person, guint place)
{
  const GenosMeshView *view = genos_mesh_overlay_get_view (person->overlay);

  for (guint i = 0; i < crowd->people->len; i++)
    if (crowd_get (crowd, i)->number == view->mates[place])
      return crowd_get (crowd, i);
  g_assert_not_reached ();
}

void
crowd_assert_one_layout (Crowd *crowd)
{
  guint n = crowd_get_n (crowd);

  for (guint i = 0; i < crowd->people->len; i++) {
    Person *person = crowd_get (crowd, i);

    if (person->overlay != NULL)
      g_assert_cmpuint (genos_mesh_overlay_get_view (person->overlay)->n_peers, ==, n);
  }
}

void
crowd_say (Crowd *crowd, Person *person, const char *data)
{
  g_assert_true (genos_mesh_overlay_send (person->overlay, NULL, data, crowd->now));
}
