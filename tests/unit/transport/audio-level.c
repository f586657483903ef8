/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/audio-level.h>

static guint
find (const char *text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);

  g_assert_nonnull (caps);
  return genos_audio_level_find_id (caps);
}

static void
test_id (void)
{
  g_assert_cmpuint (find ("application/x-rtp"), ==, 0);
  g_assert_cmpuint (find ("ANY"), ==, 0);
  g_assert_cmpuint (
      find ("application/x-rtp, extmap-3=(string)urn:ietf:params:rtp-hdrext:sdes:mid"), ==, 0);
  g_assert_cmpuint (
      find ("application/x-rtp, extmap-14=(string)urn:ietf:params:rtp-hdrext:ssrc-audio-level"), ==,
      14);
  g_assert_cmpuint (find ("application/x-rtp, extmap-2=(string)< \"\", "
                          "\"urn:ietf:params:rtp-hdrext:ssrc-audio-level\", \"vad=on\" >"),
      ==, 2);
  g_assert_cmpuint (
      find ("application/x-rtp, extmap-x=(string)urn:ietf:params:rtp-hdrext:ssrc-audio-level, "
            "extmap-999=(string)urn:ietf:params:rtp-hdrext:ssrc-audio-level"),
      ==, 0);
}

static gboolean
read_level (guint8 level, double *power)
{
  const guint8 packet[20] = { 0x90, 0x6f, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xbe, 0xde, 0, 1, 0x10,
    level };
  GenosRtpHeader header;

  g_assert_true (genos_rtp_header_parse (&header, packet, sizeof packet));
  g_assert_false (genos_audio_level_read (&header, 2, power));
  return genos_audio_level_read (&header, 1, power);
}

static void
test_level (void)
{
  double power;

  g_assert_true (read_level (0, &power));
  g_assert_cmpfloat (power, ==, 1);
  /* With voice. */
  g_assert_true (read_level (0x80 | 20, &power));
  g_assert_cmpfloat_with_epsilon (power, 0.01, 1e-9);
  g_assert_true (read_level (127, &power));
  g_assert_cmpfloat (power, ==, 0);
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/audio-level/id", test_id);
  g_test_add_func ("/transport/audio-level/level", test_level);
  return g_test_run ();
}
