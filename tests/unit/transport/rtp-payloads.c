/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/rtp-payloads.h>

static void
test_pairs (void)
{
  GenosRtpPayloads payloads = { 0 };

  g_assert_cmpint (genos_rtp_payloads_to_wire (&payloads, 96), ==, -1);
  g_assert_true (genos_rtp_payloads_add (&payloads, 98, 98));
  g_assert_false (genos_rtp_payloads_differ (&payloads));
  g_assert_true (genos_rtp_payloads_add (&payloads, 96, 121));
  g_assert_true (genos_rtp_payloads_differ (&payloads));
  g_assert_false (genos_rtp_payloads_add (&payloads, 96, 100));
  g_assert_false (genos_rtp_payloads_add (&payloads, 100, 121));
  g_assert_false (genos_rtp_payloads_add (&payloads, 128, 100));
  g_assert_false (genos_rtp_payloads_add (&payloads, 100, 128));
  g_assert_cmpint (genos_rtp_payloads_to_wire (&payloads, 96), ==, 121);
  g_assert_cmpint (genos_rtp_payloads_to_inner (&payloads, 121), ==, 96);
  g_assert_cmpint (genos_rtp_payloads_to_inner (&payloads, 96), ==, -1);
  g_assert_true (genos_rtp_payloads_add (&payloads, 1, 2));
  g_assert_true (genos_rtp_payloads_add (&payloads, 2, 1));
  g_assert_false (genos_rtp_payloads_add (&payloads, 3, 3));
}

static int
find (GArray *routes, guint8 second, guint32 ssrc, gboolean to_wire)
{
  guint8 head[12] = { 0x80, second, 0, 1, 0, 0, 0, 0, ssrc >> 24, ssrc >> 16, ssrc >> 8, ssrc };

  return genos_rtp_routes_find (routes, head, to_wire);
}

static void
test_routes (void)
{
  g_autoptr (GArray) routes = g_array_new (FALSE, FALSE, sizeof (GenosRtpRoute));
  GenosRtpPayloads one = { 2, { { 98, 121 }, { 96, 125 } } };
  /* The two have changed places. */
  GenosRtpPayloads other = { 2, { { 96, 97 }, { 97, 96 } } };

  g_assert_cmpint (find (routes, 98, 7, TRUE), ==, -1);
  genos_rtp_routes_add (routes, 0xfffffffe, &other);
  genos_rtp_routes_add (routes, 7, &other);
  genos_rtp_routes_add (routes, 5, &one);
  genos_rtp_routes_add (routes, 7, &one);
  g_assert_cmpuint (routes->len, ==, 3);

  g_assert_cmpint (find (routes, 98, 7, TRUE), ==, 121);
  g_assert_cmpint (find (routes, 0x80 | 98, 7, TRUE), ==, 121);
  g_assert_cmpint (find (routes, 121, 7, FALSE), ==, 98);
  g_assert_cmpint (find (routes, 125, 5, FALSE), ==, 96);
  /* What nobody has renumbered stays as it is, and what is under way with its number of before. */
  g_assert_cmpint (find (routes, 98, 7, FALSE), ==, -1);
  g_assert_cmpint (find (routes, 100, 7, TRUE), ==, -1);
  for (guint32 ssrc = 0; ssrc < 10; ssrc++)
    g_assert_cmpint (find (routes, 98, ssrc, TRUE), ==, ssrc == 5 || ssrc == 7 ? 121 : -1);
  g_assert_cmpint (find (routes, 96, 0xfffffffe, TRUE), ==, 97);
  g_assert_cmpint (find (routes, 97, 0xfffffffe, TRUE), ==, 96);
  g_assert_cmpint (find (routes, 96, 0xffffffff, TRUE), ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/rtp-payloads/pairs", test_pairs);
  g_test_add_func ("/transport/rtp-payloads/routes", test_routes);
  return g_test_run ();
}
