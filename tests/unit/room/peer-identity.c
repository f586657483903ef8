/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Two ends that talk to each other, and whoever stands between them. */

#include <genos/room/joining/peer-identity.h>

#include <string.h>

#include <genos/base/reason.h>

static const char *const features[] = { "identity", NULL };

static const guint8 nonces[3][32] = { { 1 }, { 2 }, { 3 } };

typedef struct {
  GenosSchnorrKey *key;
  GenosPeerIdentityConfig config;
} End;

static void
end_init (End *end, const char *self_id, const char *peer_id, guint8 local, guint8 remote)
{
  *end = (End){ .key = genos_schnorr_key_new () };
  end->config.path = "GenosRTC@1234@app-sync-test";
  end->config.self_id = self_id;
  end->config.peer_id = peer_id;
  end->config.key = end->key;
  end->config.features = features;
  end->config.kind = "camera";
  end->config.certificates.local[0] = local;
  end->config.certificates.remote[0] = remote;
}

static char *
hello (GenosPeerIdentity *to, const char *text)
{
  g_autoptr (GError) error = NULL;
  char *proof = genos_peer_identity_take_hello (to, text, strlen (text), &error);

  g_assert_no_error (error);
  return proof;
}

static void
refused (GenosPeerIdentity *to, const char *proof)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (genos_peer_identity_take_proof (to, proof, strlen (proof), &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION);
  g_assert_cmpint (genos_reason_from_error (error), ==, GENOS_REASON_NOT_VERIFIED);
  g_assert_false (genos_peer_identity_is_proven (to));
  g_assert_null (genos_peer_identity_get_key (to));
  g_assert_null (genos_peer_identity_get_features (to));
  g_assert_null (genos_peer_identity_get_kind (to));
}

/* What Bob says reaches Alice; FALSE when she does not believe it. */
static gboolean
convince (const End *alice, const End *bob)
{
  g_autoptr (GenosPeerIdentity) a = genos_peer_identity_new (&alice->config, nonces[0]);
  g_autoptr (GenosPeerIdentity) b = genos_peer_identity_new (&bob->config, nonces[1]);
  g_autofree char *of_a = hello (a, genos_peer_identity_get_hello (b));
  g_autofree char *of_b = hello (b, genos_peer_identity_get_hello (a));
  gboolean believed = genos_peer_identity_take_proof (a, of_b, strlen (of_b), NULL);

  g_assert_true (genos_peer_identity_is_proven (a) == believed);
  if (believed) {
    g_assert_cmpstr (genos_peer_identity_get_key (a), ==, genos_schnorr_key_get_pubkey (bob->key));
    g_assert_cmpstr (genos_peer_identity_get_features (a)[0], ==, "identity");
    g_assert_cmpstr (genos_peer_identity_get_kind (a), ==, "camera");
  }
  return believed;
}

static void
test_proven (void)
{
  End alice, bob;

  end_init (&alice, "alice", "bob", 1, 2);
  end_init (&bob, "bob", "alice", 2, 1);
  g_assert_true (convince (&alice, &bob));
  g_assert_true (convince (&bob, &alice));
  bob.config.peer_key = genos_schnorr_key_get_pubkey (alice.key);
  g_assert_true (convince (&bob, &alice));
  genos_schnorr_key_unref (alice.key);
  genos_schnorr_key_unref (bob.key);
}

/* Somebody who ends both connections passes on what is said: each sees the certificate in between. */
static void
test_in_between (void)
{
  End alice, bob;

  end_init (&alice, "alice", "bob", 1, 66);
  end_init (&bob, "bob", "alice", 2, 66);
  g_assert_false (convince (&alice, &bob));
  g_assert_false (convince (&bob, &alice));
  genos_schnorr_key_unref (alice.key);
  genos_schnorr_key_unref (bob.key);
}

