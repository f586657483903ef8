/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-frame.h>

#include <string.h>

#include <genos/base/error.h>

static const char sample[] = "{\"t\":\"msg\",\"id\":\"abC1:lz4kf2w0:17\",\"ttl\":7,\"data\":{\"_"
                             "ch\":\"chat\",\"_d\":[1,\"}\\\"\",1e300]},"
                             "\"origin\":\"abC1\",\"originCell\":\"cell-3\"}";

static GenosMeshFrame *
parse (const char *text, guint *ttl)
{
  g_autoptr (GError) error = NULL;
  GenosMeshFrame *frame = genos_mesh_frame_parse (text, strlen (text), ttl, &error);

  g_assert_true ((frame == NULL) == (error != NULL));
  return frame;
}

static void
test_sample (void)
{
  guint ttl;
  g_autoptr (GenosMeshFrame) frame = parse (sample, &ttl);
  g_autofree char *again = NULL;

  g_assert_nonnull (frame);
  g_assert_cmpint (frame->kind, ==, GENOS_MESH_MSG);
  g_assert_cmpstr (frame->id, ==, "abC1:lz4kf2w0:17");
  g_assert_cmpuint (frame->ms, ==, g_ascii_strtoull ("lz4kf2w0", NULL, 36));
  g_assert_cmpuint (ttl, ==, 7);
  g_assert_cmpstr (frame->origin, ==, "abC1");
  g_assert_cmpuint (frame->origin_cell, ==, 3);
  g_assert_null (frame->target);
  /* To the byte, numbers too. */
  g_assert_cmpstr (frame->data, ==, "{\"_ch\":\"chat\",\"_d\":[1,\"}\\\"\",1e300]}");
  again = genos_mesh_frame_to_json (frame, 7);
  g_assert_cmpstr (again, ==, sample);
}

static GenosMeshFrame *
parse_data (const char *data)
{
  g_autofree char *text = g_strdup_printf ("{\"t\":\"msg\",\"id\":\"a:1:1\",\"ttl\":7,\"data\":%s,"
                                           "\"origin\":\"a\",\"originCell\":\"cell-3\"}",
      data);
  guint ttl;

  return parse (text, &ttl);
}

/* Marks count in a message for one peer only, and what is none is no reason to drop it. */
static void
test_marks (void)
{
  static const char *const strange[] = { "{\"_k\":7,\"_n\":\"1\",\"_t\":\"z\"}",
    "{\"_k\":\"\",\"_a\":[],\"_b\":true,\"_t\":\"z\"}",
    "{\"_k\":\"a-b\",\"_n\":9,\"_b\":11,\"_t\":\"z\"}",
    "{\"_k\":\"12345678901234567\",\"_n\":-1,\"_a\":null,\"_t\":\"z\"}" };
  g_autoptr (GenosMeshFrame) marked =
      parse_data ("{\"_k\":\"1f\",\"_n\":2,\"_b\":1,\"_t\":\"z\",\"_d\":{\"_a\":\"no\"}}");
  g_autoptr (GenosMeshFrame) ack = parse_data ("{\"_a\":\"1f\",\"_t\":\"z\"}");
  g_autoptr (GenosMeshFrame) to_all = parse_data ("{\"_k\":\"1f\",\"_a\":\"1f\",\"_b\":1}");

  g_assert_cmpstr (marked->token, ==, "1f");
  g_assert_cmpuint (marked->attempt, ==, 2);
  g_assert_true (marked->bulk);
  g_assert_null (marked->ack);
  g_assert_cmpstr (ack->ack, ==, "1f");
  g_assert_null (ack->token);
  g_assert_null (to_all->token);
  g_assert_null (to_all->ack);
  g_assert_false (to_all->bulk);
  for (guint i = 0; i < G_N_ELEMENTS (strange); i++) {
    g_autoptr (GenosMeshFrame) frame = parse_data (strange[i]);

    g_assert_cmpstr (frame->target, ==, "z");
    g_assert_null (frame->token);
    g_assert_null (frame->ack);
    g_assert_cmpuint (frame->attempt, ==, 0);
    g_assert_false (frame->bulk);
  }
}

