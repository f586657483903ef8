/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What neighbours tell each other, so that nothing is missing for long. */

#include <genos/mesh/mesh-overlay-private.h>

#include <string.h>

/* Clocks differ: what was said that long before we came is not news to us. */
#define EARLIER_MS 2000
#define MAX_ASKED 512
/* That long after a frame was here it is everywhere, unless something went wrong. */
#define ON_ITS_WAY G_TIME_SPAN_SECOND
/* A stranger that wants nothing is told so seldom in the end. */
#define STRANGER_PAUSE (16 * G_TIME_SPAN_SECOND)
/* So often a member of our cell is asked to tell those whom we have no link to: it may have to get the message
 * first. */
#define MAX_TOLD 3
/* For so long what was asked for may be on its way. */
#define ANSWER (2 * G_TIME_SPAN_SECOND)

/* --- what neighbours tell each other --- */

void
genos_mesh_overlay_send_ids (
    GenosMeshOverlay *self, guint32 peer, GenosMeshKind kind, GPtrArray *ids, gint64 now)
{
  g_autofree char *data = NULL;
  g_autoptr (GenosMeshFrame) frame = NULL;

  data = genos_mesh_frame_build_ids ((const char *const *) ids->pdata, ids->len);
  frame = genos_mesh_overlay_make_frame (self, kind, NULL, data, now);
  genos_mesh_overlay_send_to (self, peer, frame, 0);
}

void
genos_mesh_overlay_tell_recent (GenosMeshOverlay *self, GenosMeshLink *link, gint64 now)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  GenosMeshRecentFrame *recent;

  if (!link->extended || !genos_mesh_overlay_has_layout (self))
    return;
  for (guint i = 0; (recent = genos_mesh_recent_get (self->recent, i)) != NULL; i++) {
    if (ids->len == GENOS_MESH_OVERLAY_MAX_IDS)
      g_ptr_array_remove_index (ids, 0);
    g_ptr_array_add (ids, recent->frame->id);
  }
  link->told_until = now;
  genos_mesh_overlay_send_ids (self, link->peer, GENOS_MESH_HAVE, ids, now);
  genos_mesh_overlay_tell_large (self, link, now);
}

void
genos_mesh_overlay_tell_cell (GenosMeshOverlay *self, GenosMeshLink *link, gint64 now)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  if (link->extended && genos_mesh_overlay_has_layout (self))
    genos_mesh_overlay_send_ids (self, link->peer, GENOS_MESH_HAVE, none, now);
}

static gboolean
is_due (const GenosMeshRecentFrame *recent, gint64 now)
{
  return !recent->told && now - recent->at >= ON_ITS_WAY;
}

static void
tell_neighbour (GenosMeshOverlay *self, const GenosMeshNeighbour *neighbour, gint64 now)
{
  const GenosMeshView *view = self->view;
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  guint32 head = genos_mesh_overlay_find_head (self, neighbour);
  GenosMeshRecentFrame *recent;

  if (head == GENOS_MESH_NOBODY || !genos_mesh_overlay_find_link (self, head)->extended)
    return;
  for (guint i = 0; (recent = genos_mesh_recent_get (self->recent, i)) != NULL; i++) {
    guint root = genos_mesh_overlay_cell_of (self, recent->frame->origin);

    if (is_due (recent, now) && recent->from_cell != neighbour->cell
        && ids->len < GENOS_MESH_OVERLAY_MAX_IDS
        && genos_mesh_tree_get_backup (&view->cells, root, neighbour->cell) == view->cell)
      g_ptr_array_add (ids, recent->frame->id);
  }
  if (ids->len > 0)
    genos_mesh_overlay_send_ids (self, head, GENOS_MESH_HAVE, ids, now);
}

static gboolean
is_own (GenosMeshOverlay *self, const GenosMeshRecentFrame *recent)
{
  return strcmp (recent->frame->origin, genos_mesh_overlay_get_self_id (self)) == 0;
}

void
genos_mesh_overlay_tell_own (GenosMeshOverlay *self, GenosMeshLink *link, gint64 now)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  GenosMeshRecentFrame *recent;

  for (guint i = 0; (recent = genos_mesh_recent_get (self->recent, i)) != NULL; i++)
    if (is_own (self, recent) && ids->len < GENOS_MESH_OVERLAY_MAX_IDS)
      g_ptr_array_add (ids, recent->frame->id);
  if (link->extended && ids->len > 0)
    genos_mesh_overlay_send_ids (self, link->peer, GENOS_MESH_HAVE, ids, now);
  genos_mesh_overlay_tell_large (self, link, now);
}

