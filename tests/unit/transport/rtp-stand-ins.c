/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/rtp-stand-ins.h>

#include <string.h>

#include <genos/transport/sdp/sdp-rtx.h>

#define FIRST 0x67000001u
#define SECOND 0x67000002u
#define MID_EXTENSION 4

static const GenosStandIn rows[] = {
  { FIRST, "1", MID_EXTENSION, 96, 97 },
  { SECOND, "2", MID_EXTENSION, 96, 97 },
  { 0x67000003u, "a", MID_EXTENSION, 111, -1 },
};

static GenosStandIns *
make (guint n)
{
  GenosStandIns *self = genos_stand_ins_new ();
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (GenosStandIn));

  g_array_append_vals (all, rows, n);
  genos_stand_ins_set (self, all);
  return self;
}

/* @mid: (nullable) */
static guint32
name (GenosStandIns *self, guint32 ssrc, guint8 payload, const char *mid)
{
  guint8 packet[32] = { mid != NULL ? 0x90 : 0x80, payload, 0, 1, 0, 0, 0, 1, ssrc >> 24,
    ssrc >> 16, ssrc >> 8, ssrc, 0xbe, 0xde, 0, 1 };
  gsize length = mid != NULL ? strlen (mid) : 0;
  GenosRtpHeader header;

  if (mid != NULL) {
    packet[16] = (guint8) (MID_EXTENSION << 4 | (length - 1));
    memcpy (packet + 17, mid, length);
  }
  g_assert_true (genos_rtp_header_parse (&header, packet, sizeof packet));
  return genos_stand_ins_name (self, &header);
}

static void
test_by_mid (void)
{
  GenosStandIns *self = make (3);

  g_assert_cmpuint (name (self, 7, 96, "2"), ==, SECOND);
  g_assert_cmpuint (name (self, 7, 96, NULL), ==, SECOND);
  g_assert_cmpuint (name (self, 8, 96, "1"), ==, FIRST);
  g_assert_cmpuint (name (self, 9, 97, "1"), ==, genos_sdp_rtx_ssrc (FIRST));
  g_assert_cmpuint (name (self, 9, 97, NULL), ==, genos_sdp_rtx_ssrc (FIRST));
  g_assert_cmpuint (name (self, 10, 111, "a"), ==, rows[2].ssrc);
  /* Another line, type or source. */
  g_assert_cmpuint (name (self, 11, 96, "3"), ==, 0);
  g_assert_cmpuint (name (self, 11, 98, "1"), ==, 0);
  g_assert_cmpuint (name (self, 11, 96, NULL), ==, 0);
  genos_stand_ins_free (self);
}

/* Without the extension only where there is no doubt. */
static void
test_by_payload (void)
{
  GenosStandIns *self = make (3);

  g_assert_cmpuint (name (self, 7, 96, NULL), ==, 0);
  g_assert_cmpuint (name (self, 8, 111, NULL), ==, rows[2].ssrc);
  g_assert_cmpuint (name (self, 9, 111, NULL), ==, 0);
  g_assert_cmpuint (name (self, 10, 96, "1"), ==, FIRST);
  g_assert_cmpuint (name (self, 7, 96, NULL), ==, SECOND);
  genos_stand_ins_free (self);
}

/* One of several encodings is taken; the next when that is over. */
static void
test_take_over (void)
{
  GenosStandIns *self = make (1);

  g_assert_cmpuint (name (self, 7, 96, "1"), ==, FIRST);
  for (guint i = 0; i < 100; i++) {
    g_assert_cmpuint (name (self, 8, 96, "1"), ==, 0);
    g_assert_cmpuint (name (self, 7, 96, "1"), ==, FIRST);
  }
  for (guint i = 0; i < 19; i++)
    g_assert_cmpuint (name (self, 8, 96, "1"), ==, 0);
  g_assert_cmpuint (name (self, 8, 96, "1"), ==, FIRST);
  g_assert_cmpuint (name (self, 7, 96, "1"), ==, 0);
  genos_stand_ins_free (self);
}

static void
test_kept (void)
{
  GenosStandIns *self = make (2);
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (GenosStandIn));

  g_assert_cmpuint (name (self, 7, 96, "2"), ==, SECOND);
  g_array_append_vals (all, &rows[1], 2);
  genos_stand_ins_set (self, all);
  g_assert_cmpuint (name (self, 7, 96, NULL), ==, SECOND);
  g_assert_cmpuint (name (self, 8, 96, "1"), ==, 0);
  genos_stand_ins_free (self);
}

static void
check_renamed (GenosStandIns *self, gboolean comes, guint8 from, guint32 to)
{
  guint8 pli[] = { 0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, from };
  guint32 expected = GUINT32_TO_BE (to);

  g_assert_true (genos_stand_ins_rename (self, pli, sizeof pli, comes));
  g_assert_cmpmem (pli + 8, 4, &expected, 4);
}

static void
test_reports (void)
{
  GenosStandIns *self = make (1);
  guint8 pli[] = { 0x81, 206, 0, 2, 0, 0, 0, 1, 0x67, 0, 0, 1, 7 };
  static const guint8 wanted[] = { 0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 7, 7 };

  g_assert_false (genos_stand_ins_rename (self, NULL, 0, TRUE));
  g_assert_false (genos_stand_ins_rename (self, pli, sizeof pli, FALSE));
  g_assert_cmpuint (name (self, 7, 96, "1"), ==, FIRST);
  g_assert_true (genos_stand_ins_rename (self, NULL, 0, TRUE));
  check_renamed (self, TRUE, 7, FIRST);
  g_assert_true (genos_stand_ins_rename (self, pli, sizeof pli, FALSE));
  g_assert_cmpmem (pli, sizeof pli, wanted, sizeof wanted);
  for (gsize size = 0; size < 8; size++)
    g_assert_false (genos_stand_ins_rename (self, pli, size, TRUE));
  genos_stand_ins_free (self);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/rtp-stand-ins/by-mid", test_by_mid);
  g_test_add_func ("/transport/rtp-stand-ins/by-payload", test_by_payload);
  g_test_add_func ("/transport/rtp-stand-ins/take-over", test_take_over);
  g_test_add_func ("/transport/rtp-stand-ins/kept", test_kept);
  g_test_add_func ("/transport/rtp-stand-ins/reports", test_reports);
  return g_test_run ();
}
