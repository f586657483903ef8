/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/packet-pacer.h>

#define MS G_TIME_SPAN_MILLISECOND
#define START (1000 * G_TIME_SPAN_SECOND)
#define SIZE 1200
#define MAX_PACKETS 4096

/* A queue of packets of one size, and whoever takes them out. */
typedef struct {
  GenosPacketPacer pacer;
  gint64 came[MAX_PACKETS];
  guint n_came;
  guint n_gone;
  gint64 free; /* the one who takes them out */
  gint64 longest;
  guint n_late; /* that waited at all */
} Line;

static Line *
line_new (void)
{
  Line *line = g_new0 (Line, 1);

  line->free = START;
  return line;
}

static guint
count_waiting (Line *line)
{
  return line->n_came - line->n_gone;
}

static void
come (Line *line, guint n, gint64 now)
{
  for (guint i = 0; i < n; i++) {
    g_assert_cmpuint (line->n_came, <, MAX_PACKETS);
    line->came[line->n_came++] = now;
  }
}

/* Until @end; what has come by then has come before. */
static void
leave (Line *line, double pace, gint64 end)
{
  while (count_waiting (line) > 0) {
    gint64 came = line->came[line->n_gone];
    gint64 now = MAX (line->free, came);
    GenosPacketPacer before = line->pacer;
    gint64 due =
        genos_packet_pacer_take (&line->pacer, SIZE, (count_waiting (line) - 1) * SIZE, pace, now);

    g_assert_cmpint (due, >=, now);
    if (due > end) {
      line->pacer = before;
      return;
    }
    line->n_gone++;
    line->free = due;
    line->longest = MAX (line->longest, due - came);
    line->n_late += due > came;
  }
}

static void
test_no_pace (void)
{
  g_autofree Line *line = line_new ();

  for (guint i = 0; i < 100; i++) {
    come (line, 40, START + i * MS);
    leave (line, 0, START + i * MS);
  }
  g_assert_cmpuint (line->n_late, ==, 0);
  g_assert_cmpuint (count_waiting (line), ==, 0);
}

/* 60 kB at 3 Mbit/s take 160 ms, of which the first 10 go at once. */
static void
test_spreads (void)
{
  g_autofree Line *line = line_new ();

  come (line, 50, START);
  leave (line, 3e6, START);
  g_assert_cmpuint (count_waiting (line), >=, 44);
  leave (line, 3e6, START + 70 * MS);
  g_assert_cmpuint (count_waiting (line), >=, 20);
  leave (line, 3e6, START + 500 * MS);
  g_assert_cmpuint (count_waiting (line), ==, 0);
  g_assert_cmpint (line->longest, >=, 130 * MS);
  g_assert_cmpint (line->longest, <=, 160 * MS);
}

/* A stream that the path carries does not wait. */
static void
test_stream (void)
{
  g_autofree Line *line = line_new ();

  for (guint i = 0; i < 1000; i++) {
    come (line, 3, START + i * 10 * MS);
    leave (line, 3e6, START + i * 10 * MS);
  }
  g_assert_cmpuint (line->n_late, ==, 0);
}

/* More than it carries, or than it seems to: nothing waits for long, and it does not become more and more. */
static void
test_bounded (void)
{
  double paces[] = { 1, 1e3, 0.1e6, 0.9e6 };

  for (guint k = 0; k < G_N_ELEMENTS (paces); k++) {
    g_autofree Line *line = line_new ();
    gint64 now = START;

    /* 1 Mbit/s, and a picture of 100 kB. */
    for (guint i = 0; i < 1000; i++, now += 10 * MS) {
      come (line, i == 500 ? 80 : 1, now);
      leave (line, paces[k], now);
    }
    g_assert_cmpuint (count_waiting (line), <=, 60);
    g_assert_cmpint (line->longest, <=, 3 * GENOS_PACER_LONGEST);
    /* A path that is a narrow one no more. */
    leave (line, 0, now);
    g_assert_cmpuint (count_waiting (line), ==, 0);
  }
}

/* Of a path that has become narrow all at once, what was meant for a wide one is out of the way at once. */
static void
test_backlog (void)
{
  g_autofree Line *line = line_new ();
  gint64 now = START;

  come (line, 100, now);
  leave (line, 0.1e6, now + GENOS_PACER_LONGEST + 20 * MS);
  g_assert_cmpuint (count_waiting (line), ==, 0);
  /* And then it is a narrow one. */
  now += GENOS_PACER_LONGEST + 500 * MS;
  come (line, 2, now);
  leave (line, 0.1e6, now + 60 * MS);
  g_assert_cmpuint (count_waiting (line), ==, 1);
}

/* And no longer: a stream that fits on its path goes at the pace of that again, though something always waits. */
static void
test_rush_ends (void)
{
  g_autofree Line *line = line_new ();
  gint64 now = START, end = START + 2 * G_TIME_SPAN_SECOND;
  guint gone = 0;

  come (line, 84, now);
  for (; now < end; now += 10 * MS) {
    come (line, 3, now);
    leave (line, 3e6, now);
    if (now < START + 2 * GENOS_PACER_LONGEST)
      gone = line->n_gone;
  }
  /* In 1.5 s, of 1200 bytes each. */
  g_assert_cmpuint (line->n_gone - gone, <=, 1.02 * 1.5 * 3e6 / (SIZE * 8));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/packet-pacer/no-pace", test_no_pace);
  g_test_add_func ("/transport/packet-pacer/spreads", test_spreads);
  g_test_add_func ("/transport/packet-pacer/stream", test_stream);
  g_test_add_func ("/transport/packet-pacer/bounded", test_bounded);
  g_test_add_func ("/transport/packet-pacer/backlog", test_backlog);
  g_test_add_func ("/transport/packet-pacer/rush-ends", test_rush_ends);
  return g_test_run ();
}