static void
test_other_words (void)
{
  End alice, bob;

  /* The two fingerprints the wrong way round. */
  end_init (&alice, "alice", "bob", 1, 2);
  end_init (&bob, "bob", "alice", 1, 2);
  g_assert_false (convince (&alice, &bob));
  genos_schnorr_key_unref (bob.key);

  /* It proves itself under another name, to somebody else, and in another room. */
  end_init (&bob, "carol", "alice", 2, 1);
  g_assert_false (convince (&alice, &bob));
  genos_schnorr_key_unref (bob.key);
  end_init (&bob, "bob", "carol", 2, 1);
  g_assert_false (convince (&alice, &bob));
  genos_schnorr_key_unref (bob.key);
  end_init (&bob, "bob", "alice", 2, 1);
  bob.config.path = "GenosRTC@1234@app-sync-other";
  g_assert_false (convince (&alice, &bob));
  genos_schnorr_key_unref (bob.key);
  genos_schnorr_key_unref (alice.key);
}

/* A proof of an earlier link between the same two, over the same certificates. */
static void
test_replay (void)
{
  g_autoptr (GenosPeerIdentity) a = NULL;
  g_autoptr (GenosPeerIdentity) b = NULL;
  g_autoptr (GenosPeerIdentity) later = NULL;
  g_autofree char *proof = NULL;
  g_autofree char *unused = NULL;
  End alice, bob;

  end_init (&alice, "alice", "bob", 1, 2);
  end_init (&bob, "bob", "alice", 2, 1);
  a = genos_peer_identity_new (&alice.config, nonces[0]);
  b = genos_peer_identity_new (&bob.config, nonces[1]);
  later = genos_peer_identity_new (&alice.config, nonces[2]);
  proof = hello (b, genos_peer_identity_get_hello (a));
  unused = hello (later, genos_peer_identity_get_hello (b));
  refused (later, proof);
  genos_schnorr_key_unref (alice.key);
  genos_schnorr_key_unref (bob.key);
}

/* Everything Alice says comes back to her. */
static void
test_reflected (void)
{
  g_autoptr (GenosPeerIdentity) a = NULL;
  g_autofree char *own = NULL;
  End alice;

  end_init (&alice, "alice", "bob", 1, 1);
  a = genos_peer_identity_new (&alice.config, nonces[0]);
  own = hello (a, genos_peer_identity_get_hello (a));
  refused (a, own);
  genos_schnorr_key_unref (alice.key);
}

/* Mallory names Bob's key, which she does not hold. */
static void
test_other_key (void)
{
  g_autoptr (GenosPeerIdentity) a = NULL;
  g_autoptr (GenosPeerIdentity) b = NULL;
  g_autoptr (GenosPeerIdentity) m = NULL;
  g_autofree char *unused = NULL;
  g_autofree char *proof = NULL;
  End alice, bob, mallory;

  end_init (&alice, "alice", "bob", 1, 66);
  end_init (&bob, "bob", "alice", 2, 1);
  end_init (&mallory, "bob", "alice", 66, 1);
  a = genos_peer_identity_new (&alice.config, nonces[0]);
  b = genos_peer_identity_new (&bob.config, nonces[1]);
  m = genos_peer_identity_new (&mallory.config, nonces[2]);
  unused = hello (a, genos_peer_identity_get_hello (b));
  proof = hello (m, genos_peer_identity_get_hello (a));
  refused (a, proof);
  genos_schnorr_key_unref (alice.key);
  genos_schnorr_key_unref (bob.key);
  genos_schnorr_key_unref (mallory.key);
}

