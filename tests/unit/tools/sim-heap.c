/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-heap.h"

/* Sorted by time, and of one time by when they were pushed. */
static void
test_order (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  SimEvent event, before = { .at = -1 };
  SimHeap heap;
  guint n = 0;

  sim_heap_init (&heap);
  for (guint i = 0; i < 1000; i++)
    sim_heap_push (&heap, (SimEvent){ .at = g_rand_int_range (random, 0, 50), .a = i });
  while (sim_heap_pop (&heap, 50, &event)) {
    g_assert_cmpint (event.at, >=, before.at);
    if (event.at == before.at)
      g_assert_cmpuint (event.a, >, before.a);
    before = event;
    n++;
  }
  g_assert_cmpuint (n, ==, 1000);
  sim_heap_clear (&heap);
}

static void
test_until (void)
{
  SimEvent event;
  SimHeap heap;

  sim_heap_init (&heap);
  sim_heap_push (&heap, (SimEvent){ .at = 7, .a = 1 });
  g_assert_false (sim_heap_pop (&heap, 7, &event));
  g_assert_true (sim_heap_pop (&heap, 8, &event));
  g_assert_cmpuint (event.a, ==, 1);
  g_assert_false (sim_heap_pop (&heap, 8, &event));
  sim_heap_clear (&heap);
}

/* Frames that never arrived do not leak. */
static void
test_clear (void)
{
  SimHeap heap;

  sim_heap_init (&heap);
  sim_heap_push (&heap,
      (SimEvent){ .at = 1,
          .frame = genos_mesh_frame_new (GENOS_MESH_MSG, "somebody", 0, 1, 1, NULL, "1") });
  sim_heap_clear (&heap);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/sim-heap/order", test_order);
  g_test_add_func ("/tools/sim-heap/until", test_until);
  g_test_add_func ("/tools/sim-heap/clear", test_clear);
  return g_test_run ();
}
