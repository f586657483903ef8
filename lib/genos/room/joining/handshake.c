/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/handshake.h>

#include <genos/base/reason-private.h>

void
genos_handshake_free (gpointer data)
{
  GenosHandshake *self = data;

  if (self->link != NULL) {
    g_signal_handlers_disconnect_by_data (self->link, self);
    genos_peer_link_close (self->link);
    g_object_unref (self->link);
  }
  g_free (self->peer_id);
  g_free (self->via);
  g_free (self->key);
  g_free (self->offer);
  g_free (self);
}

/* An end of no use to anybody who cannot see which layer it is that is stuck. */
void
genos_handshake_log_failure (const GenosHandshake *self, const GError *error)
{
  g_autofree char *state = genos_peer_link_dup_state (self->link);

  g_debug ("%s %s: %s (%s)", self->role == GENOS_DIAL_ROLE_OFFERER ? "dialling" : "answering",
      self->peer_id, error->message, state != NULL ? state : "the link is closed");
}

GError *
genos_handshake_describe_failure (const GenosHandshake *self)
{
  GError *problem;

  if (!self->answered)
    return genos_error_new_reason (GENOS_ERROR_TIMED_OUT, GENOS_REASON_NO_ANSWER,
        "peer %s did not answer in time", self->peer_id);
  if (self->relayed)
    return genos_error_new_reason (GENOS_ERROR_TIMED_OUT, GENOS_REASON_NO_PATH,
        "peer %s agreed to connect, but no packet got through, not even by way of the TURN server",
        self->peer_id);
  problem = genos_peer_link_dup_path_problem (self->link);
  if (problem != NULL) {
    g_prefix_error (
        &problem, "peer %s agreed to connect, but no packet got through, and ", self->peer_id);
    return problem;
  }
  return genos_error_new_reason (GENOS_ERROR_TIMED_OUT, GENOS_REASON_NEEDS_TURN,
      "peer %s agreed to connect, but no packet got through: one of the two may be "
      "behind a NAT that needs a TURN server (property turn-servers)",
      self->peer_id);
}
