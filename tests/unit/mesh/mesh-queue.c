/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-queue.h>

#include <string.h>

static guint
push (GenosMeshQueue *queue, GenosMeshKind kind, const char *origin, guint seq, gsize size)
{
  g_autofree char *data = g_strnfill (size, ' ');
  g_autoptr (GenosMeshFrame) frame = genos_mesh_frame_new (kind, origin, 0, 1, seq, NULL, data);

  return genos_mesh_queue_push (queue, frame, seq % 7);
}

static char
pop (GenosMeshQueue *queue, guint *seq)
{
  guint ttl;
  g_autoptr (GenosMeshFrame) frame = genos_mesh_queue_pop (queue, &ttl);

  if (frame == NULL)
    return 0;
  *seq = g_ascii_strtoull (strrchr (frame->id, ':') + 1, NULL, 10);
  g_assert_cmpuint (ttl, ==, *seq % 7);
  return frame->origin[0];
}

static void
test_turns (void)
{
  g_autoptr (GenosMeshQueue) queue = genos_mesh_queue_new ();
  guint next[2] = { 0, 0 };
  guint seq;

  for (guint i = 0; i < 100; i++)
    push (queue, GENOS_MESH_MSG, "a", i, 16000);
  for (guint i = 0; i < 10; i++)
    push (queue, GENOS_MESH_MSG, "b", i, 16000);
  /* While both have something, neither gets more than one turn ahead, and each is in its order. */
  for (guint i = 0; i < 20; i++) {
    char origin = pop (queue, &seq);

    g_assert_cmpuint (seq, ==, next[origin - 'a']++);
    g_assert_cmpint (ABS ((int) next[0] - (int) next[1]), <=, 2);
  }
  g_assert_cmpuint (next[1], >=, 9);
}

static void
test_control_first (void)
{
  g_autoptr (GenosMeshQueue) queue = genos_mesh_queue_new ();
  guint seq;

  push (queue, GENOS_MESH_MSG, "a", 1, 10);
  push (queue, GENOS_MESH_HAVE, "b", 2, 10);
  g_assert_cmpint (pop (queue, &seq), ==, 'b');
  g_assert_cmpint (pop (queue, &seq), ==, 'a');
  g_assert_cmpint (pop (queue, &seq), ==, 0);
  g_assert_cmpuint (genos_mesh_queue_get_n (queue), ==, 0);
  g_assert_cmpuint (genos_mesh_queue_get_bytes (queue), ==, 0);
  for (guint i = 0; i < GENOS_MESH_QUEUE_CONTROL; i++)
    g_assert_cmpuint (push (queue, GENOS_MESH_HAVE, "b", i, 10), ==, 0);
  g_assert_cmpuint (push (queue, GENOS_MESH_HAVE, "b", 0, 10), ==, 1);
}

static void
test_unpop (void)
{
  g_autoptr (GenosMeshQueue) queue = genos_mesh_queue_new ();
  g_autoptr (GenosMeshFrame) frame = NULL;
  guint ttl, seq;

  push (queue, GENOS_MESH_MSG, "a", 1, 10);
  push (queue, GENOS_MESH_MSG, "a", 2, 10);
  frame = genos_mesh_queue_pop (queue, &ttl);
  genos_mesh_queue_unpop (queue, frame, ttl);
  push (queue, GENOS_MESH_HAVE, "b", 3, 10);
  g_assert_cmpuint (genos_mesh_queue_get_n (queue), ==, 3);
  pop (queue, &seq);
  g_assert_cmpuint (seq, ==, 1);
  pop (queue, &seq);
  g_assert_cmpuint (seq, ==, 3);
}

static GenosMeshFrame *
make_directed (const char *marks, guint seq)
{
  g_autofree char *data = g_strdup_printf ("{%s\"_t\":\"z\"}", marks);

  return genos_mesh_frame_new (GENOS_MESH_MSG, "a", 0, 1, seq, "z", data);
}

