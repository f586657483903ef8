/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/extended-message.h>

#include <string.h>

#include <genos/base/error.h>

static const struct {
  GenosPayloadKind kind;
  GenosMessageRole role;
  guint64 id;
  guint64 ntp_time;
  const char *metadata;
  const char *payload;
} cases[] = {
  { GENOS_PAYLOAD_STRING, GENOS_ROLE_MESSAGE, 0, 0, NULL, "hello" },
  { GENOS_PAYLOAD_STRING, GENOS_ROLE_MESSAGE, 0, 0, NULL, "" },
  { GENOS_PAYLOAD_STRING, GENOS_ROLE_MESSAGE, 0, 0, "{\"a\":1}", "ünï" },
  { GENOS_PAYLOAD_JSON, GENOS_ROLE_REQUEST, 7, 0, NULL, "[1,2]" },
  { GENOS_PAYLOAD_JSON, GENOS_ROLE_FAILURE, G_MAXUINT64, 0, "{}", "{\"code\":1}" },
  { GENOS_PAYLOAD_BINARY, GENOS_ROLE_STREAM, 0x0102030405060708, 0, NULL, "bytes" },
  { GENOS_PAYLOAD_BINARY, GENOS_ROLE_MESSAGE, 0, 0xee00000080000000, NULL, "klv" },
  { GENOS_PAYLOAD_BINARY, GENOS_ROLE_RESPONSE, 1, 2, "{\"t\":true}", "" },
};

static GBytes *
build (guint i)
{
  g_autoptr (GBytes) payload = g_bytes_new_static (cases[i].payload, strlen (cases[i].payload));
  GenosExtendedMessage message = { cases[i].kind, cases[i].role, cases[i].id, cases[i].ntp_time,
    (char *) cases[i].metadata, payload };

  return genos_extended_message_build (&message);
}

static void
test_both_ways (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) bytes = build (i);
    g_auto (GenosExtendedMessage) message = { 0 };
    g_autoptr (GError) error = NULL;

    g_assert_true (genos_extended_message_parse (bytes, &message, &error));
    g_assert_no_error (error);
    g_assert_cmpint (message.kind, ==, cases[i].kind);
    g_assert_cmpint (message.role, ==, cases[i].role);
    g_assert_cmpuint (message.id, ==, cases[i].id);
    g_assert_cmpuint (message.ntp_time, ==, cases[i].ntp_time);
    g_assert_cmpstr (message.metadata, ==, cases[i].metadata);
    g_assert_cmpmem (g_bytes_get_data (message.payload, NULL), g_bytes_get_size (message.payload),
        cases[i].payload, strlen (cases[i].payload));
  }
}

/* The bytes of the picture in the header. */
static void
test_bytes (void)
{
  static const guint8 expected[] = { 0, 0x11, 0, 0, 0, 2, '{', '}', 0, 0, 0, 0, 0, 0, 1, 2, '4' };
  g_autoptr (GBytes) payload = g_bytes_new_static ("4", 1);
  GenosExtendedMessage message = { GENOS_PAYLOAD_JSON, GENOS_ROLE_REQUEST, 258, 0, (char *) "{}",
    payload };
  g_autoptr (GBytes) bytes = genos_extended_message_build (&message);

  g_assert_cmpmem (
      g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, sizeof expected);
}

static void
check_refused (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_auto (GenosExtendedMessage) message = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (genos_extended_message_parse (bytes, &message, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
  g_assert_null (message.payload);
}

static void
test_refused (void)
{
  check_refused ((const guint8[]){ 2, 0, 0, 0, 0, 0 }, 6);          /* form */
  check_refused ((const guint8[]){ 0, 3, 0, 0, 0, 0 }, 6);          /* kind */
  check_refused ((const guint8[]){ 0, 0x50, 0, 0, 0, 0 }, 6);       /* role */
  check_refused ((const guint8[]){ 0, 0, 0xff, 0, 0, 0 }, 6);       /* metadata */
  check_refused ((const guint8[]){ 0, 0, 0, 0, 0, 1, 0xff }, 7);    /* not UTF-8 */
  check_refused ((const guint8[]){ 0, 0, 0, 0, 0, 1, 0 }, 7);       /* NUL */
  check_refused ((const guint8[]){ 0, 0, 0, 0, 0, 0, 0xc3 }, 7);    /* text */
  check_refused ((const guint8[]){ 0, 0x12, 0, 0, 0, 0, 1, 2 }, 8); /* id */
  check_refused ((const guint8[]){ 0, 0x82, 0, 0, 0, 0, 1, 2 }, 8); /* time */
}

/* Whatever is cut off or turned over is refused or read, and nothing else. */
static void
test_damaged (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) bytes = build (i);
    gsize size;
    const guint8 *data = g_bytes_get_data (bytes, &size);

    for (gsize n = 0; n < size; n++) {
      g_autoptr (GBytes) part = g_bytes_new (data, n);
      g_auto (GenosExtendedMessage) message = { 0 };

      if (!genos_extended_message_parse (part, &message, NULL))
        g_assert_null (message.payload);
    }
    for (gsize bit = 0; bit < size * 8; bit++) {
      g_autofree guint8 *copy = g_memdup2 (data, size);
      g_autoptr (GBytes) changed = NULL;
      g_auto (GenosExtendedMessage) message = { 0 };

      copy[bit / 8] ^= (guint8) (1 << bit % 8);
      changed = g_bytes_new (copy, size);
      if (!genos_extended_message_parse (changed, &message, NULL))
        g_assert_null (message.payload);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/extended-message/both-ways", test_both_ways);
  g_test_add_func ("/wire/extended-message/bytes", test_bytes);
  g_test_add_func ("/wire/extended-message/refused", test_refused);
  g_test_add_func ("/wire/extended-message/damaged", test_damaged);
  return g_test_run ();
}
