/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosmixstage.h"

#include "gstgenosmixinput.h"

/* Places among the parts, downstream first. */
enum {
  AFTER,
  MIXER,
  QUEUE,
  BEFORE,
  BASE,
};

static GstElement *
add (GstGenosMixStage *self, guint part, GstBin *bin, const char *factory, GError **error)
{
  GstElement *element = gst_genos_mix_make (factory, error);

  if (element == NULL)
    return NULL;
  self->parts[part] = element;
  gst_bin_add (bin, element);
  return element;
}

static GstElement *
add_filter (GstGenosMixStage *self, guint part, GstBin *bin, GstCaps *caps, GError **error)
{
  GstElement *filter = add (self, part, bin, "capsfilter", error);

  if (filter != NULL)
    g_object_set (filter, "caps", caps, NULL);
  return filter;
}

/* An output that nobody has linked runs into nothing instead of stopping. */
static GstPadProbeReturn
on_output (GstPad *pad, GstPadProbeInfo *info, gpointer output)
{
  return gst_pad_is_linked (output) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static gboolean
connect_base (
    GstGenosMixStage *self, GstBin *bin, GstElement *filter, const gint *latency, GError **error)
{
  GstElement *queue = add (self, QUEUE, bin, "queue", error);
  g_autoptr (GstPad) src = NULL, sink = NULL;

  if (queue == NULL)
    return FALSE;
  gst_genos_mix_set_up_queue (queue, latency);
  src = gst_element_get_static_pad (queue, "src");
  sink = gst_element_request_pad_simple (self->mixer, "sink_%u");
  gst_genos_mix_fix_latency (src, latency);
  if (sink != NULL && gst_element_link_many (self->base, filter, queue, NULL)
      && gst_pad_link (src, sink) == GST_PAD_LINK_OK)
    return TRUE;
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED,
      "The element \"%s\" does not take a background to mix with", GST_OBJECT_NAME (self->mixer));
  return FALSE;
}

static gboolean
check_mixer (GstElement *mixer, GError **error)
{
  static const char *const needed[] = { "latency", "start-time-selection" };
  GObjectClass *klass = G_OBJECT_GET_CLASS (mixer);
  gboolean mixes =
      gst_element_class_get_pad_template (GST_ELEMENT_CLASS (klass), "sink_%u") != NULL;

  for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
    mixes = mixes && g_object_class_find_property (klass, needed[i]) != NULL;
  if (!mixes)
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED,
        "The element \"%s\" does not mix: set the property \"compositor\" to compositor, or to "
        "one that can take its place",
        GST_OBJECT_NAME (gst_element_get_factory (mixer)));
  return mixes;
}

static gboolean
build (GstGenosMixStage *self, GstBin *bin, GstPad *output, GstCaps *caps,
    const GstGenosMixSettings *settings, const gint *latency, GError **error)
{
  GstElement *before = add_filter (self, BEFORE, bin, caps, error);
  GstElement *after = add_filter (self, AFTER, bin, caps, error);
  g_autoptr (GstPad) src = NULL;

  if (before == NULL || after == NULL || !check_mixer (self->mixer, error))
    return FALSE;
  g_object_set (self->base, "is-live", TRUE, NULL);
  /* Waits for the background, which begins at the running time of its start, and begins with it. */
  gst_util_set_object_arg (G_OBJECT (self->mixer), "start-time-selection", "first");
  g_object_set (self->mixer, "latency", (guint64) settings->mixing_latency * GST_MSECOND, NULL);
  if (!connect_base (self, bin, before, latency, error))
    return FALSE;
  if (!gst_element_link (self->mixer, after)) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED,
        "The mixing element does not give the format of the mix");
    return FALSE;
  }
  src = gst_element_get_static_pad (after, "src");
  gst_pad_add_probe (
      src, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_output, output, NULL);
  return gst_ghost_pad_set_target (GST_GHOST_PAD (output), src);
}

gboolean
gst_genos_mix_stage_build_video (GstGenosMixStage *self, GstBin *bin, GstPad *output,
    const GstGenosMixSettings *settings, const gint *latency, GError **error)
{
  g_autoptr (GstCaps) caps = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING,
      GST_GENOS_MIX_VIDEO_FORMAT, "width", G_TYPE_INT, settings->width, "height", G_TYPE_INT,
      settings->height, "framerate", GST_TYPE_FRACTION, settings->fps_n, settings->fps_d,
      "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, NULL);

  gst_genos_mix_set_color (caps, settings->width, settings->height);
  self->base = add (self, BASE, bin, "videotestsrc", error);
  if (self->base == NULL)
    return FALSE;
  gst_util_set_object_arg (G_OBJECT (self->base), "pattern", "solid-color");
  g_object_set (self->base, "foreground-color", settings->background, NULL);
  self->mixer = add (self, MIXER, bin, settings->compositor, error);
  return self->mixer != NULL && build (self, bin, output, caps, settings, latency, error);
}

gboolean
gst_genos_mix_stage_build_audio (GstGenosMixStage *self, GstBin *bin, GstPad *output,
    const GstGenosMixSettings *settings, const gint *latency, GError **error)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (GST_GENOS_MIX_AUDIO_CAPS);

  self->base = add (self, BASE, bin, "audiotestsrc", error);
  if (self->base == NULL)
    return FALSE;
  gst_util_set_object_arg (G_OBJECT (self->base), "wave", "silence");
  /* 10 ms, as the output. */
  g_object_set (self->base, "samplesperbuffer", GST_GENOS_MIX_AUDIO_RATE / 100, NULL);
  self->mixer = add (self, MIXER, bin, "audiomixer", error);
  return self->mixer != NULL && build (self, bin, output, caps, settings, latency, error);
}

void
gst_genos_mix_stage_set_time (GstGenosMixStage *self, GstClock *clock, GstClockTime base_time)
{
  if (self->mixer == NULL)
    return;
  gst_element_set_base_time (self->mixer, base_time);
  gst_element_set_clock (self->mixer, clock);
}

void
gst_genos_mix_stage_start (GstGenosMixStage *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->parts); i++) {
    if (self->parts[i] != NULL)
      gst_element_sync_state_with_parent (self->parts[i]);
  }
}

void
gst_genos_mix_stage_end (GstGenosMixStage *self)
{
  if (self->base != NULL)
    gst_element_send_event (self->base, gst_event_new_eos ());
}

void
gst_genos_mix_stage_clear (GstGenosMixStage *self, GstBin *bin, GstPad *output)
{
  gst_ghost_pad_set_target (GST_GHOST_PAD (output), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (self->parts); i++) {
    if (self->parts[i] == NULL)
      continue;
    gst_element_set_locked_state (self->parts[i], TRUE);
    gst_element_set_state (self->parts[i], GST_STATE_NULL);
    gst_bin_remove (bin, self->parts[i]);
    self->parts[i] = NULL;
  }
  self->mixer = NULL;
  self->base = NULL;
}