/* Members of our cell to whom there is no link, or not yet. */
static GPtrArray *
list_unlinked_mates (GenosMeshOverlay *self)
{
  const GenosMeshView *view = self->view;
  GPtrArray *ids = g_ptr_array_new ();

  for (guint i = 0; i < view->n_mates && ids->len < GENOS_MESH_OVERLAY_MAX_IDS / 2; i++)
    if (view->mates[i] != self->self_peer && !genos_mesh_overlay_is_linked (self, view->mates[i]))
      g_ptr_array_add (ids, (char *) genos_mesh_topology_get_id (self->topology, view->mates[i]));
  return ids;
}

/* What we said ourselves: if it missed the bridge of our cell, it reached nobody outside; and nobody but us
 * tells the members of our cell. */
static void
tell_mate (GenosMeshOverlay *self, gint64 now)
{
  guint32 mate = genos_mesh_overlay_find_mate (self, self->self_peer);
  g_autoptr (GPtrArray) unlinked = list_unlinked_mates (self);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  GenosMeshRecentFrame *recent;

  if (mate == GENOS_MESH_NOBODY || (self->view->cells.n_cells == 1 && unlinked->len == 0)
      || !genos_mesh_overlay_find_link (self, mate)->extended)
    return;
  for (guint i = 0; (recent = genos_mesh_recent_get (self->recent, i)) != NULL; i++) {
    if (!is_own (self, recent) || now - recent->at < ON_ITS_WAY
        || recent->n_told >= (unlinked->len > 0 ? MAX_TOLD : 1)
        || ids->len + unlinked->len >= GENOS_MESH_OVERLAY_MAX_IDS)
      continue;
    recent->n_told++;
    g_ptr_array_add (ids, recent->frame->id);
  }
  if (ids->len == 0)
    return;
  g_ptr_array_extend (ids, unlinked, NULL, NULL);
  genos_mesh_overlay_send_ids (self, mate, GENOS_MESH_HAVE, ids, now);
}

gboolean
genos_mesh_overlay_is_stranger (GenosMeshOverlay *self, GenosMeshLink *link, gint64 now)
{
  if (!link->up || !link->extended || genos_mesh_overlay_is_mate (self, link->peer)
      || genos_mesh_view_find_head (self->view, link->peer) != NULL)
    return FALSE;
  if (link->claimed_cell == GENOS_MESH_NO_CELL)
    return now - link->since >= 2 * self->seal.times.cap;
  return link->claimed_cell != genos_mesh_view_cell_of (self->view, link->peer)
      || (link->told_cell != GENOS_MESH_NO_CELL && link->told_cell != self->view->cell)
      || !genos_mesh_census_has_sealed (self->census, link->peer);
}

/* It told us of late what it has, so that it has it from somebody; of two strangers one is enough. */
static gboolean
is_served (GenosMeshLink *link, gint64 now)
{
  return link->told_us_at != 0 && now - link->told_us_at < STRANGER_PAUSE;
}

/* What came since it was told last, of what is everywhere by now. */
static void
tell_stranger (GenosMeshOverlay *self, GenosMeshLink *link, gint64 now)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  gint64 until = now - ON_ITS_WAY;
  GenosMeshRecentFrame *recent;

  for (guint i = 0; (recent = genos_mesh_recent_get (self->recent, i)) != NULL; i++)
    if (recent->at > link->told_until && recent->at <= until)
      g_ptr_array_add (ids, recent->frame->id);
  /* So many are not put off: they would be more than one frame holds, or forgotten. */
  if (ids->len == 0
      || ((is_served (link, now) || now < link->tell_at)
          && ids->len < GENOS_MESH_OVERLAY_MAX_IDS / 2))
    return;
  if (ids->len > GENOS_MESH_OVERLAY_MAX_IDS)
    g_ptr_array_remove_range (ids, 0, ids->len - GENOS_MESH_OVERLAY_MAX_IDS);
  link->told_until = until;
  link->tell_at = now + link->tell_pause;
  link->tell_pause = CLAMP (2 * link->tell_pause, self->seal.times.tick, STRANGER_PAUSE);
  genos_mesh_overlay_send_ids (self, link->peer, GENOS_MESH_HAVE, ids, now);
}

