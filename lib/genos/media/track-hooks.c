/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/track-hooks.h>

enum {
  ENCODER_SETUP,
  PAYLOADER_SETUP,
  REQUEST_ENCODED_FILTER,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* The first handler that has one decides. */
static gboolean
take_first (GSignalInvocationHint *hint, GValue *result, const GValue *returned, gpointer unused)
{
  GstElement *filter = g_value_get_object (returned);
  if (filter == NULL)
    return TRUE;
  g_value_set_object (result, filter);
  return FALSE;
}

void
genos_track_hooks_install (GType type)
{
  /**
   * GenosLocalTrack::encoder-setup:
   * @self: the track
   * @encoder: (transfer none): the encoder, in state NULL, with the settings that it would
   *   run with
   *
   * An encoder has been made for raw input. Every property may be changed but the rate
   * control's, which the track goes on using; the format of its output has to stay what
   * the track says it is.
   *
   * Emitted each time that an encoder is made: when the first peer watches, again after
   * nobody did for a while, after caps or settings that need another one, and after an error.
   * Never for encoded input. On a thread of the library, which waits for the handler; the
   * element is the track's.
   */
  signals[ENCODER_SETUP] = g_signal_new ("encoder-setup", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
      NULL, G_TYPE_NONE, 1, GST_TYPE_ELEMENT);
  /**
   * GenosLocalTrack::payloader-setup:
   * @self: the track
   * @payloader: (transfer none): the payloader, in state NULL
   *
   * A payloader has been made, for raw and for encoded input: for instance to give it RTP
   * header extensions. Its payload type, SSRC, offsets and size of packets are the track's.
   *
   * As often, and on the same thread, as [signal@LocalTrack::encoder-setup].
   */
  signals[PAYLOADER_SETUP] = g_signal_new ("payloader-setup", type, G_SIGNAL_RUN_LAST, 0, NULL,
      NULL, NULL, G_TYPE_NONE, 1, GST_TYPE_ELEMENT);
  /**
   * GenosLocalTrack::request-encoded-filter:
   * @self: the track
   * @caps: (transfer none): what will come, such as `video/x-h264`
   *
   * Asks for an element to put between encoder and payloader, for instance one that adds
   * messages to the stream. It has one pad "sink" and one pad "src", which both take @caps; a
   * frame goes in and a frame comes out, on the thread of the encoder.
   *
   * As often, and on the same thread, as [signal@LocalTrack::encoder-setup], also for encoded
   * input. The first handler that returns an element decides.
   *
   * Returns: (transfer full) (nullable): a new element, floating or not; %NULL: none
   */
  signals[REQUEST_ENCODED_FILTER] = g_signal_new ("request-encoded-filter", type, G_SIGNAL_RUN_LAST,
      0, take_first, NULL, NULL, GST_TYPE_ELEMENT, 1, gst_caps_get_type ());
}

static void
emit_setup (GObject *track, guint signal, GstBin *pipeline, const char *name)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (pipeline, name);
  if (element != NULL)
    g_signal_emit (track, signals[signal], 0, element);
}

/* In front of @sink. */
static gboolean
insert (GstBin *pipeline, GstElement *filter, GstPad *sink)
{
  g_autoptr (GstPad) before = gst_pad_get_peer (sink);
  g_autoptr (GstPad) in = gst_element_get_static_pad (filter, "sink");
  g_autoptr (GstPad) out = gst_element_get_static_pad (filter, "src");
  if (before == NULL || in == NULL || out == NULL || !gst_bin_add (pipeline, filter))
    return FALSE;
  gst_pad_unlink (before, sink);
  return gst_pad_link (before, in) == GST_PAD_LINK_OK
      && gst_pad_link (out, sink) == GST_PAD_LINK_OK;
}

static gboolean
add_filter (GObject *track, GstBin *pipeline, GenosEncoderChoice *choice, GError **error)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple (choice->codec->media_type);
  g_autoptr (GstElement) payloader = gst_bin_get_by_name (pipeline, "pay");
  g_autoptr (GstPad) sink = gst_element_get_static_pad (payloader, "sink");
  g_autoptr (GstElement) filter = NULL;

  g_signal_emit (track, signals[REQUEST_ENCODED_FILTER], 0, caps, &filter);
  if (filter == NULL)
    return TRUE;
  if (g_object_is_floating (filter))
    gst_object_ref_sink (filter);
  if (insert (pipeline, filter, sink))
    return TRUE;
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED,
      "the element “%s”, given by request-encoded-filter, cannot stand in front of the payloader: "
      "it needs pads “sink” and “src” for %s, and no other parent",
      GST_OBJECT_NAME (filter), choice->codec->media_type);
  return FALSE;
}

gboolean
genos_track_hooks_apply (
    GObject *track, GstBin *pipeline, GenosEncoderChoice *choice, GError **error)
{
  emit_setup (track, ENCODER_SETUP, pipeline, "enc");
  emit_setup (track, PAYLOADER_SETUP, pipeline, "pay");
  return add_filter (track, pipeline, choice, error);
}
