/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/cells/group-ring.h>

#include <string.h>

/* Of one sender: what is said before and after a change crosses. */
#define MAX_KEYS 3
#define MAX_SENDERS (2 * GENOS_GROUP_MAX_MEMBERS)
#define MAX_GIVEN (4 * GENOS_GROUP_MAX_MEMBERS)
/* A letter that got lost is sent again by the mesh; who asks more often wants us to be busy. */
#define GIVE_AGAIN G_TIME_SPAN_SECOND

typedef struct {
  char *public_key;
  gint64 last;
} Given;

/* A generation of ours. */
typedef struct {
  GenosGroupKey *key;
  GHashTable *given; /* peer id → Given */
  gint64 drawn;
} Own;

typedef struct {
  GenosGroupKey *keys[MAX_KEYS]; /* (nullable): the newest first */
  gint64 used;
} Sender;

/* A key that is being asked for. */
typedef struct {
  guint8 generation[GENOS_GROUP_GENERATION_SIZE];
  GenosSecret *box;
  GPtrArray *frames;
  gint64 begun;
  gint64 next;  /* when to ask */
  gint64 pause; /* from then to the next time */
} Wait;

struct _GenosGroupRing {
  GenosSecret *room_key;
  Own *own;        /* (nullable) */
  Own *before;     /* (nullable): the one before … */
  gint64 replaced; /* … until then */
  guint n_drawn;
  GHashTable *senders; /* origin → Sender */
  GHashTable *waits;   /* origin → GPtrArray of Wait */
  guint n_frames;
  gsize n_bytes;
};

static void
given_free (gpointer data)
{
  g_free (((Given *) data)->public_key);
  g_free (data);
}

static void
own_free (Own *own)
{
  genos_group_key_unref (own->key);
  g_hash_table_unref (own->given);
  g_free (own);
}

static void
sender_free (gpointer data)
{
  Sender *sender = data;

  for (guint i = 0; i < MAX_KEYS; i++)
    g_clear_pointer (&sender->keys[i], genos_group_key_unref);
  g_free (sender);
}

static void
wait_free (gpointer data)
{
  Wait *wait = data;

  genos_secret_unref (wait->box);
  g_ptr_array_unref (wait->frames);
  g_free (wait);
}

GenosGroupRing *
genos_group_ring_new (GenosSecret *room_key)
{
  GenosGroupRing *self = g_new0 (GenosGroupRing, 1);

  self->room_key = genos_secret_ref (room_key);
  self->senders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, sender_free);
  self->waits =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  return self;
}

void
genos_group_ring_free (GenosGroupRing *self)
{
  genos_secret_unref (self->room_key);
  g_clear_pointer (&self->own, own_free);
  g_clear_pointer (&self->before, own_free);
  g_hash_table_unref (self->senders);
  g_hash_table_unref (self->waits);
  g_free (self);
}

/* --- ours --- */

static void
draw (GenosGroupRing *self, gint64 now)
{
  g_clear_pointer (&self->before, own_free);
  self->before = self->own;
  self->replaced = now;
  self->own = g_new0 (Own, 1);
  self->own->key = genos_group_key_draw (self->room_key);
  self->own->given = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, given_free);
  self->own->drawn = now;
  self->n_drawn++;
}

/* What has become of whoever has the key: the worst of all. */
static GenosGroupStanding
judge_all (Own *own, GenosGroupJudge judge, gpointer data)
{
  GenosGroupStanding worst = GENOS_GROUP_STAYS;
  GHashTableIter iter;
  gpointer peer_id, given;

  g_hash_table_iter_init (&iter, own->given);
  while (worst != GENOS_GROUP_KEPT_OUT && g_hash_table_iter_next (&iter, &peer_id, &given))
    worst = MAX (worst, judge (peer_id, ((Given *) given)->public_key, data));
  return worst;
}

static gboolean
is_over (Own *own, GenosGroupJudge judge, gpointer data, gint64 now)
{
  GenosGroupStanding worst;

  if (own == NULL || now - own->drawn >= GENOS_GROUP_MAX_AGE)
    return TRUE;
  worst = judge_all (own, judge, data);
  return worst == GENOS_GROUP_KEPT_OUT
      || (worst == GENOS_GROUP_LEFT && now - own->drawn >= GENOS_GROUP_SPACING);
}

GenosGroupKey *
genos_group_ring_get_sending (
    GenosGroupRing *self, GenosGroupJudge judge, gpointer data, gint64 now)
{
  if (is_over (self->own, judge, data, now))
    draw (self, now);
  return self->own->key;
}

static gboolean
is_of (GenosGroupKey *key, const guint8 *generation)
{
  return memcmp (genos_group_key_get_generation (key), generation, GENOS_GROUP_GENERATION_SIZE)
      == 0;
}

