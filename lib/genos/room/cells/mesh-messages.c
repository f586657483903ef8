/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is said by way of the mesh. */

#include <genos/room/cells/mesh-private.h>

#include <string.h>

#include <genos/room/cells/mesh-payload.h>

/* Bytes from which on a message is not chat. */
#define BULK 32768

typedef struct {
  GenosMesh *mesh; /* not owned; ends its pings */
  GTask *task;
  char *peer_id;
  guint serial;
  gint64 begun;
  GSource *timeout;
  GSource *cancelled;
} Ping;

/* --- keys --- */

GenosSecret *
genos_mesh_get_room_key (GenosMesh *self)
{
  return genos_membership_get_room_key (self->membership);
}

/* As it has proven over its link, or as it signs its announces. */
const char *
genos_mesh_find_public_key (GenosMesh *self, const char *peer_id)
{
  GenosPeer *peer = genos_roster_get (self->roster, peer_id);
  GenosHeardBook *book = genos_membership_get_heard (self->membership);
  const GenosHeardPeer *heard = book != NULL ? genos_heard_book_find (book, peer_id) : NULL;
  const char *proven = peer != NULL ? genos_peer_get_key (peer) : NULL;

  if (proven != NULL)
    return proven;
  return heard != NULL ? heard->key : NULL;
}

GenosSecret *
genos_mesh_make_key (GenosMesh *self, const char *target, GError **error)
{
  const char *public_key = target != NULL ? genos_mesh_find_public_key (self, target) : NULL;

  return genos_sealed_letter_key (
      genos_mesh_get_room_key (self), self->key, self->key != NULL ? public_key : NULL, error);
}

static gboolean
is_browser (GenosMesh *self, const char *peer_id)
{
  GenosHeardBook *book = genos_membership_get_heard (self->membership);
  const GenosHeardPeer *heard = book != NULL ? genos_heard_book_find (book, peer_id) : NULL;

  return heard != NULL && !heard->extended;
}

gboolean
genos_mesh_is_ours (GenosMesh *self, const char *peer_id)
{
  GenosHeardBook *book = genos_membership_get_heard (self->membership);
  const GenosHeardPeer *heard = book != NULL ? genos_heard_book_find (book, peer_id) : NULL;
  GenosPeer *peer = genos_roster_get (self->roster, peer_id);

  return peer != NULL ? genos_peer_is_extended (peer) : heard != NULL && heard->extended;
}

static gboolean
any_browsers (GenosMesh *self, const char *target)
{
  GenosHeardBook *book = genos_membership_get_heard (self->membership);

  if (target != NULL)
    return is_browser (self, target);
  return book != NULL && genos_heard_book_get_n_browsers (book) > 0;
}

/* --- sending --- */

static gboolean
check_target (GenosMesh *self, const char *target, gboolean browsers, GError **error)
{
  if (target != NULL && !genos_mesh_knows (self, target)) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_CLOSED, "peer %s is not here", target);
    return FALSE;
  }
  if (target != NULL && self->seals_only && browsers) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED,
        "peer %s is a browser, which cannot open what is sealed, and encryption is required",
        target);
    return FALSE;
  }
  return TRUE;
}

static gboolean
send_acknowledged (GenosMesh *self, const char *target, const char *data, GError **error)
{
  gboolean bulk = strlen (data) > BULK;

  if (genos_mesh_overlay_send_acknowledged (
          self->overlay, target, data, bulk, g_get_monotonic_time ())
      != 0)
    return TRUE;
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT,
      "too much waits to be acknowledged by peer %s and others: send it later", target);
  return FALSE;
}

/* Everything that is more than chat, but for browsers, should there be any, what they can read. */
static gboolean
goes_in_chunks (const GenosMeshAddress *address, const GenosExtendedMessage *message)
{
  return address->target == NULL && g_bytes_get_size (message->payload) > BULK
      && !(address->browsers && genos_mesh_payload_suits_browsers (address, message));
}

