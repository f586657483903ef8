/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Who the peers of the room are, as far as the recorder wants to know. */

typedef struct {
  char *id;
  char *kind; /* nullable */
  char *key;  /* nullable: not verified */
  gboolean here;
} GenosRecordPeer;

typedef struct _GenosRecordPeers GenosRecordPeers;

GenosRecordPeers *genos_record_peers_new (void);
void genos_record_peers_free (GenosRecordPeers *self);

/* What the room's `stats` say about it now. Valid until the next call. */
const GenosRecordPeer *
genos_record_peers_look_up (GenosRecordPeers *self, GstElement *source, const char *peer_id);

void genos_record_peers_set_here (GenosRecordPeers *self, const char *peer_id, gboolean here);
gboolean genos_record_peers_is_here (GenosRecordPeers *self, const char *peer_id);

G_END_DECLS
