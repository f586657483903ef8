/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosmixinput.h"

#include "gstgenoselements.h"
#include "gstgenosmixlayout.h"
#include "gstgenosmixstage.h"

#define GST_CAT_DEFAULT gst_genos_debug

/* A timestamp further ahead would have the input wait, with everything behind it. */
#define MAX_AHEAD (2 * GST_SECOND)

struct _GstGenosMixInput {
  gatomicrefcount ref_count;
  GstGenosMixTarget target;
  GstPad *source;
  char *peer_id;
  gboolean video;

  GstElement *chain;
  GstElement *filter;  /* in the chain; of video: sets the size */
  GstElement *overlay; /* in the chain (nullable) */
  GstElement *tee;     /* in the chain, of audio */
  GstPad *mixer_pad;

  GMutex lock;
  /* under the lock */
  GstVideoInfo info; /* of the track; without a format until it is known */
  GstVideoRectangle tile;
  guint zorder;
  int width, height; /* made of it */
  gboolean removed;
};

GstGenosMixInput *
gst_genos_mix_input_ref (GstGenosMixInput *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
gst_genos_mix_input_unref (GstGenosMixInput *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  gst_clear_object (&self->chain);
  gst_clear_object (&self->mixer_pad);
  gst_object_unref (self->source);
  g_free (self->peer_id);
  g_mutex_clear (&self->lock);
  g_free (self);
}

GstPad *
gst_genos_mix_input_get_source (GstGenosMixInput *self)
{
  return self->source;
}

const char *
gst_genos_mix_input_get_peer_id (GstGenosMixInput *self)
{
  return self->peer_id;
}

gboolean
gst_genos_mix_input_is_video (GstGenosMixInput *self)
{
  return self->video;
}

gboolean
gst_genos_mix_input_contains (GstGenosMixInput *self, GstObject *object)
{
  return gst_object_has_as_ancestor (object, GST_OBJECT (self->chain));
}

/* place */

void
gst_genos_mix_set_color (GstCaps *caps, int width, int height)
{
  static const char *const fields[] = { "colorimetry", "chroma-site" };
  g_autoptr (GstCaps) silent = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING,
      GST_GENOS_MIX_VIDEO_FORMAT, "width", G_TYPE_INT, width, "height", G_TYPE_INT, height, NULL);
  g_autoptr (GstCaps) usual = NULL;
  GstVideoInfo info;

  /* What caps of that size mean that say nothing else: since 1.24 only reading them tells both. */
  if (!gst_video_info_from_caps (&info, silent))
    return;
  usual = gst_video_info_to_caps (&info);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    const GValue *value = gst_structure_get_value (gst_caps_get_structure (usual, 0), fields[i]);

    if (value != NULL)
      gst_caps_set_value (caps, fields[i], value);
  }
}

static void
set_size (GstGenosMixInput *self, int width, int height)
{
  g_autoptr (GstCaps) caps = NULL;

  /* Even the same again would be negotiated again. */
  if (width == self->width && height == self->height)
    return;
  self->width = width;
  self->height = height;
  caps = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, GST_GENOS_MIX_VIDEO_FORMAT,
      "width", G_TYPE_INT, width, "height", G_TYPE_INT, height, "pixel-aspect-ratio",
      GST_TYPE_FRACTION, 1, 1, NULL);
  gst_genos_mix_set_color (caps, self->target.width, self->target.height);
  g_object_set (self->filter, "caps", caps, NULL);
}

/* With the lock. */
static void
apply_place (GstGenosMixInput *self)
{
  GstVideoRectangle fitted;

  if (self->tile.w < 2 || self->tile.h < 2) {
    g_object_set (self->mixer_pad, "alpha", 0.0, NULL);
    return;
  }
  fitted = gst_genos_mix_layout_fit (&self->tile, GST_VIDEO_INFO_WIDTH (&self->info),
      GST_VIDEO_INFO_HEIGHT (&self->info), GST_VIDEO_INFO_PAR_N (&self->info),
      GST_VIDEO_INFO_PAR_D (&self->info));
  set_size (self, fitted.w, fitted.h);
  g_object_set (self->mixer_pad, "xpos", fitted.x, "ypos", fitted.y, "width", fitted.w, "height",
      fitted.h, "zorder", self->zorder, "alpha", 1.0, NULL);
}

void
gst_genos_mix_input_place (GstGenosMixInput *self, const GstVideoRectangle *tile, guint zorder)
{
  g_mutex_lock (&self->lock);
  if (!self->removed) {
    self->tile = *tile;
    self->zorder = zorder;
    apply_place (self);
  }
  g_mutex_unlock (&self->lock);
}

void
gst_genos_mix_input_set_name (GstGenosMixInput *self, const char *name)
{
  g_autofree char *markup = name != NULL ? g_markup_escape_text (name, -1) : NULL;

  if (self->overlay != NULL)
    g_object_set (
        self->overlay, "text", markup != NULL ? markup : "", "silent", markup == NULL, NULL);
}