static gboolean
say_whole (GenosMesh *self, const GenosMeshAddress *address, const GenosExtendedMessage *message,
    GError **error)
{
  g_autofree char *data = genos_mesh_payload_build (address, message, error);
  const char *target = address->target;

  if (data == NULL)
    return FALSE;
  if (target != NULL && genos_mesh_is_ours (self, target))
    return send_acknowledged (self, target, data, error);
  if (genos_mesh_overlay_send (self->overlay, target, data, g_get_monotonic_time ())
      || target == NULL)
    return TRUE;
  g_set_error (
      error, GENOS_ERROR, GENOS_ERROR_CLOSED, "there is no way to peer %s at the moment", target);
  return FALSE;
}

gboolean
genos_mesh_say (GenosMesh *self, const char *channel, GenosMessage *message, const char *target,
    char **large_id, GError **error)
{
  g_autoptr (GenosSecret) key = NULL;
  g_autofree char *id = NULL;
  g_autoptr (GError) too_large = NULL;
  GenosExtendedMessage extended;
  GenosMeshAddress address = { .channel = channel,
    .target = target,
    .self_id = genos_mesh_overlay_get_self_id (self->overlay),
    .ms = g_get_real_time () / 1000,
    .browsers = any_browsers (self, target) };

  if (!check_target (self, target, address.browsers, error))
    return FALSE;
  if (genos_mesh_get_room_key (self) != NULL && (self->seals_only || !address.browsers)) {
    address.group = target == NULL ? genos_mesh_group_get_sending (self) : NULL;
    key = address.group == NULL ? genos_mesh_make_key (self, target, error) : NULL;
    if (key == NULL && address.group == NULL)
      return FALSE;
    address.key = key;
  }
  genos_message_fill_extended (message, &extended);
  if (!goes_in_chunks (&address, &extended)) {
    if (say_whole (self, &address, &extended, &too_large))
      return TRUE;
    /* Browsers are told nothing then. */
    if (target != NULL || !g_error_matches (too_large, GENOS_ERROR, GENOS_ERROR_LIMIT)) {
      g_propagate_error (error, g_steal_pointer (&too_large));
      return FALSE;
    }
  }
  id = genos_mesh_large_say (self, &address, &extended, error);
  if (id == NULL)
    return FALSE;
  if (large_id != NULL)
    *large_id = g_steal_pointer (&id);
  return TRUE;
}

/**
 * genos_mesh_send:
 * @self: a mesh
 * @message: what to send
 * @peer_id: (nullable): for whom; %NULL for everybody
 * @error: return location for an error
 *
 * Sends a message of no channel, as `mesh.send()` does in a browser; there
 * [signal@Mesh::message] is emitted.
 *
 * Fails with %GENOS_ERROR_CLOSED when the room has no cells or is not joined, or
 * that peer is not here; with %GENOS_ERROR_LIMIT for more than 16 MiB, or about one for
 * one peer, and when too much waits to leave.
 *
 * Returns: %TRUE when it is on its way
 */
gboolean
genos_mesh_send (GenosMesh *self, GenosMessage *message, const char *peer_id, GError **error)
{
  g_return_val_if_fail (GENOS_IS_MESH (self), FALSE);
  g_return_val_if_fail (message != NULL, FALSE);

  if (self->overlay != NULL)
    return genos_mesh_say (self, NULL, message, peer_id, NULL, error);
  g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_CLOSED,
      "the room is not joined, or has no cells: set its property cells");
  return FALSE;
}

/* --- receiving --- */

void
genos_mesh_messages_complain (GenosMesh *self, const char *peer_id, GError *error)
{
  g_autoptr (GError) taken = error;

  self->dropped++;
  g_prefix_error (&taken, "a message of peer %s, by way of others: ", peer_id);
  self->host->warning (taken, self->host_data);
}

static gboolean
is_sealed (GenosMeshFrame *frame)
{
  return frame->content != NULL ? genos_mesh_content_is_sealed (frame->content)
                                : genos_mesh_payload_is_sealed (frame->data);
}

