/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/repair-budget.h>

#include <genos/transport/rtp/rate-estimator.h>

#define MS G_TIME_SPAN_MILLISECOND
#define UNBOUNDED GENOS_RATE_UNBOUNDED

static GenosRepair
take (GenosRepairBudget *self, guint32 ssrc, guint16 seqnum, guint rate, gint64 round_trip,
    gint64 now)
{
  GenosRepairPath path = { rate, 300 * MS, round_trip };

  return genos_repair_budget_take (self, ssrc, seqnum, &path, now);
}

#define assert_sent(x) g_assert_cmpint (x, ==, GENOS_REPAIR_SEND)
#define assert_needless(x) g_assert_cmpint (x, ==, GENOS_REPAIR_NEEDLESS)

/* Nothing is known that speaks against it. */
static void
test_unbounded (void)
{
  GenosRepairBudget budget = { 0 };

  for (guint i = 0; i < 10000; i++)
    assert_sent (take (&budget, 1, i, UNBOUNDED, 50 * MS, 1000 * MS));
}

/* The answer needs its time. */
static void
test_on_its_way (void)
{
  GenosRepairBudget budget = { 0 };
  gint64 now = 1000 * MS;

  assert_sent (take (&budget, 1, 7, UNBOUNDED, 200 * MS, now));
  assert_needless (take (&budget, 1, 7, UNBOUNDED, 200 * MS, now + 100 * MS));
  assert_sent (take (&budget, 2, 7, UNBOUNDED, 200 * MS, now + 100 * MS));
  assert_sent (take (&budget, 1, 8, UNBOUNDED, 200 * MS, now + 100 * MS));
  assert_sent (take (&budget, 1, 7, UNBOUNDED, 200 * MS, now + 130 * MS));
  /* An unknown round trip is short, one that is out of all bounds is not waited for. */
  assert_sent (take (&budget, 1, 9, UNBOUNDED, 0, now));
  assert_needless (take (&budget, 1, 9, UNBOUNDED, 0, now + 10 * MS));
  assert_sent (take (&budget, 1, 9, UNBOUNDED, 0, now + 30 * MS));
  assert_sent (take (&budget, 1, 9, UNBOUNDED, G_MAXINT64, now + 600 * MS));
}

/* bit/s that go to packets of 1200 bytes when everything is asked for, all the time. */
static double
flood (guint rate, gint64 queue)
{
  GenosRepairPath path = { rate, queue, 50 * MS };
  GenosRepairBudget budget = { 0 };
  gint64 start = 1000 * MS;
  guint n = 0;

  for (gint64 now = start; now < start + 10000 * MS; now += MS)
    n += genos_repair_budget_take (&budget, 1, (now - start) / MS, &path, now) == GENOS_REPAIR_SEND;
  return n * 1200 * 8 / 10.;
}

static void
test_share (void)
{
  g_assert_cmpfloat (flood (1000000, 300 * MS), <, 220000);
  g_assert_cmpfloat (flood (1000000, 300 * MS), >, 180000);
  g_assert_cmpfloat (flood (100000, 300 * MS), <, 26000);
  g_assert_cmpfloat (flood (100000, 300 * MS), >, 18000);
  /* Where there is no queue, loss is the path's own, and as much is sent again as it takes. */
  g_assert_cmpfloat (flood (100000, 10 * MS), >, 5000000);
}

/* A burst of loss on a path that is fine otherwise is mended at once. */
static void
test_burst (void)
{
  GenosRepairBudget budget = { 0 };
  guint n = 0;

  for (guint i = 0; i < 100; i++)
    n += take (&budget, 1, i, 2500000, 50 * MS, 1000 * MS) == GENOS_REPAIR_SEND;
  g_assert_cmpuint (n, >=, 20);
  g_assert_cmpuint (n, <=, 30);
  g_assert_cmpint (take (&budget, 1, 200, 2500000, 50 * MS, 1000 * MS), ==, GENOS_REPAIR_KEY_FRAME);
}

/* What is before a key frame nobody needs, also where numbers begin again. */
static void
test_key_frame (void)
{
  GenosRepairBudget budget = { 0 };
  gint64 now = 1000 * MS;

  genos_repair_budget_note_key (&budget, 1, 5);
  assert_sent (take (&budget, 1, 3, UNBOUNDED, 0, now));
  assert_needless (take (&budget, 1, 65530, 1000000, 0, now));
  assert_needless (take (&budget, 1, 4, 1000000, 0, now));
  assert_sent (take (&budget, 1, 5, 1000000, 0, now));
  assert_sent (take (&budget, 2, 4, 1000000, 0, now));
  genos_repair_budget_note_key (&budget, 1, 9);
  assert_needless (take (&budget, 1, 8, 1000000, 0, now));
  for (guint i = 0; i < 100; i++)
    genos_repair_budget_note_key (&budget, 100 + i, i);
  assert_sent (take (&budget, 1, 7, 1000000, 0, now));
  assert_needless (take (&budget, 199, 98, 1000000, 0, now));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/repair-budget/unbounded", test_unbounded);
  g_test_add_func ("/transport/repair-budget/on-its-way", test_on_its_way);
  g_test_add_func ("/transport/repair-budget/share", test_share);
  g_test_add_func ("/transport/repair-budget/burst", test_burst);
  g_test_add_func ("/transport/repair-budget/key-frame", test_key_frame);
  return g_test_run ();
}
