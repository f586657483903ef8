/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/crypto/sframe.h>

G_BEGIN_DECLS

/* Seals the RTP packets of a track of ours, each for itself (RFC 9605):
 *
 *   12 bytes      1                                      to the end
 *  +-------------+------------------------------------+------------------------------------+
 *  | RTP header  | marks: 1, a key frame begins here  | SFrame: header, ciphertext and tag |
 *  +-------------+------------------------------------+------------------------------------+
 *
 * The marks are authenticated with it. The RTP header is not, as it is another one on each link; of its
 * extensions nothing is left, as they tell of what is inside. Whoever has the track by way of several links
 * gets another number on each, as one key counts for all of them.
 *
 * Threading contract: any thread. */
typedef struct _GenosTrackSealer GenosTrackSealer;

GenosTrackSealer *genos_track_sealer_new (void);
GenosTrackSealer *genos_track_sealer_ref (GenosTrackSealer *self);
void genos_track_sealer_unref (GenosTrackSealer *self);

/* From the next packet on. Until there is one, nothing goes out. */
void genos_track_sealer_set_key (GenosTrackSealer *self, GenosSframeKey *key);
/* How many packets were sealed with it. */
guint64 genos_track_sealer_get_n (GenosTrackSealer *self);

/* A GenosLinkSealFunc. @sealer: a GenosTrackSealer. What is no RTP packet goes nowhere. */
GstBuffer *genos_track_sealer_seal (GstBuffer *packet, gpointer sealer);

G_END_DECLS