static void
test_made (void)
{
  guint ttl;
  g_autoptr (GenosMeshFrame) frame = genos_mesh_frame_new (
      GENOS_MESH_PING, "me", 12, 1700000000000, 5, "you", "{\"pingId\":1,\"target\":\"you\"}");
  g_autofree char *text = genos_mesh_frame_to_json (frame, 3);
  g_autoptr (GenosMeshFrame) read = parse (text, &ttl);

  g_assert_cmpstr (frame->id, ==, "me:loyw3v28:5");
  g_assert_nonnull (read);
  g_assert_cmpint (read->kind, ==, GENOS_MESH_PING);
  g_assert_cmpstr (read->id, ==, frame->id);
  g_assert_cmpuint (read->ms, ==, 1700000000000);
  g_assert_cmpuint (read->origin_cell, ==, 12);
  g_assert_cmpstr (read->target, ==, "you");
  g_assert_cmpstr (read->data, ==, frame->data);
  g_assert_cmpuint (ttl, ==, 3);
}

static void
test_target (void)
{
  static const struct {
    const char *kind, *data, *target;
    gboolean good;
  } cases[] = {
    { "msg", "{\"_t\":\"you\",\"_d\":1}", "you", TRUE },
    { "msg", "{\"_d\":{\"_t\":\"inside\"}}", NULL, TRUE },
    { "msg", "{\"_t\":null}", NULL, TRUE },
    { "msg", "\"_t\"", NULL, TRUE },
    { "msg", "{\"_t\":7}", NULL, FALSE },
    { "msg", "{\"_t\":\"no peer\"}", NULL, FALSE },
    { "ping", "{\"pingId\":1}", NULL, FALSE },
    { "pong", "{\"pingId\":1}", NULL, TRUE },
    { "pong", "{\"target\":\"you\"}", "you", TRUE },
    { "g-have", "[\"a:1:1\"]", NULL, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint ttl;
    g_autofree char *text = g_strdup_printf ("{\"t\":\"%s\",\"id\":\"a:1:1\",\"ttl\":1,\"data\":%s,"
                                             "\"origin\":\"a\",\"originCell\":\"cell-0\"}",
        cases[i].kind, cases[i].data);
    g_autoptr (GenosMeshFrame) frame = parse (text, &ttl);

    g_assert_cmpint (frame != NULL, ==, cases[i].good);
    if (frame != NULL)
      g_assert_cmpstr (frame->target, ==, cases[i].target);
  }
}

static void
test_bad (void)
{
  static const char *const bad[] = {
    "",
    "[]",
    "{}",
    "null",
    "{\"t\":\"boo\",\"id\":\"a:1:1\",\"ttl\":1,\"data\":1,\"origin\":\"a\",\"originCell\":\"cell-"
    "0\"}",
    "{\"t\":\"msg\",\"id\":\"b:1:1\",\"ttl\":1,\"data\":1,\"origin\":\"a\",\"originCell\":\"cell-"
    "0\"}",
    "{\"t\":\"msg\",\"id\":\"a\",\"ttl\":1,\"data\":1,\"origin\":\"a\",\"originCell\":\"cell-0\"}",
    "{\"t\":\"msg\",\"id\":\"a:1:\",\"ttl\":1,\"data\":1,\"origin\":\"a\",\"originCell\":\"cell-"
    "0\"}",
    "{\"t\":\"msg\",\"id\":\"a:-1:1\",\"ttl\":1,\"data\":1,\"origin\":\"a\",\"originCell\":\"cell-"
    "0\"}",
    "{\"t\":\"msg\",\"id\":\"a:zzzzzzzzzzzzzzzz:1\",\"ttl\":1,\"data\":1,\"origin\":\"a\","
    "\"originCell\":\"cell-0\"}",
    "{\"t\":\"msg\",\"id\":\"a:1:1\",\"ttl\":151,\"data\":1,\"origin\":\"a\",\"originCell\":\"cell-"
    "0\"}",
    "{\"t\":\"msg\",\"id\":\"a:1:1\",\"ttl\":-1,\"data\":1,\"origin\":\"a\",\"originCell\":\"cell-"
    "0\"}",
    "{\"t\":\"msg\",\"id\":\"a:1:1\",\"ttl\":\"1\",\"data\":1,\"origin\":\"a\",\"originCell\":"
    "\"cell-0\"}",
    "{\"t\":\"msg\",\"id\":\"a:1:1\",\"ttl\":1,\"data\":1,\"origin\":\"a "
    "b\",\"originCell\":\"cell-0\"}",
    "{\"t\":\"msg\",\"id\":\"a:1:1\",\"ttl\":1,\"data\":1,\"origin\":\"a\",\"originCell\":\"cell-"
    "65536\"}",
    "{\"t\":\"msg\",\"id\":\"a:1:1\",\"ttl\":1,\"data\":1,\"origin\":\"a\",\"originCell\":\"0\"}",
    "{\"t\":\"msg\",\"id\":\"a:1:1\",\"ttl\":1,\"data\":1,\"origin\":\"a\"}",
    "{\"t\":\"ms\\u0067\",\"id\":\"a:1:1\",\"ttl\":1,\"data\":1,\"origin\":\"a\",\"originCell\":"
    "\"cell-0\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    guint ttl;

    if (parse (bad[i], &ttl) != NULL)
      g_error ("taken: %s", bad[i]);
  }
}

static void
test_truncated (void)
{
  guint ttl;

  for (gsize size = 0; size < sizeof sample - 1; size++) {
    /* A copy of its own, so that a read behind it is seen. */
    g_autofree char *text = g_memdup2 (sample, size);

    g_assert_null (genos_mesh_frame_parse (text, size, &ttl, NULL));
  }
}

static void
test_flipped (void)
{
  guint ttl;

  for (gsize bit = 0; bit < 8 * (sizeof sample - 1); bit++) {
    g_autofree char *text = g_memdup2 (sample, sizeof sample - 1);
    g_autoptr (GenosMeshFrame) frame = NULL;

    text[bit / 8] ^= 1 << bit % 8;
    frame = genos_mesh_frame_parse (text, sizeof sample - 1, &ttl, NULL);
    if (frame != NULL) {
      g_assert_cmpuint (ttl, <=, 150);
      g_assert_true (g_str_has_prefix (frame->id, frame->origin));
    }
  }
}

static void
test_too_large (void)
{
  g_autofree char *text = g_malloc (GENOS_MESH_FRAME_MAX + 1);
  g_autoptr (GError) error = NULL;
  guint ttl;

  memset (text, ' ', GENOS_MESH_FRAME_MAX + 1);
  g_assert_null (genos_mesh_frame_parse (text, GENOS_MESH_FRAME_MAX + 1, &ttl, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
}

static void
test_channel (void)
{
  guint cell;

  g_assert_true (genos_mesh_frame_parse_channel ("c0", &cell));
  g_assert_cmpuint (cell, ==, 0);
  g_assert_true (genos_mesh_frame_parse_channel ("c65535", &cell));
  g_assert_cmpuint (cell, ==, 65535);
  g_assert_false (genos_mesh_frame_parse_channel ("c65536", &cell));
  g_assert_false (genos_mesh_frame_parse_channel ("c", &cell));
  g_assert_false (genos_mesh_frame_parse_channel ("c01", &cell));
  g_assert_false (genos_mesh_frame_parse_channel ("chat", &cell));
  g_assert_false (genos_mesh_frame_parse_channel ("c-1", &cell));
  g_assert_false (genos_mesh_frame_parse_channel ("d1", &cell));
}

static void
test_ids (void)
{
  static const char *const ids[] = { "a:1:1", "b:2:2" };
  g_autofree char *data = genos_mesh_frame_build_ids (ids, 2);
  g_auto (GStrv) read = genos_mesh_frame_parse_ids (data, 2);
  g_auto (GStrv) spaced = genos_mesh_frame_parse_ids (" [ \"a\" , \"b\" ] ", 2);
  g_auto (GStrv) none = genos_mesh_frame_parse_ids ("[]", 2);

  g_assert_cmpstr (data, ==, "[\"a:1:1\",\"b:2:2\"]");
  g_assert_cmpuint (g_strv_length (read), ==, 2);
  g_assert_cmpstr (read[1], ==, "b:2:2");
  g_assert_cmpuint (g_strv_length (spaced), ==, 2);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_assert_null (genos_mesh_frame_parse_ids (data, 1));
  g_assert_null (genos_mesh_frame_parse_ids ("[1]", 2));
  g_assert_null (genos_mesh_frame_parse_ids ("[\"\\n\"]", 2));
  g_assert_null (genos_mesh_frame_parse_ids ("{}", 2));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/mesh-frame/sample", test_sample);
  g_test_add_func ("/mesh/mesh-frame/marks", test_marks);
  g_test_add_func ("/mesh/mesh-frame/made", test_made);
  g_test_add_func ("/mesh/mesh-frame/target", test_target);
  g_test_add_func ("/mesh/mesh-frame/bad", test_bad);
  g_test_add_func ("/mesh/mesh-frame/truncated", test_truncated);
  g_test_add_func ("/mesh/mesh-frame/flipped", test_flipped);
  g_test_add_func ("/mesh/mesh-frame/too-large", test_too_large);
  g_test_add_func ("/mesh/mesh-frame/channel", test_channel);
  g_test_add_func ("/mesh/mesh-frame/ids", test_ids);
  return g_test_run ();
}
