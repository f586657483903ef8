/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/signal-description.h>

static void
test_round_trip (void)
{
  const GenosSdpKind kinds[] = { GENOS_SDP_OFFER, GENOS_SDP_ANSWER };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autofree char *text = genos_signal_description_build (kinds[i], "v=0\r\n\"quoted\"");
    g_autoptr (JsonNode) node = json_from_string (text, NULL);
    g_autofree char *sdp = NULL;
    g_autoptr (GError) error = NULL;
    GenosSdpKind kind;

    g_assert_true (genos_signal_description_parse (node, &kind, &sdp, &error));
    g_assert_no_error (error);
    g_assert_cmpint (kind, ==, kinds[i]);
    g_assert_cmpstr (sdp, ==, "v=0\r\n\"quoted\"");
  }
}

static void
test_junk (void)
{
  static const char *const cases[] = {
    "null",
    "[]",
    "\"offer\"",
    "{}",
    "{\"type\":\"offer\"}",
    "{\"sdp\":\"v=0\"}",
    "{\"type\":1,\"sdp\":\"v=0\"}",
    "{\"type\":\"offer\",\"sdp\":{}}",
    "{\"type\":\"rollback\",\"sdp\":\"\"}",
    "{\"type\":null,\"sdp\":null}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (JsonNode) node = json_from_string (cases[i], NULL);
    g_autofree char *sdp = NULL;
    g_autoptr (GError) error = NULL;
    GenosSdpKind kind;

    g_assert_false (genos_signal_description_parse (node, &kind, &sdp, &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
  }
}

static void
test_none (void)
{
  g_autofree char *sdp = NULL;
  GenosSdpKind kind;

  g_assert_false (genos_signal_description_parse (NULL, &kind, &sdp, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room/signal-description/round-trip", test_round_trip);
  g_test_add_func ("/room/signal-description/junk", test_junk);
  g_test_add_func ("/room/signal-description/none", test_none);
  return g_test_run ();
}
