/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/room-probe.h>

#include <string.h>

#include <genos/base/reason-private.h>
#include <genos/crypto/random.h>
#include <genos/room/joining/probe-timeout.h>
#include <genos/room/room-private.h>
#include <genos/signalling/default-relays.h>

/* How long the relay's document (NIP-11), and the time with it, may come after the echo. */
#define DOCUMENT_WAIT (1500 * G_TIME_SPAN_MILLISECOND)
#define DOCUMENT_TICK_MS 20

/* Two peers that meet in a room nobody else knows, on that relay only: what one announces has to reach
 * the other, in the way a room's announces go. Neither links to the other, since nobody dials. */
typedef struct {
  char *url;
  GenosSignaller *speaker;
  GenosSignaller *listener;
  char *speaker_id;
  gint64 started;
  gint64 opened; /* 0: not yet */
  gint64 announced;
  gint64 echoed;
  guint n_open;
  GError *refusal; /* nullable: the last one; it may be met, and the announce still come through */
  char *said;
  GError *error; /* the outcome: one of the two */
  GstStructure *result;
  GSource *timeout;
  GSource *document; /* nullable: until it has told its time */
} Probe;

static void
drop_signaller (GenosSignaller **signaller)
{
  if (*signaller == NULL)
    return;
  genos_signaller_stop (*signaller);
  g_clear_object (signaller);
}

static void
probe_free (gpointer data)
{
  Probe *self = data;

  g_free (self->url);
  g_free (self->speaker_id);
  g_free (self->said);
  g_clear_error (&self->refusal);
  g_clear_error (&self->error);
  g_clear_pointer (&self->result, gst_structure_free);
  g_free (self);
}

/* --- the end --- */

static void
add_description (GstStructure *result, GVariant *relay)
{
  const char *software;
  gint64 skew;

  if (g_variant_lookup (relay, "software", "&s", &software))
    gst_structure_set (result, "software", G_TYPE_STRING, software, NULL);
  if (g_variant_lookup (relay, "clock-skew-s", "x", &skew))
    gst_structure_set (result, "clock-offset-ms", G_TYPE_INT64, skew * 1000, NULL);
}

/* (transfer full) (nullable): what is known of the one relay */
static GVariant *
get_relay_stats (Probe *self)
{
  g_autoptr (GVariant) all = genos_signaller_get_path_stats (self->listener);

  return g_variant_n_children (all) > 0 ? g_variant_get_child_value (all, 0) : NULL;
}

static GstStructure *
describe (Probe *self)
{
  GstStructure *result = gst_structure_new ("genos-relay-probe", "url", G_TYPE_STRING, self->url,
      "connect-ms", G_TYPE_UINT, (guint) ((self->opened - self->started) / 1000), "echo-ms",
      G_TYPE_UINT, (guint) ((self->echoed - self->announced) / 1000), NULL);
  g_autoptr (GVariant) relay = get_relay_stats (self);

  if (relay != NULL)
    add_description (result, relay);
  if (self->said != NULL)
    gst_structure_set (result, "said", G_TYPE_STRING, self->said, NULL);
  return result;
}

static gboolean
on_finished (gpointer user_data)
{
  GTask *task = user_data;
  Probe *self = g_task_get_task_data (task);

  drop_signaller (&self->speaker);
  drop_signaller (&self->listener);
  if (self->error != NULL)
    g_task_return_error (task, g_steal_pointer (&self->error));
  else
    g_task_return_pointer (
        task, g_steal_pointer (&self->result), (GDestroyNotify) gst_structure_free);
  g_object_unref (task);
  return G_SOURCE_REMOVE;
}

/* Takes the task's reference; @error (transfer full) (nullable). Called inside signals of the
 * signallers, which end once those have returned. */
static void
finish (GTask *task, GError *error)
{
  Probe *self = g_task_get_task_data (task);
  g_autoptr (GSource) idle = g_idle_source_new ();

  g_source_destroy (self->timeout);
  g_clear_pointer (&self->timeout, g_source_unref);
  if (self->document != NULL)
    g_source_destroy (self->document);
  g_clear_pointer (&self->document, g_source_unref);
  g_signal_handlers_disconnect_by_data (self->speaker, task);
  g_signal_handlers_disconnect_by_data (self->listener, task);
  self->error = error;
  self->result = error == NULL ? describe (self) : NULL;
  g_task_attach_source (task, idle, on_finished);
}

