/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-frames.h>

#include <string.h>

/* Masked, with a key of zeros. */
static void
append (GByteArray *bytes, guint8 first, guint64 len)
{
  guint8 header[14] = { first };
  guint size = 2;

  if (len < 126) {
    header[1] = 0x80 | len;
  } else if (len < 65536) {
    header[1] = 0x80 | 126;
    header[2] = len >> 8;
    header[3] = len & 0xff;
    size = 4;
  } else {
    header[1] = 0x80 | 127;
    for (guint i = 0; i < 8; i++)
      header[2 + i] = len >> (56 - 8 * i);
    size = 10;
  }
  g_byte_array_append (bytes, header, size + 4);
  for (guint64 i = 0; i < len && len < 1024 * 1024; i++)
    g_byte_array_append (bytes, (const guint8 *) "\xff", 1);
}

static gboolean
feed (const GByteArray *bytes, gsize step, guint64 max)
{
  GenosRelayFrames frames = { 0 };

  for (gsize i = 0; i < bytes->len; i += step) {
    if (!genos_relay_frames_feed (&frames, bytes->data + i, MIN (step, bytes->len - i), max))
      return FALSE;
  }
  return TRUE;
}

static void
test_messages_pass (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (guint i = 0; i < 300; i++)
    append (bytes, 0x81, i);
  append (bytes, 0x82, 70000);
  for (gsize step = 1; step < 20; step++)
    g_assert_true (feed (bytes, step, 1000000));
}

static void
test_fragments_add_up (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  append (bytes, 0x01, 400);
  append (bytes, 0x89, 5);
  append (bytes, 0x00, 400);
  append (bytes, 0x80, 200);
  append (bytes, 0x01, 400);
  append (bytes, 0x80, 600);
  for (gsize step = 1; step < 20; step++) {
    g_assert_true (feed (bytes, step, 1000));
    g_assert_false (feed (bytes, step, 999));
  }
}

static void
test_empty_fragments_are_no_message (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  append (bytes, 0x01, 1);
  for (guint i = 0; i < 1000; i++)
    append (bytes, 0x00, 0);
  append (bytes, 0x00, 10);
  g_assert_true (feed (bytes, 7, 11));
  g_assert_false (feed (bytes, 7, 10));
}

static void
test_lengths_that_overflow (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  append (bytes, 0x01, 10);
  append (bytes, 0x00, G_MAXUINT64);
  g_assert_false (feed (bytes, 3, 1000));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay-server/relay-frames/messages-pass", test_messages_pass);
  g_test_add_func ("/relay-server/relay-frames/fragments-add-up", test_fragments_add_up);
  g_test_add_func (
      "/relay-server/relay-frames/empty-fragments", test_empty_fragments_are_no_message);
  g_test_add_func ("/relay-server/relay-frames/overflow", test_lengths_that_overflow);
  return g_test_run ();
}
