/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosroomhandler.h"

G_BEGIN_DECLS

/* What a handler of ::peer-admit says. */
typedef enum {
  GST_GENOS_ADMIT_ALLOW,
  GST_GENOS_ADMIT_DENY,
  GST_GENOS_ADMIT_LATER,
} GstGenosAdmit;

#define GST_TYPE_GENOS_ADMIT (gst_genos_admit_get_type ())
GType gst_genos_admit_get_type (void) G_GNUC_CONST;

/* The signals of both elements, each also a bus message of the same content. The signal functions
 * run on the session's thread. */

typedef struct {
  /* return: to how many peers the message was queued */
  guint (*send) (
      GstElement *element, const char *channel, GstStructure *message, const char *const *targets);
  guint (*send_text) (
      GstElement *element, const char *channel, const char *text, const char *const *targets);
  void (*ping) (GstElement *element, const char *peer_id, GstPromise *promise);
  void (*kick) (GstElement *element, const char *peer_id, const char *reason);
  void (*admit) (GstElement *element, const char *peer_id);
  void (*deny) (GstElement *element, const char *peer_id);
  void (*request) (GstElement *element, const char *channel, GstStructure *message,
      const char *peer_id, guint timeout, GstPromise *promise);
} GstGenosRoomActions;

void gst_genos_room_signals_install (GType type, const GstGenosRoomActions *actions);

void gst_genos_room_signals_peer (
    GstElement *element, const char *name, const char *peer_id, const char *kind);
/* peer-joined and peer-relinked */
void gst_genos_room_signals_linked (GstElement *element, const char *name, GenosPeer *peer);
void gst_genos_room_signals_metadata (GstElement *element, GenosPeer *peer);
/* TRUE: somebody answered. */
gboolean
gst_genos_room_signals_request (GstElement *element, const char *channel, GenosRequest *request);
GstGenosAdmit gst_genos_room_signals_admit (GstElement *element, GenosAdmission *admission);
void gst_genos_room_signals_message (
    GstElement *element, const char *channel, const char *peer_id, GenosMessage *message);
void gst_genos_room_signals_progress (GstElement *element, const char *channel, const char *peer_id,
    double fraction, const char *metadata);
/* What has a reason: peer-left and join-error. */
void gst_genos_room_signals_reason (
    GstElement *element, const char *name, const char *peer_id, const GError *error);
void gst_genos_room_signals_relay (
    GstElement *element, const char *url, gboolean open, const char *text);
/* @peer_id: (nullable) */
void gst_genos_room_signals_speaker (GstElement *element, const char *peer_id);
void gst_genos_room_signals_stats (GstElement *element, const GstStructure *stats);
void gst_genos_room_signals_mesh (GstElement *element, const GstStructure *state);
void gst_genos_room_signals_tier (
    GstElement *element, const char *peer_id, const char *track_id, const char *tier);
void gst_genos_room_signals_mesh_peer (GstElement *element, const char *peer_id, const char *state);
void gst_genos_room_signals_ping (
    GstElement *element, const char *peer_id, gint64 rtt, const GError *error);

G_END_DECLS
