/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/encoder-choice.h>

#include <genos/media/input-format.h>

#define BASE "gstreamer1.0-plugins-base"
#define GOOD "gstreamer1.0-plugins-good"
#define BAD "gstreamer1.0-plugins-bad"
#define UGLY "gstreamer1.0-plugins-ugly"

/* RTP packet size, so that IP, UDP, SRTP, RTX and a tunnel still fit into 1500 bytes. */
#define MTU 1200

/* A chain under construction; remembers the first element that is not there. */
typedef struct {
  GString *text;
  GError *error;
} ChainBuilder;

static gboolean
is_installed (const char *factory)
{
  g_autoptr (GstElementFactory) found = gst_element_factory_find (factory);
  return found != NULL;
}

static void add_filter (ChainBuilder *b, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
add_filter (ChainBuilder *b, const char *format, ...)
{
  va_list args;
  if (b->text->len > 0)
    g_string_append (b->text, " ! ");
  va_start (args, format);
  g_string_append_vprintf (b->text, format, args);
  va_end (args);
}

static void
add_element (ChainBuilder *b, const char *factory, const char *package, const char *properties)
{
  if (b->error == NULL && !is_installed (factory))
    b->error = g_error_new (GENOS_ERROR, GENOS_ERROR_MISSING_PLUGIN,
        "the GStreamer element “%s” is not installed; on Debian it is in %s", factory, package);
  add_filter (b, "%s %s", factory, properties);
}

/* What a picture size asks of an encoder, the default for 30 pictures a second. Positive
 * values of vp8enc's cpu-used let libvpx steer the effort by the wall clock, which makes
 * the quality depend on what else the machine does; negative ones fix it. */
typedef struct {
  int pixels;
  guint bitrate;
  int cpu_used;
  guint threads;
  const char *x264_preset;
} SizeClass;

static const SizeClass size_classes[] = {
  { 320 * 240, 350000, -5, 1, "veryfast" },
  { 640 * 360, 800000, -6, 1, "veryfast" },
  { 640 * 480, 1100000, -6, 2, "veryfast" },
  { 960 * 540, 1600000, -7, 2, "veryfast" },
  { 1280 * 720, 2500000, -8, 2, "superfast" },
  { 1920 * 1080, 4500000, -10, 4, "ultrafast" },
  { G_MAXINT, 8000000, -12, 8, "ultrafast" },
};

static const SizeClass *
size_class (const GstVideoInfo *video)
{
  const SizeClass *row = size_classes;
  while (GST_VIDEO_INFO_WIDTH (video) * GST_VIDEO_INFO_HEIGHT (video) > row->pixels)
    row++;
  return row;
}

static void
add_vp8 (ChainBuilder *b, const GenosEncoderWish *wish, const SizeClass *size)
{
  guint threads = CLAMP (size->threads, 1, MAX (wish->n_threads, 1));
  g_autofree char *properties = g_strdup_printf (
      "name=enc deadline=1 cpu-used=%d threads=%u "
      "target-bitrate=%u end-usage=cbr lag-in-frames=0 error-resilient=default "
      "keyframe-max-dist=3000 keyframe-mode=auto undershoot=100 overshoot=15 buffer-size=1000 "
      "buffer-initial-size=500 buffer-optimal-size=600 min-quantizer=2 max-quantizer=56 "
      "max-intra-bitrate=900 token-partitions=%s static-threshold=1",
      size->cpu_used, threads, wish->bitrate > 0 ? wish->bitrate : size->bitrate,
      threads > 1 ? "2" : "1");
  add_element (b, "vp8enc", GOOD, properties);
}

static void
add_x264 (ChainBuilder *b, const GenosEncoderWish *wish, const SizeClass *size)
{
  guint bitrate = wish->bitrate > 0 ? wish->bitrate : size->bitrate;
  g_autofree char *properties = g_strdup_printf (
      "name=enc tune=zerolatency speed-preset=%s "
      "bitrate=%u vbv-buf-capacity=600 bframes=0 key-int-max=3000 byte-stream=true aud=false "
      "threads=%u",
      size->x264_preset, MAX (bitrate / 1000, 1),
      CLAMP (size->threads, 1, MAX (wish->n_threads, 1)));
  add_element (b, "x264enc", UGLY, properties);
}

static void
add_openh264 (ChainBuilder *b, const GenosEncoderWish *wish, const SizeClass *size)
{
  g_autofree char *properties =
      g_strdup_printf ("name=enc usage-type=camera complexity=low "
                       "rate-control=bitrate bitrate=%u gop-size=3000 multi-thread=%u",
          wish->bitrate > 0 ? wish->bitrate : size->bitrate,
          CLAMP (size->threads, 1, MAX (wish->n_threads, 1)));
  add_element (b, "openh264enc", BAD, properties);
}

static void
add_h264 (ChainBuilder *b, const GenosEncoderWish *wish, const SizeClass *size)
{
  if (!is_installed ("x264enc") && is_installed ("openh264enc"))
    add_openh264 (b, wish, size);
  else
    add_x264 (b, wish, size);
  add_filter (b,
      "video/x-h264,profile=constrained-baseline,stream-format=byte-stream,"
      "alignment=au");
}

static void
add_raw_video (ChainBuilder *b, const GenosEncoderWish *wish, const GenosInputFormat *format)
{
  const SizeClass *size = size_class (&format->video);
  g_autofree char *n_threads =
      g_strdup_printf ("n-threads=%u", CLAMP (size->threads, 1, MAX (wish->n_threads, 1)));

  /* Browsers show square pixels and whole pictures only. */
  if (GST_VIDEO_INFO_IS_INTERLACED (&format->video))
    add_element (b, "deinterlace", GOOD, "fields=top");
  if (GST_VIDEO_INFO_PAR_N (&format->video) != GST_VIDEO_INFO_PAR_D (&format->video)) {
    add_element (b, "videoscale", BASE, n_threads);
    add_filter (b, "video/x-raw,pixel-aspect-ratio=1/1");
  }
  add_element (b, "videoconvert", BASE, n_threads);
  add_filter (b, "video/x-raw,format=I420");
  if (format->codec->id == GENOS_CODEC_H264)
    add_h264 (b, wish, size);
  else
    add_vp8 (b, wish, size);
}

static void
add_raw_audio (ChainBuilder *b, const GenosEncoderWish *wish, const GenosInputFormat *format)
{
  int channels = MIN (GST_AUDIO_INFO_CHANNELS (&format->audio), 2);
  guint bitrate = wish->bitrate > 0 ? CLAMP (wish->bitrate, 6000, 510000)
      : channels > 1                ? 96000
                                    : 48000;
  g_autofree char *properties =
      g_strdup_printf ("name=enc frame-size=20 audio-type=generic "
                       "bitrate=%u inband-fec=%s packet-loss-percentage=%u dtx=%s",
          bitrate, wish->inband_fec ? "true" : "false", wish->inband_fec ? wish->packet_loss : 0,
          wish->dtx ? "true" : "false");
  add_element (b, "audioconvert", BASE, "");
  add_element (b, "audioresample", BASE, "");
  add_filter (b, "audio/x-raw,rate=48000,channels=%d", channels);
  add_element (b, "opusenc", BASE, properties);
}

static void
add_payloader (ChainBuilder *b, const GenosInputFormat *format)
{
  static const struct {
    const char *factory;
    const char *properties;
  } payloaders[] = {
    [GENOS_CODEC_VP8] = { "rtpvp8pay", "picture-id-mode=15-bit" },
    [GENOS_CODEC_H264] = { "rtph264pay", "config-interval=-1 aggregate-mode=zero-latency" },
    [GENOS_CODEC_OPUS] = { "rtpopuspay", "" },
  };
  g_autofree char *properties = g_strdup_printf ("name=pay mtu=%d pt=%d perfect-rtptime=false %s",
      MTU, format->codec->payload, payloaders[format->codec->id].properties);
  add_element (b, payloaders[format->codec->id].factory, GOOD, properties);
}

static char *
build_chain (const GenosEncoderWish *wish, const GenosInputFormat *format, GError **error)
{
  ChainBuilder b = { .text = g_string_new (NULL) };
  if (!format->encoded && format->codec->kind == GENOS_MEDIA_VIDEO)
    add_raw_video (&b, wish, format);
  else if (!format->encoded)
    add_raw_audio (&b, wish, format);
  else if (format->codec->id == GENOS_CODEC_H264) {
    add_element (&b, "h264parse", BAD, "config-interval=-1");
    add_filter (&b, "video/x-h264,stream-format=byte-stream,alignment=au");
  }
  add_payloader (&b, format);

  if (b.error == NULL)
    return g_string_free (b.text, FALSE);
  g_string_free (b.text, TRUE);
  g_propagate_error (error, b.error);
  return NULL;
}

GenosEncoderChoice *
genos_encoder_choice_new (
    GenosMediaKind kind, const GenosEncoderWish *wish, GstCaps *caps, GError **error)
{
  g_auto (GenosInputFormat) format = { 0 };
  if (!genos_input_format_init (&format, kind, wish->codec, caps, error))
    return NULL;
  char *chain = build_chain (wish, &format, error);
  if (chain == NULL)
    return NULL;

  GenosEncoderChoice *self = g_atomic_rc_box_new0 (GenosEncoderChoice);
  self->codec = format.codec;
  self->encoded = format.encoded;
  self->caps = g_steal_pointer (&format.caps);
  self->chain = chain;
  return self;
}

GenosEncoderChoice *
genos_encoder_choice_ref (GenosEncoderChoice *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
choice_clear (GenosEncoderChoice *self)
{
  gst_clear_caps (&self->caps);
  g_free (self->chain);
}

void
genos_encoder_choice_unref (GenosEncoderChoice *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) choice_clear);
}
