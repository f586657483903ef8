/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Peers that are reached by way of others, as if there were a link to them: a circuit for each with whom more
 * than a letter is exchanged, made when it is needed. */

#include <genos/room/cells/mesh-private.h>

#include <string.h>

#include <genos/room/cells/far-link.h>
#include <genos/wire/hello-message.h>

#define MAX_FAR 256
/* One that was not used for so long makes place for another. */
#define IDLE (120 * G_TIME_SPAN_SECOND)
/* Nothing is asked for a sign of life: what is under way is acknowledged, or not. */
#define NO_HEARTBEAT_MS G_MAXINT
#define MEMBER "_c"
/* In the place of a channel's name, which it cannot be. */
#define CONTEXT "@_circuit"

typedef struct {
  GenosMesh *mesh; /* not owned; ends them all */
  char *id;
  GenosPeer *peer;
  GenosFarLink *link;
  GenosSecret *key; /* (nullable): the room has no password */
  gint64 used;      /* µs */
  gint64 heard;     /* µs: something came from it, or arrived there */
} Far;

static void
far_free (gpointer data)
{
  Far *far = data;

  g_object_unref (far->peer);
  g_object_unref (far->link);
  g_clear_pointer (&far->key, genos_secret_unref);
  g_free (far->id);
  g_free (far);
}

static Far *
find (GenosMesh *self, const char *peer_id)
{
  return g_hash_table_lookup (self->far, peer_id);
}

/* --- packets --- */

static GBytes *
seal (Far *far, GBytes *packet)
{
  const char *context[] = { CONTEXT, genos_mesh_overlay_get_self_id (far->mesh->overlay), far->id,
    NULL };

  if (far->key == NULL)
    return g_bytes_ref (packet);
  return genos_sealed_letter_seal (far->key, context, g_get_real_time () / 1000, packet);
}

static guint64
on_send (GenosFarLink *link, GBytes *packet, gboolean is_small, gpointer data)
{
  Far *far = data;
  GenosMesh *self = far->mesh;
  g_autoptr (GBytes) sealed = seal (far, packet);
  gsize size;
  gconstpointer bytes = g_bytes_get_data (sealed, &size);
  g_autofree char *text = g_base64_encode (bytes, size);
  g_autofree char *json = g_strdup_printf ("{\"" MEMBER "\":\"%s\",\"_t\":\"%s\"}", text, far->id);
  gint64 now = g_get_monotonic_time ();
  guint64 serial =
      genos_mesh_overlay_send_acknowledged (self->overlay, far->id, json, !is_small, now);

  far->used = now;
  if (serial != 0)
    g_hash_table_insert (self->far_serials, g_memdup2 (&serial, sizeof serial), g_strdup (far->id));
  return serial;
}

static const GenosFarLinkEvents link_events = { .send = on_send };

/* --- peers --- */

static void
calm (GenosPeer *peer)
{
  g_object_set (genos_peer_get_messenger (peer), "heartbeat-timeout", NO_HEARTBEAT_MS,
      "heartbeat-interval", NO_HEARTBEAT_MS, NULL);
}

static const GenosPeerCredentials *
get_credentials (void)
{
  static const char *const features[] = { GENOS_FEATURE_EXTENDED, NULL };
  static const GenosPeerCredentials credentials = { .capabilities = features };

  return &credentials;
}

static GenosSignalOrigin
get_origin (GenosMesh *self, const char *peer_id)
{
  return (GenosSignalOrigin){ .key = genos_mesh_find_public_key (self, peer_id), .extended = TRUE };
}

/* The peer stays the same; what was under way is lost, and who has to know is told. */
static void
relink (Far *far)
{
  GenosSignalOrigin origin = get_origin (far->mesh, far->id);
  g_autoptr (GenosFarLink) old = far->link;

  far->link = genos_far_link_new (&link_events, far);
  genos_peer_replace_link (far->peer, GENOS_PEER_LINK (far->link), &origin, get_credentials ());
  calm (far->peer);
}

static gboolean
is_idle (Far *far, gint64 now)
{
  return now - far->used >= IDLE && !genos_far_link_is_busy (far->link);
}

static void
close_far (Far *far, GenosReason why)
{
  genos_peer_close (far->peer, FALSE, why);
}

