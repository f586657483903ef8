/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/parameter-sets.h>

#include <string.h>

#define H264 "video/x-h264,stream-format=byte-stream,alignment=au"
#define H265 "video/x-h265,stream-format=byte-stream,alignment=au"

static GenosParameterSets *
new_sets (const char *text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);
  return genos_parameter_sets_new (caps);
}

static GBytes *
bytes_of (const char *hex)
{
  gsize size = strlen (hex) / 2;
  guint8 *data = g_malloc (size);
  for (gsize i = 0; i < size; i++)
    data[i] =
        (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  return g_bytes_new_take (data, size);
}

static void
check (GenosParameterSets *sets, const char *in, const char *out)
{
  g_autoptr (GBytes) given = bytes_of (in);
  g_autoptr (GBytes) wanted = bytes_of (out);
  g_autoptr (GstBuffer) buffer =
      genos_parameter_sets_pass (sets, gst_buffer_new_wrapped_bytes (given));
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (wanted, &size);
  g_assert_cmpuint (gst_buffer_get_size (buffer), ==, size);
  g_assert_cmpint (gst_buffer_memcmp (buffer, 0, data, size), ==, 0);
}

#define SC "00000001"
#define DELIMITER SC "09f0"
#define SPS SC "6742c01e"
#define PPS SC "68ce3c80"
#define OTHER_SPS SC "674d001f"
#define IDR SC "6588aa"
#define SECOND_SLICE SC "6548aa"
#define DELTA SC "4188bb"
#define SEI SC "0605ff"

static void
test_h264 (void)
{
  g_autoptr (GenosParameterSets) sets = new_sets (H264);
  check (sets, IDR, IDR); /* nothing known yet */
  check (sets, DELIMITER SPS PPS IDR, DELIMITER SPS PPS IDR);
  check (sets, DELTA, DELTA);
  check (sets, IDR, SPS PPS IDR);
  check (sets, DELIMITER IDR SECOND_SLICE, DELIMITER SPS PPS IDR SECOND_SLICE);
  check (sets, SEI IDR, SPS PPS SEI IDR);
  check (sets, SECOND_SLICE, SECOND_SLICE); /* in the middle of a picture */
  check (sets, OTHER_SPS PPS IDR, OTHER_SPS PPS IDR);
  check (sets, IDR, OTHER_SPS PPS IDR);
}

#define H265_VPS SC "40010c01"
#define H265_SPS SC "420101bb"
#define H265_PPS SC "4401c1cc"
#define H265_CRA SC "2a01afdd"
#define H265_IDR SC "2801afdd"
#define H265_DELTA SC "0201d0ee"

/* Open groups of pictures begin with pictures that parsers take for no beginning. */
static void
test_h265 (void)
{
  g_autoptr (GenosParameterSets) sets = new_sets (H265);
  check (sets, H265_VPS H265_SPS H265_PPS H265_IDR, H265_VPS H265_SPS H265_PPS H265_IDR);
  check (sets, H265_DELTA, H265_DELTA);
  check (sets, H265_CRA, H265_VPS H265_SPS H265_PPS H265_CRA);
  check (sets, H265_IDR, H265_VPS H265_SPS H265_PPS H265_IDR);
}

/* A buffer a unit. */
static void
test_single_units (void)
{
  g_autoptr (GenosParameterSets) sets = new_sets (H265);
  for (guint i = 0; i < 3; i++) {
    check (sets, H265_VPS, H265_VPS);
    check (sets, H265_SPS, H265_SPS);
    check (sets, H265_PPS, H265_PPS);
  }
  check (sets, H265_CRA, H265_VPS H265_SPS H265_PPS H265_CRA);
}

static void
test_three_byte_start_codes (void)
{
  g_autoptr (GenosParameterSets) sets = new_sets (H264);
  check (sets, "0000016742c01e00000168ce3c8000" SC "6588aa",
      "0000016742c01e00000168ce3c8000" SC "6588aa");
  check (sets, "0000016588aa", SPS PPS "0000016588aa");
}

static void
test_none_needed (void)
{
  g_assert_null (new_sets ("video/x-vp8"));
  g_assert_null (new_sets ("video/x-h264,stream-format=avc"));
  g_assert_null (new_sets ("video/x-h265,stream-format=hvc1"));
}

/* Buffers of an application's own making: nothing is read past the end. */
static void
test_truncated (void)
{
  g_autoptr (GBytes) whole =
      bytes_of (DELIMITER SPS PPS SEI IDR H265_VPS H265_SPS H265_PPS H265_CRA);
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (whole, &size);
  const char *caps[] = { H264, H265 };
  for (guint k = 0; k < G_N_ELEMENTS (caps); k++) {
    g_autoptr (GenosParameterSets) sets = new_sets (caps[k]);
    for (gsize from = 0; from < size; from += 3)
      for (gsize end = from + 1; end <= size; end++) {
        /* A copy of just that many bytes, so that a sanitizer sees every overrun. */
        GstBuffer *buffer = gst_buffer_new_memdup (data + from, end - from);
        gst_buffer_unref (genos_parameter_sets_pass (sets, buffer));
      }
  }
}

/* Sets that never end do not pile up. */
static void
test_bounds (void)
{
  g_autoptr (GenosParameterSets) sets = new_sets (H264);
  for (guint i = 0; i < 3000; i++) {
    guint8 unit[104] = { 0, 0, 0, 1, 0x68 };
    memset (unit + 5, 0xff, sizeof unit - 5);
    unit[6] = 1 + i / 200;
    unit[7] = 1 + i % 200;
    gst_buffer_unref (genos_parameter_sets_pass (sets, gst_buffer_new_memdup (unit, sizeof unit)));
  }
  const guint8 key[] = { 0, 0, 0, 1, 0x65, 0x88 };
  g_autoptr (GstBuffer) buffer =
      genos_parameter_sets_pass (sets, gst_buffer_new_memdup (key, sizeof key));
  g_assert_cmpuint (gst_buffer_get_size (buffer), <=, 64 * 1024 + sizeof key);
  g_assert_cmpuint (gst_buffer_get_size (buffer), >, sizeof key);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/media/parameter-sets/h264", test_h264);
  g_test_add_func ("/media/parameter-sets/h265", test_h265);
  g_test_add_func ("/media/parameter-sets/single-units", test_single_units);
  g_test_add_func ("/media/parameter-sets/three-byte-start-codes", test_three_byte_start_codes);
  g_test_add_func ("/media/parameter-sets/none-needed", test_none_needed);
  g_test_add_func ("/media/parameter-sets/truncated", test_truncated);
  g_test_add_func ("/media/parameter-sets/bounds", test_bounds);
  return g_test_run ();
}
