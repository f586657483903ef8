/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/video-encoders.h>

#define GOOD "gstreamer1.0-plugins-good"
#define BAD "gstreamer1.0-plugins-bad"
#define UGLY "gstreamer1.0-plugins-ugly"

/* Of so many that come in one is encoded. */
#define FEW_PICTURES 6

/* What a picture size asks of an encoder, the default for 30 pictures a second. Positive
 * values of vp8enc's cpu-used let libvpx steer the effort by the wall clock, which makes
 * the quality depend on what else the machine does; negative ones fix it. */
typedef struct {
  int pixels;
  guint bitrate;
  int vp8_cpu_used;
  int cpu_used; /* of the later encoders of that family, where effort is fixed anyway */
  guint threads;
  const char *x264_preset;
} SizeClass;

static const SizeClass size_classes[] = {
  { 320 * 240, 350000, -5, 7, 1, "veryfast" },
  { 640 * 360, 800000, -6, 7, 1, "veryfast" },
  { 640 * 480, 1100000, -6, 8, 2, "veryfast" },
  { 960 * 540, 1600000, -7, 8, 2, "veryfast" },
  { 1280 * 720, 2500000, -8, 9, 2, "superfast" },
  { 1920 * 1080, 4500000, -10, 9, 4, "ultrafast" },
  { G_MAXINT, 8000000, -12, 9, 8, "ultrafast" },
};

/* What an encoder is told beside its bit rate. */
typedef void (*Describe) (GString *text, const SizeClass *size, guint threads);

/* One encoder. Elements of hardware are described by what their documentation says; a
 * property that an installed version lacks is left out. */
typedef struct {
  GenosCodecId codec;
  const char *factory;
  const char *package;
  const char *rate;     /* the property that holds the bit rate … */
  guint rate_unit;      /* … in so many bit/s */
  const char *settings; /* "a=1 b=2", checked one by one; NULL: … */
  Describe describe;    /* … this one writes them */
} Encoder;

static const SizeClass *
size_class (const GstVideoInfo *video)
{
  const SizeClass *row = size_classes;
  while (GST_VIDEO_INFO_WIDTH (video) * GST_VIDEO_INFO_HEIGHT (video) > row->pixels)
    row++;
  return row;
}

/* --- those that need numbers --- */

static void
describe_vp8 (GString *text, const SizeClass *size, guint threads)
{
  g_string_append_printf (text,
      "deadline=1 cpu-used=%d threads=%u end-usage=cbr lag-in-frames=0 error-resilient=default "
      "keyframe-max-dist=3000 keyframe-mode=auto undershoot=100 overshoot=15 buffer-size=1000 "
      "buffer-initial-size=500 buffer-optimal-size=600 min-quantizer=2 max-quantizer=56 "
      "max-intra-bitrate=900 token-partitions=%s static-threshold=1",
      size->vp8_cpu_used, threads, threads > 1 ? "2" : "1");
}

static void
describe_vp9 (GString *text, const SizeClass *size, guint threads)
{
  g_string_append_printf (text,
      "deadline=1 cpu-used=%d threads=%u end-usage=cbr lag-in-frames=0 auto-alt-ref=false "
      "error-resilient=default keyframe-max-dist=3000 keyframe-mode=auto undershoot=100 "
      "overshoot=15 buffer-size=1000 buffer-initial-size=500 buffer-optimal-size=600 "
      "min-quantizer=2 max-quantizer=56 max-intra-bitrate=900 static-threshold=1 row-mt=%s "
      "tile-columns=%u aq-mode=cyclic-refresh",
      size->cpu_used, threads, threads > 1 ? "true" : "false", threads > 1 ? 1 : 0);
}

static void
describe_av1 (GString *text, const SizeClass *size, guint threads)
{
  g_string_append_printf (text,
      "usage-profile=realtime cpu-used=%d threads=%u end-usage=cbr lag-in-frames=0 "
      "keyframe-max-dist=3000 row-mt=%s tile-columns=%u",
      size->cpu_used, threads, threads > 1 ? "true" : "false", threads > 1 ? 1 : 0);
}

static void
describe_x264 (GString *text, const SizeClass *size, guint threads)
{
  g_string_append_printf (text,
      "tune=zerolatency speed-preset=%s vbv-buf-capacity=600 bframes=0 key-int-max=3000 "
      "byte-stream=true aud=false threads=%u",
      size->x264_preset, threads);
}