/* Chat overtakes parts of a file, and what says that they arrived overtakes both. */
static void
test_lanes (void)
{
  g_autoptr (GenosMeshQueue) queue = genos_mesh_queue_new ();
  g_autoptr (GenosMeshFrame) part = make_directed ("\"_b\":1,", 1);
  g_autoptr (GenosMeshFrame) chat = make_directed ("", 2);
  g_autoptr (GenosMeshFrame) ack = make_directed ("\"_a\":\"1f\",", 3);
  g_autoptr (GenosMeshFrame) first = NULL;
  guint ttl, seq;

  g_assert_false (genos_mesh_queue_is_behind (queue, part));
  genos_mesh_queue_push (queue, part, 1);
  g_assert_true (genos_mesh_queue_is_behind (queue, part));
  g_assert_false (genos_mesh_queue_is_behind (queue, chat));
  /* It was not taken; still others go first. */
  first = genos_mesh_queue_pop (queue, &ttl);
  g_assert_true (first == part);
  genos_mesh_queue_unpop (queue, part, 1);
  genos_mesh_queue_push (queue, chat, 2);
  g_assert_true (genos_mesh_queue_is_behind (queue, chat));
  g_assert_false (genos_mesh_queue_is_behind (queue, ack));
  genos_mesh_queue_push (queue, ack, 3);
  for (guint expected = 3; expected > 0; expected--) {
    g_assert_cmpint (pop (queue, &seq), ==, 'a');
    g_assert_cmpuint (seq, ==, expected);
  }
  g_assert_cmpint (pop (queue, &seq), ==, 0);
  g_assert_cmpuint (genos_mesh_queue_get_bytes (queue), ==, 0);
}

/* Whoever has most pays. */
static void
test_full (void)
{
  g_autoptr (GenosMeshQueue) queue = genos_mesh_queue_new ();
  guint n_dropped = 0, n_b = 0;
  guint seq;
  char origin;

  for (guint i = 0; i < 10; i++)
    push (queue, GENOS_MESH_MSG, "b", i, 10);
  for (guint i = 0; i < 2 * GENOS_MESH_QUEUE_FRAMES; i++)
    n_dropped += push (queue, GENOS_MESH_MSG, "a", i, 10);
  g_assert_cmpuint (n_dropped, ==, GENOS_MESH_QUEUE_FRAMES + 10);
  g_assert_cmpuint (push (queue, GENOS_MESH_MSG, "c", 0, GENOS_MESH_QUEUE_BYTES), >, 0);
  g_assert_cmpuint (genos_mesh_queue_get_bytes (queue), <=, GENOS_MESH_QUEUE_BYTES);
  while ((origin = pop (queue, &seq)) != 0)
    n_b += origin == 'b';
  g_assert_cmpuint (n_b, ==, 10);
}

/* --- chunks --- */

static GenosMeshTransfer *
make_transfer (const char *origin, guint n_chunks)
{
  g_autofree char *id = g_strdup_printf ("%s:1:1", origin);
  gsize size = (gsize) n_chunks * GENOS_MESH_CHUNK_SIZE;
  g_autoptr (GBytes) content = g_bytes_new_take (g_malloc0 (size), size);
  GenosMeshTransfer *transfer = genos_mesh_transfer_new (id, origin, 0, 1, size, 0);

  genos_mesh_transfer_fill (transfer, content);
  return transfer;
}

static void
push_chunks (GenosMeshQueue *queue, GenosMeshTransfer *transfer)
{
  for (guint i = 0; i < transfer->n_chunks; i++)
    genos_mesh_queue_push_chunk (queue, transfer, i, 5);
}

/* (transfer full): the id of the next, whatever it is */
static char *
pop_id (GenosMeshQueue *queue)
{
  guint ttl;
  g_autoptr (GenosMeshFrame) frame = genos_mesh_queue_pop (queue, &ttl);

  return frame != NULL ? g_strdup (frame->id) : NULL;
}

static void
assert_next (GenosMeshQueue *queue, const char *expected)
{
  g_autofree char *id = pop_id (queue);

  g_assert_cmpstr (id, ==, expected);
}

