/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/lobby.h>

#include <genos/base/error.h>

#include "../../common/peer-link-local.h"
#include "../../common/test-wait.h"

typedef struct {
  GenosLobby *lobby;
  GenosPeerLink *near; /* what comes into the lobby */
  GenosPeerLink *far;
  GenosSchnorrKey *key;
  gboolean takes;    /* whether who settles is let in */
  GPtrArray *let_in; /* GenosPeerLink */
  guint n_settled;
  GError *error; /* of the last */
  gboolean proven;
} Fixture;

static void
on_settled (
    GenosNewcomer *newcomer, GenosPeerIdentity *identity, const GError *error, gpointer user_data)
{
  Fixture *f = user_data;

  f->n_settled++;
  f->proven = identity != NULL;
  g_clear_error (&f->error);
  f->error = error != NULL ? g_error_copy (error) : NULL;
  if (f->takes)
    g_ptr_array_add (f->let_in, g_steal_pointer (&newcomer->link));
}

static GenosLobby *
make_lobby (Fixture *f, GenosSchnorrKey *key)
{
  const GenosLobbyConfig config = {
    .self_id = "self", .path = "path", .key = key, .settled = on_settled, .user_data = f
  };

  return genos_lobby_new (&config);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->key = genos_schnorr_key_new ();
  f->let_in = g_ptr_array_new_with_free_func (g_object_unref);
  f->takes = TRUE;
  peer_link_local_new_pair (&f->near, &f->far);
  genos_test_wait_until (genos_peer_link_is_open (f->near) && genos_peer_link_is_open (f->far));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->lobby != NULL)
    genos_lobby_free (f->lobby);
  genos_peer_link_close (f->near);
  genos_peer_link_close (f->far);
  g_ptr_array_unref (f->let_in);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (f->near);
  g_assert_finalize_object (f->far);
  genos_schnorr_key_unref (f->key);
  g_clear_error (&f->error);
}

static const GenosSignalOrigin browser = { .extended = FALSE };

static GenosSignalOrigin
one_of_ours (Fixture *f)
{
  return (GenosSignalOrigin){ .key = genos_schnorr_key_get_pubkey (f->key), .extended = TRUE };
}

/* A browser has nothing to prove with, and we may have nothing either. */
static void
test_nothing_to_prove (Fixture *f, gconstpointer data)
{
  GenosSignalOrigin extended = one_of_ours (f);

  f->lobby = make_lobby (f, f->key);
  genos_lobby_take (f->lobby, "peer", f->near, &browser, FALSE);
  g_assert_cmpuint (f->n_settled, ==, 1);
  genos_lobby_free (f->lobby);
  f->lobby = make_lobby (f, NULL);
  genos_lobby_take (f->lobby, "peer", f->near, &extended, FALSE);
  g_assert_cmpuint (f->n_settled, ==, 2);
  g_assert_false (f->proven);
  g_assert_no_error (f->error);
  g_assert_false (genos_peer_link_is_closed (f->near));
}

static void
test_not_taken (Fixture *f, gconstpointer data)
{
  f->takes = FALSE;
  f->lobby = make_lobby (f, f->key);
  genos_lobby_take (f->lobby, "peer", f->near, &browser, FALSE);
  g_assert_true (genos_peer_link_is_closed (f->near));
}

static guint
count_ids (Fixture *f)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  genos_lobby_add_ids (f->lobby, ids);
  return g_hash_table_size (ids);
}

/* Who says nothing is there until its time is over, or the link ends. */
static void
test_link_ends (Fixture *f, gconstpointer data)
{
  GenosSignalOrigin extended = one_of_ours (f);

  f->takes = FALSE;
  f->lobby = make_lobby (f, f->key);
  genos_lobby_take (f->lobby, "peer", f->near, &extended, TRUE);
  g_assert_cmpuint (f->n_settled, ==, 0);
  g_assert_cmpuint (count_ids (f), ==, 1);
  genos_peer_link_close (f->far);
  genos_test_wait_until (f->n_settled == 1);
  g_assert_error (f->error, GENOS_ERROR, GENOS_ERROR_CLOSED);
  g_assert_cmpuint (count_ids (f), ==, 0);
}

typedef struct {
  GenosPeerLink *near;
  GenosPeerLink *far;
} Pair;

static void
pair_open (Pair *pair)
{
  peer_link_local_new_pair (&pair->near, &pair->far);
  genos_test_wait_until (
      genos_peer_link_is_open (pair->near) && genos_peer_link_is_open (pair->far));
}

static void
pair_clear (Pair *pair)
{
  genos_peer_link_close (pair->far);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (pair->near);
  g_assert_finalize_object (pair->far);
}

/* The later of two links of one peer counts; who claims its id with another key is somebody else. */
static void
test_second_link (Fixture *f, gconstpointer data)
{
  GenosSignalOrigin extended = one_of_ours (f);
  g_autoptr (GenosSchnorrKey) other_key = genos_schnorr_key_new ();
  const GenosSignalOrigin other = { .key = genos_schnorr_key_get_pubkey (other_key),
    .extended = TRUE };
  Pair stranger, again;

  pair_open (&stranger);
  pair_open (&again);
  f->lobby = make_lobby (f, f->key);
  genos_lobby_take (f->lobby, "peer", f->near, &extended, TRUE);
  genos_lobby_take (f->lobby, "peer", stranger.near, &other, TRUE);
  g_assert_false (genos_peer_link_is_closed (f->near));
  genos_lobby_take (f->lobby, "peer", again.near, &extended, TRUE);
  g_assert_true (genos_peer_link_is_closed (f->near));
  g_assert_false (genos_peer_link_is_closed (stranger.near));
  g_assert_cmpuint (count_ids (f), ==, 1);
  genos_lobby_clear (f->lobby);
  g_assert_true (
      genos_peer_link_is_closed (stranger.near) && genos_peer_link_is_closed (again.near));
  g_assert_cmpuint (count_ids (f), ==, 0);
  pair_clear (&stranger);
  pair_clear (&again);
  g_assert_cmpuint (f->n_settled, ==, 0);
}

static void
on_settled_free (
    GenosNewcomer *newcomer, GenosPeerIdentity *identity, const GError *error, gpointer user_data)
{
  Fixture *f = user_data;

  on_settled (newcomer, identity, error, f);
  g_clear_pointer (&f->lobby, genos_lobby_free);
}

/* Whoever hears of it may leave the room. */
static void
test_freed_inside (Fixture *f, gconstpointer data)
{
  GenosSignalOrigin extended = one_of_ours (f);
  const GenosLobbyConfig config = {
    .self_id = "self", .path = "path", .key = f->key, .settled = on_settled_free, .user_data = f
  };

  f->lobby = genos_lobby_new (&config);
  genos_lobby_take (f->lobby, "peer", f->near, &browser, FALSE);
  g_assert_null (f->lobby);
  f->lobby = genos_lobby_new (&config);
  genos_lobby_take (f->lobby, "peer", f->near, &extended, TRUE);
  genos_peer_link_close (f->far);
  genos_test_wait_until (f->lobby == NULL);
  g_assert_cmpuint (f->n_settled, ==, 2);
}

#define ADD(name, func) g_test_add ("/room/lobby/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("nothing-to-prove", test_nothing_to_prove);
  ADD ("not-taken", test_not_taken);
  ADD ("link-ends", test_link_ends);
  ADD ("second-link", test_second_link);
  ADD ("freed-inside", test_freed_inside);
  return g_test_run ();
}
