/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/key-transit.h>

#define MS G_TIME_SPAN_MILLISECOND
#define START (1000 * G_TIME_SPAN_SECOND)

static void
send_key (GenosKeyTransit *transit, guint32 timestamp, guint packets)
{
  for (guint i = 0; i < packets; i++)
    genos_key_transit_note (transit, timestamp, i == 0, 1250, START);
}

/* 5 kB at 100 kbit/s take 400 ms. */
static void
test_put_off (void)
{
  GenosKeyTransit transit = { 0 };

  g_assert_false (genos_key_transit_put_off (&transit, 100000, START));
  send_key (&transit, 7, 4);
  genos_key_transit_note (&transit, 8, FALSE, 100000, START);
  g_assert_true (genos_key_transit_put_off (&transit, 100000, START + 300 * MS));
  g_assert_false (genos_key_transit_take_late (&transit, 100000, START + 390 * MS));
  g_assert_true (genos_key_transit_take_late (&transit, 100000, START + 400 * MS));
  g_assert_false (genos_key_transit_take_late (&transit, 100000, START + 500 * MS));
  g_assert_false (genos_key_transit_put_off (&transit, 100000, START + 500 * MS));
}

/* Another one that goes out is what was asked for. */
static void
test_another (void)
{
  GenosKeyTransit transit = { 0 };

  send_key (&transit, 7, 4);
  g_assert_true (genos_key_transit_put_off (&transit, 100000, START));
  send_key (&transit, 9, 1);
  g_assert_false (transit.wanted);
  g_assert_false (genos_key_transit_put_off (&transit, 100000, START + 100 * MS));
}

static void
test_bounds (void)
{
  GenosKeyTransit transit = { 0 };

  send_key (&transit, 7, 40);
  g_assert_false (genos_key_transit_put_off (&transit, G_MAXUINT, START));
  g_assert_true (genos_key_transit_put_off (&transit, 0, START + 1900 * MS));
  g_assert_false (genos_key_transit_put_off (&transit, 0, START + 2000 * MS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/key-transit/put-off", test_put_off);
  g_test_add_func ("/media/key-transit/another", test_another);
  g_test_add_func ("/media/key-transit/bounds", test_bounds);
  return g_test_run ();
}