/* Its presets cost about twice what x264's of the same name do. */
static void
describe_x265 (GString *text, const SizeClass *size, guint threads)
{
  g_string_append_printf (text,
      "tune=zerolatency speed-preset=%s key-int-max=3000 log-level=error "
      "option-string=\"bframes=0:open-gop=0:frame-threads=1:pools=%u\"",
      size->threads > 1 ? "ultrafast" : "superfast", threads);
}

static void
describe_openh264 (GString *text, const SizeClass *size, guint threads)
{
  g_string_append_printf (text,
      "usage-type=camera complexity=low rate-control=bitrate gop-size=3000 multi-thread=%u",
      threads);
}

/* --- all of them; where ranks are equal, the earlier goes first --- */

#define NVENC "rc-mode=cbr preset=low-latency-hq zerolatency=true bframes=0 gop-size=3000"
#define NVCUDA "rate-control=cbr preset=p4 tune=ultra-low-latency b-frames=0 gop-size=3000"
#define VA "rate-control=cbr target-usage=6 b-frames=0 key-int-max=1024"
#define VAAPI "rate-control=cbr max-bframes=0 keyframe-period=3000 quality-level=6"
#define QSV "rate-control=cbr low-latency=true b-frames=0 gop-size=3000 target-usage=7"
#define MSDK "rate-control=cbr low-latency=true b-frames=0 gop-size=3000 target-usage=7"
#define OMX "control-rate=constant"

static const Encoder encoders[] = {
  { GENOS_CODEC_VP8, "v4l2vp8enc", GOOD, NULL, 0, "", NULL },
  { GENOS_CODEC_VP8, "vaapivp8enc", "gstreamer1.0-vaapi", "bitrate", 1000, VAAPI, NULL },
  { GENOS_CODEC_VP8, "vp8enc", GOOD, "target-bitrate", 1, NULL, describe_vp8 },
  { GENOS_CODEC_VP9, "vavp9enc", BAD, "bitrate", 1000, VA, NULL },
  { GENOS_CODEC_VP9, "vavp9lpenc", BAD, "bitrate", 1000, VA, NULL },
  { GENOS_CODEC_VP9, "qsvvp9enc", BAD, "bitrate", 1000, QSV, NULL },
  { GENOS_CODEC_VP9, "vaapivp9enc", "gstreamer1.0-vaapi", "bitrate", 1000, VAAPI, NULL },
  { GENOS_CODEC_VP9, "vp9enc", GOOD, "target-bitrate", 1, NULL, describe_vp9 },
  { GENOS_CODEC_H264, "nvcudah264enc", BAD, "bitrate", 1000, NVCUDA, NULL },
  { GENOS_CODEC_H264, "nvh264enc", BAD, "bitrate", 1000, NVENC, NULL },
  { GENOS_CODEC_H264, "qsvh264enc", BAD, "bitrate", 1000, QSV, NULL },
  { GENOS_CODEC_H264, "msdkh264enc", BAD, "bitrate", 1000, MSDK, NULL },
  { GENOS_CODEC_H264, "vah264enc", BAD, "bitrate", 1000, VA, NULL },
  { GENOS_CODEC_H264, "vah264lpenc", BAD, "bitrate", 1000, VA, NULL },
  { GENOS_CODEC_H264, "vaapih264enc", "gstreamer1.0-vaapi", "bitrate", 1000, VAAPI, NULL },
  { GENOS_CODEC_H264, "v4l2h264enc", GOOD, NULL, 0, "", NULL },
  { GENOS_CODEC_H264, "omxh264enc", "gstreamer1.0-omx", "target-bitrate", 1, OMX, NULL },
  { GENOS_CODEC_H264, "x264enc", UGLY, "bitrate", 1000, NULL, describe_x264 },
  { GENOS_CODEC_H264, "openh264enc", BAD, "bitrate", 1, NULL, describe_openh264 },
  { GENOS_CODEC_H265, "nvcudah265enc", BAD, "bitrate", 1000, NVCUDA, NULL },
  { GENOS_CODEC_H265, "nvh265enc", BAD, "bitrate", 1000, NVENC, NULL },
  { GENOS_CODEC_H265, "qsvh265enc", BAD, "bitrate", 1000, QSV, NULL },
  { GENOS_CODEC_H265, "msdkh265enc", BAD, "bitrate", 1000, MSDK, NULL },
  { GENOS_CODEC_H265, "vah265enc", BAD, "bitrate", 1000, VA, NULL },
  { GENOS_CODEC_H265, "vah265lpenc", BAD, "bitrate", 1000, VA, NULL },
  { GENOS_CODEC_H265, "vaapih265enc", "gstreamer1.0-vaapi", "bitrate", 1000, VAAPI, NULL },
  { GENOS_CODEC_H265, "v4l2h265enc", GOOD, NULL, 0, "", NULL },
  { GENOS_CODEC_H265, "x265enc", BAD, "bitrate", 1000, NULL, describe_x265 },
  { GENOS_CODEC_AV1, "nvav1enc", BAD, "bitrate", 1000, NVCUDA, NULL },
  { GENOS_CODEC_AV1, "qsvav1enc", BAD, "bitrate", 1000, QSV, NULL },
  { GENOS_CODEC_AV1, "vaav1enc", BAD, "bitrate", 1000, VA, NULL },
  { GENOS_CODEC_AV1, "av1enc", BAD, "target-bitrate", 1000, NULL, describe_av1 },
};