/* The relay knew it under another key. */
static void
test_other_signer (void)
{
  g_autoptr (GenosPeerIdentity) a = NULL;
  g_autoptr (GenosPeerIdentity) b = NULL;
  g_autoptr (GError) error = NULL;
  const char *text;
  End alice, bob;

  end_init (&alice, "alice", "bob", 1, 2);
  end_init (&bob, "bob", "alice", 2, 1);
  alice.config.peer_key = genos_schnorr_key_get_pubkey (alice.key);
  a = genos_peer_identity_new (&alice.config, nonces[0]);
  b = genos_peer_identity_new (&bob.config, nonces[1]);
  text = genos_peer_identity_get_hello (b);
  g_assert_null (genos_peer_identity_take_hello (a, text, strlen (text), &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION);
  genos_schnorr_key_unref (alice.key);
  genos_schnorr_key_unref (bob.key);
}

/* Every bit of hello and proof counts. */
static void
test_flipped (void)
{
  g_autoptr (GenosPeerIdentity) b = NULL;
  g_autofree char *proof = NULL;
  g_autofree char *hello_a = NULL;
  const char *hello_b;
  End alice, bob;

  end_init (&alice, "alice", "bob", 1, 2);
  end_init (&bob, "bob", "alice", 2, 1);
  {
    g_autoptr (GenosPeerIdentity) a = genos_peer_identity_new (&alice.config, nonces[0]);

    hello_a = g_strdup (genos_peer_identity_get_hello (a));
  }
  b = genos_peer_identity_new (&bob.config, nonces[1]);
  hello_b = genos_peer_identity_get_hello (b);
  proof = hello (b, hello_a);
  for (gsize i = 0; i < strlen (hello_b) + strlen (proof); i++) {
    g_autoptr (GenosPeerIdentity) a = genos_peer_identity_new (&alice.config, nonces[0]);
    g_autofree char *first = g_strdup (hello_b);
    g_autofree char *second = g_strdup (proof);
    g_autofree char *unused = NULL;
    gboolean believed;

    if (i < strlen (hello_b))
      first[i] ^= 1;
    else
      second[i - strlen (hello_b)] ^= 1;
    unused = genos_peer_identity_take_hello (a, first, strlen (first), NULL);
    believed = genos_peer_identity_take_proof (a, second, strlen (second), NULL);
    g_assert_false (believed);
    g_assert_false (genos_peer_identity_is_proven (a));
  }
  genos_schnorr_key_unref (alice.key);
  genos_schnorr_key_unref (bob.key);
}

/* Twice, and in another order than it has to be. */
static void
test_order (void)
{
  g_autoptr (GenosPeerIdentity) a = NULL;
  g_autoptr (GenosPeerIdentity) b = NULL;
  g_autoptr (GenosPeerIdentity) early = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *unused = NULL;
  g_autofree char *proof = NULL;
  const char *text;
  End alice, bob;

  end_init (&alice, "alice", "bob", 1, 2);
  end_init (&bob, "bob", "alice", 2, 1);
  a = genos_peer_identity_new (&alice.config, nonces[0]);
  early = genos_peer_identity_new (&alice.config, nonces[0]);
  b = genos_peer_identity_new (&bob.config, nonces[1]);
  text = genos_peer_identity_get_hello (b);
  proof = hello (b, genos_peer_identity_get_hello (a));

  g_assert_false (genos_peer_identity_take_proof (early, proof, strlen (proof), &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
  g_clear_error (&error);

  unused = hello (a, text);
  g_assert_true (genos_peer_identity_take_proof (a, proof, strlen (proof), NULL));
  g_assert_true (genos_peer_identity_is_proven (a));
  g_assert_null (genos_peer_identity_take_hello (a, text, strlen (text), &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
  g_assert_false (genos_peer_identity_is_proven (a));
  genos_schnorr_key_unref (alice.key);
  genos_schnorr_key_unref (bob.key);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room/peer-identity/proven", test_proven);
  g_test_add_func ("/room/peer-identity/in-between", test_in_between);
  g_test_add_func ("/room/peer-identity/other-words", test_other_words);
  g_test_add_func ("/room/peer-identity/replay", test_replay);
  g_test_add_func ("/room/peer-identity/reflected", test_reflected);
  g_test_add_func ("/room/peer-identity/other-key", test_other_key);
  g_test_add_func ("/room/peer-identity/other-signer", test_other_signer);
  g_test_add_func ("/room/peer-identity/flipped", test_flipped);
  g_test_add_func ("/room/peer-identity/order", test_order);
  return g_test_run ();
}
