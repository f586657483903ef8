/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/stun-name.h>

#include <gio/gio.h>

/* Answers in the next turn of the context. */
#define TEST_TYPE_RESOLVER (test_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TestResolver, test_resolver, TEST, RESOLVER, GResolver)

struct _TestResolver {
  GResolver parent_instance;

  gboolean finds;
  guint n_asked;
  guint n_answered;
};

G_DEFINE_FINAL_TYPE (TestResolver, test_resolver, G_TYPE_RESOLVER)

static void
lookup_async (GResolver *resolver, const char *host, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  TestResolver *self = TEST_RESOLVER (resolver);
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);

  self->n_asked++;
  if (self->finds)
    g_task_return_pointer (
        task, g_list_append (NULL, g_inet_address_new_from_string ("192.0.2.1")), NULL);
  else
    g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no such name");
}

static GList *
lookup_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  TEST_RESOLVER (resolver)->n_answered++;
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_resolver_class_init (TestResolverClass *klass)
{
  G_RESOLVER_CLASS (klass)->lookup_by_name_async = lookup_async;
  G_RESOLVER_CLASS (klass)->lookup_by_name_finish = lookup_finish;
}

static void
test_resolver_init (TestResolver *self)
{
}

static TestResolver *resolver;

static void
wait_for_answer (guint n)
{
  while (resolver->n_answered < n)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (resolver->n_asked, ==, n);
}

static void
test_name (void)
{
  const char *uri = "stun://stun.example.org:3478";
  gint64 now = 1000;

  /* Nothing is known, and one question is enough. */
  resolver->finds = FALSE;
  g_assert_true (genos_stun_name_is_usable (uri, now));
  g_assert_true (genos_stun_name_is_usable (uri, now + 1));
  wait_for_answer (1);
  g_assert_false (genos_stun_name_is_usable (uri, now + 2));
  g_assert_cmpuint (resolver->n_asked, ==, 1);

  /* The network is there: it is asked again, and counts when the answer is in. */
  resolver->finds = TRUE;
  now += 5 * G_TIME_SPAN_SECOND;
  g_assert_false (genos_stun_name_is_usable (uri, now));
  wait_for_answer (2);
  g_assert_true (genos_stun_name_is_usable (uri, now + 1));

  /* And gone. */
  resolver->finds = FALSE;
  now += 59 * G_TIME_SPAN_SECOND;
  g_assert_true (genos_stun_name_is_usable (uri, now));
  g_assert_cmpuint (resolver->n_asked, ==, 2);
  now += G_TIME_SPAN_SECOND;
  g_assert_true (genos_stun_name_is_usable (uri, now));
  wait_for_answer (3);
  g_assert_false (genos_stun_name_is_usable (uri, now + 1));
}

static void
test_address (void)
{
  guint n_asked = resolver->n_asked;

  g_assert_true (genos_stun_name_is_usable ("stun://192.0.2.1:3478", 1000));
  g_assert_true (genos_stun_name_is_usable ("stun://[2001:db8::1]:3478", 1000));
  g_assert_cmpuint (resolver->n_asked, ==, n_asked);
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  resolver = g_object_new (TEST_TYPE_RESOLVER, NULL);
  g_resolver_set_default (G_RESOLVER (resolver));
  g_test_add_func ("/transport/stun-name/name", test_name);
  g_test_add_func ("/transport/stun-name/address", test_address);
  result = g_test_run ();
  g_object_unref (resolver);
  return result;
}
