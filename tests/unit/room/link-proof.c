/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/link-proof.h>

#include <genos/base/error.h>
#include <genos/room/peer-private.h>
#include <genos/wire/channel-frame.h>
#include <genos/wire/hello-message.h>

#include "../../common/peer-link-local.h"
#include "../../common/test-wait.h"

#include <string.h>

#define GREETING_MS 500

typedef struct {
  GenosPeerLink *links[2];
  GenosSchnorrKey *keys[2];
  GenosLinkProof *proofs[2];
  guint n_settled, n_proven;
} Fixture;

static const char *const ids[] = { "near", "far" };
static const char *const features[] = { GENOS_FEATURE_IDENTITY, GENOS_FEATURE_EXTENDED, NULL };

static void
on_settled (GenosLinkProof *proof, const GError *error, Fixture *self)
{
  self->n_settled++;
  self->n_proven += error == NULL;
}

static GenosLinkProof *
make_proof (Fixture *self, guint end)
{
  GenosPeerIdentityConfig config = {
    .path = "path",
    .self_id = ids[end],
    .peer_id = ids[!end],
    .peer_key = genos_schnorr_key_get_pubkey (self->keys[!end]),
    .key = self->keys[end],
    .features = features,
  };
  GenosLinkProof *proof;

  g_assert_true (genos_peer_link_get_certificates (self->links[end], &config.certificates));
  proof = genos_link_proof_new (self->links[end], &config);
  g_signal_connect (proof, "settled", G_CALLBACK (on_settled), self);
  return proof;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  peer_link_local_new_pair (&self->links[0], &self->links[1]);
  genos_test_wait_until (
      genos_peer_link_is_open (self->links[0]) && genos_peer_link_is_open (self->links[1]));
  for (guint i = 0; i < 2; i++)
    self->keys[i] = genos_schnorr_key_new ();
  for (guint i = 0; i < 2; i++)
    self->proofs[i] = make_proof (self, i);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < 2; i++) {
    g_clear_object (&self->proofs[i]);
    genos_peer_link_close (self->links[i]);
    genos_schnorr_key_unref (self->keys[i]);
  }
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  for (guint i = 0; i < 2; i++)
    g_assert_finalize_object (self->links[i]);
}

/* All that comes while our context is held up waits behind the timer, as at the start of a room of many. */
static void
test_held_up (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < 2; i++)
    genos_link_proof_start (self->proofs[i], GREETING_MS, 60000);
  g_usleep (2 * GREETING_MS * 1000 + 200000);
  genos_test_wait_until (self->n_settled == 2);
  g_assert_cmpuint (self->n_proven, ==, 2);
}

/* Whoever says nothing is taken for a browser. */
static void
test_nothing_said (Fixture *self, gconstpointer data)
{
  genos_link_proof_start (self->proofs[0], 50, 60000);
  genos_test_wait_until (self->n_settled == 1);
  g_assert_cmpuint (self->n_proven, ==, 0);
}

static void
say_hello (Fixture *self)
{
  g_autoptr (GBytes) frame = genos_channel_frame_build (
      GENOS_HELLO_TYPE, 0, GENOS_FRAME_LAST | GENOS_FRAME_JSON, 255, (const guint8 *) "{}", 2);

  g_assert_true (genos_peer_link_send (self->links[1], frame, NULL));
}

static GenosPeer *
make_peer (Fixture *self, gboolean given_up)
{
  const GenosSignalOrigin origin = { .key = genos_schnorr_key_get_pubkey (self->keys[1]),
    .extended = TRUE };
  const GenosPeerCredentials nothing = { .given_up = given_up };

  return genos_peer_new (ids[1], NULL, self->links[0], &origin, &nothing, genos_dialects ()[0]);
}

/* One that was given up, and says hello after all, gets another link; where nobody waits for one it means nothing. */
static void
test_late (Fixture *self, gconstpointer data)
{
  g_autoptr (GenosPeer) peer = make_peer (self, data != NULL);
  guint64 n_sent = peer_link_local_get_n_sent (PEER_LINK_LOCAL (self->links[0]));
  g_autoptr (GBytes) ping =
      genos_channel_frame_build ("@_ping", 0, GENOS_FRAME_LAST, 255, (const guint8 *) "", 0);

  say_hello (self);
  if (data != NULL) {
    genos_test_wait_until (genos_peer_is_troubled (peer));
    g_assert_false (genos_peer_is_linked (peer));
  } else {
    g_assert_true (genos_peer_link_send (self->links[1], ping, NULL));
    genos_test_wait_until (peer_link_local_get_n_sent (PEER_LINK_LOCAL (self->links[0])) > n_sent);
    g_assert_true (genos_peer_is_linked (peer));
  }
}

#define ADD(name, func, data)                                                                      \
  g_test_add ("/room/link-proof/" name, Fixture, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("held-up", test_held_up, NULL);
  ADD ("nothing-said", test_nothing_said, NULL);
  ADD ("late", test_late, "given up");
  ADD ("not-waited-for", test_late, NULL);
  return g_test_run ();
}
