/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosdecodechain.h"

#include "gstgenoselements.h"

#define GST_CAT_DEFAULT gst_genos_debug

#define OPUS_RATE 48000

GType
gst_genos_output_get_type (void)
{
  static const GEnumValue values[] = {
    { GST_GENOS_OUTPUT_AUTO, "Raw where a decoder is installed, else encoded", "auto" },
    { GST_GENOS_OUTPUT_RAW, "Decoded video and audio", "raw" },
    { GST_GENOS_OUTPUT_ENCODED, "What was sent, without RTP", "encoded" },
    { GST_GENOS_OUTPUT_RTP, "RTP packets", "rtp" },
    { 0, NULL, NULL },
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstGenosOutput", values));
  return type;
}

/* The formats of rooms. A depayloader is not picked by rank alone: it is fed by strangers. */
typedef struct {
  const char *encoding_name;
  const char *depayloader;
  const char *parser; /* nullable */
  const char *caps;   /* what comes out of both, as narrow as a decoder may ask for */
} Format;

static const Format formats[] = {
  { "VP8", "rtpvp8depay", NULL, "video/x-vp8" },
  { "VP9", "rtpvp9depay", NULL, "video/x-vp9" },
  { "H264", "rtph264depay", "h264parse",
      "video/x-h264, parsed=true, stream-format=byte-stream, "
      "alignment=au, profile=constrained-baseline" },
  { "H265", "rtph265depay", "h265parse",
      "video/x-h265, parsed=true, stream-format=byte-stream, alignment=au" },
  { "AV1", "rtpav1depay", "av1parse",
      "video/x-av1, parsed=true, stream-format=obu-stream, "
      "alignment=tu" },
  { "OPUS", "rtpopusdepay", NULL,
      "audio/x-opus, channel-mapping-family=0, channels=2, "
      "rate=48000" },
  { "PCMU", "rtppcmudepay", NULL, "audio/x-mulaw, rate=8000, channels=1" },
  { "PCMA", "rtppcmadepay", NULL, "audio/x-alaw, rate=8000, channels=1" },
};

static const Format *
find_format_called (const char *name)
{
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (formats); i++) {
    if (g_ascii_strcasecmp (formats[i].encoding_name, name) == 0)
      return &formats[i];
  }
  return NULL;
}

static const Format *
find_format (GstCaps *rtp_caps)
{
  return find_format_called (
      gst_structure_get_string (gst_caps_get_structure (rtp_caps, 0), "encoding-name"));
}

/* elements */

static void
set_if_there (GstElement *element, const char *property, const char *value)
{
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), property) != NULL)
    gst_util_set_object_arg (G_OBJECT (element), property, value);
}

/* After a loss show nothing rather than damage, and ask for what ends it; nothing a peer sends
 * makes an element give up. Each key frame has what a decoder needs: who gets it may have come later. */
static void
set_up (GstElement *element)
{
  set_if_there (element, "wait-for-keyframe", "true");
  set_if_there (element, "request-keyframe", "true");
  set_if_there (element, "max-errors", "-1");
  set_if_there (element, "config-interval", "-1");
  set_if_there (element, "automatic-request-sync-points", "true");
  set_if_there (element, "discard-corrupted-frames", "true");
  set_if_there (element, "plc", "true");
}

static GstElement *
make_element (const char *factory, GError **error)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  if (element != NULL)
    set_up (element);
  else
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_MISSING_PLUGIN,
        "the GStreamer element \"%s\" is not installed (Debian: gstreamer1.0-plugins-good and "
        "gstreamer1.0-plugins-bad)",
        factory);
  return element;
}

/* A decoder for hardware that is not there is registered and fails to open. */
static GstElement *
try_decoder (GstElementFactory *factory)
{
  g_autoptr (GstElement) decoder = gst_element_factory_create (factory, NULL);
  gboolean opens;

  if (decoder == NULL)
    return NULL;
  gst_object_ref_sink (decoder);
  opens = gst_element_set_state (decoder, GST_STATE_READY) != GST_STATE_CHANGE_FAILURE;
  gst_element_set_state (decoder, GST_STATE_NULL);
  if (!opens)
    return NULL;
  set_up (decoder);
  return g_steal_pointer (&decoder);
}

/* Those that take all such streams: others are for alpha planes beside the picture. */
static GList *
list_decoders (GstCaps *caps)
{
  GList *all =
      gst_element_factory_list_get_elements (GST_ELEMENT_FACTORY_TYPE_DECODER, GST_RANK_MARGINAL);
  GList *fitting = gst_element_factory_list_filter (all, caps, GST_PAD_SINK, TRUE);

  gst_plugin_feature_list_free (all);
  return fitting;
}

/* (transfer full), not floating */
static GstElement *
make_decoder (GstCaps *caps)
{
  GList *fitting = list_decoders (caps);
  GstElement *decoder = NULL;

  fitting = g_list_sort (fitting, gst_plugin_feature_rank_compare_func);
  for (GList *l = fitting; l != NULL && decoder == NULL; l = l->next)
    decoder = try_decoder (l->data);
  gst_plugin_feature_list_free (fitting);
  return decoder;
}