static gboolean
make_place (GenosMesh *self)
{
  gint64 now = g_get_monotonic_time ();
  Far *oldest = NULL;
  GHashTableIter iter;
  gpointer value;

  if (g_hash_table_size (self->far) < MAX_FAR)
    return TRUE;
  g_hash_table_iter_init (&iter, self->far);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Far *far = value;

    if (is_idle (far, now) && (oldest == NULL || far->used < oldest->used))
      oldest = far;
  }
  if (oldest != NULL)
    close_far (oldest, GENOS_REASON_UNKNOWN);
  return oldest != NULL;
}

static Far *
add (GenosMesh *self, const char *peer_id)
{
  GenosSignalOrigin origin = get_origin (self, peer_id);
  g_autoptr (GenosSecret) key = NULL;
  Far *far;

  if (genos_mesh_get_room_key (self) != NULL) {
    key = genos_mesh_make_key (self, peer_id, NULL);
    if (key == NULL)
      return NULL;
  }
  if (!make_place (self))
    return NULL;
  far = g_new0 (Far, 1);
  far->mesh = self;
  far->id = g_strdup (peer_id);
  far->key = g_steal_pointer (&key);
  far->used = g_get_monotonic_time ();
  far->heard = far->used;
  far->link = genos_far_link_new (&link_events, far);
  far->peer = genos_peer_new (peer_id, NULL, GENOS_PEER_LINK (far->link), &origin,
      get_credentials (), genos_dialect_lookup ("genosrtc"));
  calm (far->peer);
  g_hash_table_insert (self->far, far->id, far);
  genos_roster_add (self->far_roster, far->peer);
  return far;
}

GenosPeer *
genos_mesh_far_get (GenosMesh *self, const char *peer_id)
{
  Far *far;

  if (self->overlay == NULL || genos_mesh_is_self (self, peer_id))
    return NULL;
  far = find (self, peer_id);
  if (far == NULL && genos_mesh_knows (self, peer_id) && genos_mesh_is_ours (self, peer_id))
    far = add (self, peer_id);
  return far != NULL ? far->peer : NULL;
}

/* --- what comes --- */

GBytes *
genos_mesh_dup_packet (GenosMeshFrame *frame, const char *member)
{
  const char *value;
  gsize size, decoded_size;
  g_autofree char *text = NULL;
  guchar *decoded;

  if (frame->target == NULL
      || !genos_mesh_frame_find_member (frame->data, strlen (frame->data), member, &value, &size)
      || size < 2 || value[0] != '"')
    return NULL;
  text = g_strndup (value + 1, size - 2);
  decoded = g_base64_decode (text, &decoded_size);
  return g_bytes_new_take (decoded, decoded_size);
}

/* Who does not know our key seals for everybody who has the password. (transfer full) (nullable) */
static GBytes *
open_sealed (Far *far, GBytes *sealed, guint64 *ms, GError **error)
{
  const char *context[] = { CONTEXT, far->id, genos_mesh_overlay_get_self_id (far->mesh->overlay),
    NULL };
  GBytes *packet = genos_sealed_letter_open (far->key, context, sealed, ms, NULL);
  g_autoptr (GenosSecret) everybodys = NULL;

  if (packet != NULL)
    return packet;
  everybodys = genos_mesh_make_key (far->mesh, NULL, error);
  if (everybodys == NULL)
    return NULL;
  return genos_sealed_letter_open (everybodys, context, sealed, ms, error);
}

/* Beginnings of flows only: within one, packets have numbers. */
static gboolean
is_replayed (Far *far, GBytes *sealed, GBytes *packet, guint64 ms)
{
  return genos_far_link_is_opening (far->link, packet)
      && !genos_mesh_is_first_time (far->mesh, far->id, sealed, ms);
}

/* (transfer full) (nullable) */
static GBytes *
open_packet (Far *far, GBytes *bytes, GError **error)
{
  g_autoptr (GBytes) packet = NULL;
  guint64 ms;

  if (far->key == NULL)
    return g_bytes_ref (bytes);
  packet = open_sealed (far, bytes, &ms, error);
  if (packet == NULL || !is_replayed (far, bytes, packet, ms))
    return g_steal_pointer (&packet);
  g_set_error_literal (
      error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION, "it was sealed for another occasion");
  return NULL;
}

/* The circuit may be over: then another one takes its place, or the peer is gone. TRUE: there is another one. */
static gboolean
look_after (GenosMesh *self, const char *peer_id)
{
  Far *far = find (self, peer_id);
  GenosMeshCircuitEnd how;

  if (far == NULL || !genos_far_link_has_ended (far->link, &how))
    return FALSE;
  if (how == GENOS_MESH_CIRCUIT_LOST) {
    close_far (far, GENOS_REASON_LOST);
    return FALSE;
  }
  relink (far);
  return find (self, peer_id) != NULL;
}

