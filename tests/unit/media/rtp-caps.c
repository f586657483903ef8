/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/rtp-caps.h>

typedef struct {
  const char *codec;
  const char *media; /* nullable */
  const char *expected;
} Row;

#define RTP "application/x-rtp, media=(string)"

static const Row rows[] = {
  { "vp8", NULL,
      RTP "video, payload=(int)96, clock-rate=(int)90000, encoding-name=(string)VP8, "
          "ssrc=(uint)77" },
  { "h264", NULL,
      RTP "video, payload=(int)102, clock-rate=(int)90000, "
          "encoding-name=(string)H264, ssrc=(uint)77, packetization-mode=(string)1, "
          "profile-level-id=(string)42e01f" },
  { "h264", "video/x-h264, stream-format=avc, codec_data=(buffer)014d0028ffe1",
      RTP "video, payload=(int)102, clock-rate=(int)90000, encoding-name=(string)H264, "
          "ssrc=(uint)77, packetization-mode=(string)1, profile-level-id=(string)4d0028" },
  { "h264", "video/x-h264, stream-format=avc, codec_data=(buffer)01",
      RTP "video, payload=(int)102, clock-rate=(int)90000, encoding-name=(string)H264, "
          "ssrc=(uint)77, packetization-mode=(string)1, profile-level-id=(string)42e01f" },
  { "h264", "video/x-h264, stream-format=byte-stream, profile=(string)high",
      RTP "video, payload=(int)102, clock-rate=(int)90000, encoding-name=(string)H264, "
          "ssrc=(uint)77, packetization-mode=(string)1, profile-level-id=(string)64001f" },
  { "h264", "video/x-h264, stream-format=byte-stream, profile=(string)main, level=(string)4.1",
      RTP "video, payload=(int)102, clock-rate=(int)90000, encoding-name=(string)H264, "
          "ssrc=(uint)77, packetization-mode=(string)1, profile-level-id=(string)4d0029" },
  { "vp9", NULL,
      RTP "video, payload=(int)98, clock-rate=(int)90000, encoding-name=(string)VP9, "
          "ssrc=(uint)77" },
  { "pcmu", NULL,
      RTP "audio, payload=(int)0, clock-rate=(int)8000, encoding-name=(string)PCMU, "
          "ssrc=(uint)77" },
  { "opus", NULL,
      RTP
      "audio, payload=(int)111, clock-rate=(int)48000, "
      "encoding-name=(string)OPUS, ssrc=(uint)77, encoding-params=(string)2, minptime=(string)10, "
      "extmap-1=(string)urn:ietf:params:rtp-hdrext:ssrc-audio-level, "
      "useinbandfec=(string)1" },
  { "opus", "audio/x-opus, channels=2",
      RTP
      "audio, payload=(int)111, clock-rate=(int)48000, "
      "encoding-name=(string)OPUS, ssrc=(uint)77, encoding-params=(string)2, minptime=(string)10, "
      "extmap-1=(string)urn:ietf:params:rtp-hdrext:ssrc-audio-level, "
      "useinbandfec=(string)1, sprop-stereo=(string)1" },
};

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (GstCaps) media = row->media != NULL ? gst_caps_from_string (row->media) : NULL;
  g_autoptr (GstCaps) caps = genos_rtp_caps_new (genos_media_codec_by_name (row->codec), 77, media);
  g_autoptr (GstCaps) expected = gst_caps_from_string (row->expected);
  g_assert_true (gst_caps_is_fixed (caps));
  g_assert_true (gst_caps_is_equal (caps, expected));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = g_strdup_printf ("/media/rtp-caps/%s-%u", rows[i].codec, i);
    g_test_add_data_func (path, &rows[i], test_row);
  }
  return g_test_run ();
}
