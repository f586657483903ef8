/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/encoder-choice.h>

#include <genos/media/level-extension.h>

#include <genos/media/input-format.h>
#include <genos/media/video-encoders.h>

#define BASE "gstreamer1.0-plugins-base"
#define GOOD "gstreamer1.0-plugins-good"
#define BAD "gstreamer1.0-plugins-bad"
#define RUST "gst-plugins-rs (its plugin rsrtp), which Debian does not have"

/* RTP packet size, so that IP, UDP, SRTP, RTX and a tunnel still fit into 1500 bytes: what browsers use, less what
 * sealing adds. */
#define MTU (1200 - 32)

/* Of what comes without one: pictures a second. */
#define USUAL_RATE 30

static gboolean
is_divided (const GenosEncoderWish *wish)
{
  return wish->divide_size > 1 || wish->divide_rate > 1;
}

static int
even_part (int whole, guint divisor)
{
  return MAX (whole / (int) MAX (divisor, 1) / 2 * 2, 2);
}

/* videorate leaves nothing out of what has no rate. It goes by the time stamps, so any rate will do that is not
 * lower than the real one. */
static void
give_rate (GenosInputFormat *format)
{
  GstStructure *s = gst_caps_get_structure (format->caps, 0);
  GstVideoInfo *video = &format->video;
  int n = 0, d = 1;

  if (gst_structure_get_fraction (s, "framerate", &n, &d) && n > 0)
    return;
  if (GST_VIDEO_INFO_FPS_N (video) <= 0) {
    GST_VIDEO_INFO_FPS_N (video) = USUAL_RATE;
    GST_VIDEO_INFO_FPS_D (video) = 1;
  }
  gst_structure_set (s, "framerate", GST_TYPE_FRACTION, GST_VIDEO_INFO_FPS_N (video),
      GST_VIDEO_INFO_FPS_D (video), NULL);
}

/* Leaves in @format what the encoder gets. */
static void
add_divider (GenosChainBuilder *chain, const GenosEncoderWish *wish, GenosInputFormat *format)
{
  GstVideoInfo *video = &format->video;
  if (wish->divide_rate > 1) {
    int fps = GST_VIDEO_INFO_FPS_N (video) / MAX (GST_VIDEO_INFO_FPS_D (video), 1);
    /* It would begin to count at zero, and nothing is too early for hours. */
    g_autofree char *properties = g_strdup_printf (
        "drop-only=true skip-to-first=true max-rate=%d", MAX (fps / (int) wish->divide_rate, 1));
    genos_chain_builder_add_element (chain, "videorate", BASE, properties);
  }
  if (wish->divide_size > 1) {
    GST_VIDEO_INFO_WIDTH (video) = even_part (GST_VIDEO_INFO_WIDTH (video), wish->divide_size);
    GST_VIDEO_INFO_HEIGHT (video) = even_part (GST_VIDEO_INFO_HEIGHT (video), wish->divide_size);
    genos_chain_builder_add_element (chain, "videoscale", BASE, "");
    genos_chain_builder_add (chain, "video/x-raw,width=%d,height=%d,pixel-aspect-ratio=1/1",
        GST_VIDEO_INFO_WIDTH (video), GST_VIDEO_INFO_HEIGHT (video));
  }
}

static void
add_raw_video (
    GenosChainBuilder *chain, const GenosEncoderWish *wish, const GenosInputFormat *format)
{
  const GstVideoInfo *video = &format->video;
  g_autofree char *n_threads =
      g_strdup_printf ("n-threads=%u", genos_video_encoders_get_n_threads (wish, video));

  /* Browsers show square pixels and whole pictures only. */
  if (format->in_system_memory && GST_VIDEO_INFO_IS_INTERLACED (video))
    genos_chain_builder_add_element (chain, "deinterlace", GOOD, "fields=top");
  if (format->in_system_memory && GST_VIDEO_INFO_PAR_N (video) != GST_VIDEO_INFO_PAR_D (video)) {
    genos_chain_builder_add_element (chain, "videoscale", BASE, n_threads);
    genos_chain_builder_add (chain, "video/x-raw,pixel-aspect-ratio=1/1");
  }
  if (!is_divided (wish)) {
    genos_video_encoders_add (chain, wish, format);
    return;
  }
  /* Its caps stay the other one's, which must not be freed here. */
  GenosInputFormat divided = *format;
  add_divider (chain, wish, &divided);
  genos_video_encoders_add (chain, wish, &divided);
}

