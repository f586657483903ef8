/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosroomsignals.h"

#include "gstgenosmessage.h"

GType
gst_genos_admit_get_type (void)
{
  static const GEnumValue values[] = {
    { GST_GENOS_ADMIT_ALLOW, "Link to the peer", "allow" },
    { GST_GENOS_ADMIT_DENY, "Send it nothing", "deny" },
    { GST_GENOS_ADMIT_LATER, "Send it nothing until the action admit or deny", "later" },
    { 0, NULL, NULL },
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstGenosAdmit", values));
  return type;
}

/* One handler that denies is enough; one that allows does not overrule one that wants time. */
static gboolean
accumulate_admit (GSignalInvocationHint *hint, GValue *total, const GValue *handler, gpointer data)
{
  int said = g_value_get_enum (handler);

  if (said == GST_GENOS_ADMIT_DENY || g_value_get_enum (total) == GST_GENOS_ADMIT_ALLOW)
    g_value_set_enum (total, said);
  return said != GST_GENOS_ADMIT_DENY;
}

/* Whoever has an answer ends it. */
static gboolean
accumulate_answer (GSignalInvocationHint *hint, GValue *total, const GValue *handler, gpointer data)
{
  g_value_set_boxed (total, g_value_get_boxed (handler));
  return g_value_get_boxed (handler) == NULL;
}

static void
install_action (
    GType type, const char *name, gpointer func, GType return_type, GType second, GType third)
{
  GType params[3] = { G_TYPE_STRING, second, third };

  g_signal_newv (name, type, G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
      g_cclosure_new (G_CALLBACK (func), NULL, NULL), NULL, NULL, NULL, return_type,
      second == G_TYPE_NONE      ? 1
          : third == G_TYPE_NONE ? 2
                                 : 3,
      params);
}

void
gst_genos_room_signals_install (GType type, const GstGenosRoomActions *actions)
{
  GType request_params[] = { G_TYPE_STRING, GST_TYPE_STRUCTURE, G_TYPE_STRING, G_TYPE_UINT,
    GST_TYPE_PROMISE };

  /* ::peer-admit (peer id, kind, key, can verify) → GstGenosAdmit: shall it be linked to? Before
   * anything is sent to it; on the session's thread, which must not be held up */
  g_signal_new ("peer-admit", type, G_SIGNAL_RUN_LAST, 0, accumulate_admit, NULL, NULL,
      GST_TYPE_GENOS_ADMIT, 4, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_BOOLEAN);
  /* ::peer-pipeline-created (peer id, pipeline): what connects to a peer, running; once for each link,
   * right before ::peer-joined or ::peer-relinked. It is the room's: do not stop or keep it */
  g_signal_new ("peer-pipeline-created", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
      2, G_TYPE_STRING, GST_TYPE_PIPELINE);
  /* ::peer-joined (peer id, kind): the link to a peer is open; once, and again after it left */
  g_signal_new ("peer-joined", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
      G_TYPE_STRING, G_TYPE_STRING);
  /* ::peer-left (peer id, error): the link to a peer that had joined is closed, and why; the detail
   * is the nick of the reason, as in peer-left::lost */
  g_signal_new ("peer-left", type, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);
  /* ::peer-relinked (peer id, kind): a new link to a peer took the place of one that broke */
  g_signal_new ("peer-relinked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
      G_TYPE_STRING, G_TYPE_STRING);
  /* ::peer-seen (peer id, kind): a peer announced itself on a relay; often */
  g_signal_new ("peer-seen", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
      G_TYPE_STRING, G_TYPE_STRING);
  /* ::peer-lost (peer id): a peer said bye, or nothing for a long time */
  g_signal_new (
      "peer-lost", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  /* ::channel-message (channel, peer id, message): see the fields in the elements' pages */
  g_signal_new ("channel-message", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
      G_TYPE_STRING, G_TYPE_STRING, GST_TYPE_STRUCTURE);
  /* ::peer-metadata (peer id, JSON or NULL): what its application says of itself is new */
  g_signal_new ("peer-metadata", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
      G_TYPE_STRING, G_TYPE_STRING);
  /* ::channel-request (channel, peer id, message) → answer: with the fields of a message, or NULL; the
   * first one counts */
  g_signal_new ("channel-request", type, G_SIGNAL_RUN_LAST, 0, accumulate_answer, NULL, NULL,
      GST_TYPE_STRUCTURE, 3, G_TYPE_STRING, G_TYPE_STRING, GST_TYPE_STRUCTURE);
  /* ::channel-progress (channel, peer id, fraction, metadata): a large message is coming in */
  g_signal_new ("channel-progress", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4,
      G_TYPE_STRING, G_TYPE_STRING, G_TYPE_DOUBLE, G_TYPE_STRING);
  /* ::join-error (peer id, error): a peer cannot be linked, most often for its password; with a
   * detail as ::peer-left */
  g_signal_new ("join-error", type, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);

  /* ::active-speaker (peer id or NULL): somebody else speaks; see the property */
  g_signal_new ("active-speaker", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
      G_TYPE_STRING);
  /* ::stats (statistics): every stats-interval; the same as the property */
  g_signal_new (
      "stats", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, GST_TYPE_STRUCTURE);

  /* ::track-tier (peer id, track id, "full", "second", "third", "thinned" or "audio-only"): what a peer gets of
   * a track of ours, by what it can take */
  g_signal_new ("track-tier", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
      G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);

  /* ::mesh-state (state): a room of cells has another layout */
  g_signal_new ("mesh-state", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
      GST_TYPE_STRUCTURE);
  /* ::mesh-peer-state (peer id, "gone", "known" or "linked") */
  g_signal_new ("mesh-peer-state", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
      G_TYPE_STRING, G_TYPE_STRING);

  /* ::send (channel, message, peer ids or NULL for all) → number of peers */
  install_action (type, "send", actions->send, G_TYPE_UINT, GST_TYPE_STRUCTURE, G_TYPE_STRV);
  /* ::send-text (channel, text, peer ids or NULL for all) → number of peers */
  install_action (type, "send-text", actions->send_text, G_TYPE_UINT, G_TYPE_STRING, G_TYPE_STRV);
  /* ::ping (peer id, promise or NULL): the promise's reply has "rtt" (guint64, ns) or "error" */
  install_action (type, "ping", actions->ping, G_TYPE_NONE, GST_TYPE_PROMISE, G_TYPE_NONE);
  /* ::kick (peer id, reason or NULL): ends its link and keeps it out */
  install_action (type, "kick", actions->kick, G_TYPE_NONE, G_TYPE_STRING, G_TYPE_NONE);
  /* ::admit (peer id), ::deny (peer id): the decision that "later" put off; admit also lifts a kick */
  install_action (type, "admit", actions->admit, G_TYPE_NONE, G_TYPE_NONE, G_TYPE_NONE);
  install_action (type, "deny", actions->deny, G_TYPE_NONE, G_TYPE_NONE, G_TYPE_NONE);
  /* ::request (channel, message, peer id, ms to wait, promise): the promise's reply is the answer, with
   * the fields of a message, or has "error" */
  g_signal_newv ("request", type, G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
      g_cclosure_new (G_CALLBACK (actions->request), NULL, NULL), NULL, NULL, NULL, G_TYPE_NONE,
      G_N_ELEMENTS (request_params), request_params);
}

static void
post (GstElement *element, GstStructure *structure)
{
  gst_element_post_message (element, gst_message_new_element (GST_OBJECT (element), structure));
}

void
gst_genos_room_signals_peer (
    GstElement *element, const char *name, const char *peer_id, const char *kind)
{
  g_autofree char *message_name = g_strconcat ("genos-", name, NULL);
  GstStructure *structure =
      gst_structure_new (message_name, "peer-id", G_TYPE_STRING, peer_id, NULL);

  if (kind != NULL)
    gst_structure_set (structure, "kind", G_TYPE_STRING, kind, NULL);
  post (element, structure);
  /* A signal without a kind does not look at it. */
  g_signal_emit_by_name (element, name, peer_id, kind);
}

void
gst_genos_room_signals_linked (GstElement *element, const char *name, GenosPeer *peer)
{
  g_autofree char *message_name = g_strconcat ("genos-", name, NULL);
  const char *peer_id = genos_peer_get_id (peer);
  const char *kind = genos_peer_get_kind (peer);
  const char *key = genos_peer_get_key (peer);
  g_autoptr (GstElement) pipeline = genos_peer_dup_pipeline (peer);
  gboolean encrypted;

  if (pipeline != NULL)
    g_signal_emit_by_name (element, "peer-pipeline-created", peer_id, pipeline);
  g_clear_object (&pipeline);
  g_object_get (peer, "encrypted", &encrypted, NULL);
  post (element,
      gst_structure_new (message_name, "peer-id", G_TYPE_STRING, peer_id, "kind", G_TYPE_STRING,
          kind, "verified", G_TYPE_BOOLEAN, key != NULL, "key", G_TYPE_STRING, key, "encrypted",
          G_TYPE_BOOLEAN, encrypted, NULL));
  g_signal_emit_by_name (element, name, peer_id, kind);
}

void
gst_genos_room_signals_metadata (GstElement *element, GenosPeer *peer)
{
  g_autofree char *metadata = NULL;

  g_object_get (peer, "metadata", &metadata, NULL);
  post (element,
      gst_structure_new ("genos-peer-metadata", "peer-id", G_TYPE_STRING, genos_peer_get_id (peer),
          "metadata", G_TYPE_STRING, metadata, NULL));
  g_signal_emit_by_name (element, "peer-metadata", genos_peer_get_id (peer), metadata);
}

gboolean
gst_genos_room_signals_request (GstElement *element, const char *channel, GenosRequest *request)
{
  g_autoptr (GstStructure) question = gst_structure_new_empty ("genos-channel-request");
  g_autoptr (GstStructure) answer = NULL;
  g_autoptr (GenosMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_genos_message_to_structure (genos_request_get_message (request), question);
  g_signal_emit_by_name (
      element, "channel-request", channel, genos_request_get_peer_id (request), question, &answer);
  if (answer == NULL)
    return FALSE;
  message = gst_genos_message_from_structure (answer, &error);
  if (message != NULL)
    genos_request_respond (request, message, NULL);
  else
    genos_request_fail (request, GENOS_REMOTE_ERROR_FAILED, error->message);
  return TRUE;
}

GstGenosAdmit
gst_genos_room_signals_admit (GstElement *element, GenosAdmission *admission)
{
  const char *peer_id = genos_admission_get_peer_id (admission);
  const char *kind = genos_admission_get_kind (admission);
  const char *key = genos_admission_get_key (admission);
  gboolean can_verify = genos_admission_get_can_verify (admission);
  int said = GST_GENOS_ADMIT_ALLOW;

  g_signal_emit_by_name (element, "peer-admit", peer_id, kind, key, can_verify, &said);
  if (said == GST_GENOS_ADMIT_LATER)
    post (element,
        gst_structure_new ("genos-peer-admit", "peer-id", G_TYPE_STRING, peer_id, "kind",
            G_TYPE_STRING, kind, "key", G_TYPE_STRING, key, "can-verify", G_TYPE_BOOLEAN,
            can_verify, NULL));
  return said;
}

void
gst_genos_room_signals_message (
    GstElement *element, const char *channel, const char *peer_id, GenosMessage *message)
{
  GstStructure *structure = gst_structure_new ("genos-channel-message", "channel", G_TYPE_STRING,
      channel, "peer-id", G_TYPE_STRING, peer_id, NULL);

  gst_genos_message_to_structure (message, structure);
  g_signal_emit_by_name (element, "channel-message", channel, peer_id, structure);
  post (element, structure);
}

void
gst_genos_room_signals_progress (GstElement *element, const char *channel, const char *peer_id,
    double fraction, const char *metadata)
{
  GstStructure *structure = gst_structure_new ("genos-channel-progress", "channel", G_TYPE_STRING,
      channel, "peer-id", G_TYPE_STRING, peer_id, "fraction", G_TYPE_DOUBLE, fraction, NULL);

  if (metadata != NULL)
    gst_structure_set (structure, "metadata", G_TYPE_STRING, metadata, NULL);
  post (element, structure);
  g_signal_emit_by_name (element, "channel-progress", channel, peer_id, fraction, metadata);
}

void
gst_genos_room_signals_reason (
    GstElement *element, const char *name, const char *peer_id, const GError *error)
{
  const char *nick = genos_reason_get_nick (genos_reason_from_error (error));
  g_autofree char *message_name = g_strconcat ("genos-", name, NULL);
  g_autofree char *signal = g_strconcat (name, "::", nick, NULL);

  post (element,
      gst_structure_new (message_name, "peer-id", G_TYPE_STRING, peer_id, "error", G_TYPE_ERROR,
          error, "reason-code", G_TYPE_STRING, nick, "reason", G_TYPE_STRING, error->message,
          NULL));
  g_signal_emit_by_name (element, signal, peer_id, error);
}

void
gst_genos_room_signals_relay (GstElement *element, const char *url, gboolean open, const char *text)
{
  GstStructure *structure = gst_structure_new (
      "genos-relay-changed", "url", G_TYPE_STRING, url, "open", G_TYPE_BOOLEAN, open, NULL);

  if (text != NULL)
    gst_structure_set (structure, "text", G_TYPE_STRING, text, NULL);
  post (element, structure);
}

void
gst_genos_room_signals_speaker (GstElement *element, const char *peer_id)
{
  post (
      element, gst_structure_new ("genos-active-speaker", "peer-id", G_TYPE_STRING, peer_id, NULL));
  g_object_notify (G_OBJECT (element), "active-speaker");
  g_signal_emit_by_name (element, "active-speaker", peer_id);
}

void
gst_genos_room_signals_stats (GstElement *element, const GstStructure *stats)
{
  GstStructure *message = gst_structure_copy (stats);
  g_autofree char *json = genos_stats_to_json (stats);

  gst_structure_set_name (message, "genos-stats");
  gst_structure_set (message, "json", G_TYPE_STRING, json, NULL);
  post (element, message);
  g_signal_emit_by_name (element, "stats", stats);
}

void
gst_genos_room_signals_tier (
    GstElement *element, const char *peer_id, const char *track_id, const char *tier)
{
  post (element,
      gst_structure_new ("genos-track-tier", "peer-id", G_TYPE_STRING, peer_id, "track-id",
          G_TYPE_STRING, track_id, "tier", G_TYPE_STRING, tier, NULL));
  g_signal_emit_by_name (element, "track-tier", peer_id, track_id, tier);
}

void
gst_genos_room_signals_mesh (GstElement *element, const GstStructure *state)
{
  GstStructure *message = gst_structure_copy (state);

  gst_structure_set_name (message, "genos-mesh-state");
  post (element, message);
  g_signal_emit_by_name (element, "mesh-state", state);
}

void
gst_genos_room_signals_mesh_peer (GstElement *element, const char *peer_id, const char *state)
{
  post (element,
      gst_structure_new ("genos-mesh-peer-state", "peer-id", G_TYPE_STRING, peer_id, "state",
          G_TYPE_STRING, state, NULL));
  g_signal_emit_by_name (element, "mesh-peer-state", peer_id, state);
}

void
gst_genos_room_signals_ping (
    GstElement *element, const char *peer_id, gint64 rtt, const GError *error)
{
  GstStructure *structure =
      gst_structure_new ("genos-ping", "peer-id", G_TYPE_STRING, peer_id, NULL);

  if (error != NULL)
    gst_structure_set (structure, "error", G_TYPE_ERROR, error, NULL);
  else
    gst_structure_set (structure, "rtt", G_TYPE_UINT64, (guint64) rtt * GST_USECOND, NULL);
  post (element, structure);
}
