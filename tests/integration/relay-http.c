/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gstdio.h>
#include <unistd.h>

#include "raw-client.h"
#include "relay-fixture.h"

typedef struct {
  GenosRelayServer *server;
  char *root;
  char *outside;
} Fixture;

static void
write_file (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
remove_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_unlink (path);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *link = NULL;

  f->server = relay_new ();
  f->outside = g_dir_make_tmp ("genos-relay-XXXXXX", NULL);
  f->root = g_build_filename (f->outside, "web", NULL);
  g_assert_cmpint (g_mkdir (f->root, 0700), ==, 0);
  write_file (f->outside, "secret.txt", "secret");
  write_file (f->root, "index.html", "<p>page");
  write_file (f->root, "client.js", "1;");
  write_file (f->root, "notes.conf", "no type");
  write_file (f->root, ".hidden.txt", "hidden");
  link = g_build_filename (f->root, "link.txt", NULL);
  g_assert_cmpint (symlink ("../secret.txt", link), ==, 0);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "index.html", "client.js", "notes.conf", ".hidden.txt",
    "link.txt" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    remove_file (f->root, names[i]);
  remove_file (f->outside, "secret.txt");
  g_rmdir (f->root);
  g_rmdir (f->outside);
  g_free (f->root);
  g_free (f->outside);
  g_object_unref (f->server);
}

/* (transfer full): as it stands on the wire: SoupSession would straighten the paths it is given. */
static char *
ask (Fixture *f, const char *method, const char *path, const char *headers)
{
  g_autofree char *request = g_strdup_printf ("%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                              "%s\r\n",
      method, path, headers);
  Raw *raw = raw_new (f->server);
  char *answer;

  raw_say (raw, request);
  genos_test_wait_until (raw->ended);
  answer = g_strdup (raw->text->str);
  raw_free (raw);
  return answer;
}

static void
assert_answer (
    Fixture *f, const char *path, const char *headers, const char *status, const char *contained)
{
  g_autofree char *answer = ask (f, "GET", path, headers);

  g_test_message ("%s: %s", path, answer);
  g_assert_nonnull (strstr (answer, status));
  g_assert_nonnull (strstr (answer, contained));
  g_assert_null (strstr (answer, "secret"));
}

static void
test_status (Fixture *f, gconstpointer data)
{
  const char *expected = "\"protocol\":\"nostr (ephemeral subset)\",\"connections\":0,\"events\":0,"
                         "\"dropped\":0}";

  assert_answer (f, "/", "", " 200 ", expected);
  assert_answer (f, "/", "Accept: text/html\r\n", " 200 ", expected);
  assert_answer (f, "/status", "", " 200 ", expected);
  assert_answer (f, "/index.html", "", " 404 ", "not found");
  g_object_set (f->server, "web-root", f->root, NULL);
  assert_answer (f, "/", "", " 200 ", expected);
  assert_answer (f, "/status", "Accept: text/html\r\n", " 200 ", expected);
}

static void
test_information (Fixture *f, gconstpointer data)
{
  g_autofree char *answer = ask (f, "GET", "/", "Accept: application/nostr+json\r\n");
  g_autoptr (JsonNode) node = NULL;
  JsonObject *limitation;

  g_assert_nonnull (strstr (answer, "Access-Control-Allow-Origin: *"));
  g_assert_nonnull (strstr (answer, "Access-Control-Allow-Headers: *"));
  g_assert_nonnull (strstr (answer, "Access-Control-Allow-Methods: GET"));
  g_assert_nonnull (strstr (answer, "application/nostr+json"));
  node = json_from_string (strstr (answer, "\r\n\r\n") + 4, NULL);
  limitation = json_object_get_object_member (json_node_get_object (node), "limitation");
  g_assert_cmpint (json_object_get_int_member (limitation, "max_message_length"), ==, 256 * 1024);
  g_assert_false (json_object_get_boolean_member (limitation, "auth_required"));
}

static void
test_preflight (Fixture *f, gconstpointer data)
{
  g_autofree char *options = ask (f, "OPTIONS", "/", "");
  g_autofree char *post = ask (f, "POST", "/", "Content-Length: 0\r\n");

  g_assert_nonnull (strstr (options, " 204 "));
  g_assert_nonnull (strstr (options, "Access-Control-Allow-Origin: *"));
  g_assert_nonnull (strstr (post, " 405 "));
}

static void
test_files (Fixture *f, gconstpointer data)
{
  g_object_set (f->server, "web-root", f->root, NULL);
  assert_answer (f, "/", "Accept: text/html,*/*\r\n", " 200 ", "<p>page");
  assert_answer (f, "/index.html", "", " 200 ", "text/html");
  assert_answer (f, "/index", "", " 200 ", "<p>page");
  assert_answer (f, "/client.js", "", " 200 ", "text/javascript");
}

static void
test_no_way_out (Fixture *f, gconstpointer data)
{
  static const char *const paths[] = {
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/..\\secret.txt",
    "/./../secret.txt",
    "//../secret.txt",
    "/x/../../secret.txt",
    "/link.txt",
    "/.hidden.txt",
    "/notes.conf",
    "/index.html/",
    "/missing.html",
    "/client.js%00.html",
    "/a/b/c/d/e/f.html",
  };

  g_object_set (f->server, "web-root", f->root, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    assert_answer (f, paths[i], "Accept: text/html\r\n", " 40", "");
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "/relay-http/status", test_status },
    { "/relay-http/information", test_information },
    { "/relay-http/preflight", test_preflight },
    { "/relay-http/files", test_files },
    { "/relay-http/no-way-out", test_no_way_out },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
