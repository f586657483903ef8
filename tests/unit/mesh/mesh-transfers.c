/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-transfers.h>

#include <string.h>

#define SIZE (3 * GENOS_MESH_CHUNK_SIZE + 1)
#define SECOND G_TIME_SPAN_SECOND

static const guint8 key[16] = { 7 };

static GBytes *
make_bytes (gsize size, guint seed)
{
  guint8 *data = g_malloc (size);

  memset (data, seed, size);
  return g_bytes_new_take (data, size);
}

static GenosMeshChunkResult
take (GenosMeshTransfers *transfers, const char *origin, guint seq, guint index, gsize size,
    gint64 now)
{
  g_autofree char *whole = g_strdup_printf ("%s:loyw3v28:%u", origin, seq);
  GenosMeshChunk chunk = { whole, index, size, NULL };
  g_autoptr (GBytes) bytes = make_bytes (genos_mesh_chunk_measure (size, index), index);
  g_autoptr (GenosMeshFrame) frame = genos_mesh_frame_new_chunk ("id", origin, 2, 5, "null");
  GenosMeshTransfer *transfer = NULL;
  GenosMeshChunkResult result;

  chunk.bytes = bytes;
  result = genos_mesh_transfers_take (transfers, frame, &chunk, now, &transfer);
  g_assert_cmpint (transfer != NULL, ==, result == GENOS_MESH_CHUNK_TAKEN);
  return result;
}

static void
test_in_any_order (void)
{
  g_autoptr (GenosMeshTransfers) transfers = genos_mesh_transfers_new (key);
  static const guint order[] = { 3, 0, 2, 1 };
  GenosMeshTransfer *transfer;
  g_autoptr (GPtrArray) missing = NULL;
  g_autoptr (GBytes) joined = NULL;
  const guint8 *data;

  for (guint i = 0; i < 4; i++) {
    g_assert_cmpint (take (transfers, "alice", 1, order[i], SIZE, i), ==, GENOS_MESH_CHUNK_TAKEN);
    g_assert_cmpint (take (transfers, "alice", 1, order[i], SIZE, i), ==, GENOS_MESH_CHUNK_KNOWN);
    if (i != 1)
      continue;
    missing = genos_mesh_transfer_list_missing (genos_mesh_transfers_get (transfers, 0), 10);
    g_assert_cmpuint (missing->len, ==, 2);
    g_assert_cmpstr (g_ptr_array_index (missing, 0), ==, "alice:loyw3v28:1.1");
    g_assert_cmpstr (g_ptr_array_index (missing, 1), ==, "alice:loyw3v28:1.2");
  }
  transfer = genos_mesh_transfers_find (transfers, "alice:loyw3v28:1");
  g_assert_true (genos_mesh_transfer_is_complete (transfer));
  g_assert_true (genos_mesh_transfers_is_over (transfers, "alice:loyw3v28:1"));
  joined = genos_mesh_transfer_join (transfer);
  data = g_bytes_get_data (joined, NULL);
  g_assert_cmpuint (g_bytes_get_size (joined), ==, SIZE);
  for (gsize i = 0; i < SIZE; i++)
    g_assert_cmpuint (data[i], ==, i / GENOS_MESH_CHUNK_SIZE);
}

static void
test_lies (void)
{
  g_autoptr (GenosMeshTransfers) transfers = genos_mesh_transfers_new (key);
  GenosMeshChunk chunk = { (char *) "alice:loyw3v28:1", 1, SIZE, NULL };
  g_autoptr (GBytes) bytes = make_bytes (GENOS_MESH_CHUNK_SIZE, 1);
  g_autoptr (GenosMeshFrame) frame = genos_mesh_frame_new_chunk ("id", "eve", 2, 5, "null");
  GenosMeshTransfer *transfer;

  chunk.bytes = bytes;
  take (transfers, "alice", 1, 0, SIZE, 0);
  g_assert_cmpint (take (transfers, "alice", 1, 1, SIZE + 1, 0), ==, GENOS_MESH_CHUNK_REFUSED);
  g_assert_cmpint (genos_mesh_transfers_take (transfers, frame, &chunk, 0, &transfer), ==,
      GENOS_MESH_CHUNK_REFUSED);
  g_assert_cmpuint (genos_mesh_transfers_get_bytes (transfers), ==, GENOS_MESH_CHUNK_SIZE);
}