/* What arrives. */

/* Before the scaler sees the new size it is told what to make of it, so that no frame is distorted. */
static void
take_caps (GstGenosMixInput *self, GstCaps *caps)
{
  GstVideoInfo info;

  if (!gst_video_info_from_caps (&info, caps))
    return;
  g_mutex_lock (&self->lock);
  self->info = info;
  if (!self->removed)
    apply_place (self);
  g_mutex_unlock (&self->lock);
}

static GstPadProbeReturn
on_source_event (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS) {
    gst_event_parse_caps (event, &caps);
    take_caps (user_data, caps);
  }
  return GST_PAD_PROBE_OK;
}

/* The mix has nothing to do with what lies far ahead, and could only wait for it. */
static gboolean
is_timely (GstGenosMixInput *self, GstBuffer *buffer)
{
  GstClockTime now = gst_element_get_current_running_time (GST_ELEMENT (self->target.bin));

  if (!GST_BUFFER_PTS_IS_VALID (buffer))
    return FALSE;
  return !GST_CLOCK_TIME_IS_VALID (now) || GST_BUFFER_PTS (buffer) <= now + MAX_AHEAD;
}

static GstPadProbeReturn
on_prepared (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstGenosMixInput *self = user_data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);

  if (!is_timely (self, buffer))
    return GST_PAD_PROBE_DROP;
  return GST_PAD_PROBE_OK;
}

/* latency */

static GstPadProbeReturn
on_query (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);
  const gint *latency = user_data;

  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return GST_PAD_PROBE_OK;
  gst_query_set_latency (
      query, TRUE, (GstClockTime) g_atomic_int_get (latency) * GST_MSECOND, GST_CLOCK_TIME_NONE);
  return GST_PAD_PROBE_HANDLED;
}

void
gst_genos_mix_fix_latency (GstPad *pad, const gint *latency)
{
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_QUERY_UPSTREAM | GST_PAD_PROBE_TYPE_PUSH, on_query,
      (gpointer) latency, NULL);
}

/* making it */

GstElement *
gst_genos_mix_make (const char *factory, GError **error)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  if (element == NULL)
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_MISSING_PLUGIN,
        "Mixing needs the GStreamer element \"%s\", which is not installed. "
        "On Debian: apt-get install gstreamer1.0-plugins-base",
        factory);
  return element;
}

void
gst_genos_mix_set_up_queue (GstElement *queue, const gint *latency)
{
  g_object_set (queue, "max-size-buffers", 0, "max-size-bytes", 0, "max-size-time",
      (guint64) g_atomic_int_get (latency) * GST_MSECOND + 2 * GST_SECOND, "silent", TRUE, NULL);
}

/* Names are an extra: without the element there are none. */
static GstElement *
make_overlay (int font_size)
{
  GstElement *overlay = gst_element_factory_make ("textoverlay", NULL);
  g_autofree char *font = g_strdup_printf ("Sans %d", font_size);

  if (overlay == NULL)
    return NULL;
  gst_util_set_object_arg (G_OBJECT (overlay), "halignment", "left");
  gst_util_set_object_arg (G_OBJECT (overlay), "valignment", "bottom");
  gst_util_set_object_arg (G_OBJECT (overlay), "wrap-mode", "none");
  /* All names of one size, whatever the size of the tile. */
  g_object_set (overlay, "auto-resize", FALSE, "font-desc", font, "shaded-background", TRUE, "xpad",
      font_size / 2, "ypad", font_size / 2, "silent", TRUE, NULL);
  return overlay;
}

/* Takes @elements, of which none is NULL, and makes a bin of them. */
static GstElement *
make_chain (GstElement *const *elements, guint n)
{
  GstElement *bin = gst_bin_new (NULL);
  g_autoptr (GstPad) sink = gst_element_get_static_pad (elements[0], "sink");
  g_autoptr (GstPad) src = gst_element_get_static_pad (elements[n - 1], "src");

  for (guint i = 0; i < n; i++) {
    gst_bin_add (GST_BIN (bin), elements[i]);
    if (i > 0)
      gst_element_link (elements[i - 1], elements[i]);
  }
  gst_element_add_pad (bin, gst_ghost_pad_new ("sink", sink));
  gst_element_add_pad (bin, gst_ghost_pad_new ("src", src));
  return bin;
}

static gboolean
make_elements (const char *const *factories, guint n, GstElement **elements, GError **error)
{
  for (guint i = 0; i < n; i++) {
    elements[i] = gst_genos_mix_make (factories[i], error);
    if (elements[i] == NULL) {
      while (i-- > 0)
        gst_object_unref (gst_object_ref_sink (elements[i]));
      return FALSE;
    }
  }
  return TRUE;
}

/* Both are called with the stream lock of a pad in the chain, for which remove() waits. */
static void
add_probe (
    GstGenosMixInput *self, GstElement *element, GstPadProbeType type, GstPadProbeCallback callback)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "sink");

  gst_pad_add_probe (pad, type, callback, self, NULL);
}