static gboolean
has_element (const char *factory)
{
  g_autoptr (GstElementFactory) found = factory != NULL ? gst_element_factory_find (factory) : NULL;

  return factory == NULL || found != NULL;
}

gboolean
gst_genos_decode_chain_can_take (const char *encoding_name, GstGenosOutput output)
{
  const Format *format = find_format_called (encoding_name);
  g_autoptr (GstCaps) caps = NULL;
  GList *decoders;
  gboolean decodes;

  if (output == GST_GENOS_OUTPUT_RTP)
    return TRUE;
  if (format == NULL || !has_element (format->depayloader) || !has_element (format->parser))
    return FALSE;
  if (output != GST_GENOS_OUTPUT_RAW)
    return TRUE;
  caps = gst_caps_from_string (format->caps);
  decoders = list_decoders (caps);
  decodes = decoders != NULL;
  gst_plugin_feature_list_free (decoders);
  return decodes;
}

/* the chain */

typedef struct {
  GstBin *bin;
  GstElement *last; /* in the bin */
} Chain;

static gboolean
append (Chain *chain, GstElement *element)
{
  GstElement *previous = chain->last;

  gst_bin_add (chain->bin, element);
  chain->last = element;
  return previous == NULL || gst_element_link (previous, element);
}

static gboolean
append_made (Chain *chain, const char *factory, GError **error)
{
  GstElement *element = make_element (factory, error);

  if (element == NULL)
    return FALSE;
  if (append (chain, element))
    return TRUE;
  g_set_error (
      error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED, "\"%s\" does not take the packets", factory);
  return FALSE;
}

/* Opus is always played at 48000 Hz (RFC 7587), which its depayloader leaves out of the caps: some
 * muxers, webmmux among them, take none without. */
static GstPadProbeReturn
add_opus_rate (GstPad *pad, GstPadProbeInfo *info, gpointer unused)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  g_autoptr (GstCaps) complete = NULL;
  GstCaps *caps = NULL;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_event_parse_caps (event, &caps);
  complete = gst_caps_copy (caps);
  gst_caps_set_simple (complete, "rate", G_TYPE_INT, OPUS_RATE, NULL);
  GST_PAD_PROBE_INFO_DATA (info) = gst_event_new_caps (complete);
  gst_event_unref (event);
  return GST_PAD_PROBE_OK;
}

static void
complete_caps (Chain *chain, const Format *format)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (chain->last, "src");

  if (g_str_equal (format->encoding_name, "OPUS"))
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, add_opus_rate, NULL, NULL);
}

static gboolean
append_decoder (Chain *chain, const Format *format, GstGenosOutput output, GstGenosFill gaps,
    GstCaps **missing, GError **error)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (format->caps);
  g_autoptr (GstElement) decoder = make_decoder (caps);

  if (decoder != NULL && append (chain, decoder))
    return gaps == GST_GENOS_FILL_NOTHING || append (chain, gst_genos_filler_new (gaps));
  *missing = g_steal_pointer (&caps);
  if (output == GST_GENOS_OUTPUT_AUTO)
    return TRUE;
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_MISSING_PLUGIN,
      "no decoder for %s is installed (Debian: gstreamer1.0-plugins-good, gstreamer1.0-libav)",
      format->encoding_name);
  return FALSE;
}

static gboolean
fill (Chain *chain, GstCaps *rtp_caps, GstGenosOutput output, GstGenosFill gaps, GstCaps **missing,
    GError **error)
{
  const Format *format = find_format (rtp_caps);

  if (output == GST_GENOS_OUTPUT_RTP)
    return TRUE;
  if (format == NULL) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED, "its format \"%s\" is not known",
        gst_structure_get_string (gst_caps_get_structure (rtp_caps, 0), "encoding-name"));
    return FALSE;
  }
  if (!append_made (chain, format->depayloader, error))
    return FALSE;
  complete_caps (chain, format);
  if (format->parser != NULL && !append_made (chain, format->parser, error))
    return FALSE;
  return output == GST_GENOS_OUTPUT_ENCODED
      || append_decoder (chain, format, output, gaps, missing, error);
}

GstElement *
gst_genos_decode_chain_new (GstElement *source, GstCaps *rtp_caps, GstGenosOutput output,
    GstGenosFill gaps, GstCaps **missing, GError **error)
{
  GstElement *bin = gst_bin_new (NULL);
  Chain chain = { GST_BIN (bin), NULL };
  g_autoptr (GstPad) last = NULL;

  *missing = NULL;
  append (&chain, source);
  if (!fill (&chain, rtp_caps, output, gaps, missing, error)) {
    gst_object_unref (gst_object_ref_sink (bin));
    return NULL;
  }
  last = gst_element_get_static_pad (chain.last, "src");
  gst_element_add_pad (bin, gst_ghost_pad_new ("src", last));
  return bin;
}