/* Quiet, slow for ever, and complete for half a minute; what is over does not begin anew. */
static void
test_time (void)
{
  g_autoptr (GenosMeshTransfers) transfers = genos_mesh_transfers_new (key);
  gint64 now;

  take (transfers, "quiet", 1, 0, SIZE, 0);
  take (transfers, "done", 1, 0, 5, 0);
  g_assert_cmpuint (genos_mesh_transfers_expire (transfers, 29 * SECOND), ==, 0);
  g_assert_nonnull (genos_mesh_transfers_find (transfers, "done:loyw3v28:1"));
  g_assert_cmpuint (genos_mesh_transfers_expire (transfers, 30 * SECOND), ==, 0);
  g_assert_null (genos_mesh_transfers_find (transfers, "done:loyw3v28:1"));
  g_assert_cmpint (take (transfers, "done", 1, 0, 5, 31 * SECOND), ==, GENOS_MESH_CHUNK_KNOWN);
  g_assert_cmpuint (genos_mesh_transfers_expire (transfers, 60 * SECOND), ==, 1);
  g_assert_cmpint (take (transfers, "quiet", 1, 1, SIZE, 61 * SECOND), ==, GENOS_MESH_CHUNK_KNOWN);
  g_assert_cmpuint (genos_mesh_transfers_get_bytes (transfers), ==, 0);

  for (now = 0; now < GENOS_MESH_TRANSFER_LONGEST; now += 50 * SECOND) {
    g_assert_cmpuint (genos_mesh_transfers_expire (transfers, now), ==, 0);
    take (transfers, "slow", 1, now / (50 * SECOND), 400 * GENOS_MESH_CHUNK_SIZE, now);
  }
  g_assert_cmpuint (genos_mesh_transfers_expire (transfers, now), ==, 1);
}

/* Its queue is not done with it yet. */
static void
test_kept_for_queues (void)
{
  g_autoptr (GenosMeshTransfers) transfers = genos_mesh_transfers_new (key);
  GenosMeshTransfer *transfer;

  take (transfers, "alice", 1, 0, 5, 0);
  transfer = genos_mesh_transfers_get (transfers, 0);
  transfer->n_feeds = 1;
  genos_mesh_transfers_expire (transfers, 100 * SECOND);
  g_assert_true (genos_mesh_transfers_get (transfers, 0) == transfer);
  transfer->n_feeds = 0;
  genos_mesh_transfers_expire (transfers, 129 * SECOND);
  g_assert_nonnull (genos_mesh_transfers_get (transfers, 0));
  genos_mesh_transfers_expire (transfers, 130 * SECOND);
  g_assert_null (genos_mesh_transfers_get (transfers, 0));
}

static guint
fill (GenosMeshTransfers *transfers, const char *origin, guint n)
{
  guint n_refused = 0;

  for (guint seq = 0; seq < n; seq++)
    for (guint i = 0; i < 1000; i++)
      n_refused += take (transfers, origin, seq, i, 1024 * GENOS_MESH_CHUNK_SIZE, 0)
          == GENOS_MESH_CHUNK_REFUSED;
  return n_refused;
}

/* Nothing is ever complete: one origin takes no more than its share, and all together no more than there is; whoever
 * has little is heard all the same. */
static void
test_bounds (void)
{
  g_autoptr (GenosMeshTransfers) transfers = genos_mesh_transfers_new (key);

  for (guint i = 0; i < 1000; i++)
    take (transfers, "eve", i, 0, SIZE, 0);
  g_assert_null (genos_mesh_transfers_get (transfers, GENOS_MESH_TRANSFERS_OF_ORIGIN));
  g_assert_nonnull (genos_mesh_transfers_get (transfers, GENOS_MESH_TRANSFERS_OF_ORIGIN - 1));

  g_assert_cmpuint (fill (transfers, "mallory", 4), >, 0);
  g_assert_cmpuint (genos_mesh_transfers_get_bytes (transfers), <=,
      GENOS_MESH_TRANSFERS_BYTES_OF_ORIGIN
          + GENOS_MESH_TRANSFERS_OF_ORIGIN * GENOS_MESH_CHUNK_SIZE);
  for (guint i = 0; i < 5; i++) {
    g_autofree char *origin = g_strdup_printf ("mallory%u", i);

    fill (transfers, origin, 3);
    g_assert_cmpuint (genos_mesh_transfers_get_bytes (transfers), <=, GENOS_MESH_TRANSFERS_BYTES);
  }
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (take (transfers, "alice", 1, i, SIZE, 0), ==, GENOS_MESH_CHUNK_TAKEN);
  g_assert_true (genos_mesh_transfers_is_over (transfers, "alice:loyw3v28:1"));
}

/* What is complete makes place for what comes. */
static void
test_makes_place (void)
{
  g_autoptr (GenosMeshTransfers) transfers = genos_mesh_transfers_new (key);

  for (guint i = 0; i < 1000; i++)
    g_assert_cmpint (take (transfers, "alice", i, 0, 100, 0), ==, GENOS_MESH_CHUNK_TAKEN);
  g_assert_nonnull (genos_mesh_transfers_find (transfers, "alice:loyw3v28:999"));
  g_assert_null (genos_mesh_transfers_find (transfers, "alice:loyw3v28:0"));
  g_assert_cmpuint (
      genos_mesh_transfers_get_bytes (transfers), <=, 100 * GENOS_MESH_TRANSFERS_OF_ORIGIN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/mesh-transfers/in-any-order", test_in_any_order);
  g_test_add_func ("/mesh/mesh-transfers/lies", test_lies);
  g_test_add_func ("/mesh/mesh-transfers/time", test_time);
  g_test_add_func ("/mesh/mesh-transfers/kept-for-queues", test_kept_for_queues);
  g_test_add_func ("/mesh/mesh-transfers/bounds", test_bounds);
  g_test_add_func ("/mesh/mesh-transfers/makes-place", test_makes_place);
  return g_test_run ();
}