static void
add_opus (GenosChainBuilder *chain, const GenosEncoderWish *wish, const GenosInputFormat *format)
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
  /* Without positions opusenc makes a stream that has no place in RTP. */
  genos_chain_builder_add (chain, "audio/x-raw,rate=48000,channels=%d%s", channels,
      channels > 1 ? ",channel-mask=(bitmask)3" : "");
  if (genos_level_extension_get_element () != NULL)
    genos_chain_builder_add (chain, "%s", genos_level_extension_get_element ());
  genos_chain_builder_add_element (chain, "opusenc", BASE, properties);
}

/* How loud channel @in is in channel @out: two are left and right; of more, each is as loud as the
 * others on every side. */
static double
share_of (int in, int n_in, int out, int n_out)
{
  return n_in != n_out ? 1.0 / n_in : in == out ? 1.0 : 0.0;
}

/* In GStreamer's text form. */
static char *
make_mix_matrix (int n_in, int n_out)
{
  char share[G_ASCII_DTOSTR_BUF_SIZE];
  g_autoptr (GString) text = g_string_new ("mix-matrix=\"<");

  for (int out = 0; out < n_out; out++) {
    g_string_append (text, out > 0 ? ", <" : "<");
    for (int in = 0; in < n_in; in++) {
      g_ascii_dtostr (share, sizeof share, share_of (in, n_in, out, n_out));
      g_string_append_printf (text, "%s(float)%s", in > 0 ? ", " : "", share);
    }
    g_string_append (text, ">");
  }
  g_string_append (text, ">\"");
  return g_strdup (text->str);
}

/* audioconvert mixes by where the channels are, and cannot where nobody says (the inputs of a sound
 * card). */
static void
add_audioconvert (GenosChainBuilder *chain, const GstAudioInfo *audio, int n_out)
{
  g_autofree char *properties =
      GST_AUDIO_INFO_IS_UNPOSITIONED (audio) && GST_AUDIO_INFO_CHANNELS (audio) > 1
      ? make_mix_matrix (GST_AUDIO_INFO_CHANNELS (audio), n_out)
      : g_strdup ("");

  genos_chain_builder_add_element (chain, "audioconvert", BASE, properties);
}

static void
add_raw_audio (
    GenosChainBuilder *chain, const GenosEncoderWish *wish, const GenosInputFormat *format)
{
  gboolean is_opus = format->codec->id == GENOS_CODEC_OPUS;

  add_audioconvert (
      chain, &format->audio, is_opus ? MIN (GST_AUDIO_INFO_CHANNELS (&format->audio), 2) : 1);
  genos_chain_builder_add_element (chain, "audioresample", BASE, "");
  if (is_opus) {
    add_opus (chain, wish, format);
    return;
  }
  genos_chain_builder_add (chain, "audio/x-raw,rate=8000,channels=1");
  genos_chain_builder_add_element (
      chain, format->codec->id == GENOS_CODEC_PCMU ? "mulawenc" : "alawenc", GOOD, "name=enc");
}

/* What the payloaders need beside the stream: parameter sets in front of every key frame,
 * whole pictures. */