/* Who is linked with us and has no place in our layout has another one, in which we may be the bridge of its
 * cell: nobody else would tell it anything. Most have what they need from others, so that whoever asks for
 * nothing is told less and less often. */
static void
tell_strangers (GenosMeshOverlay *self, gint64 now)
{
  g_autoptr (GPtrArray) strangers = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (genos_mesh_overlay_is_stranger (self, value, now))
      g_ptr_array_add (strangers, value);
  for (guint i = 0; i < strangers->len; i++)
    tell_stranger (self, g_ptr_array_index (strangers, i), now);
}

void
genos_mesh_overlay_tell_neighbours (GenosMeshOverlay *self, gint64 now)
{
  GenosMeshRecentFrame *recent;

  if (genos_mesh_overlay_has_layout (self)) {
    tell_mate (self, now);
    tell_strangers (self, now);
  }
  if (genos_mesh_overlay_has_layout (self) && genos_mesh_overlay_is_acting (self, now))
    for (guint i = 0; i < self->view->n_neighbours; i++)
      tell_neighbour (self, &self->view->neighbours[i], now);
  for (guint i = 0; (recent = genos_mesh_recent_get (self->recent, i)) != NULL; i++)
    recent->told |= is_due (recent, now);
}

/* Whether it matters to us that it does its part. */
static gboolean
is_relied_on (GenosMeshOverlay *self, guint32 peer)
{
  const GenosMeshView *view = self->view;

  for (guint i = 0; i < MIN (view->n_mates, GENOS_MESH_N_HEADS); i++)
    if (view->mates[i] == peer)
      return TRUE;
  return genos_mesh_view_find_head (view, peer) != NULL;
}

/* What it said may be lost, or we forgot it when the link was in trouble at our end alone; in a quiet room nobody
 * says it again. It may have no layout yet, so less and less often. */
void
genos_mesh_overlay_ask_cells (GenosMeshOverlay *self, gint64 now)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GPtrArray) silent = g_ptr_array_new ();
  gint64 cap = self->seal.times.cap;
  GHashTableIter iter;
  GenosMeshLink *link;

  if (!genos_mesh_overlay_has_layout (self))
    return;
  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &link))
    if (link->up && link->extended && now - link->since >= cap && now >= link->ask_at
        && is_relied_on (self, link->peer) && genos_mesh_overlay_is_missed (self, link->peer, now))
      g_ptr_array_add (silent, link);
  for (guint i = 0; i < silent->len; i++) {
    link = g_ptr_array_index (silent, i);
    link->ask_pause = MAX (2 * cap, 2 * link->ask_pause);
    link->ask_at = now + link->ask_pause;
    genos_mesh_overlay_send_ids (self, link->peer, GENOS_MESH_WANT, none, now);
  }
}

gboolean
genos_mesh_overlay_is_recent (GenosMeshOverlay *self, const char *id)
{
  const char *at = strchr (id, ':');
  guint64 ms = at != NULL ? g_ascii_strtoull (at + 1, NULL, 36) : 0;

  return ms <= G_MAXINT64 - EARLIER_MS && (gint64) ms + EARLIER_MS >= self->wall_ms;
}

static gboolean
is_news (GenosMeshOverlay *self, const char *id)
{
  return genos_mesh_overlay_is_recent (self, id)
      && !genos_mesh_seen_has (self->seen, genos_mesh_seen_hash (self->seen, id));
}

/* Several may tell us of the same, and one answer is enough, should it come. */
static gboolean
is_asked_for (GenosMeshOverlay *self, guint64 hash, gint64 now)
{
  for (guint i = self->asked->len; i > 0; i--) {
    GenosMeshAsked *asked = &g_array_index (self->asked, GenosMeshAsked, i - 1);

    if (asked->hash == hash && now - asked->at < ANSWER)
      return TRUE;
  }
  return FALSE;
}

static void
note_asked (GenosMeshOverlay *self, guint64 hash, gint64 now)
{
  GenosMeshAsked asked = { hash, now };

  if (self->asked->len == MAX_ASKED)
    g_array_remove_index (self->asked, 0);
  g_array_append_val (self->asked, asked);
}