static gboolean
take_bytes (GenosMesh *self, Far *far, GBytes *bytes, GError **error)
{
  g_autoptr (GBytes) packet = open_packet (far, bytes, error);
  g_autofree char *id = g_strdup (far->id);
  gboolean taken;

  if (packet == NULL)
    return FALSE;
  far->used = g_get_monotonic_time ();
  far->heard = far->used;
  taken = genos_far_link_take (far->link, packet);
  /* What ended the one may begin the other. */
  if (look_after (self, id) && !taken)
    taken = genos_far_link_take (find (self, id)->link, packet);
  return taken;
}

gboolean
genos_mesh_far_take (GenosMesh *self, GenosMeshFrame *frame, gboolean *taken, GError **error)
{
  g_autoptr (GBytes) bytes = genos_mesh_dup_packet (frame, MEMBER);
  Far *far;

  *taken = FALSE;
  if (bytes == NULL)
    return FALSE;
  far = find (self, frame->origin);
  if (far == NULL)
    far = add (self, frame->origin);
  if (far != NULL)
    *taken = take_bytes (self, far, bytes, error);
  else
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_LIMIT,
        "there are too many peers that say something by way of others");
  return TRUE;
}

void
genos_mesh_far_settled (guint64 serial, gboolean arrived, guint n_again, gpointer data)
{
  g_autoptr (GenosMesh) self = g_object_ref (GENOS_MESH (data));
  g_autofree char *id = g_strdup (g_hash_table_lookup (self->far_serials, &serial));
  Far *far = id != NULL ? find (self, id) : NULL;

  g_hash_table_remove (self->far_serials, &serial);
  if (far == NULL)
    return;
  if (arrived)
    far->heard = g_get_monotonic_time ();
  genos_far_link_settled (far->link, serial, arrived, n_again);
  look_after (self, id);
}

/* --- time, and the end --- */

static GPtrArray *
dup_ids (GenosMesh *self)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->far);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_ptr_array_add (ids, g_strdup (id));
  return ids;
}

/* Whoever said goodbye, or was silent, and does not answer either: what is under way to it need not be given up
 * one by one. A goodbye alone can be anybody's. */
static gboolean
has_left (GenosMesh *self, Far *far)
{
  return !genos_mesh_knows (self, far->id)
      && g_get_monotonic_time () - far->heard > self->times.cap;
}

void
genos_mesh_far_tick (GenosMesh *self)
{
  g_autoptr (GPtrArray) ids = dup_ids (self);

  for (guint i = 0; i < ids->len && self->overlay != NULL; i++) {
    const char *id = g_ptr_array_index (ids, i);
    Far *far = find (self, id);

    if (far != NULL && has_left (self, far))
      close_far (far, GENOS_REASON_LEFT);
    else if (far != NULL)
      genos_far_link_pump (far->link);
  }
  if (self->overlay != NULL)
    genos_roster_tick (self->far_roster, g_get_monotonic_time ());
}

static void
on_left (GenosRoster *roster, GenosPeer *peer, GError *error, GenosMesh *self)
{
  Far *far = find (self, genos_peer_get_id (peer));

  if (far != NULL && far->peer == peer)
    g_hash_table_remove (self->far, genos_peer_get_id (peer));
}

void
genos_mesh_far_init (GenosMesh *self)
{
  self->far = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, far_free);
  self->far_serials = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->far_roster = genos_roster_new ();
  g_signal_connect (self->far_roster, "left", G_CALLBACK (on_left), self);
}

void
genos_mesh_far_end (GenosMesh *self)
{
  g_autoptr (GPtrArray) ids = dup_ids (self);

  for (guint i = 0; i < ids->len; i++) {
    Far *far = find (self, g_ptr_array_index (ids, i));

    if (far != NULL)
      close_far (far, GENOS_REASON_LEFT_HERE);
  }
  g_hash_table_remove_all (self->far_serials);
}

void
genos_mesh_far_finalize (GenosMesh *self)
{
  g_signal_handlers_disconnect_by_data (self->far_roster, self);
  g_object_unref (self->far_roster);
  g_hash_table_unref (self->far);
  g_hash_table_unref (self->far_serials);
}

GenosRoster *
genos_mesh_get_far_roster (GenosMesh *self)
{
  return self->far_roster;
}