static void
add_parser (GenosChainBuilder *chain, GenosCodecId codec)
{
  if (codec == GENOS_CODEC_H264) {
    genos_chain_builder_add_element (chain, "h264parse", BAD, "config-interval=-1");
    genos_chain_builder_add (chain, "video/x-h264,stream-format=byte-stream,alignment=au");
  } else if (codec == GENOS_CODEC_H265) {
    genos_chain_builder_add_element (chain, "h265parse", BAD, "config-interval=-1");
    genos_chain_builder_add (chain, "video/x-h265,stream-format=byte-stream,alignment=au");
  } else if (codec == GENOS_CODEC_AV1) {
    genos_chain_builder_add_element (chain, "av1parse", BAD, "");
  }
}

static void
add_payloader (GenosChainBuilder *chain, const GenosMediaCodec *codec)
{
  /* RFC 3551, 4.2: sound of no frames goes by 20 ms. */
  static const char pcm[] = "min-ptime=20000000 max-ptime=20000000";
  static const struct {
    const char *factory;
    const char *package;
    const char *properties;
  } payloaders[] = {
    [GENOS_CODEC_VP8] = { "rtpvp8pay", GOOD, "picture-id-mode=15-bit" },
    [GENOS_CODEC_VP9] = { "rtpvp9pay", GOOD, "picture-id-mode=15-bit" },
    [GENOS_CODEC_H264] = { "rtph264pay", GOOD, "config-interval=-1 aggregate-mode=zero-latency" },
    [GENOS_CODEC_H265] = { "rtph265pay", GOOD, "config-interval=-1 aggregate-mode=zero-latency" },
    [GENOS_CODEC_AV1] = { "rtpav1pay", RUST, "" },
    [GENOS_CODEC_OPUS] = { "rtpopuspay", GOOD, "" },
    [GENOS_CODEC_PCMU] = { "rtppcmupay", GOOD, pcm },
    [GENOS_CODEC_PCMA] = { "rtppcmapay", GOOD, pcm },
  };
  g_autofree char *properties = g_strdup_printf ("name=pay mtu=%d pt=%d perfect-rtptime=false %s",
      MTU, codec->payload, payloaders[codec->id].properties);
  genos_chain_builder_add_element (
      chain, payloaders[codec->id].factory, payloaders[codec->id].package, properties);
}

static char *
build_chain (const GenosEncoderWish *wish, const GenosInputFormat *format, GError **error)
{
  GenosChainBuilder chain = GENOS_CHAIN_INIT;
  if (!format->encoded && format->codec->kind == GENOS_MEDIA_VIDEO)
    add_raw_video (&chain, wish, format);
  else if (!format->encoded)
    add_raw_audio (&chain, wish, format);
  if (format->encoded || format->codec->id == GENOS_CODEC_AV1)
    add_parser (&chain, format->codec->id);
  add_payloader (&chain, format->codec);
  return genos_chain_builder_end (&chain, error);
}

GenosEncoderChoice *
genos_encoder_choice_new (
    GenosMediaKind kind, const GenosEncoderWish *wish, GstCaps *caps, GError **error)
{
  g_auto (GenosInputFormat) format = { 0 };
  if (!genos_input_format_init (&format, kind, wish->codec, caps, error))
    return NULL;
  if (!format.encoded && kind == GENOS_MEDIA_VIDEO && wish->divide_rate > 1)
    give_rate (&format);
  char *chain = build_chain (wish, &format, error);
  if (chain == NULL)
    return NULL;

  GenosEncoderChoice *self = g_atomic_rc_box_new0 (GenosEncoderChoice);
  self->codec = format.codec;
  self->encoded = format.encoded;
  self->caps = g_steal_pointer (&format.caps);
  self->chain = chain;
  if (!self->encoded && self->codec->kind == GENOS_MEDIA_VIDEO && format.in_system_memory) {
    self->bitrate = genos_video_encoders_get_own_bitrate (wish, &format.video);
    self->width = GST_VIDEO_INFO_WIDTH (&format.video);
    self->height = GST_VIDEO_INFO_HEIGHT (&format.video);
  }
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
