/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/packet-train.h>

#define MS G_TIME_SPAN_MILLISECOND
#define CLOCK_OFFSET (777 * G_TIME_SPAN_SECOND) /* of the receiver's clock */

typedef struct {
  GenosPacketTrain train;
  gint64 now;
} Fixture;

/* One picture of so many packets, on a path that carries that much. */
static void
send_train (Fixture *fixture, guint n, guint size, double rate)
{
  gint64 arrived = CLOCK_OFFSET + fixture->now;

  for (guint i = 0; i < n; i++) {
    arrived += size * 8e6 / rate;
    genos_packet_train_add (
        &fixture->train, fixture->now + i * 50, arrived, size, fixture->now + 100 * MS);
  }
  fixture->now += 40 * MS;
}

static double
get (Fixture *fixture)
{
  return genos_packet_train_get_rate (&fixture->train, fixture->now);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  genos_packet_train_init (&fixture->train);
  fixture->now = 1000 * G_TIME_SPAN_SECOND;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
}

/* About what the path carries, and rather less. */
static void
test_rates (Fixture *fixture, gconstpointer data)
{
  double rates[] = { 0.1e6, 0.3e6, 1e6, 3e6 };

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    fixture->now += 5 * G_TIME_SPAN_SECOND;
    for (guint k = 0; k < 5; k++)
      send_train (fixture, 5, 1200, rates[i]);
    g_assert_cmpfloat (get (fixture), >=, 0.7 * rates[i]);
    g_assert_cmpfloat (get (fixture), <=, 1.01 * rates[i]);
  }
}

/* What is too old, too short, or has a gap, tells nothing. */
static void
test_nothing_known (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpfloat (get (fixture), ==, 0);
  for (guint i = 0; i < 30; i++)
    send_train (fixture, 2, 1200, 1e6);
  g_assert_cmpfloat (get (fixture), ==, 0);
  for (guint i = 0; i < 30; i++)
    send_train (fixture, 6, 100, 1e6);
  g_assert_cmpfloat (get (fixture), ==, 0);
  for (guint i = 0; i < 30; i++, fixture->now += 40 * MS)
    for (guint k = 0; k < 6; k++)
      genos_packet_train_add (&fixture->train, fixture->now,
          k == 3 ? -1 : CLOCK_OFFSET + fixture->now + k * 10 * MS, 1200, fixture->now);
  g_assert_cmpfloat (get (fixture), ==, 0);
  send_train (fixture, 6, 1200, 1e6);
  send_train (fixture, 6, 1200, 1e6);
  g_assert_cmpfloat (get (fixture), >, 0);
  fixture->now += 2 * G_TIME_SPAN_SECOND;
  g_assert_cmpfloat (get (fixture), ==, 0);
}

/* The least counts: a receiver that was busy finds several packets at once. */
static void
test_least (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 7; i++)
    send_train (fixture, 6, 1200, i == 3 ? 0.5e6 : 50e6);
  g_assert_cmpfloat (get (fixture), <=, 0.5e6);
}

/* Whatever of a train is lost, the rest arrives as far apart as the path makes it. */
static void
test_speed (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpfloat (genos_packet_train_get_speed (&fixture->train, fixture->now), ==, 0);
  for (guint i = 0; i < 8; i++, fixture->now += 40 * MS)
    for (guint k = 0, n = 0; k < 20; k++)
      genos_packet_train_add (&fixture->train, fixture->now,
          k % 3 == 2 ? -1 : CLOCK_OFFSET + fixture->now + (gint64) n++ * 3200, 1200, fixture->now);
  g_assert_cmpfloat (get (fixture), ==, 0);
  g_assert_cmpfloat (genos_packet_train_get_speed (&fixture->train, fixture->now), >=, 2.8e6);
  g_assert_cmpfloat (genos_packet_train_get_speed (&fixture->train, fixture->now), <=, 3.2e6);
  /* A few that were found together change nothing. */
  for (guint i = 0; i < 3; i++)
    send_train (fixture, 6, 1200, 100e6);
  g_assert_cmpfloat (genos_packet_train_get_speed (&fixture->train, fixture->now), <=, 3.2e6);
  fixture->now += 6 * G_TIME_SPAN_SECOND;
  g_assert_cmpfloat (genos_packet_train_get_speed (&fixture->train, fixture->now), ==, 0);
}

/* A peer may say anything. */
static void
test_nonsense (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) dice = g_rand_new_with_seed (5);

  for (guint i = 0; i < 50000; i++) {
    gint64 arrived = (gint64) g_rand_int (dice) << g_rand_int_range (dice, 0, 31);

    genos_packet_train_add (&fixture->train, fixture->now, g_rand_boolean (dice) ? arrived : -1,
        g_rand_int (dice), fixture->now);
    fixture->now += g_rand_int_range (dice, -2000, 4000);
    g_assert_cmpfloat (get (fixture), >=, 0);
    g_assert_cmpfloat (genos_packet_train_get_speed (&fixture->train, fixture->now), >=, 0);
  }
}

#define ADD(name, func)                                                                            \
  g_test_add ("/transport/packet-train/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("rates", test_rates);
  ADD ("nothing-known", test_nothing_known);
  ADD ("least", test_least);
  ADD ("speed", test_speed);
  ADD ("nonsense", test_nonsense);
  return g_test_run ();
}
