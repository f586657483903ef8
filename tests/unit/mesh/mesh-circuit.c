/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-circuit.h>

#include <string.h>

/* Two ends, and what is under way between them. */
typedef struct _End End;

typedef struct {
  End *from;
  guint64 serial;
  GBytes *packet;
} Flight;

struct _End {
  GenosMeshCircuit *circuit;
  End *other;
  GQueue *flights; /* of both */
  GString *got;    /* first bytes of the frames that came */
  guint64 serial;
  guint n_drained, n_ended, most_under_way;
  GenosMeshCircuitEnd how;
  gboolean refuses;
};

static void
flight_free (gpointer data)
{
  Flight *flight = data;

  g_bytes_unref (flight->packet);
  g_free (flight);
}

static guint64
on_send (GBytes *packet, gboolean is_small, gpointer data)
{
  End *end = data;
  Flight *flight;

  if (end->refuses)
    return 0;
  flight = g_new (Flight, 1);
  *flight = (Flight){ end, ++end->serial, g_bytes_ref (packet) };
  g_queue_push_tail (end->flights, flight);
  end->most_under_way =
      MAX (end->most_under_way, genos_mesh_circuit_get_n_under_way (end->circuit));
  return flight->serial;
}

static void
on_frame (GBytes *frame, gpointer data)
{
  g_string_append_c (((End *) data)->got, *(const char *) g_bytes_get_data (frame, NULL));
}

static void
on_drained (gpointer data)
{
  ((End *) data)->n_drained++;
}

static void
on_ended (GenosMeshCircuitEnd how, gpointer data)
{
  ((End *) data)->n_ended++;
  ((End *) data)->how = how;
}

static const GenosMeshCircuitEvents events = {
  .send = on_send, .frame = on_frame, .drained = on_drained, .ended = on_ended
};

static void
renew (End *end, guint64 flow)
{
  g_clear_pointer (&end->circuit, genos_mesh_circuit_free);
  end->circuit = genos_mesh_circuit_new (flow, &events, end);
}

typedef struct {
  End a, b;
  GQueue flights;
} Pair;

static void
pair_init (Pair *pair)
{
  *pair = (Pair){ .a = { .got = g_string_new (NULL) }, .b = { .got = g_string_new (NULL) } };
  g_queue_init (&pair->flights);
  pair->a.other = &pair->b;
  pair->b.other = &pair->a;
  pair->a.flights = pair->b.flights = &pair->flights;
  renew (&pair->a, 100);
  renew (&pair->b, 200);
}