static GstGenosMixInput *
input_new (const GstGenosMixTarget *target, GstPad *source, gboolean video)
{
  GstGenosMixInput *self = g_new0 (GstGenosMixInput, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  self->target = *target;
  self->source = gst_object_ref (source);
  self->video = video;
  gst_video_info_init (&self->info);
  g_object_get (source, "peer-id", &self->peer_id, NULL);
  if (self->peer_id == NULL)
    self->peer_id = g_strdup ("");
  return self;
}

static gboolean
finish_chain (GstGenosMixInput *self, GstElement **elements, guint n, GError **error)
{
  g_autoptr (GstPad) src = NULL;

  gst_genos_mix_set_up_queue (elements[n - 1], self->target.latency);
  self->chain = gst_object_ref_sink (make_chain (elements, n));
  src = gst_element_get_static_pad (self->chain, "src");
  gst_genos_mix_fix_latency (src, self->target.latency);
  add_probe (self, self->tee != NULL ? self->tee : elements[n - 1], GST_PAD_PROBE_TYPE_BUFFER,
      on_prepared);
  self->mixer_pad = gst_element_request_pad_simple (self->target.mixer, "sink_%u");
  if (self->mixer_pad != NULL)
    return TRUE;
  g_set_error_literal (
      error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED, "The mixing element has no pad to give");
  return FALSE;
}

GstGenosMixInput *
gst_genos_mix_input_new_video (
    const GstGenosMixTarget *target, GstPad *source, const char *name, GError **error)
{
  static const char *const factories[] = { "videoconvert", "videoscale", "capsfilter", "queue" };
  GstElement *elements[G_N_ELEMENTS (factories) + 1];
  guint n = G_N_ELEMENTS (factories);
  g_autoptr (GstGenosMixInput) self = NULL;

  if (!make_elements (factories, n, elements, error))
    return NULL;
  self = input_new (target, source, TRUE);
  self->filter = elements[2];
  self->overlay = make_overlay (target->font_size);
  if (self->overlay != NULL) {
    /* Before the queue. */
    elements[n] = elements[n - 1];
    elements[n - 1] = self->overlay;
    n++;
  }
  gst_genos_mix_input_set_name (self, name);
  if (!finish_chain (self, elements, n, error))
    return NULL;
  add_probe (self, elements[0], GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_source_event);
  return g_steal_pointer (&self);
}

GstGenosMixInput *
gst_genos_mix_input_new_audio (const GstGenosMixTarget *target, GstPad *source, GError **error)
{
  static const char *const factories[] = { "audioconvert", "audioresample", "capsfilter", "tee",
    "queue" };
  GstElement *elements[G_N_ELEMENTS (factories)];
  guint n = G_N_ELEMENTS (factories);
  g_autoptr (GstGenosMixInput) self = NULL;
  g_autoptr (GstCaps) caps = gst_caps_from_string (GST_GENOS_MIX_AUDIO_CAPS);

  if (!make_elements (factories, n, elements, error))
    return NULL;
  self = input_new (target, source, FALSE);
  self->filter = elements[2];
  g_object_set (self->filter, "caps", caps, NULL);
  self->tee = elements[3];
  g_object_set (self->tee, "allow-not-linked", TRUE, NULL);
  if (!finish_chain (self, elements, n, error))
    return NULL;
  return g_steal_pointer (&self);
}

GstGenosMixOutlet *
gst_genos_mix_input_feed (GstGenosMixInput *self, GstElement *mixer)
{
  return gst_genos_mix_outlet_new (self->chain, self->tee, mixer, self->target.latency);
}

/* coming and going */

gboolean
gst_genos_mix_input_start (GstGenosMixInput *self)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (self->chain, "sink");
  g_autoptr (GstPad) src = gst_element_get_static_pad (self->chain, "src");

  gst_bin_add (self->target.bin, self->chain);
  return gst_pad_link (src, self->mixer_pad) == GST_PAD_LINK_OK
      && gst_element_sync_state_with_parent (self->chain)
      && gst_pad_link (self->source, sink) == GST_PAD_LINK_OK;
}

void
gst_genos_mix_input_remove (GstGenosMixInput *self)
{
  g_autoptr (GstObject) parent = NULL;
  gboolean removed;

  g_mutex_lock (&self->lock);
  removed = self->removed;
  self->removed = TRUE;
  g_mutex_unlock (&self->lock);
  if (removed)
    return;
  /* First the pad, which lets go of a queue that waits for the mix. */
  gst_element_release_request_pad (self->target.mixer, self->mixer_pad);
  gst_element_set_locked_state (self->chain, TRUE);
  gst_element_set_state (self->chain, GST_STATE_NULL);
  parent = gst_object_get_parent (GST_OBJECT (self->chain));
  if (parent != NULL)
    gst_bin_remove (self->target.bin, self->chain);
}
