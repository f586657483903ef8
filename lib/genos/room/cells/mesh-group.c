/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Keys of senders, for what is said to everybody: asked for and handed over in sealed letters. */

#include <genos/room/cells/mesh-private.h>

#include <string.h>

#define MEMBER "_g"
/* In the place of a channel's name, which it cannot be. */
#define CONTEXT "@_group"

static gint64
now (void)
{
  return g_get_monotonic_time ();
}

/* The room's key is worked out after the mesh has begun, and before anybody is heard. (nullable) */
static GenosGroupRing *
get_ring (GenosMesh *self)
{
  GenosSecret *room_key = genos_mesh_get_room_key (self);

  if (self->group == NULL && room_key != NULL && self->key != NULL)
    self->group = genos_group_ring_new (room_key);
  return self->group;
}

static gboolean
is_kept_out (GenosMesh *self, const char *peer_id, const char *public_key)
{
  GenosDoor *door = genos_membership_get_door (self->membership);

  return door != NULL && genos_door_excludes (door, peer_id, public_key);
}

gboolean
genos_mesh_is_welcome (GenosMesh *self, const char *peer_id)
{
  GenosPeer *peer = genos_roster_get (self->roster, peer_id);

  /* The door knew a linked one by this, whether or not it has proven it since. */
  return !is_kept_out (self, peer_id,
      peer != NULL ? genos_peer_get_origin (peer)->key
                   : genos_mesh_find_public_key (self, peer_id));
}

/* --- ours --- */

static GenosGroupStanding
judge (const char *peer_id, const char *public_key, gpointer data)
{
  GenosMesh *self = data;
  const char *current = genos_mesh_find_public_key (self, peer_id);

  if (is_kept_out (self, peer_id, public_key))
    return GENOS_GROUP_KEPT_OUT;
  /* It is not known at the moment of everybody who was heard of. */
  if (!genos_mesh_knows (self, peer_id) || (current != NULL && strcmp (current, public_key) != 0))
    return GENOS_GROUP_LEFT;
  return GENOS_GROUP_STAYS;
}

guint
genos_mesh_group_get_n_members (GenosMesh *self)
{
  return genos_mesh_census_get_n_known (genos_mesh_overlay_get_census (self->overlay));
}

GenosGroupKey *
genos_mesh_group_get_sending (GenosMesh *self)
{
  if (get_ring (self) == NULL || !self->hands_keys
      || genos_mesh_group_get_n_members (self) > GENOS_GROUP_MAX_MEMBERS)
    return NULL;
  return genos_group_ring_get_sending (self->group, judge, self, now ());
}

/* --- letters --- */

static gboolean
send_packet (GenosMesh *self, const char *peer_id, GenosSecret *letter_key, GBytes *packet)
{
  if (!genos_mesh_send_letter (self, peer_id, MEMBER, CONTEXT, letter_key, packet))
    return FALSE;
  self->n_keys_sent++;
  return TRUE;
}

static void
send_ask (GenosMesh *self, const char *origin, GBytes *ask)
{
  g_autoptr (GenosSecret) letter_key = genos_mesh_make_letter_key (self, origin);

  if (letter_key != NULL && genos_mesh_knows (self, origin))
    send_packet (self, origin, letter_key, ask);
}

static void
send_asks (GenosMesh *self)
{
  char *origin;
  GBytes *ask;

  while (self->group != NULL && genos_group_ring_next_ask (self->group, &origin, &ask, now ())) {
    send_ask (self, origin, ask);
    g_bytes_unref (ask);
    g_free (origin);
  }
}

/* Whoever is not in the room, or not yet, is not answered; its letter comes again. */
static gboolean
answer (GenosMesh *self, const char *peer_id, GenosSecret *letter_key, const guint8 *generation,
    GBytes *ask, GError **error)
{
  const char *public_key = genos_mesh_find_public_key (self, peer_id);
  g_autoptr (GBytes) give = NULL;
  GenosGroupKey *key;

  if (!genos_mesh_knows (self, peer_id) || is_kept_out (self, peer_id, public_key))
    return FALSE;
  key = genos_group_ring_hand_over (self->group, generation, peer_id, public_key, now ());
  if (key == NULL)
    return TRUE;
  give = genos_group_key_build_give (key, letter_key, ask, error);
  return give == NULL || send_packet (self, peer_id, letter_key, give);
}

