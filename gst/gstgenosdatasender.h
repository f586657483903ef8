/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosdataroute.h"
#include "gstgenosroomsession.h"

G_BEGIN_DECLS

/* From a streaming thread to the channels of a room: a bounded queue, which the session's thread takes
 * messages from. With GENOS_OVERFLOW_WAIT the streaming thread waits in push() until the slowest peer
 * has taken enough; with the others it never waits.
 *
 * Threading contract: push() and drain() on one streaming thread, the rest on any. The signal is
 * emitted on the session's thread.
 *
 * Signal: ::refused (GError): a message was not sent, for a reason that the application can do
 * something about. */
#define GST_TYPE_GENOS_DATA_SENDER (gst_genos_data_sender_get_type ())
G_DECLARE_FINAL_TYPE (GstGenosDataSender, gst_genos_data_sender, GST, GENOS_DATA_SENDER, GObject)

GstGenosDataSender *gst_genos_data_sender_new (GstGenosRoomSession *session);

/* FALSE: interrupted before there was room; nothing was queued. */
gboolean gst_genos_data_sender_push (
    GstGenosDataSender *self, GstGenosDataRoute *route, GenosMessage *message);

/* Waits until all has left this process, at most @timeout µs, or until interrupted. */
void gst_genos_data_sender_drain (GstGenosDataSender *self, gint64 timeout);

/* Whoever waits comes back, and nobody waits until this is over. */
void gst_genos_data_sender_set_interrupted (GstGenosDataSender *self, gboolean interrupted);

/* What has not begun to leave is given up. */
void gst_genos_data_sender_clear (GstGenosDataSender *self);

/* A buffer that was no message is counted here too. */
void gst_genos_data_sender_count_invalid (GstGenosDataSender *self);

GstStructure *gst_genos_data_sender_get_stats (GstGenosDataSender *self);

G_END_DECLS
