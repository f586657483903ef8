/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/app/gstappsink.h>

#include <genos/transport/link-receiver.h>

G_BEGIN_DECLS

/* The end of one source pad of a webrtcbin: an appsink that is linked inside pad-added, so that the
 * pad is never without a peer, and stays as long as the pipeline. Receivers come and go on it, as
 * the remote sends and stops on that line.
 *
 * Threading contract: new on webrtcbin's thread; the rest on the link's context. */
typedef struct _GenosWebrtcOutlet GenosWebrtcOutlet;

/* (nullable): when the pad could not be linked. */
GenosWebrtcOutlet *genos_webrtc_outlet_new (GstElement *pipeline, GstPad *pad);
GenosWebrtcOutlet *genos_webrtc_outlet_ref (GenosWebrtcOutlet *self);
void genos_webrtc_outlet_unref (GenosWebrtcOutlet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosWebrtcOutlet, genos_webrtc_outlet_unref)

const char *genos_webrtc_outlet_get_mid (GenosWebrtcOutlet *self);
GstCaps *genos_webrtc_outlet_get_caps (GenosWebrtcOutlet *self);

/* Who gets the packets, after those that waited. (nullable): nobody; they are dropped. */
void genos_webrtc_outlet_set_receiver (GenosWebrtcOutlet *self, GenosLinkReceiver *receiver);
/* From now on packets wait, boundedly, for the next receiver. */
void genos_webrtc_outlet_hold (GenosWebrtcOutlet *self);

/* No packet comes any more. Must be called, or outlet and sink keep one another. */
void genos_webrtc_outlet_close (GenosWebrtcOutlet *self);

#define GENOS_TYPE_WEBRTC_RECEIVER (genos_webrtc_receiver_get_type ())
G_DECLARE_FINAL_TYPE (
    GenosWebrtcReceiver, genos_webrtc_receiver, GENOS, WEBRTC_RECEIVER, GenosLinkReceiver)

GenosWebrtcReceiver *
genos_webrtc_receiver_new (GenosWebrtcOutlet *outlet, const char *stream_id, const char *track_id);

G_END_DECLS