/* Not that of a frame, but of somebody whom its sender has no link to. */
static gboolean
is_peer (const char *id)
{
  return strchr (id, ':') == NULL;
}

/* What a member of our cell said, and could not say to another one. */
static void
tell_for (GenosMeshOverlay *self, GenosMeshLink *from, GStrv ids, gint64 now)
{
  g_autoptr (GPtrArray) known = g_ptr_array_new ();

  for (guint i = 0; ids[i] != NULL; i++)
    if (!is_peer (ids[i]) && genos_mesh_recent_find (self->recent, ids[i]) != NULL)
      g_ptr_array_add (known, ids[i]);
  for (guint i = 0; ids[i] != NULL && known->len > 0; i++) {
    guint32 peer =
        is_peer (ids[i]) ? genos_mesh_topology_find (self->topology, ids[i]) : GENOS_MESH_NOBODY;
    GenosMeshLink *link =
        peer != GENOS_MESH_NOBODY ? genos_mesh_overlay_find_link (self, peer) : NULL;

    if (link == NULL || link == from || !link->up || !link->extended
        || !genos_mesh_overlay_is_mate (self, peer)
        || from->n_answers >= 2 * GENOS_MESH_OVERLAY_MAX_IDS)
      continue;
    from->n_answers++;
    genos_mesh_overlay_send_ids (self, peer, GENOS_MESH_HAVE, known, now);
  }
}

void
genos_mesh_overlay_take_have (
    GenosMeshOverlay *self, GenosMeshLink *from, GenosMeshFrame *frame, gint64 now)
{
  g_auto (GStrv) ids = genos_mesh_frame_parse_ids (frame->data, GENOS_MESH_OVERLAY_MAX_IDS);
  g_autoptr (GPtrArray) wanted = g_ptr_array_new ();

  from->claimed_cell = frame->origin_cell;
  if (ids != NULL && ids[0] != NULL)
    from->told_us_at = now;
  for (guint i = 0; ids != NULL && ids[i] != NULL; i++) {
    guint64 hash = genos_mesh_seen_hash (self->seen, ids[i]);

    if (genos_mesh_overlay_take_notice (self, from, ids[i], now))
      continue;
    if (!is_news (self, ids[i]) || is_asked_for (self, hash, now))
      continue;
    g_ptr_array_add (wanted, ids[i]);
    note_asked (self, hash, now);
  }
  if (wanted->len > 0)
    genos_mesh_overlay_send_ids (self, from->peer, GENOS_MESH_WANT, wanted, now);
  if (ids != NULL && genos_mesh_overlay_has_layout (self)
      && genos_mesh_overlay_is_mate (self, from->peer))
    tell_for (self, from, ids, now);
}

void
genos_mesh_overlay_take_want (
    GenosMeshOverlay *self, GenosMeshLink *from, GenosMeshFrame *frame, gint64 now)
{
  g_auto (GStrv) ids = genos_mesh_frame_parse_ids (frame->data, GENOS_MESH_OVERLAY_MAX_IDS);

  if (ids != NULL && ids[0] == NULL && from->n_answers++ < 2)
    genos_mesh_overlay_tell_cell (self, from, now);
  for (guint i = 0; ids != NULL && ids[i] != NULL; i++) {
    GenosMeshRecentFrame *recent = genos_mesh_recent_find (self->recent, ids[i]);

    if (genos_mesh_overlay_answer_chunk (self, from, ids[i], now))
      continue;
    if (recent == NULL || from->n_answers >= 2 * GENOS_MESH_OVERLAY_MAX_IDS)
      continue;
    from->n_answers++;
    /* It depends on us. */
    from->tell_pause = 0;
    from->tell_at = 0;
    /* It took another way than the tree's, and whoever asks has not had it: the hops begin again. */
    genos_mesh_overlay_send_to (
        self, from->peer, recent->frame, genos_mesh_overlay_choose_ttl (self));
  }
}

gboolean
genos_mesh_overlay_was_asked_for (GenosMeshOverlay *self, guint64 hash)
{
  for (guint i = 0; i < self->asked->len; i++) {
    if (g_array_index (self->asked, GenosMeshAsked, i).hash == hash) {
      g_array_remove_index_fast (self->asked, i);
      return TRUE;
    }
  }
  return FALSE;
}