static void
pair_clear (Pair *pair)
{
  g_queue_clear_full (&pair->flights, flight_free);
  genos_mesh_circuit_free (pair->a.circuit);
  genos_mesh_circuit_free (pair->b.circuit);
  g_string_free (pair->a.got, TRUE);
  g_string_free (pair->b.got, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, pair_clear)

static void
arrive (Flight *flight, guint n_again)
{
  if (genos_mesh_circuit_take (flight->from->other->circuit, flight->packet, 777))
    genos_mesh_circuit_settled (flight->from->circuit, flight->serial, TRUE, n_again);
  flight_free (flight);
}

static void
run (Pair *pair)
{
  while (!g_queue_is_empty (&pair->flights))
    arrive (g_queue_pop_head (&pair->flights), 0);
}

static void
say (End *end, char what)
{
  g_autofree char *text = g_strnfill (5000, what);
  g_autoptr (GBytes) frame = g_bytes_new (text, 5000);

  genos_mesh_circuit_send (end->circuit, frame);
}

/* --- tests --- */

static void
test_both_ways (void)
{
  g_auto (Pair) pair;

  pair_init (&pair);
  for (char c = 'a'; c <= 'z'; c++) {
    say (&pair.a, c);
    say (&pair.b, c - 'a' + 'A');
  }
  g_assert_cmpuint (genos_mesh_circuit_get_waiting (pair.a.circuit), >, 0);
  run (&pair);
  g_assert_cmpstr (pair.b.got->str, ==, "abcdefghijklmnopqrstuvwxyz");
  g_assert_cmpstr (pair.a.got->str, ==, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  g_assert_cmpuint (genos_mesh_circuit_get_waiting (pair.a.circuit), ==, 0);
  g_assert_cmpuint (pair.a.n_drained, >, 0);
}

/* In whatever order they come, and however often. */
static void
test_disorder (void)
{
  g_auto (Pair) pair;
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  pair_init (&pair);
  for (guint i = 0; i < 200; i++)
    say (&pair.a, 'a' + i % 26);
  while (!g_queue_is_empty (&pair.flights)) {
    guint n = g_queue_get_length (&pair.flights);
    Flight *flight = g_queue_pop_nth (&pair.flights, g_rand_int_range (random, 0, n));

    if (g_rand_int_range (random, 0, 3) == 0)
      genos_mesh_circuit_take (pair.b.circuit, flight->packet, 777);
    arrive (flight, 0);
  }
  g_assert_cmpuint (pair.b.got->len, ==, 200);
  for (guint i = 0; i < 200; i++)
    g_assert_cmpint (pair.b.got->str[i], ==, 'a' + i % 26);
  g_assert_cmpuint (pair.a.n_ended + pair.b.n_ended, ==, 0);
}

/* It grows with what arrives, is halved once for what was lost together, and is never more than it may. */
static void
test_window (void)
{
  g_auto (Pair) pair;
  guint before;

  pair_init (&pair);
  for (guint i = 0; i < 500; i++)
    say (&pair.a, 'x');
  g_assert_cmpuint (pair.a.most_under_way, ==, GENOS_MESH_CIRCUIT_WINDOW_BEGIN);
  for (guint i = 0; i < 200; i++)
    arrive (g_queue_pop_head (&pair.flights), 0);
  g_assert_cmpuint (genos_mesh_circuit_get_window (pair.a.circuit), ==, GENOS_MESH_CIRCUIT_WINDOW);
  g_assert_cmpuint (pair.a.most_under_way, ==, GENOS_MESH_CIRCUIT_WINDOW);
  before = genos_mesh_circuit_get_window (pair.a.circuit);
  for (guint i = 0; i < 3; i++)
    arrive (g_queue_pop_head (&pair.flights), 1);
  g_assert_cmpuint (genos_mesh_circuit_get_window (pair.a.circuit), ==, before / 2);
  run (&pair);
  g_assert_cmpuint (pair.b.got->len, ==, 500);
}

static void
test_refused (void)
{
  g_auto (Pair) pair;

  pair_init (&pair);
  pair.a.refuses = TRUE;
  say (&pair.a, 'a');
  g_assert_cmpuint (genos_mesh_circuit_get_n_under_way (pair.a.circuit), ==, 0);
  pair.a.refuses = FALSE;
  genos_mesh_circuit_pump (pair.a.circuit);
  run (&pair);
  g_assert_cmpstr (pair.b.got->str, ==, "a");
}

/* The other side has forgotten us while nothing was said: nothing is lost. */
static void
test_forgotten (void)
{
  g_auto (Pair) pair;

  pair_init (&pair);
  for (guint i = 0; i < 40; i++)
    say (&pair.a, 'a');
  run (&pair);
  renew (&pair.b, 201);
  g_string_truncate (pair.b.got, 0);
  for (char c = 'k'; c < 'p'; c++)
    say (&pair.a, c);
  run (&pair);
  g_assert_cmpstr (pair.b.got->str, ==, "klmno");
  g_assert_cmpuint (pair.a.n_ended, ==, 0);
}

/* In the middle of something: what is after it means nothing without what was before. */
static void
test_restarted (void)
{
  g_auto (Pair) pair;

  pair_init (&pair);
  for (guint i = 0; i < 100; i++)
    say (&pair.a, 'a');
  for (guint i = 0; i < 10; i++)
    arrive (g_queue_pop_head (&pair.flights), 0);
  renew (&pair.b, 201);
  run (&pair);
  g_assert_cmpuint (pair.a.n_ended, ==, 1);
  g_assert_cmpint (pair.a.how, ==, GENOS_MESH_CIRCUIT_RESTART);
}

/* Another flow after one that was used: it is another process, or one that has lost what we said. */
static void
test_new_flow (void)
{
  g_auto (Pair) pair;

  pair_init (&pair);
  say (&pair.a, 'a');
  run (&pair);
  renew (&pair.a, 101);
  say (&pair.a, 'b');
  g_assert_true (genos_mesh_circuit_is_opening (
      pair.b.circuit, ((Flight *) g_queue_peek_head (&pair.flights))->packet));
  run (&pair);
  g_assert_cmpuint (pair.b.n_ended, ==, 1);
  g_assert_cmpint (pair.b.how, ==, GENOS_MESH_CIRCUIT_RESTART);
  g_assert_cmpstr (pair.b.got->str, ==, "a");
}

static void
test_lost (void)
{
  g_auto (Pair) pair;

  pair_init (&pair);
  say (&pair.a, 'a');
  genos_mesh_circuit_settled (pair.a.circuit, 99, FALSE, 4); /* none of ours */
  g_assert_cmpuint (pair.a.n_ended, ==, 0);
  genos_mesh_circuit_settled (pair.a.circuit, 1, FALSE, 4);
  g_assert_cmpuint (pair.a.n_ended, ==, 1);
  g_assert_cmpint (pair.a.how, ==, GENOS_MESH_CIRCUIT_LOST);
  /* Nothing is said any more. */
  say (&pair.a, 'b');
  g_assert_cmpuint (g_queue_get_length (&pair.flights), ==, 1);
}

/* Cut off anywhere, with any bit turned: never more than a frame that is none, or an end. */
static void
test_hostile (void)
{
  g_auto (Pair) pair;
  Flight *flight;
  const guint8 *data;
  gsize size;

  pair_init (&pair);
  say (&pair.a, 'a');
  flight = g_queue_pop_head (&pair.flights);
  data = g_bytes_get_data (flight->packet, &size);
  for (gsize i = 0; i < 40; i++) {
    g_autoptr (GBytes) cut = g_bytes_new (data, i);

    genos_mesh_circuit_take (pair.b.circuit, cut, 777);
    g_assert_cmpuint (pair.b.got->len, ==, i > GENOS_MESH_CIRCUIT_HEADER ? 1 : 0);
  }
  for (guint bit = 0; bit < 8 * GENOS_MESH_CIRCUIT_HEADER; bit++) {
    g_autofree guint8 *copy = g_memdup2 (data, size);
    g_autoptr (GBytes) turned = NULL;

    copy[bit / 8] ^= 1 << bit % 8;
    turned = g_bytes_new (copy, size);
    genos_mesh_circuit_take (pair.b.circuit, turned, 777);
    genos_mesh_circuit_take (pair.a.circuit, turned, 777);
  }
  flight_free (flight);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/mesh-circuit/both-ways", test_both_ways);
  g_test_add_func ("/mesh/mesh-circuit/disorder", test_disorder);
  g_test_add_func ("/mesh/mesh-circuit/window", test_window);
  g_test_add_func ("/mesh/mesh-circuit/refused", test_refused);
  g_test_add_func ("/mesh/mesh-circuit/forgotten", test_forgotten);
  g_test_add_func ("/mesh/mesh-circuit/restarted", test_restarted);
  g_test_add_func ("/mesh/mesh-circuit/new-flow", test_new_flow);
  g_test_add_func ("/mesh/mesh-circuit/lost", test_lost);
  g_test_add_func ("/mesh/mesh-circuit/hostile", test_hostile);
  return g_test_run ();
}
