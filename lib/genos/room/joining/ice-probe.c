/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/room-probe.h>

#include <string.h>

#include <genos/base/reason-private.h>
#include <genos/room/joining/probe-timeout.h>
#include <genos/room/room-private.h>

/* The first half of a dial, whose offer is read and thrown away: its candidates are what STUN and TURN
 * servers gave to this machine. */
typedef struct {
  GenosPeerLink *link;
  gint64 started;
  GSource *timeout;
} Probe;

/* RFC 8839, section 5.1. */
enum { FIELD_TRANSPORT = 2, FIELD_ADDRESS = 4, FIELD_PORT = 5, FIELD_TYPE = 7, N_FIELDS };

static void
add_candidate (GPtrArray *found, const char *line, const char *type)
{
  g_auto (GStrv) fields = g_strsplit (line, " ", N_FIELDS + 1);
  g_autofree char *address = NULL;

  if (g_strv_length (fields) < N_FIELDS || strcmp (fields[FIELD_TYPE], type) != 0)
    return;
  address = g_strdup_printf (strchr (fields[FIELD_ADDRESS], ':') != NULL ? "[%s]:%s" : "%s:%s",
      fields[FIELD_ADDRESS], fields[FIELD_PORT]);
  if (!g_ptr_array_find_with_equal_func (found, address, g_str_equal, NULL))
    g_ptr_array_add (found, g_steal_pointer (&address));
}

static GStrv
list_candidates (const char *sdp, const char *type)
{
  g_auto (GStrv) lines = g_strsplit_set (sdp, "\r\n", -1);
  GPtrArray *found = g_ptr_array_new ();

  for (guint i = 0; lines[i] != NULL; i++) {
    if (g_str_has_prefix (lines[i], "a=candidate:"))
      add_candidate (found, lines[i], type);
  }
  g_ptr_array_add (found, NULL);
  return (GStrv) g_ptr_array_free (found, FALSE);
}

static GstStructure *
describe (Probe *self, const char *sdp)
{
  g_auto (GStrv) host = list_candidates (sdp, "host");
  g_auto (GStrv) srflx = list_candidates (sdp, "srflx");
  g_auto (GStrv) relay = list_candidates (sdp, "relay");

  return gst_structure_new ("genos-ice-probe", "gather-ms", G_TYPE_UINT,
      (guint) ((g_get_monotonic_time () - self->started) / 1000), "host", G_TYPE_STRV, host,
      "srflx", G_TYPE_STRV, srflx, "relay", G_TYPE_STRV, relay, NULL);
}

/* Takes the task's reference, which the first call ends. */
static void
finish (GTask *task, GstStructure *result, GError *error)
{
  Probe *self = g_task_get_task_data (task);

  g_source_destroy (self->timeout);
  g_clear_pointer (&self->timeout, g_source_unref);
  g_signal_handlers_disconnect_by_data (self->link, task);
  genos_peer_link_close (self->link);
  g_clear_object (&self->link);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, result, (GDestroyNotify) gst_structure_free);
  g_object_unref (task);
}

static void
on_description (GenosPeerLink *link, GenosSdpKind kind, const char *sdp, GTask *task)
{
  finish (task, describe (g_task_get_task_data (task), sdp), NULL);
}

static void
on_closed (GenosPeerLink *link, const GError *error, GTask *task)
{
  finish (task, NULL, g_error_copy (error));
}

static gboolean
on_timeout (gpointer user_data)
{
  finish (user_data, NULL,
      g_error_new_literal (GENOS_ERROR, GENOS_ERROR_TIMED_OUT,
          "the search for addresses of this machine did not end in time"));
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  finish (user_data, NULL, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled"));
  return G_SOURCE_REMOVE;
}

/**
 * genos_room_probe_ice_async:
 * @self: a room, joined or not
 * @timeout: how long it may take, in milliseconds
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when it is known
 * @user_data: user data for @callback
 *
 * Asks the STUN and TURN servers that the room is set to use, as a dial would,
 * for the addresses under which this machine can be reached. Nobody is dialled.
 */
void
genos_room_probe_ice_async (GenosRoom *self, guint timeout, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GenosPeerLink) link = NULL;
  GError *error = NULL;
  Probe *probe;

  g_return_if_fail (GENOS_IS_ROOM (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_name (task, "genos_room_probe_ice");
  link = genos_room_settings_make_link (genos_room_get_settings (self), TRUE, &error);
  if (link == NULL) {
    g_task_return_error (task, error);
    return;
  }
  probe = g_new0 (Probe, 1);
  probe->link = g_object_ref (link);
  probe->started = g_get_monotonic_time ();
  g_task_set_task_data (task, probe, g_free);
  probe->timeout = genos_probe_timeout_start (task, timeout, on_timeout, on_cancelled);
  g_signal_connect (link, "description", G_CALLBACK (on_description), task);
  g_signal_connect (link, "closed", G_CALLBACK (on_closed), task);
  g_steal_pointer (&task);
  genos_peer_link_start (link);
}

/**
 * genos_room_probe_ice_finish:
 * @self: the room
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Room.probe_ice_async].
 *
 * Fails with %GENOS_ERROR_TIMED_OUT when it took longer than it may, with
 * %GENOS_ERROR_INVALID_ARGUMENT or %GENOS_ERROR_MISSING_PLUGIN as [method@Room.join] does, and
 * with %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): `gather-ms` (unsigned), and lists of `address:port`
 *   (`GStrv`): `host` (of this machine), `srflx` (as a STUN server sees it, where
 *   that differs) and `relay` (lent by a TURN server)
 */
GstStructure *
genos_room_probe_ice_finish (GenosRoom *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
