/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/stream-frame.h>

#include <string.h>

#include <genos/base/error.h>

static const GenosStreamFrame cases[] = {
  { .kind = GENOS_STREAM_OPEN, .size = GENOS_STREAM_SIZE_UNKNOWN, .text = (char *) "" },
  { .kind = GENOS_STREAM_OPEN, .size = 7, .text = (char *) "{\"name\":\"ü\"}" },
  { .kind = GENOS_STREAM_BEGIN, .offset = 0x0102030405060708 },
  { .kind = GENOS_STREAM_DATA, .offset = 9, .data = (const guint8 *) "bytes", .data_size = 5 },
  { .kind = GENOS_STREAM_END, .size = 5, .hash32 = { 1, 2, 3 } },
  { .kind = GENOS_STREAM_RESUME },
  { .kind = GENOS_STREAM_ABORT, .why = GENOS_STREAM_WHY_LIMIT, .text = (char *) "full" },
  { .kind = GENOS_STREAM_ACCEPT, .offset = 1, .limit = G_MAXINT64, .hash32 = { 9 } },
  { .kind = GENOS_STREAM_CREDIT, .offset = 2, .limit = 3 },
  { .kind = GENOS_STREAM_DONE },
  { .kind = GENOS_STREAM_STOP, .why = GENOS_STREAM_WHY_FAILED, .text = (char *) "" },
};

static void
test_both_ways (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) bytes = genos_stream_frame_build (&cases[i]);
    g_auto (GenosStreamFrame) frame = { 0 };
    g_autoptr (GError) error = NULL;

    g_assert_true (genos_stream_frame_parse (bytes, &frame, &error));
    g_assert_no_error (error);
    g_assert_cmpint (frame.kind, ==, cases[i].kind);
    g_assert_cmpuint (frame.offset, ==, cases[i].offset);
    g_assert_cmpuint (frame.limit, ==, cases[i].limit);
    g_assert_cmpuint (frame.size, ==, cases[i].size);
    g_assert_cmpuint (frame.why, ==, cases[i].why);
    g_assert_cmpstr (frame.text, ==, cases[i].text);
    g_assert_cmpmem (frame.hash32, 32, cases[i].hash32, 32);
    g_assert_cmpmem (frame.data, frame.data_size, cases[i].data, cases[i].data_size);
  }
}

static void
check_bytes (const GenosStreamFrame *frame, const guint8 *expected, gsize size)
{
  g_autoptr (GBytes) bytes = genos_stream_frame_build (frame);

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, size);
}

/* The bytes of the picture in the header. */
static void
test_bytes (void)
{
  check_bytes (&cases[1], (const guint8 *) "\x01\0\0\0\0\0\0\0\x07{\"name\":\"\xc3\xbc\"}", 9 + 13);
  check_bytes (&cases[3],
      (const guint8 *) "\x03\0\0\0\0\0\0\0\x09"
                       "bytes",
      14);
  check_bytes (&cases[6],
      (const guint8 *) "\x06\x06"
                       "full",
      6);
  check_bytes (&cases[8], (const guint8 *) "\x11\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\x03", 17);
  check_bytes (&cases[9], (const guint8 *) "\x12", 1);
}

static void
check_refused (const void *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_auto (GenosStreamFrame) frame = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (genos_stream_frame_parse (bytes, &frame, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
  g_assert_null (frame.text);
}

static void
check_longest (GenosStreamFrameKind kind, gsize head, gsize most)
{
  g_autofree guint8 *data = g_malloc0 (head + most + 1);
  g_autoptr (GBytes) bytes = NULL;
  g_auto (GenosStreamFrame) frame = { 0 };

  memset (data + head, 'x', most + 1);
  data[0] = (guint8) kind;
  check_refused (data, head + most + 1);
  bytes = g_bytes_new (data, head + most);
  g_assert_true (genos_stream_frame_parse (bytes, &frame, NULL));
}

static void
test_refused (void)
{
  check_refused ("", 0);
  check_refused ("\0", 1); /* kind */
  check_refused ("\x20", 1);
  check_refused ("\x12x", 2);                  /* too much */
  check_refused ("\x03\0\0\0\0\0\0\0\x09", 9); /* no bytes */
  check_refused ("\x02\x80\0\0\0\0\0\0\0", 9); /* offset */
  check_refused ("\x03\x7f\xff\xff\xff\xff\xff\xff\xff"
                 "a",
      10);                                        /* the end of the data */
  check_refused ("\x01\x80\0\0\0\0\0\0\0", 9);    /* size */
  check_refused ("\x01\0\0\0\0\0\0\0\0\xff", 10); /* text */
  check_refused ("\x01\0\0\0\0\0\0\0\0a\0", 11);  /* NUL */
  check_longest (GENOS_STREAM_OPEN, 9, GENOS_STREAM_MAX_METADATA);
  check_longest (GENOS_STREAM_DATA, 9, GENOS_STREAM_MAX_DATA);
  check_longest (GENOS_STREAM_ABORT, 2, GENOS_STREAM_MAX_TEXT);
}

/* A text that is too long is cut between two characters. */
static void
test_long_text (void)
{
  GString *text = g_string_new ("x");
  g_autofree char *owned = NULL;
  GenosStreamFrame stop = { .kind = GENOS_STREAM_STOP };
  g_autoptr (GBytes) bytes = NULL;
  g_auto (GenosStreamFrame) frame = { 0 };

  while (text->len < 2 * GENOS_STREAM_MAX_TEXT)
    g_string_append (text, "ü");
  owned = g_string_free (text, FALSE);
  stop.text = owned;
  bytes = genos_stream_frame_build (&stop);
  g_assert_true (genos_stream_frame_parse (bytes, &frame, NULL));
  g_assert_cmpuint (strlen (frame.text), >, GENOS_STREAM_MAX_TEXT - 8);
}

/* Whatever is cut off or turned over is refused or read, and nothing else. */
static void
test_damaged (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) bytes = genos_stream_frame_build (&cases[i]);
    gsize size;
    const guint8 *data = g_bytes_get_data (bytes, &size);

    for (gsize n = 0; n < size; n++) {
      g_autoptr (GBytes) part = g_bytes_new (data, n);
      g_auto (GenosStreamFrame) frame = { 0 };

      if (!genos_stream_frame_parse (part, &frame, NULL))
        g_assert_null (frame.text);
    }
    for (gsize bit = 0; bit < size * 8; bit++) {
      g_autofree guint8 *copy = g_memdup2 (data, size);
      g_autoptr (GBytes) changed = NULL;
      g_auto (GenosStreamFrame) frame = { 0 };

      copy[bit / 8] ^= (guint8) (1 << bit % 8);
      changed = g_bytes_new (copy, size);
      if (!genos_stream_frame_parse (changed, &frame, NULL))
        g_assert_null (frame.text);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/stream-frame/both-ways", test_both_ways);
  g_test_add_func ("/wire/stream-frame/bytes", test_bytes);
  g_test_add_func ("/wire/stream-frame/refused", test_refused);
  g_test_add_func ("/wire/stream-frame/long-text", test_long_text);
  g_test_add_func ("/wire/stream-frame/damaged", test_damaged);
  return g_test_run ();
}