static gboolean
get_generation (GenosMeshFrame *frame, guint8 generation[GENOS_GROUP_GENERATION_SIZE])
{
  return frame->content != NULL ? genos_mesh_content_get_generation (frame->content, generation)
                                : genos_mesh_payload_get_generation (frame->data, generation);
}

static gboolean
parse_with (GenosMeshFrame *frame, GenosMeshPayload *payload, GenosSecret *key, GError **error)
{
  return frame->content != NULL
      ? genos_mesh_content_parse (payload, frame->content, frame->origin, key, error)
      : genos_mesh_payload_parse (payload, frame->data, frame->origin, frame->target, key, error);
}

static gboolean
parse_group (GenosMeshFrame *frame, GenosMeshPayload *payload, GenosGroupKey *key, GError **error)
{
  return frame->content != NULL
      ? genos_mesh_content_parse_group (payload, frame->content, frame->origin, key, error)
      : genos_mesh_payload_parse_group (payload, frame->data, frame->origin, key, error);
}

static gboolean
parse (GenosMesh *self, GenosMeshFrame *frame, GenosMeshPayload *payload, GenosSealing *sealing,
    GError **error)
{
  g_autoptr (GenosSecret) own = NULL;
  g_autoptr (GenosSecret) everybodys = NULL;

  *sealing = GENOS_SEALING_NONE;
  if (genos_mesh_get_room_key (self) == NULL || !is_sealed (frame))
    return parse_with (frame, payload, NULL, error);
  *sealing = GENOS_SEALING_PEER;
  if (frame->target != NULL && genos_mesh_find_public_key (self, frame->origin) != NULL) {
    own = genos_mesh_make_key (self, frame->origin, NULL);
    if (own != NULL && parse_with (frame, payload, own, NULL))
      return TRUE;
  }
  *sealing = GENOS_SEALING_ROOM;
  everybodys = genos_mesh_make_key (self, NULL, error);
  return everybodys != NULL && parse_with (frame, payload, everybodys, error);
}

/* Somebody on the way may put what is sealed into another frame, and other things beside it. */
static gboolean
note_letter (GenosMesh *self, const char *origin, const char *digest, guint64 ms)
{
  return genos_mesh_seen_add (self->letters, genos_mesh_seen_hash (self->letters, digest))
      && genos_mesh_seen_is_timely (self->letters, origin, ms, g_get_real_time () / 1000);
}

gboolean
genos_mesh_is_first_time (GenosMesh *self, const char *origin, GBytes *sealed, guint64 ms)
{
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, sealed);

  return note_letter (self, origin, digest, ms);
}

static gboolean
is_repeated (GenosMesh *self, GenosMeshFrame *frame, GenosMeshPayload *payload)
{
  /* It is as old as its first chunk was. */
  return payload->sealed
      && !note_letter (self, frame->origin, payload->digest, payload->ms + frame->age_ms);
}

/* What is only sealed with the password anybody can have said who knows it. Views differ, so that others may think
 * the room too large for keys of senders where we do not yet. */
static gboolean
is_sealed_enough (GenosMesh *self, GenosMeshFrame *frame, GenosSealing sealing, GError **error)
{
  if (!self->seals_only || sealing == GENOS_SEALING_GROUP || sealing == GENOS_SEALING_PEER)
    return TRUE;
  if (sealing == GENOS_SEALING_NONE) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION,
        "it is not sealed, and encryption is required");
    return FALSE;
  }
  if (frame->target != NULL || !self->hands_keys
      || genos_mesh_group_get_n_members (self) > GENOS_GROUP_MAX_MEMBERS / 2)
    return TRUE;
  g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION,
      "it is sealed with the password alone, and encryption is required");
  return FALSE;
}

/* (transfer full) (nullable) */
static GenosMessage *
check_message (GenosMesh *self, GenosMeshFrame *frame, GenosMeshPayload *payload,
    GenosSealing sealing, GError **error)
{
  if (!is_sealed_enough (self, frame, sealing, error))
    return NULL;
  if (is_repeated (self, frame, payload)) {
    g_set_error_literal (
        error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION, "it was sealed for another occasion");
    return NULL;
  }
  if (payload->message.role != GENOS_ROLE_MESSAGE) {
    g_set_error_literal (
        error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED, "requests and streams go over circuits only");
    return NULL;
  }
  return genos_message_new_extended (&payload->message, sealing, error);
}