/* Origins take turns; messages go first; nothing waits twice; who has it has but a number of it. */
static void
test_chunks (void)
{
  g_autoptr (GenosMeshQueue) queue = genos_mesh_queue_new ();
  g_autoptr (GenosMeshTransfer) a = make_transfer ("a", 3);
  g_autoptr (GenosMeshTransfer) b = make_transfer ("b", 2);

  push_chunks (queue, a);
  push_chunks (queue, a);
  push_chunks (queue, b);
  g_assert_cmpuint (a->n_feeds, ==, 1);
  g_assert_cmpuint (genos_mesh_queue_get_n (queue), ==, 5);
  g_assert_cmpuint (genos_mesh_queue_get_bytes (queue), ==, 0);
  assert_next (queue, "a:1:1.0");
  push (queue, GENOS_MESH_MSG, "c", 9, 10);
  assert_next (queue, "c:1:9");
  assert_next (queue, "b:1:1.0");
  assert_next (queue, "a:1:1.1");
  assert_next (queue, "b:1:1.1");
  assert_next (queue, "a:1:1.2");
  g_assert_cmpuint (b->n_feeds, ==, 0);
  assert_next (queue, NULL);
  g_assert_cmpuint (a->n_feeds, ==, 0);
}

static void
test_chunk_not_taken (void)
{
  g_autoptr (GenosMeshQueue) queue = genos_mesh_queue_new ();
  g_autoptr (GenosMeshTransfer) a = make_transfer ("a", 1);

  push_chunks (queue, a);
  for (guint i = 0; i < 3; i++) {
    guint ttl;
    g_autoptr (GenosMeshFrame) frame = genos_mesh_queue_pop (queue, &ttl);

    g_assert_cmpuint (ttl, ==, 5);
    g_assert_cmpuint (genos_mesh_queue_get_n (queue), ==, 0);
    genos_mesh_queue_unpop (queue, frame, ttl);
    g_assert_cmpuint (genos_mesh_queue_get_n (queue), ==, 1);
    g_assert_cmpuint (a->n_feeds, ==, 1);
    push (queue, GENOS_MESH_MSG, "c", i, 10);
    g_free (pop_id (queue));
  }
  assert_next (queue, "a:1:1.0");
  assert_next (queue, NULL);
}

/* Bulk for one peer and chunks for everybody share what is left. */
static void
test_chunks_and_bulk (void)
{
  g_autoptr (GenosMeshQueue) queue = genos_mesh_queue_new ();
  g_autoptr (GenosMeshTransfer) a = make_transfer ("a", 4);
  guint n_chunks = 0;

  push_chunks (queue, a);
  for (guint i = 0; i < 4; i++) {
    g_autoptr (GenosMeshFrame) frame =
        genos_mesh_frame_new (GENOS_MESH_MSG, "d", 0, 1, i, "e", "{\"_t\":\"e\",\"_b\":1}");

    g_assert_true (frame->bulk);
    g_assert_true (genos_mesh_queue_is_behind (queue, frame));
    genos_mesh_queue_push (queue, frame, 3);
  }
  for (guint i = 0; i < 4; i++) {
    g_autofree char *id = pop_id (queue);

    n_chunks += g_str_has_prefix (id, "a:");
  }
  g_assert_cmpuint (n_chunks, ==, 2);
}

/* It was too much, or too old. */
static void
test_chunks_dropped (void)
{
  g_autoptr (GenosMeshQueue) queue = genos_mesh_queue_new ();
  g_autoptr (GenosMeshTransfer) a = make_transfer ("a", 4);
  g_autoptr (GenosMeshTransfer) b = make_transfer ("b", 1);

  push_chunks (queue, a);
  push_chunks (queue, b);
  genos_mesh_transfer_drop (a);
  assert_next (queue, "b:1:1.0");
  assert_next (queue, NULL);
  g_assert_cmpuint (a->n_feeds, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/mesh-queue/turns", test_turns);
  g_test_add_func ("/mesh/mesh-queue/control-first", test_control_first);
  g_test_add_func ("/mesh/mesh-queue/unpop", test_unpop);
  g_test_add_func ("/mesh/mesh-queue/lanes", test_lanes);
  g_test_add_func ("/mesh/mesh-queue/full", test_full);
  g_test_add_func ("/mesh/mesh-queue/chunks", test_chunks);
  g_test_add_func ("/mesh/mesh-queue/chunk-not-taken", test_chunk_not_taken);
  g_test_add_func ("/mesh/mesh-queue/chunks-and-bulk", test_chunks_and_bulk);
  g_test_add_func ("/mesh/mesh-queue/chunks-dropped", test_chunks_dropped);
  return g_test_run ();
}