/* What is installed when nothing is: the one that the message names. */
static const Encoder *
usual_encoder (GenosCodecId codec)
{
  static const char *const names[] = { "vp8enc", "vp9enc", "x264enc", "x265enc", "av1enc" };
  for (guint i = 0; i < G_N_ELEMENTS (encoders); i++)
    for (guint k = 0; k < G_N_ELEMENTS (names); k++)
      if (encoders[i].codec == codec && g_str_equal (encoders[i].factory, names[k]))
        return &encoders[i];
  return &encoders[0];
}

/* --- which one --- */

static gboolean
is_hardware (GstElementFactory *factory)
{
  const char *klass = gst_element_factory_get_metadata (factory, GST_ELEMENT_METADATA_KLASS);
  return klass != NULL && strstr (klass, "Hardware") != NULL;
}

static gboolean
open_once (GstElementFactory *factory)
{
  g_autoptr (GstElement) element = gst_element_factory_create (factory, NULL);
  if (element == NULL)
    return FALSE;
  gst_object_ref_sink (element);
  gboolean opens = gst_element_set_state (element, GST_STATE_READY) != GST_STATE_CHANGE_FAILURE;
  gst_element_set_state (element, GST_STATE_NULL);
  return opens;
}

/* An encoder whose hardware is not there may be registered all the same. */
static gboolean
works (GstElementFactory *factory)
{
  static GMutex lock;
  static GHashTable *known; /* factory name → 1 or 2 */
  if (!is_hardware (factory))
    return TRUE;

  g_mutex_lock (&lock);
  if (known == NULL)
    known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint found = GPOINTER_TO_UINT (g_hash_table_lookup (known, GST_OBJECT_NAME (factory)));
  if (found == 0) {
    found = open_once (factory) ? 1 : 2;
    g_hash_table_insert (known, g_strdup (GST_OBJECT_NAME (factory)), GUINT_TO_POINTER (found));
  }
  g_mutex_unlock (&lock);
  return found == 1;
}

static GstCaps *
fed_caps (const char *format, const GstVideoInfo *video)
{
  return gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, format, "width", G_TYPE_INT,
      GST_VIDEO_INFO_WIDTH (video), "height", G_TYPE_INT, GST_VIDEO_INFO_HEIGHT (video), NULL);
}

static gboolean
takes_format (GstElementFactory *factory, const char *format, const GstVideoInfo *video)
{
  g_autoptr (GstCaps) caps = fed_caps (format, video);
  return gst_element_factory_can_sink_any_caps (factory, caps);
}

/* What pictures are converted to; NULL when the encoder takes neither. */
static const char *
find_format (GstElementFactory *factory, const GstVideoInfo *video)
{
  static const char *const formats[] = { "I420", "NV12" };
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (takes_format (factory, formats[i], video))
      return formats[i];
  return NULL;
}

static gboolean
takes_input (GstElementFactory *factory, const GenosInputFormat *format)
{
  if (!format->in_system_memory)
    return gst_element_factory_can_sink_any_caps (factory, format->caps);
  return gst_plugin_feature_get_rank (GST_PLUGIN_FEATURE (factory)) > GST_RANK_NONE
      && find_format (factory, &format->video) != NULL;
}

static gboolean
is_better (GstElementFactory *factory, GstElementFactory *than)
{
  guint rank = gst_plugin_feature_get_rank (GST_PLUGIN_FEATURE (factory));
  guint other = gst_plugin_feature_get_rank (GST_PLUGIN_FEATURE (than));
  return rank > other || (rank == other && is_hardware (factory) && !is_hardware (than));
}

/* (transfer full) (nullable) */
static GstElementFactory *
pick (const GenosInputFormat *format, const Encoder **picked)
{
  GstElementFactory *best = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (encoders); i++) {
    if (encoders[i].codec != format->codec->id)
      continue;
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (encoders[i].factory);
    if (factory == NULL || !takes_input (factory, format)
        || (best != NULL && !is_better (factory, best)) || !works (factory))
      continue;
    gst_object_replace ((GstObject **) &best, GST_OBJECT (factory));
    *picked = &encoders[i];
  }
  return best;
}