static GError *
explain_silence (Probe *self)
{
  if (self->refusal != NULL)
    return g_error_copy (self->refusal);
  if (self->opened == 0)
    return genos_error_new_reason (
        GENOS_ERROR_TIMED_OUT, GENOS_REASON_UNREACHABLE, "%s did not open in time", self->url);
  return genos_error_new_reason (GENOS_ERROR_TIMED_OUT, GENOS_REASON_RELAY_SILENT,
      "%s opened after %u ms, but passes on nothing that is sent to it", self->url,
      (guint) ((self->opened - self->started) / 1000));
}

static gboolean
on_timeout (gpointer user_data)
{
  GTask *task = user_data;
  Probe *self = g_task_get_task_data (task);

  finish (task, self->echoed != 0 ? NULL : explain_silence (self));
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;

  finish (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled"));
  return G_SOURCE_REMOVE;
}

/* --- what the relay does --- */

static void
on_opened (GenosSignaller *signaller, const char *via, GTask *task)
{
  Probe *self = g_task_get_task_data (task);

  if (self->opened == 0)
    self->opened = g_get_monotonic_time ();
  if (++self->n_open < 2 || self->announced != 0)
    return;
  self->announced = g_get_monotonic_time ();
  genos_signaller_announce (self->speaker, NULL);
}

static void
on_closed (GenosSignaller *signaller, const char *via, const GError *error, GTask *task)
{
  Probe *self = g_task_get_task_data (task);
  GError *why;

  if (self->echoed != 0) {
    finish (task, NULL);
    return;
  }
  why = error != NULL
      ? g_error_copy (error)
      : g_error_new_literal (GENOS_ERROR, GENOS_ERROR_CLOSED, "the connection ended");
  /* Of a relay "left" says nothing. */
  if (self->refusal != NULL) {
    g_error_free (why);
    why = g_error_copy (self->refusal);
  } else if (genos_reason_from_error (why) == GENOS_REASON_LEFT) {
    genos_error_set_reason (
        why, self->opened != 0 ? GENOS_REASON_RELAY_REFUSED : GENOS_REASON_UNREACHABLE);
  }
  finish (task, why);
}

static void
on_said (
    GenosSignaller *signaller, const char *via, const char *text, GenosReason reason, GTask *task)
{
  Probe *self = g_task_get_task_data (task);

  g_free (self->said);
  self->said = g_strdup (text);
  if (reason == GENOS_REASON_UNKNOWN)
    return;
  g_clear_error (&self->refusal);
  self->refusal = genos_error_new_reason (
      GENOS_ERROR_FAILED, reason, "%s refuses what is sent to it: %s", self->url, text);
}

/* It works; what it says about itself comes by another way, and is waited for a moment. */
static gboolean
on_document_tick (gpointer user_data)
{
  GTask *task = user_data;
  Probe *self = g_task_get_task_data (task);
  g_autoptr (GVariant) relay = get_relay_stats (self);
  gboolean told = relay != NULL && g_variant_lookup (relay, "clock-skew-s", "x", NULL);

  if (!told && g_get_monotonic_time () - self->echoed < DOCUMENT_WAIT)
    return G_SOURCE_CONTINUE;
  finish (task, NULL);
  return G_SOURCE_REMOVE;
}

static void
on_announced (GenosSignaller *signaller, const char *peer_id, const char *kind, const char *via,
    const GenosSignalOrigin *origin, GTask *task)
{
  Probe *self = g_task_get_task_data (task);

  if (strcmp (peer_id, self->speaker_id) != 0 || self->echoed != 0)
    return;
  self->echoed = g_get_monotonic_time ();
  self->document = g_timeout_source_new (DOCUMENT_TICK_MS);
  g_task_attach_source (task, self->document, on_document_tick);
}

/* --- the beginning --- */

static GenosSignaller *
make_peer (GTask *task, const char *room, const char *peer_id, GError **error)
{
  GenosRoom *owner = g_task_get_source_object (task);
  Probe *self = g_task_get_task_data (task);
  GenosRoomSettings settings = { 0 };
  GenosSignaller *signaller = NULL;

  genos_room_settings_init (&settings);
  genos_room_settings_copy (&settings, genos_room_get_settings (owner));
  g_free (settings.name);
  settings.name = g_strdup (room);
  g_free (settings.relays);
  settings.relays = g_strdup (self->url);
  g_free (settings.relay_list_url);
  settings.relay_list_url = g_strdup ("none");
  g_free (settings.peer_id);
  settings.peer_id = g_strdup (peer_id);
  if (genos_room_settings_check (&settings, error))
    signaller = genos_room_settings_make_signaller (&settings, error);
  genos_room_settings_clear (&settings);
  if (signaller == NULL)
    return NULL;
  g_signal_connect (signaller, "path-opened", G_CALLBACK (on_opened), task);
  g_signal_connect (signaller, "path-closed", G_CALLBACK (on_closed), task);
  g_signal_connect (signaller, "path-said", G_CALLBACK (on_said), task);
  return signaller;
}

static gboolean
make_peers (GTask *task, GError **error)
{
  Probe *self = g_task_get_task_data (task);
  g_autofree char *room = genos_random_id (20);
  g_autofree char *listener_id = genos_random_id (20);

  self->speaker_id = genos_random_id (20);
  self->speaker = make_peer (task, room, self->speaker_id, error);
  self->listener = self->speaker != NULL ? make_peer (task, room, listener_id, error) : NULL;
  if (self->listener == NULL)
    return FALSE;
  g_signal_connect (self->listener, "announced", G_CALLBACK (on_announced), task);
  return TRUE;
}

/**
 * genos_room_list_relays:
 * @self: a room
 *
 * Gets the relays that the room uses as soon as it is joined: those it is set to
 * use, or the built-in ones.
 *
 * Returns: (transfer full): their URLs
 */
GStrv
genos_room_list_relays (GenosRoom *self)
{
  g_return_val_if_fail (GENOS_IS_ROOM (self), NULL);
  return genos_relays_parse (genos_room_get_settings (self)->relays);
}

/**
 * genos_room_probe_relay_async:
 * @self: a room, joined or not
 * @url: the relay, `ws://` or `wss://`
 * @timeout: how long it may take, in milliseconds
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when it is known
 * @user_data: user data for @callback
 *
 * Tries a relay with the settings of the room: connects twice, and lets one
 * announce pass from one connection to the other, in a room whose name is
 * random. The room itself is not touched.
 */
void
genos_room_probe_relay_async (GenosRoom *self, const char *url, guint timeout,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  Probe *probe;

  g_return_if_fail (GENOS_IS_ROOM (self));
  g_return_if_fail (url != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_name (task, "genos_room_probe_relay");
  probe = g_new0 (Probe, 1);
  probe->url = g_strdup (url);
  probe->started = g_get_monotonic_time ();
  g_task_set_task_data (task, probe, probe_free);
  if (!make_peers (task, &error)) {
    g_clear_object (&probe->speaker);
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  probe->timeout = genos_probe_timeout_start (task, timeout, on_timeout, on_cancelled);
  genos_signaller_start (probe->listener);
  genos_signaller_start (probe->speaker);
  g_steal_pointer (&task);
}

/**
 * genos_room_probe_relay_finish:
 * @self: the room
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Room.probe_relay_async]. An error's reason
 * ([func@Reason.from_error]) says what is wrong with the relay, or on the way
 * to it.
 *
 * Returns: (transfer full): `url` (string), `connect-ms` and `echo-ms`
 *   (unsigned: until it was open, and until the announce was there), and `said`
 *   (string) when it had something to say, a refusal that could be met among it;
 *   `software` (string) and `clock-offset-ms` (signed 64 bits: how far its clock
 *   is ahead of ours, in whole seconds) when its document (NIP-11) came
 */
GstStructure *
genos_room_probe_relay_finish (GenosRoom *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
