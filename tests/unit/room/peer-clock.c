/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/media/peer-clock.h>

#include <genos/wire/clock-message.h>

#define MS ((gint64) 1000)
#define SECOND (1000 * MS)
#define WALL (G_GINT64_CONSTANT (1795406400) * SECOND)
#define WAY (4 * MS)

typedef struct {
  GenosPeerClock *clock;
  GQueue sent; /* GBytes */
  gint64 ahead;
} End;

static void
on_send (GBytes *bytes, gpointer user_data)
{
  End *end = user_data;

  g_queue_push_tail (&end->sent, g_bytes_ref (bytes));
}

static void
end_init (End *end, gint64 ahead)
{
  g_queue_init (&end->sent);
  end->ahead = ahead;
  end->clock = genos_peer_clock_new (on_send, end);
}

static void
end_clear (End *end)
{
  genos_peer_clock_free (end->clock);
  g_queue_clear_full (&end->sent, (GDestroyNotify) g_bytes_unref);
}

static void
tick (End *end, gint64 now)
{
  genos_peer_clock_tick (end->clock, WALL + end->ahead + now, now);
}

/* All that @from has sent arrives at @now. */
static void
deliver (End *from, End *to, gint64 now)
{
  GQueue sent = from->sent;
  GBytes *bytes;

  g_queue_init (&from->sent);
  while ((bytes = g_queue_pop_head (&sent)) != NULL) {
    g_assert_true (genos_peer_clock_take (to->clock, bytes, WALL + to->ahead + now, now));
    g_bytes_unref (bytes);
  }
}

static void
assert_offset (End *end, gint64 now, gint64 expected)
{
  gint64 offset, error;

  g_assert_true (genos_peer_clock_get (end->clock, now, &offset, &error));
  g_assert_cmpint (offset, ==, expected);
  g_assert_cmpint (error, >=, WAY);
}

/* Both learn it, ask several times at once, and then leave each other alone. */
static void
test_exchange (void)
{
  End a, b;
  gint64 now = 0;
  guint n = 0;

  end_init (&a, 0);
  end_init (&b, 1234 * MS);
  tick (&a, now);
  tick (&b, now);
  while (a.sent.length + b.sent.length > 0) {
    n += a.sent.length;
    now += WAY;
    deliver (&a, &b, now);
    now += WAY;
    deliver (&b, &a, now);
    g_assert_cmpuint (n, <, 50);
  }
  g_assert_cmpuint (n, >=, 8);
  assert_offset (&a, now, 1234 * MS);
  /* What they have said last is not one moment for b in this course. */
  tick (&a, now + SECOND);
  g_assert_cmpuint (a.sent.length, ==, 0);
  tick (&a, now + 11 * SECOND);
  g_assert_cmpuint (a.sent.length, ==, 1);
  end_clear (&a);
  end_clear (&b);
}

static void
test_no_answer (void)
{
  End a;
  end_init (&a, 0);
  tick (&a, 0);
  tick (&a, SECOND);
  g_assert_cmpuint (a.sent.length, ==, 1);
  tick (&a, 3 * SECOND);
  g_assert_cmpuint (a.sent.length, ==, 2);
  end_clear (&a);
}

/* An answer that nobody waits for, another's, and the same one twice. */
static void
test_unasked (void)
{
  const GenosClockMessage message = { TRUE, WALL + 5, WALL + 6, WALL + 6 };
  const GenosClockMessage right = { TRUE, WALL, WALL + WAY, WALL + WAY };
  g_autoptr (GBytes) bytes = genos_clock_message_build (&message);
  g_autoptr (GBytes) good = genos_clock_message_build (&right);
  gint64 offset, error;
  End a;

  end_init (&a, 0);
  g_assert_false (genos_peer_clock_take (a.clock, bytes, WALL + 10, 10));
  tick (&a, 0);
  g_assert_false (genos_peer_clock_take (a.clock, bytes, WALL + 10, 10));
  g_assert_false (genos_peer_clock_get (a.clock, 10, &offset, &error));
  g_assert_true (genos_peer_clock_take (a.clock, good, WALL + 2 * WAY, 2 * WAY));
  g_assert_false (genos_peer_clock_take (a.clock, good, WALL + 2 * WAY, 2 * WAY));
  assert_offset (&a, 2 * WAY, 0);
  end_clear (&a);
}

/* Whoever asks without end is answered now and then. */
static void
test_flood (void)
{
  const GenosClockMessage question = { .asked = WALL };
  g_autoptr (GBytes) bytes = genos_clock_message_build (&question);
  End a;

  end_init (&a, 0);
  for (guint i = 0; i < 1000; i++)
    genos_peer_clock_take (a.clock, bytes, WALL, 0);
  g_assert_cmpuint (a.sent.length, <=, 64);
  g_assert_false (genos_peer_clock_take (a.clock, bytes, WALL, 0));
  g_assert_true (genos_peer_clock_take (a.clock, bytes, WALL, SECOND));
  end_clear (&a);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room/peer-clock/exchange", test_exchange);
  g_test_add_func ("/room/peer-clock/no-answer", test_no_answer);
  g_test_add_func ("/room/peer-clock/unasked", test_unasked);
  g_test_add_func ("/room/peer-clock/flood", test_flood);
  return g_test_run ();
}