static gboolean
note_given (Own *own, const char *peer_id, const char *public_key, gint64 now)
{
  Given *given = g_hash_table_lookup (own->given, peer_id);

  if (given != NULL && now - given->last < GIVE_AGAIN)
    return FALSE;
  if (given == NULL && g_hash_table_size (own->given) >= MAX_GIVEN)
    return FALSE;
  /* Under another key it is somebody else: whoever had it before has it still. */
  if (given != NULL && strcmp (given->public_key, public_key) != 0)
    return FALSE;
  if (given == NULL) {
    given = g_new0 (Given, 1);
    given->public_key = g_strdup (public_key);
    g_hash_table_insert (own->given, g_strdup (peer_id), given);
  }
  given->last = now;
  return TRUE;
}

GenosGroupKey *
genos_group_ring_hand_over (GenosGroupRing *self, const guint8 *generation, const char *peer_id,
    const char *public_key, gint64 now)
{
  Own *own = self->own;

  if (own != NULL && !is_of (own->key, generation))
    own = self->before;
  if (own == NULL || !is_of (own->key, generation) || !note_given (own, peer_id, public_key, now))
    return NULL;
  return own->key;
}

guint
genos_group_ring_get_n_drawn (GenosGroupRing *self)
{
  return self->n_drawn;
}

/* --- of others --- */

GenosGroupKey *
genos_group_ring_find (
    GenosGroupRing *self, const char *origin, const guint8 *generation, gint64 now)
{
  Sender *sender = g_hash_table_lookup (self->senders, origin);

  for (guint i = 0; sender != NULL && i < MAX_KEYS && sender->keys[i] != NULL; i++) {
    if (is_of (sender->keys[i], generation)) {
      sender->used = now;
      return sender->keys[i];
    }
  }
  return NULL;
}

static void
forget_oldest (GenosGroupRing *self)
{
  const char *oldest = NULL;
  gint64 used = G_MAXINT64;
  GHashTableIter iter;
  gpointer origin, sender;

  g_hash_table_iter_init (&iter, self->senders);
  while (g_hash_table_iter_next (&iter, &origin, &sender)) {
    if (((Sender *) sender)->used < used) {
      used = ((Sender *) sender)->used;
      oldest = origin;
    }
  }
  g_hash_table_remove (self->senders, oldest);
}

/* @key: (transfer full) */
static void
keep (GenosGroupRing *self, const char *origin, GenosGroupKey *key, gint64 now)
{
  Sender *sender = g_hash_table_lookup (self->senders, origin);

  if (sender == NULL) {
    if (g_hash_table_size (self->senders) >= MAX_SENDERS)
      forget_oldest (self);
    sender = g_new0 (Sender, 1);
    g_hash_table_insert (self->senders, g_strdup (origin), sender);
  }
  g_clear_pointer (&sender->keys[MAX_KEYS - 1], genos_group_key_unref);
  memmove (sender->keys + 1, sender->keys, (MAX_KEYS - 1) * sizeof sender->keys[0]);
  sender->keys[0] = key;
  sender->used = now;
}

/* --- what waits --- */

static GPtrArray *
get_waits (GenosGroupRing *self, const char *origin)
{
  GPtrArray *waits = g_hash_table_lookup (self->waits, origin);

  if (waits != NULL || g_hash_table_size (self->waits) >= GENOS_GROUP_MAX_ORIGINS_ASKED)
    return waits;
  waits = g_ptr_array_new_with_free_func (wait_free);
  g_hash_table_insert (self->waits, g_strdup (origin), waits);
  return waits;
}

static gboolean
find_wait (GPtrArray *waits, const guint8 *generation, guint *index)
{
  for (*index = 0; waits != NULL && *index < waits->len; (*index)++) {
    Wait *wait = g_ptr_array_index (waits, *index);

    if (memcmp (wait->generation, generation, sizeof wait->generation) == 0)
      return TRUE;
  }
  return FALSE;
}

static Wait *
add_wait (GPtrArray *waits, const guint8 *generation, gint64 now)
{
  Wait *wait;

  if (waits->len >= GENOS_GROUP_MAX_KEYS_ASKED)
    return NULL;
  wait = g_new0 (Wait, 1);
  memcpy (wait->generation, generation, sizeof wait->generation);
  wait->box = genos_secret_new_random ();
  wait->frames = g_ptr_array_new_with_free_func ((GDestroyNotify) genos_mesh_frame_unref);
  wait->begun = wait->next = now;
  wait->pause = GENOS_GROUP_ASK_AGAIN;
  g_ptr_array_add (waits, wait);
  return wait;
}

