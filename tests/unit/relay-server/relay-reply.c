/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-reply.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/wire/nip01-message.h>

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
assert_reply (const char *text, const char *expected)
{
  g_autoptr (GError) error = g_error_new_literal (GENOS_ERROR, GENOS_ERROR_PROTOCOL, "why \"so\"");
  g_autofree char *reply = genos_relay_reply_to_unreadable (text, strlen (text), error);

  g_assert_cmpstr (reply, ==, expected);
}

static void
test_ids_in_the_ruins (void)
{
  assert_reply ("[\"REQ\",\"sub\",", "[\"CLOSED\",\"sub\",\"invalid: why \\\"so\\\"\"]");
  assert_reply (" [ \"REQ\" , \"sub\"", "[\"CLOSED\",\"sub\",\"invalid: why \\\"so\\\"\"]");
  assert_reply ("[\"EVENT\",{\"kind\":1,\"id\": \"" ID "\"",
      "[\"OK\",\"" ID "\",false,\"invalid: why \\\"so\\\"\"]");
}

static void
test_no_id (void)
{
  static const char *const texts[] = {
    "",
    "[",
    "[\"REQ\"",
    "[\"REQ\",\"\"",
    "[\"REQ\",\"a\\\"b\"",
    "[\"REQ\",\"é\"",
    "[\"EVENT\",{\"id\":\"" ID,
    "[\"EVENT\",{\"id\":\"0123\"}]",
    "[\"REQ\",\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"]",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_reply (texts[i], "[\"NOTICE\",\"invalid: why \\\"so\\\"\"]");
}

static void
test_every_truncation_is_answered (void)
{
  static const char text[] = "[\"EVENT\",{\"id\":\"x\",\"id\":\"" ID "\"}]";
  g_autoptr (GError) error = g_error_new_literal (GENOS_ERROR, GENOS_ERROR_PROTOCOL, "why");

  for (gsize len = 0; len < sizeof text; len++) {
    /* Exactly that long, so that a read past the end is seen. */
    g_autofree char *cut = g_memdup2 (text, MAX (len, 1));
    g_autofree char *reply = genos_relay_reply_to_unreadable (cut, len, error);
    g_autoptr (GenosNip01Message) message = genos_nip01_message_parse (reply, -1, NULL);

    g_assert_nonnull (message);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay-server/relay-reply/ids-in-the-ruins", test_ids_in_the_ruins);
  g_test_add_func ("/relay-server/relay-reply/no-id", test_no_id);
  g_test_add_func ("/relay-server/relay-reply/truncation", test_every_truncation_is_answered);
  return g_test_run ();
}
