/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/request-private.h>

#include <string.h>

typedef struct {
  GObject *target;
  GenosRequest *request;
  guint n_answers;
  GenosMessageRole role;
  guint64 id;
  char *text;
} Fixture;

static gboolean
on_answer (GObject *target, const char *channel, const GenosExtendedMessage *answer, GError **error)
{
  Fixture *fixture = g_object_get_data (target, "fixture");
  gsize size;
  const char *data = g_bytes_get_data (answer->payload, &size);

  g_assert_cmpstr (channel, ==, "ask");
  fixture->n_answers++;
  fixture->role = answer->role;
  fixture->id = answer->id;
  g_free (fixture->text);
  fixture->text = g_strndup (data, size);
  return TRUE;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GenosMessage) message = genos_message_new_string ("how late?");

  fixture->target = g_object_new (G_TYPE_OBJECT, NULL);
  g_object_set_data (fixture->target, "fixture", fixture);
  fixture->request = genos_request_new ("ask", "peer", 7, message, on_answer, fixture->target);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->request);
  g_clear_object (&fixture->target);
  g_free (fixture->text);
}

static void
test_respond (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GenosMessage) answer = genos_message_new_string ("twelve");
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (genos_request_get_peer_id (fixture->request), ==, "peer");
  g_assert_cmpstr (
      genos_message_get_text (genos_request_get_message (fixture->request)), ==, "how late?");
  g_assert_true (genos_request_respond (fixture->request, answer, &error));
  g_assert_no_error (error);
  g_clear_object (&fixture->request);
  g_assert_cmpuint (fixture->n_answers, ==, 1);
  g_assert_cmpint (fixture->role, ==, GENOS_ROLE_RESPONSE);
  g_assert_cmpuint (fixture->id, ==, 7);
  g_assert_cmpstr (fixture->text, ==, "twelve");
}

static void
test_fail (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GError) failure = NULL;

  genos_request_fail (fixture->request, 42, "no \"clock\" here");
  g_assert_cmpint (fixture->role, ==, GENOS_ROLE_FAILURE);
  payload = g_bytes_new (fixture->text, strlen (fixture->text));
  failure = genos_request_read_failure (payload);
  g_assert_error (failure, GENOS_REMOTE_ERROR, 42);
  g_assert_cmpstr (failure->message, ==, "no \"clock\" here");
}

/* Nobody waits for nothing. */
static void
test_dropped (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->request);
  g_assert_cmpuint (fixture->n_answers, ==, 1);
  g_assert_cmpint (fixture->role, ==, GENOS_ROLE_FAILURE);
}

static void
test_peer_gone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GenosMessage) answer = genos_message_new_string ("twelve");
  g_autoptr (GError) error = NULL;

  g_clear_object (&fixture->target);
  g_assert_false (genos_request_respond (fixture->request, answer, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_CLOSED);
}

static void
test_failures_of_strangers (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[] = { "", "{", "[]", "7", "{}", "{\"code\":\"x\"}",
    "{\"code\":-1,\"message\":7}", "{\"code\":{},\"message\":[]}", "{\"code\":1e300}",
    "{\"code\":9223372036854775807,\"message\":null}", "{\"code\":2,\"message\":\"\"}" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GBytes) payload = g_bytes_new_static (texts[i], strlen (texts[i]));
    g_autoptr (GError) failure = genos_request_read_failure (payload);

    g_assert_true (failure->domain == GENOS_REMOTE_ERROR);
    g_assert_cmpint (failure->code, >=, 0);
    g_assert_cmpstr (failure->message, !=, "");
  }
}

static void
test_long_text (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 5000; i++)
    g_string_append (text, "ü");
  genos_request_fail (fixture->request, 0, text->str);
  g_assert_cmpuint (strlen (fixture->text), <, 1100);
  g_assert_true (g_utf8_validate (fixture->text, -1, NULL));
}

/* What a stranger says is cut as well: it ends up in logs. */
static void
test_long_failure_of_stranger (Fixture *fixture, gconstpointer data)
{
  g_autofree char *words = g_strnfill (100000, 'x');
  g_autofree char *text = g_strdup_printf ("{\"code\":5,\"message\":\"%s\"}", words);
  g_autoptr (GBytes) payload = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) failure = genos_request_read_failure (payload);

  g_assert_error (failure, GENOS_REMOTE_ERROR, 5);
  g_assert_cmpuint (strlen (failure->message), ==, 1024);
}

#define add(name, function)                                                                        \
  g_test_add ("/room/request/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("respond", test_respond);
  add ("fail", test_fail);
  add ("dropped", test_dropped);
  add ("peer-gone", test_peer_gone);
  add ("failures-of-strangers", test_failures_of_strangers);
  add ("long-text", test_long_text);
  add ("long-failure-of-stranger", test_long_failure_of_stranger);
  return g_test_run ();
}