gboolean
genos_group_ring_hold (
    GenosGroupRing *self, const guint8 *generation, GenosMeshFrame *frame, gint64 now)
{
  gsize size = genos_mesh_frame_measure (frame);
  GPtrArray *waits;
  Wait *wait;
  guint index;

  if (self->n_frames >= GENOS_GROUP_MAX_FRAMES || self->n_bytes + size > GENOS_GROUP_MAX_BYTES)
    return FALSE;
  waits = get_waits (self, frame->origin);
  if (waits == NULL)
    return FALSE;
  wait = find_wait (waits, generation, &index) ? g_ptr_array_index (waits, index)
                                               : add_wait (waits, generation, now);
  if (wait == NULL)
    return FALSE;
  g_ptr_array_add (wait->frames, genos_mesh_frame_ref (frame));
  self->n_frames++;
  self->n_bytes += size;
  return TRUE;
}

/* (transfer full): its frames */
static GPtrArray *
end_wait (GenosGroupRing *self, GPtrArray *waits, guint index)
{
  Wait *wait = g_ptr_array_index (waits, index);
  GPtrArray *frames = g_ptr_array_ref (wait->frames);

  for (guint i = 0; i < frames->len; i++) {
    GenosMeshFrame *frame = g_ptr_array_index (frames, i);

    self->n_frames--;
    self->n_bytes -= genos_mesh_frame_measure (frame);
  }
  g_ptr_array_remove_index (waits, index);
  return frames;
}

gboolean
genos_group_ring_next_ask (GenosGroupRing *self, char **origin, GBytes **ask, gint64 now)
{
  GHashTableIter iter;
  gpointer id, waits;

  g_hash_table_iter_init (&iter, self->waits);
  while (g_hash_table_iter_next (&iter, &id, &waits)) {
    for (guint i = 0; i < ((GPtrArray *) waits)->len; i++) {
      Wait *wait = g_ptr_array_index ((GPtrArray *) waits, i);

      if (now < wait->next)
        continue;
      wait->next = now + wait->pause;
      wait->pause *= 2;
      *origin = g_strdup (id);
      *ask = genos_group_key_build_ask (wait->generation, wait->box);
      return TRUE;
    }
  }
  return FALSE;
}

GPtrArray *
genos_group_ring_take (GenosGroupRing *self, const char *origin, const GenosSecret *letter_key,
    GBytes *give, gint64 now, GError **error)
{
  GPtrArray *waits = g_hash_table_lookup (self->waits, origin), *frames;
  guint8 generation[GENOS_GROUP_GENERATION_SIZE];
  GenosGroupPacket kind;
  GenosGroupKey *key;
  Wait *wait;
  guint index;

  if (!genos_group_key_parse_packet (give, &kind, generation) || kind != GENOS_GROUP_GIVE
      || !find_wait (waits, generation, &index))
    return NULL;
  wait = g_ptr_array_index (waits, index);
  key = genos_group_key_take_give (self->room_key, letter_key, wait->box, give, error);
  if (key == NULL)
    return NULL;
  keep (self, origin, key, now);
  frames = end_wait (self, waits, index);
  if (waits->len == 0)
    g_hash_table_remove (self->waits, origin);
  return frames;
}

/* --- time --- */

static void
expire_waits (GenosGroupRing *self, GPtrArray *waits, GPtrArray *out, gint64 now)
{
  for (guint i = waits->len; i-- > 0;) {
    Wait *wait = g_ptr_array_index (waits, i);
    g_autoptr (GPtrArray) frames = NULL;

    if (now - wait->begun < GENOS_GROUP_WAIT)
      continue;
    frames = end_wait (self, waits, i);
    g_ptr_array_extend (out, frames, (GCopyFunc) genos_mesh_frame_ref, NULL);
  }
}

static void
forget_silent (GenosGroupRing *self, gint64 now)
{
  GHashTableIter iter;
  gpointer sender;

  if (self->before != NULL && now - self->replaced >= GENOS_GROUP_KEPT)
    g_clear_pointer (&self->before, own_free);
  g_hash_table_iter_init (&iter, self->senders);
  while (g_hash_table_iter_next (&iter, NULL, &sender))
    if (now - ((Sender *) sender)->used >= GENOS_GROUP_MAX_AGE + GENOS_GROUP_KEPT)
      g_hash_table_iter_remove (&iter);
}

GPtrArray *
genos_group_ring_expire (GenosGroupRing *self, gint64 now)
{
  g_autoptr (GPtrArray) out =
      g_ptr_array_new_with_free_func ((GDestroyNotify) genos_mesh_frame_unref);
  GHashTableIter iter;
  gpointer waits;

  forget_silent (self, now);
  g_hash_table_iter_init (&iter, self->waits);
  while (g_hash_table_iter_next (&iter, NULL, &waits)) {
    expire_waits (self, waits, out, now);
    if (((GPtrArray *) waits)->len == 0)
      g_hash_table_iter_remove (&iter);
  }
  return out->len > 0 ? g_steal_pointer (&out) : NULL;
}

guint
genos_group_ring_get_n_waiting (GenosGroupRing *self)
{
  return self->n_frames;
}