/* (transfer full) (nullable): NULL without an error when its key is asked for first */
static GenosMessage *
open_message (GenosMesh *self, GenosMeshFrame *frame, GenosMeshPayload *payload, GError **error)
{
  guint8 generation[GENOS_GROUP_GENERATION_SIZE];
  GenosSealing sealing = GENOS_SEALING_GROUP;
  GenosGroupKey *group;

  if (frame->target != NULL || !get_generation (frame, generation))
    return parse (self, frame, payload, &sealing, error)
        ? check_message (self, frame, payload, sealing, error)
        : NULL;
  group = genos_mesh_group_find (self, frame->origin, generation);
  if (group == NULL) {
    genos_mesh_group_hold (self, frame, generation, error);
    return NULL;
  }
  return parse_group (frame, payload, group, error)
      ? check_message (self, frame, payload, sealing, error)
      : NULL;
}

/* TRUE: it was no message. */
static gboolean
take_packet (GenosMesh *self, GenosMeshFrame *frame, gboolean *taken)
{
  g_autoptr (GError) error = NULL;

  *taken = TRUE;
  if (!genos_mesh_take_secret (self, frame, &error)
      && !genos_mesh_far_take (self, frame, taken, &error)
      && !genos_mesh_group_take (self, frame, taken, &error))
    return FALSE;
  if (error != NULL && self->overlay != NULL)
    genos_mesh_messages_complain (self, frame->origin, g_steal_pointer (&error));
  return TRUE;
}

gboolean
genos_mesh_messages_deliver (GenosMeshFrame *frame, gpointer data)
{
  g_autoptr (GenosMesh) self = g_object_ref (GENOS_MESH (data));
  g_auto (GenosMeshPayload) payload = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosMessage) message = NULL;
  gboolean taken;

  if (!genos_mesh_is_welcome (self, frame->origin)) {
    self->dropped++;
    return FALSE;
  }
  if (take_packet (self, frame, &taken))
    return taken;
  message = open_message (self, frame, &payload, &error);
  if (error != NULL)
    genos_mesh_messages_complain (self, frame->origin, g_steal_pointer (&error));
  else if (message != NULL && payload.channel != NULL)
    self->host->message (payload.channel, frame->origin, message, self->host_data);
  else if (message != NULL)
    genos_mesh_emit_message (self, frame->origin, message);
  return TRUE;
}

/* --- pings --- */

static void
drop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
ping_free (gpointer data)
{
  Ping *ping = data;

  drop_source (&ping->timeout);
  drop_source (&ping->cancelled);
  g_free (ping->peer_id);
  g_free (ping);
}

/* (transfer full) (nullable): the task, which is nobody's any more */
static GTask *
take_ping (GenosMesh *self, guint serial)
{
  GTask *task = g_hash_table_lookup (self->pings, GUINT_TO_POINTER (serial));

  if (task == NULL)
    return NULL;
  g_object_ref (task);
  g_hash_table_remove (self->pings, GUINT_TO_POINTER (serial));
  drop_source (&((Ping *) g_task_get_task_data (task))->timeout);
  drop_source (&((Ping *) g_task_get_task_data (task))->cancelled);
  return task;
}

static gboolean
on_ping_timeout (gpointer data)
{
  Ping *ping = data;
  g_autoptr (GTask) task = take_ping (ping->mesh, ping->serial);

  g_task_return_new_error (
      task, GENOS_ERROR, GENOS_ERROR_TIMED_OUT, "peer %s did not answer in time", ping->peer_id);
  return G_SOURCE_REMOVE;
}