static void
deliver_held (GenosMesh *self, GPtrArray *frames)
{
  for (guint i = 0; i < frames->len && self->overlay != NULL; i++)
    genos_mesh_messages_deliver (g_ptr_array_index (frames, i), self);
}

static gboolean
take_packet (GenosMesh *self, const char *origin, GBytes *sealed, GError **error)
{
  const char *context[] = { CONTEXT, origin, genos_mesh_overlay_get_self_id (self->overlay), NULL };
  g_autoptr (GenosSecret) letter_key = genos_mesh_make_letter_key (self, origin);
  g_autoptr (GBytes) packet = NULL;
  g_autoptr (GPtrArray) frames = NULL;
  guint8 generation[GENOS_GROUP_GENERATION_SIZE];
  GenosGroupPacket kind;
  guint64 ms;

  if (letter_key == NULL)
    return FALSE;
  packet = genos_sealed_letter_open (letter_key, context, sealed, &ms, error);
  if (packet == NULL || !genos_group_key_parse_packet (packet, &kind, generation))
    return TRUE;
  self->n_keys_received++;
  if (kind == GENOS_GROUP_ASK)
    return answer (self, origin, letter_key, generation, packet, error);
  frames = genos_group_ring_take (self->group, origin, letter_key, packet, now (), error);
  if (frames != NULL)
    deliver_held (self, frames);
  return TRUE;
}

gboolean
genos_mesh_group_take (GenosMesh *self, GenosMeshFrame *frame, gboolean *taken, GError **error)
{
  g_autoptr (GBytes) sealed = genos_mesh_dup_packet (frame, MEMBER);

  *taken = TRUE;
  if (sealed == NULL)
    return FALSE;
  if (get_ring (self) != NULL)
    *taken = take_packet (self, frame->origin, sealed, error);
  return TRUE;
}

/* --- what is sealed with one --- */

GenosGroupKey *
genos_mesh_group_find (GenosMesh *self, const char *origin, const guint8 *generation)
{
  return get_ring (self) != NULL ? genos_group_ring_find (self->group, origin, generation, now ())
                                 : NULL;
}

gboolean
genos_mesh_group_hold (
    GenosMesh *self, GenosMeshFrame *frame, const guint8 *generation, GError **error)
{
  if (get_ring (self) == NULL) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION,
        "it is sealed, and there is no key to open it with");
    return FALSE;
  }
  if (!genos_group_ring_hold (self->group, generation, frame, now ())) {
    g_set_error_literal (
        error, GENOS_ERROR, GENOS_ERROR_LIMIT, "too much waits for the keys of those who said it");
    return FALSE;
  }
  send_asks (self);
  return TRUE;
}

/* --- a stay --- */

void
genos_mesh_group_end (GenosMesh *self)
{
  g_clear_pointer (&self->group, genos_group_ring_free);
  self->n_keys_sent = 0;
  self->n_keys_received = 0;
}

/* One word for all that one origin said. */
static void
complain_of (GenosMesh *self, GPtrArray *frames)
{
  g_autoptr (GHashTable) told = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < frames->len && self->overlay != NULL; i++) {
    GenosMeshFrame *frame = g_ptr_array_index (frames, i);

    if (g_hash_table_add (told, frame->origin))
      genos_mesh_messages_complain (self, frame->origin,
          g_error_new_literal (GENOS_ERROR, GENOS_ERROR_AUTHENTICATION,
              "it did not hand over the key to open it with: it may keep us out"));
    else
      self->dropped++;
  }
}

void
genos_mesh_group_tick (GenosMesh *self)
{
  g_autoptr (GPtrArray) late = NULL;

  if (self->group == NULL)
    return;
  late = genos_group_ring_expire (self->group, now ());
  send_asks (self);
  if (late != NULL)
    complain_of (self, late);
}
