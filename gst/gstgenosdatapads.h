/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosdatasrc.h"
#include "gstgenosroomsession.h"

G_BEGIN_DECLS

/* Which messages of a room come out of pads, and of which: one for each peer, channel and format, when
 * the first message is here. What peers may cause is bounded.
 *
 * Threading contract: any thread; take() on the session's. */
typedef struct _GstGenosDataPads GstGenosDataPads;

/* Pads of one peer, and of all. */
#define GST_GENOS_DATA_PADS_OF_PEER 16
#define GST_GENOS_DATA_PADS 256

/* A pad for @source is wanted: it is started before this returns. */
typedef void (*GstGenosDataPadFunc) (GstElement *owner, GstGenosDataSrc *source);

/* Gives the group of a peer's streams, and how long its pictures wait. */
typedef struct {
  GstGenosDataPadFunc wanted;
  guint (*get_group_id) (GstElement *owner, const char *peer_id);
  GstClockTime (*get_latency) (GstElement *owner);
  /* When a picture that the peer took at @capture (ns since 1900, its clock) is shown, in the time of the
   * system clock. FALSE: not known yet. */
  gboolean (*map_time) (
      GstElement *owner, const char *peer_id, GstClockTime capture, GstClockTime *time);
} GstGenosDataPadsOwner;

/* @owner: not owned */
GstGenosDataPads *gst_genos_data_pads_new (GstElement *owner, const GstGenosDataPadsOwner *funcs);
void gst_genos_data_pads_free (GstGenosDataPads *self);

/* Names separated by commas, or "*". NULL: none. */
void gst_genos_data_pads_set_channels (GstGenosDataPads *self, const char *channels);
char *gst_genos_data_pads_dup_channels (GstGenosDataPads *self);

void gst_genos_data_pads_take (
    GstGenosDataPads *self, const char *channel, const char *peer_id, GenosMessage *message);

/* EOS on all pads of that peer. */
void gst_genos_data_pads_end_peer (GstGenosDataPads *self, const char *peer_id);
/* The pads are gone. */
void gst_genos_data_pads_clear (GstGenosDataPads *self);

G_END_DECLS