static gboolean
on_ping_cancelled (GCancellable *cancellable, gpointer data)
{
  Ping *ping = data;
  g_autoptr (GTask) task = take_ping (ping->mesh, ping->serial);

  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
watch_ping (GenosMesh *self, Ping *ping, guint timeout_ms, GCancellable *cancellable)
{
  ping->timeout = g_timeout_source_new (timeout_ms);
  g_source_set_static_name (ping->timeout, "[genos] mesh ping");
  g_source_set_callback (ping->timeout, on_ping_timeout, ping, NULL);
  g_source_attach (ping->timeout, self->context);
  if (cancellable == NULL)
    return;
  ping->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_callback (ping->cancelled, G_SOURCE_FUNC (on_ping_cancelled), ping, NULL);
  g_source_attach (ping->cancelled, self->context);
}

/**
 * genos_mesh_ping_async:
 * @self: a mesh
 * @peer_id: whom
 * @timeout_ms: how long to wait, in milliseconds, 1 and up
 * @cancellable: (nullable): stops waiting
 * @callback: (scope async): called when the answer is here, or none comes
 * @user_data: user data for @callback
 *
 * Asks a peer for a sign of life, by way of others where there is no link.
 */
void
genos_mesh_ping_async (GenosMesh *self, const char *peer_id, guint timeout_ms,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *ping_id = NULL;
  g_autoptr (GError) error = NULL;
  Ping *ping;

  g_return_if_fail (GENOS_IS_MESH (self));
  g_return_if_fail (peer_id != NULL && timeout_ms > 0);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, genos_mesh_ping_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->overlay == NULL || !check_target (self, peer_id, FALSE, &error)) {
    g_task_return_new_error (task, GENOS_ERROR, GENOS_ERROR_CLOSED, "peer %s is not here", peer_id);
    return;
  }
  ping = g_new0 (Ping, 1);
  ping->mesh = self;
  ping->peer_id = g_strdup (peer_id);
  ping->serial = ++self->ping_serial;
  ping->begun = g_get_monotonic_time ();
  g_task_set_task_data (task, ping, ping_free);
  g_hash_table_insert (self->pings, GUINT_TO_POINTER (ping->serial), g_object_ref (task));
  watch_ping (self, ping, timeout_ms, cancellable);
  ping_id = g_strdup_printf ("\"%u\"", ping->serial);
  genos_mesh_overlay_ping (self->overlay, peer_id, ping_id, ping->begun);
}

/**
 * genos_mesh_ping_finish:
 * @self: a mesh
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Mesh.ping_async].
 *
 * Fails with %GENOS_ERROR_TIMED_OUT when no answer came in time, and with
 * %GENOS_ERROR_CLOSED when the peer is not in the room, or we left it.
 *
 * Returns: how long it took, there and back, in microseconds; -1 on error
 */
gint64
genos_mesh_ping_finish (GenosMesh *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);
  return g_task_propagate_int (G_TASK (result), error);
}

void
genos_mesh_messages_pong (const char *peer_id, const char *ping_id, gpointer data)
{
  GenosMesh *self = data;
  guint serial = ping_id[0] == '"' ? g_ascii_strtoull (ping_id + 1, NULL, 10) : 0;
  GTask *known = g_hash_table_lookup (self->pings, GUINT_TO_POINTER (serial));
  g_autoptr (GTask) task = NULL;
  Ping *ping = known != NULL ? g_task_get_task_data (known) : NULL;

  /* Only who was asked can answer. */
  if (ping == NULL || strcmp (ping->peer_id, peer_id) != 0)
    return;
  task = take_ping (self, serial);
  g_task_return_int (task, MAX (1, g_get_monotonic_time () - ping->begun));
}

void
genos_mesh_messages_end (GenosMesh *self)
{
  GHashTableIter iter;
  gpointer key;

  while (g_hash_table_iter_init (&iter, self->pings), g_hash_table_iter_next (&iter, &key, NULL)) {
    g_autoptr (GTask) task = take_ping (self, GPOINTER_TO_UINT (key));

    g_task_return_new_error (
        task, GENOS_ERROR, GENOS_ERROR_CLOSED, "the room was left before the answer came");
  }
}
