/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosmixsettings.h"

#include "gstgenosfields.h"
#include "gstgenossrcproperties.h"

#define DEFAULT_WIDTH 1280
#define DEFAULT_HEIGHT 720
#define DEFAULT_FPS 30
/* A frame at 30 a second, its decoding and its scaling, on a machine that has more to do. */
#define DEFAULT_MIXING_LATENCY 100
#define MAX_MIXING_LATENCY 1000
#define MIN_SIZE 64
#define MAX_SIZE 8192
#define DEFAULT_COMPOSITOR "compositor"
#define DEFAULT_BACKGROUND 0xff000000

#define FIELD(id, member) GST_GENOS_FIELD (GST_GENOS_MIX_PROP_##id, GstGenosMixSettings, member)

static const GstGenosField fields[] = {
  FIELD (LATENCY, latency),
  FIELD (COMMON_TIME, common_time),
  FIELD (MIXING_LATENCY, mixing_latency),
  FIELD (LAYOUT, layout),
  FIELD (SHOW_NAMES, show_names),
  FIELD (BACKGROUND, background),
  FIELD (COMPOSITOR, compositor),
  { 0 },
};

static void
install_times (GObjectClass *klass)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  gst_genos_src_properties_install_times (
      klass, GST_GENOS_MIX_PROP_LATENCY, GST_GENOS_MIX_PROP_COMMON_TIME, TRUE);
  g_object_class_install_property (klass, GST_GENOS_MIX_PROP_MIXING_LATENCY,
      g_param_spec_uint ("mixing-latency", "Mixing latency",
          "What decoding and scaling may take beyond that (ms); sound that comes later is left "
          "out",
          0, MAX_MIXING_LATENCY, DEFAULT_MIXING_LATENCY, flags));
}

static void
install_picture (GObjectClass *klass)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  g_object_class_install_property (klass, GST_GENOS_MIX_PROP_WIDTH,
      g_param_spec_int ("width", "Width", "Width of the mix, even (pixels)", MIN_SIZE, MAX_SIZE,
          DEFAULT_WIDTH, flags));
  g_object_class_install_property (klass, GST_GENOS_MIX_PROP_HEIGHT,
      g_param_spec_int ("height", "Height", "Height of the mix, even (pixels)", MIN_SIZE, MAX_SIZE,
          DEFAULT_HEIGHT, flags));
  g_object_class_install_property (klass, GST_GENOS_MIX_PROP_FRAMERATE,
      gst_param_spec_fraction ("framerate", "Frame rate", "Frames of the mix in a second", 1, 1,
          240, 1, DEFAULT_FPS, 1, flags));
  g_object_class_install_property (klass, GST_GENOS_MIX_PROP_BACKGROUND,
      g_param_spec_uint ("background-color", "Background colour",
          "What is behind and between the pictures (ARGB)", 0, G_MAXUINT32, DEFAULT_BACKGROUND,
          flags));
  g_object_class_install_property (klass, GST_GENOS_MIX_PROP_COMPOSITOR,
      g_param_spec_string ("compositor", "Compositor",
          "Name of the element that mixes the pictures, such as compositor or glvideomixer",
          DEFAULT_COMPOSITOR, flags));
}

void
gst_genos_mix_settings_install (GObjectClass *klass)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;

  install_times (klass);
  install_picture (klass);
  g_object_class_install_property (klass, GST_GENOS_MIX_PROP_LAYOUT,
      g_param_spec_enum ("layout", "Layout", "Where the pictures of the peers are",
          GST_TYPE_GENOS_MIX_LAYOUT, GST_GENOS_MIX_GRID, flags));
  g_object_class_install_property (klass, GST_GENOS_MIX_PROP_SHOW_NAMES,
      g_param_spec_boolean ("show-names", "Show names",
          "Write into each picture the name in its metadata, else the peer's id (with the "
          "element textoverlay only)",
          TRUE, flags));
}

void
gst_genos_mix_settings_init (GstGenosMixSettings *self)
{
  self->latency = GST_GENOS_SRC_DEFAULT_LATENCY;
  self->mixing_latency = DEFAULT_MIXING_LATENCY;
  self->common_time = TRUE;
  self->layout = GST_GENOS_MIX_GRID;
  self->show_names = TRUE;
  self->width = DEFAULT_WIDTH;
  self->height = DEFAULT_HEIGHT;
  self->fps_n = DEFAULT_FPS;
  self->fps_d = 1;
  self->background = DEFAULT_BACKGROUND;
  self->compositor = g_strdup (DEFAULT_COMPOSITOR);
}

void
gst_genos_mix_settings_clear (GstGenosMixSettings *self)
{
  g_clear_pointer (&self->compositor, g_free);
}

void
gst_genos_mix_settings_copy (GstGenosMixSettings *self, const GstGenosMixSettings *from)
{
  *self = *from;
  self->compositor = g_strdup (from->compositor);
}

static void
set_compositor (GstGenosMixSettings *self, const char *name)
{
  g_free (self->compositor);
  self->compositor = g_strdup (name != NULL ? name : DEFAULT_COMPOSITOR);
}

void
gst_genos_mix_settings_set (GstGenosMixSettings *self, guint id, const GValue *value)
{
  switch (id) {
    case GST_GENOS_MIX_PROP_WIDTH:
      self->width = g_value_get_int (value) & ~1;
      break;
    case GST_GENOS_MIX_PROP_HEIGHT:
      self->height = g_value_get_int (value) & ~1;
      break;
    case GST_GENOS_MIX_PROP_FRAMERATE:
      self->fps_n = gst_value_get_fraction_numerator (value);
      self->fps_d = gst_value_get_fraction_denominator (value);
      break;
    case GST_GENOS_MIX_PROP_COMPOSITOR:
      set_compositor (self, g_value_get_string (value));
      break;
    default:
      gst_genos_fields_set (fields, self, id, value);
  }
}

void
gst_genos_mix_settings_get (const GstGenosMixSettings *self, guint id, GValue *value)
{
  switch (id) {
    case GST_GENOS_MIX_PROP_WIDTH:
      g_value_set_int (value, self->width);
      break;
    case GST_GENOS_MIX_PROP_HEIGHT:
      g_value_set_int (value, self->height);
      break;
    case GST_GENOS_MIX_PROP_FRAMERATE:
      gst_value_set_fraction (value, self->fps_n, self->fps_d);
      break;
    default:
      gst_genos_fields_get (fields, self, id, value);
  }
}
