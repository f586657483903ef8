/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosroomhandler.h"

G_BEGIN_DECLS

/* What a genosroomsink keeps of its properties: how media is encoded; under the element's object lock. */
typedef struct {
  GStrv video_codecs; /* best first */
  GStrv audio_codecs;
  guint max_codecs;
  guint video_bitrate; /* bit/s, as those that follow */
  guint audio_bitrate;
  guint min_bitrate, max_bitrate, start_bitrate;
  guint tiers;
  GenosDegradation degradation;
  gboolean inband_fec;
  guint packet_loss; /* per cent */
  gboolean dtx;
  gboolean navigation;
} GstGenosSinkSettings;

void gst_genos_sink_settings_init (GstGenosSinkSettings *self);
void gst_genos_sink_settings_clear (GstGenosSinkSettings *self);
/* @self: not initialised. */
void gst_genos_sink_settings_copy (GstGenosSinkSettings *self, const GstGenosSinkSettings *from);
/* FALSE when @id is none of them. */
gboolean gst_genos_sink_settings_set (GstGenosSinkSettings *self, guint id, const GValue *value);
gboolean gst_genos_sink_settings_get (const GstGenosSinkSettings *self, guint id, GValue *value);

/* What no single property can tell. @error: GENOS_ERROR_INVALID_ARGUMENT, and which to change. */
gboolean gst_genos_sink_settings_check (const GstGenosSinkSettings *self, GError **error);

/* Before the track is given caps. */
void gst_genos_sink_settings_apply (const GstGenosSinkSettings *self, GenosLocalTrack *track);

void gst_genos_sink_properties_install (GObjectClass *klass);

G_END_DECLS
