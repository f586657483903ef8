/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosdecodechain.h"
#include "gstgenosroomhandler.h"

G_BEGIN_DECLS

/* Room for one retransmission at round trips of up to about 80 ms: half of what players on the
 * web commonly start from, and little enough to talk to each other. */
#define GST_GENOS_SRC_DEFAULT_LATENCY 100
#define GST_GENOS_SRC_MAX_LATENCY 10000

/* What a genosroomsrc keeps of its properties; under the element's object lock. */
typedef struct {
  GstGenosOutput output;
  GstGenosFill fill;
  guint pad_linger; /* s */
  gboolean navigation;
  gboolean capture_time;
  guint playout_delay;      /* ms */
  guint max_playout_delay;  /* ms */
  guint key_frame_interval; /* ms */
  char *video_codecs;       /* (nullable) */
  char *audio_codecs;       /* (nullable) */
} GstGenosSrcSettings;

void gst_genos_src_settings_init (GstGenosSrcSettings *self);
void gst_genos_src_settings_clear (GstGenosSrcSettings *self);
/* FALSE when @id is none of them. */
gboolean gst_genos_src_settings_set (GstGenosSrcSettings *self, guint id, const GValue *value);
gboolean gst_genos_src_settings_get (const GstGenosSrcSettings *self, guint id, GValue *value);

/* Those of genosroomsrc, beside what both elements have. */
enum {
  PROP_LATENCY = GST_GENOS_PROP_LAST,
  PROP_OUTPUT,
  PROP_DATA_CHANNELS,
  PROP_COMMON_TIME,
  PROP_SUBSCRIBE,
  PROP_PAD_LINGER,
  PROP_NAVIGATION,
  PROP_FILL,
  PROP_PLAYOUT_DELAY,
  PROP_MAX_PLAYOUT_DELAY,
  PROP_CAPTURE_TIME,
  PROP_VIDEO_CODECS,
  PROP_AUDIO_CODECS,
  PROP_KEY_FRAME_INTERVAL,
};

void gst_genos_src_properties_install (GObjectClass *klass);

/* The two of them that genosroommix has as well, under these ids. @is_common: what common-time is by default. */
void gst_genos_src_properties_install_times (
    GObjectClass *klass, guint latency, guint common_time, gboolean is_common);

G_END_DECLS