gboolean
genos_video_encoders_take (GenosCodecId codec, GstCaps *caps)
{
  for (guint i = 0; i < G_N_ELEMENTS (encoders); i++) {
    g_autoptr (GstElementFactory) factory = NULL;
    if (encoders[i].codec == codec)
      factory = gst_element_factory_find (encoders[i].factory);
    if (factory != NULL && gst_element_factory_can_sink_any_caps (factory, caps) && works (factory))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_elsewhere (GstCapsFeatures *features)
{
  if (features == NULL || gst_caps_features_is_any (features))
    return FALSE;
  for (guint i = 0; i < gst_caps_features_get_size (features); i++)
    if (g_str_has_prefix (gst_caps_features_get_nth (features, i), "memory:")
        && !g_str_equal (
            gst_caps_features_get_nth (features, i), GST_CAPS_FEATURE_MEMORY_SYSTEM_MEMORY))
      return TRUE;
  return FALSE;
}

static void
append_elsewhere (GstCaps *caps, GstElementFactory *factory)
{
  const GList *templates = gst_element_factory_get_static_pad_templates (factory);
  for (const GList *l = templates; l != NULL; l = l->next) {
    GstStaticPadTemplate *template = l->data;
    if (template->direction != GST_PAD_SINK)
      continue;
    g_autoptr (GstCaps) taken = gst_static_caps_get (&template->static_caps);
    for (guint i = 0; i < gst_caps_get_size (taken); i++)
      if (is_elsewhere (gst_caps_get_features (taken, i)))
        gst_caps_append_structure_full (caps,
            gst_structure_copy (gst_caps_get_structure (taken, i)),
            gst_caps_features_copy (gst_caps_get_features (taken, i)));
  }
}

void
genos_video_encoders_append_caps (GstCaps *caps)
{
  for (guint i = 0; i < G_N_ELEMENTS (encoders); i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (encoders[i].factory);
    if (factory != NULL && is_hardware (factory) && works (factory))
      append_elsewhere (caps, factory);
  }
}

/* --- how it is told --- */

guint
genos_video_encoders_get_n_threads (const GenosEncoderWish *wish, const GstVideoInfo *video)
{
  return CLAMP (size_class (video)->threads, 1, MAX (wish->n_threads, 1));
}

static void
append_known (GString *text, GstElementFactory *factory, const char *settings)
{
  g_autoptr (GstElementFactory) loaded =
      GST_ELEMENT_FACTORY (gst_plugin_feature_load (GST_PLUGIN_FEATURE (factory)));
  if (loaded == NULL)
    return;
  g_autoptr (GTypeClass) klass = g_type_class_ref (gst_element_factory_get_element_type (loaded));
  g_auto (GStrv) words = g_strsplit (settings, " ", -1);
  for (guint i = 0; words[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (words[i], "=", 2);
    if (pair[0] == NULL || pair[1] == NULL)
      continue;
    GParamSpec *pspec = g_object_class_find_property (G_OBJECT_CLASS (klass), pair[0]);
    GValue value = G_VALUE_INIT;
    if (pspec == NULL)
      continue;
    g_value_init (&value, G_PARAM_SPEC_VALUE_TYPE (pspec));
    if (gst_value_deserialize (&value, pair[1]))
      g_string_append_printf (text, " %s", words[i]);
    g_value_unset (&value);
  }
}

/* V4L2's are told by controls of the driver; those of the picture's bit rate are the same
 * for all codecs. */
static void
append_v4l2 (GString *text, guint bitrate)
{
  g_string_append_printf (text,
      " extra-controls=\"controls,video_bitrate_mode=1,video_bitrate=%u,repeat_sequence_header=1\"",
      bitrate);
}

guint
genos_video_encoders_get_own_bitrate (const GenosEncoderWish *wish, const GstVideoInfo *video)
{
  return wish->bitrate > 0 ? wish->bitrate : size_class (video)->bitrate;
}

static char *
describe (const Encoder *encoder, GstElementFactory *factory, const GenosEncoderWish *wish,
    const GstVideoInfo *video)
{
  const SizeClass *size = size_class (video);
  guint bitrate = genos_video_encoders_get_own_bitrate (wish, video);
  g_autoptr (GString) text = g_string_new ("name=enc");
  if (encoder->rate != NULL)
    g_string_append_printf (text, " %s=%u", encoder->rate, MAX (bitrate / encoder->rate_unit, 1));
  if (encoder->describe != NULL) {
    g_string_append_c (text, ' ');
    encoder->describe (text, size, genos_video_encoders_get_n_threads (wish, video));
    /* What is for the slowest has to fit into the queue of its path, key frames, too. */
    if (wish->divide_rate >= FEW_PICTURES && strstr (text->str, "max-intra-bitrate") != NULL)
      g_string_append (text, " max-intra-bitrate=300 max-quantizer=63");
  } else if (g_str_has_prefix (encoder->factory, "v4l2")) {
    append_v4l2 (text, bitrate);
  } else {
    append_known (text, factory, encoder->settings);
  }
  return g_strdup (text->str);
}

static void
add_converter (GenosChainBuilder *chain, const GenosEncoderWish *wish,
    const GenosInputFormat *format, const char *wanted)
{
  g_autofree char *n_threads =
      g_strdup_printf ("n-threads=%u", genos_video_encoders_get_n_threads (wish, &format->video));
  genos_chain_builder_add_element (chain, "videoconvert", "gstreamer1.0-plugins-base", n_threads);
  genos_chain_builder_add (chain, "video/x-raw,format=%s", wanted);
}

/* What every receiver of the codec takes. */
static void
add_profile (GenosChainBuilder *chain, const Encoder *encoder)
{
  gboolean plain = encoder->describe != NULL;
  if (encoder->codec == GENOS_CODEC_H264)
    genos_chain_builder_add (chain,
        "video/x-h264,profile=%s,stream-format=byte-stream,alignment=au",
        plain ? "constrained-baseline" : "(string){constrained-baseline,baseline}");
  else if (encoder->codec == GENOS_CODEC_H265)
    genos_chain_builder_add (
        chain, "video/x-h265,profile=main,stream-format=byte-stream,alignment=au");
}

/* Nothing encodes these pictures. */
static void
explain (GenosChainBuilder *chain, const GenosInputFormat *format)
{
  const Encoder *usual = usual_encoder (format->codec->id);
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (usual->factory);
  g_autofree char *text = NULL;
  if (factory == NULL) {
    genos_chain_builder_lack (chain, usual->factory, usual->package);
    return;
  }
  text = g_strdup_printf ("pictures of %d × %d cannot be encoded as %s: “%s” does not take them",
      GST_VIDEO_INFO_WIDTH (&format->video), GST_VIDEO_INFO_HEIGHT (&format->video),
      format->codec->title, usual->factory);
  genos_chain_builder_fail (chain, text);
}

void
genos_video_encoders_add (
    GenosChainBuilder *chain, const GenosEncoderWish *wish, const GenosInputFormat *format)
{
  const Encoder *encoder = NULL;
  g_autoptr (GstElementFactory) factory = pick (format, &encoder);
  if (factory == NULL) {
    explain (chain, format);
    return;
  }
  if (format->in_system_memory)
    add_converter (chain, wish, format, find_format (factory, &format->video));
  g_autofree char *properties = describe (encoder, factory, wish, &format->video);
  genos_chain_builder_add (chain, "%s %s", encoder->factory, properties);
  add_profile (chain, encoder);
}

static const Encoder *
find_encoder (GstElement *element)
{
  GstElementFactory *factory = gst_element_get_factory (element);
  for (guint i = 0; factory != NULL && i < G_N_ELEMENTS (encoders); i++)
    if (encoders[i].rate != NULL && g_str_equal (encoders[i].factory, GST_OBJECT_NAME (factory)))
      return &encoders[i];
  return NULL;
}

gboolean
genos_video_encoders_set_bitrate (GstElement *element, guint bitrate)
{
  const Encoder *encoder = find_encoder (element);
  if (encoder == NULL)
    return FALSE;
  g_autofree char *text = g_strdup_printf ("%u", MAX (bitrate / encoder->rate_unit, 1));
  gst_util_set_object_arg (G_OBJECT (element), encoder->rate, text);
  return TRUE;
}

guint
genos_video_encoders_get_bitrate (GstElement *element)
{
  const Encoder *encoder = find_encoder (element);
  g_auto (GValue) value = G_VALUE_INIT;
  g_auto (GValue) number = G_VALUE_INIT;
  if (encoder == NULL)
    return 0;
  g_object_get_property (G_OBJECT (element), encoder->rate, &value);
  g_value_init (&number, G_TYPE_UINT);
  if (!g_value_transform (&value, &number))
    return 0;
  return MIN (g_value_get_uint (&number), G_MAXINT / encoder->rate_unit) * encoder->rate_unit;
}
