/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-files.h>

#include <string.h>

#include <glib/gstdio.h>

static void
test_types (void)
{
  g_assert_cmpstr (genos_relay_files_type ("/index.html"), ==, "text/html; charset=utf-8");
  g_assert_cmpstr (
      genos_relay_files_type ("/a/b/client-1_2.js"), ==, "text/javascript; charset=utf-8");
  g_assert_cmpstr (genos_relay_files_type ("/favicon.ico"), ==, "image/x-icon");
}

static void
test_refused (void)
{
  static const char *const paths[] = {
    "",
    "/",
    "index.html",
    "//index.html",
    "/../index.html",
    "/a/../index.html",
    "/.index.html",
    "/a/.git/x.json",
    "/a b.html",
    "/a%2e.html",
    "/a\\b.html",
    "/é.html",
    "/index.html/",
    "/a/b/c/d/e.html",
    "/program",
    "/program.c",
    "/x.html.bak",
  };
  g_autofree char *name = g_strnfill (300, 'a');
  g_autofree char *long_path = g_strconcat ("/", name, ".html", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    g_assert_null (genos_relay_files_type (paths[i]));
  g_assert_null (genos_relay_files_type (long_path));
}

static void
test_load (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *root = g_dir_make_tmp ("relay-files-XXXXXX", &error);
  g_autofree char *file = g_build_filename (root, "page.html", NULL);
  const char *const paths[] = { "/page.html", "/page" };
  const char *type;

  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (file, "words", -1, &error));
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autoptr (GBytes) bytes = genos_relay_files_load (root, paths[i], &type);

    g_assert_nonnull (bytes);
    g_assert_cmpstr (type, ==, "text/html; charset=utf-8");
    g_assert_cmpuint (g_bytes_get_size (bytes), ==, strlen ("words"));
  }
  g_assert_null (genos_relay_files_load (root, "/page/", &type));
  g_assert_null (genos_relay_files_load (root, "/", &type));
  g_assert_null (genos_relay_files_load (root, "/other", &type));
  g_assert_cmpint (g_unlink (file), ==, 0);
  g_assert_cmpint (g_rmdir (root), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay-server/relay-files/types", test_types);
  g_test_add_func ("/relay-server/relay-files/refused", test_refused);
  g_test_add_func ("/relay-server/relay-files/load", test_load);
  return g_test_run ();
}
