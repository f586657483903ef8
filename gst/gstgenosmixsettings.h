/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosmixlayout.h"
#include "gstgenosroomhandler.h"

G_BEGIN_DECLS

/* What genosroommix can be told beside the properties that all room elements have. */
typedef struct {
  guint latency; /* ms */
  guint mixing_latency;
  gboolean common_time;
  GstGenosMixLayout layout;
  gboolean show_names;
  int width, height;
  int fps_n, fps_d;
  guint background; /* ARGB */
  char *compositor; /* owned */
} GstGenosMixSettings;

enum {
  GST_GENOS_MIX_PROP_LATENCY = GST_GENOS_PROP_LAST,
  GST_GENOS_MIX_PROP_COMMON_TIME,
  GST_GENOS_MIX_PROP_MIXING_LATENCY,
  GST_GENOS_MIX_PROP_LAYOUT,
  GST_GENOS_MIX_PROP_SHOW_NAMES,
  GST_GENOS_MIX_PROP_WIDTH,
  GST_GENOS_MIX_PROP_HEIGHT,
  GST_GENOS_MIX_PROP_FRAMERATE,
  GST_GENOS_MIX_PROP_BACKGROUND,
  GST_GENOS_MIX_PROP_COMPOSITOR,
  GST_GENOS_MIX_PROP_LAST,
};

void gst_genos_mix_settings_install (GObjectClass *klass);

void gst_genos_mix_settings_init (GstGenosMixSettings *self);
void gst_genos_mix_settings_clear (GstGenosMixSettings *self);
void gst_genos_mix_settings_copy (GstGenosMixSettings *self, const GstGenosMixSettings *from);

/* @id is one of the above. Called with the object lock of the element held. */
void gst_genos_mix_settings_set (GstGenosMixSettings *self, guint id, const GValue *value);
void gst_genos_mix_settings_get (const GstGenosMixSettings *self, guint id, GValue *value);

G_END_DECLS
