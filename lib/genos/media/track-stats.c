/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/track-worker.h>

GstStructure *
genos_track_stats_to_structure (const GenosTrackStats *self, guint n_viewers)
{
  return gst_structure_new ("genos-local-track-stats", "frames-in", G_TYPE_UINT64, self->frames_in,
      "unwanted", G_TYPE_UINT64, self->unwanted, "dropped", G_TYPE_UINT64, self->dropped,
      "packets-out", G_TYPE_UINT64, self->packets_out, "bytes-out", G_TYPE_UINT64, self->bytes_out,
      "key-frames", G_TYPE_UINT64, self->key_frames, "errors", G_TYPE_UINT, self->errors, "bitrate",
      G_TYPE_UINT, self->rate, "viewers", G_TYPE_UINT, n_viewers, "encoding", G_TYPE_BOOLEAN,
      self->encoding, NULL);
}
