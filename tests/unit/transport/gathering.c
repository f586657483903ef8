/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/gathering.h>

#define HOST "candidate:1 1 UDP 2015363327 192.0.2.2 4000 typ host"
#define SRFLX "candidate:2 1 UDP 1677722111 203.0.113.7 4000 typ srflx raddr 192.0.2.2 rport 4000"
#define RELAY "candidate:3 1 UDP 1677722111 203.0.113.8 4000 typ relay raddr 192.0.2.2 rport 4000"

static void
test_enough (void)
{
  GenosGatheringMemory memory = { 0 };
  GenosGathering gathering;

  genos_gathering_begin (&gathering, &memory, TRUE, FALSE, 1000);
  g_assert_cmpint (gathering.deadline, ==, 1000 + GENOS_GATHERING_PATIENCE);
  g_assert_false (genos_gathering_take (&gathering, HOST, 2000));
  g_assert_true (genos_gathering_take (&gathering, SRFLX, 3000));
  g_assert_cmpint (gathering.deadline, ==, 3000 + GENOS_GATHERING_SETTLE);
  g_assert_false (genos_gathering_take (&gathering, SRFLX, 4000));
  genos_gathering_end (&gathering, &memory, 5000);
  g_assert_cmpint (memory.silent_until, ==, 0);
}

static void
test_relayed (void)
{
  GenosGatheringMemory memory = { 0 };
  GenosGathering gathering;

  genos_gathering_begin (&gathering, &memory, TRUE, TRUE, 0);
  g_assert_false (genos_gathering_take (&gathering, SRFLX, 1));
  g_assert_true (genos_gathering_take (&gathering, RELAY, 2));
  g_assert_cmpint (gathering.deadline, ==, 2 + GENOS_GATHERING_SETTLE);

  /* The last moment is the last moment. */
  genos_gathering_begin (&gathering, &memory, TRUE, TRUE, 0);
  genos_gathering_take (&gathering, SRFLX, 1);
  genos_gathering_take (&gathering, RELAY, GENOS_GATHERING_PATIENCE - 1);
  g_assert_cmpint (gathering.deadline, ==, GENOS_GATHERING_PATIENCE);
}

static void
test_silent_server (void)
{
  GenosGatheringMemory memory = { 0 };
  GenosGathering gathering;
  gint64 over = GENOS_GATHERING_PATIENCE, again = over + GENOS_GATHERING_MEMORY;

  genos_gathering_begin (&gathering, &memory, TRUE, FALSE, 0);
  genos_gathering_take (&gathering, HOST, 1);
  genos_gathering_end (&gathering, &memory, over);
  genos_gathering_begin (&gathering, &memory, TRUE, FALSE, over);
  g_assert_cmpint (gathering.deadline, ==, over + GENOS_GATHERING_DOUBT);
  /* A short wait in vain proves nothing more. */
  genos_gathering_end (&gathering, &memory, gathering.deadline);
  g_assert_cmpint (memory.silent_until, ==, again);
  /* What a TURN server has to say is not given up for it. */
  genos_gathering_begin (&gathering, &memory, TRUE, TRUE, over);
  g_assert_cmpint (gathering.deadline, ==, over + GENOS_GATHERING_PATIENCE);
  /* Forgotten after a while, and when it answers. */
  genos_gathering_begin (&gathering, &memory, TRUE, FALSE, again);
  g_assert_cmpint (gathering.deadline, ==, again + GENOS_GATHERING_PATIENCE);
  genos_gathering_begin (&gathering, &memory, TRUE, FALSE, over);
  g_assert_true (genos_gathering_take (&gathering, SRFLX, over + 1));
  genos_gathering_end (&gathering, &memory, over + 2);
  g_assert_cmpint (memory.silent_until, ==, 0);
}

/* Complete at once, without anything new: the server said what we knew. */
static void
test_no_news (void)
{
  GenosGatheringMemory memory = { 0 };
  GenosGathering gathering;

  genos_gathering_begin (&gathering, &memory, TRUE, FALSE, 0);
  genos_gathering_end (&gathering, &memory, 50 * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpint (memory.silent_until, ==, 0);
  genos_gathering_begin (&gathering, &memory, FALSE, FALSE, 0);
  g_assert_false (genos_gathering_take (&gathering, HOST, 1));
  genos_gathering_end (&gathering, &memory, GENOS_GATHERING_PATIENCE);
  g_assert_cmpint (memory.silent_until, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/gathering/enough", test_enough);
  g_test_add_func ("/transport/gathering/relayed", test_relayed);
  g_test_add_func ("/transport/gathering/silent-server", test_silent_server);
  g_test_add_func ("/transport/gathering/no-news", test_no_news);
  return g_test_run ();
}
