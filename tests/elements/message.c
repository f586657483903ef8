/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosmessage.h"

static void
check_round_trip (const char *text, GenosMessageKind kind)
{
  g_autoptr (GstStructure) before = gst_structure_from_string (text, NULL);
  g_autoptr (GstStructure) after = gst_structure_new_empty (gst_structure_get_name (before));
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosMessage) message = gst_genos_message_from_structure (before, &error);

  g_assert_no_error (error);
  g_assert_cmpint (genos_message_get_kind (message), ==, kind);
  gst_genos_message_to_structure (message, after);
  g_assert_true (gst_structure_has_field_typed (after, "sealed", G_TYPE_BOOLEAN));
  gst_structure_remove_field (after, "sealed");
  g_assert_true (gst_structure_has_field_typed (after, "sealing", GENOS_TYPE_SEALING));
  gst_structure_remove_field (after, "sealing");
  g_assert_true (gst_structure_is_equal (before, after));
}

static void
test_text (void)
{
  check_round_trip ("m, text=(string)hello", GENOS_MESSAGE_STRING);
  check_round_trip ("m, text=(string)\"\"", GENOS_MESSAGE_STRING);
}

static void
test_json (void)
{
  check_round_trip ("m, json=(string)\"\\{\\\"a\\\":\\[1,2\\]\\}\"", GENOS_MESSAGE_JSON);
}

static void
check_bytes (GstStructure *structure)
{
  g_autoptr (GstStructure) after = gst_structure_new_empty ("m");
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosMessage) message = gst_genos_message_from_structure (structure, &error);
  GstBuffer *buffer = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (genos_message_get_kind (message), ==, GENOS_MESSAGE_BYTES);
  gst_genos_message_to_structure (message, after);
  g_assert_true (gst_structure_get (after, "data", GST_TYPE_BUFFER, &buffer, NULL));
  g_assert_cmpint (gst_buffer_memcmp (buffer, 0, "a\0b", 3), ==, 0);
  g_assert_cmpuint (gst_buffer_get_size (buffer), ==, 3);
  g_assert_cmpstr (gst_structure_get_string (after, "metadata"), ==, "{\"n\":1}");
  gst_buffer_unref (buffer);
  gst_structure_free (structure);
}

static void
test_bytes (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("a\0b", 3);
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (bytes);

  check_bytes (gst_structure_new (
      "m", "data", G_TYPE_BYTES, bytes, "metadata", G_TYPE_STRING, "{\"n\":1}", NULL));
  check_bytes (gst_structure_new (
      "m", "data", GST_TYPE_BUFFER, buffer, "metadata", G_TYPE_STRING, "{\"n\":1}", NULL));
}

static void
test_nonsense (void)
{
  const char *const texts[] = { "m", "m, text=(int)3", "m, data=(string)x",
    "m, json=(string)\"\\{\"", "m, other=(string)x" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GstStructure) structure = gst_structure_from_string (texts[i], NULL);
    g_autoptr (GError) error = NULL;

    g_assert_null (gst_genos_message_from_structure (structure, &error));
    g_assert_nonnull (error);
  }
}

/* There is no memory of no bytes; a peer may send such a message. */
static void
test_no_bytes (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new (NULL, 0);
  g_autoptr (GenosMessage) message = genos_message_new_bytes (bytes, NULL);
  g_autoptr (GstStructure) structure = gst_structure_new_empty ("m");
  g_autoptr (GstBuffer) buffer = NULL;

  gst_genos_message_to_structure (message, structure);
  g_assert_true (gst_structure_get (structure, "data", GST_TYPE_BUFFER, &buffer, NULL));
  g_assert_cmpuint (gst_buffer_get_size (buffer), ==, 0);
}

static void
test_metadata (void)
{
  const char *const rows[][2] = {
    { "{\"name\":\"door\"}", "{\"name\":\"door\"}" },
    { "[1, 2]", "[1, 2]" },
    { "meta, name=door", "{\"name\":\"door\"}" },
    { "meta, n=(int)3, on=(boolean)true, x=(double)0.5", "{\"n\":3,\"on\":true,\"x\":0.5}" },
    { "meta, r=(fraction)1/2", "{\"r\":\"1/2\"}" },
    { "{\"name\":", NULL },
    { "= =", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *json = gst_genos_metadata_to_json (rows[i][0], &error);

    g_assert_cmpstr (json, ==, rows[i][1]);
    g_assert_true ((json == NULL) == (error != NULL));
  }
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/message/text", test_text);
  g_test_add_func ("/elements/message/json", test_json);
  g_test_add_func ("/elements/message/bytes", test_bytes);
  g_test_add_func ("/elements/message/nonsense", test_nonsense);
  g_test_add_func ("/elements/message/no-bytes", test_no_bytes);
  g_test_add_func ("/elements/message/metadata", test_metadata);
  return g_test_run ();
}
