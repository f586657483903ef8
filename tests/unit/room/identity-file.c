/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/identity-file.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include <genos/base/error.h>

typedef struct {
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("genos-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "identity", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->path);
  /* Nothing else was left there. */
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
refused (Fixture *fixture, const char *what)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (genos_identity_file_open (fixture->path, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, what));
  g_assert_null (genos_identity_file_open (fixture->path, NULL));
}

static void
test_made (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosSchnorrKey) made = genos_identity_file_open (fixture->path, &error);
  g_autoptr (GenosSchnorrKey) again = NULL;
  struct stat status;

  g_assert_no_error (error);
  g_assert_cmpint (g_stat (fixture->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  again = genos_identity_file_open (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (genos_schnorr_key_get_pubkey (made), ==, genos_schnorr_key_get_pubkey (again));
}

static void
test_open_to_others (Fixture *fixture, gconstpointer data)
{
  static const int modes[] = { 0640, 0604, 0620, 0601, 0644 };
  g_autoptr (GenosSchnorrKey) made = genos_identity_file_open (fixture->path, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_assert_cmpint (g_chmod (fixture->path, modes[i]), ==, 0);
    refused (fixture, "chmod 600");
  }
}

static void
test_no_key (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[] = { "", "\n", "hello",
    "0000000000000000000000000000000000000000000000000000000000000000\n",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\n",
    "79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798\n",
    "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f8179\n",
    "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798 and more than that" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_assert_true (g_file_set_contents (fixture->path, texts[i], -1, NULL));
    g_assert_cmpint (g_chmod (fixture->path, 0600), ==, 0);
    refused (fixture, "holds no key");
  }
}

static void
test_no_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *deep = g_build_filename (fixture->folder, "none", "identity", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (genos_identity_file_open (deep, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (genos_identity_file_open (fixture->folder, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/room/identity-file/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("made", test_made);
  ADD ("open-to-others", test_open_to_others);
  ADD ("no-key", test_no_key);
  ADD ("no-file", test_no_file);
  return g_test_run ();
}
