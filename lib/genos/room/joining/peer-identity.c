/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/peer-identity.h>

#include <string.h>

#include <genos/base/reason-private.h>
#include <genos/crypto/identity-statement.h>
#include <genos/wire/hello-message.h>

struct _GenosPeerIdentity {
  char *path;
  char *self_id;
  char *peer_id;
  char *peer_key; /* (nullable) */
  GenosSchnorrKey *key;
  GenosLinkCertificates certificates;
  GenosSecret *box;      /* (nullable) */
  GenosSecret *room_key; /* (nullable) */
  char *hello;           /* ours */

  GBytes *their_hello;     /* (nullable) */
  GenosHelloMessage *peer; /* (nullable): what it says */
  gboolean proven;
  gboolean failed;
};

GenosPeerIdentity *
genos_peer_identity_new (const GenosPeerIdentityConfig *config, const guint8 nonce32[32])
{
  GenosPeerIdentity *self = g_new0 (GenosPeerIdentity, 1);
  guint8 box32[GENOS_LINK_PUBLIC_SIZE];

  self->path = g_strdup (config->path);
  self->self_id = g_strdup (config->self_id);
  self->peer_id = g_strdup (config->peer_id);
  self->peer_key = g_strdup (config->peer_key);
  self->key = genos_schnorr_key_ref (config->key);
  self->certificates = config->certificates;
  if (config->box != NULL) {
    self->box = genos_secret_ref (config->box);
    genos_link_secrets_get_public (self->box, box32);
  }
  if (config->room_key != NULL)
    self->room_key = genos_secret_ref (config->room_key);
  self->hello = genos_hello_message_build (genos_schnorr_key_get_pubkey (self->key), nonce32,
      self->box != NULL ? box32 : NULL, config->features, config->kind);
  return self;
}

void
genos_peer_identity_free (GenosPeerIdentity *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_free (self->self_id);
  g_free (self->peer_id);
  g_free (self->peer_key);
  g_free (self->hello);
  genos_schnorr_key_unref (self->key);
  genos_secret_unref (self->box);
  genos_secret_unref (self->room_key);
  g_clear_pointer (&self->their_hello, g_bytes_unref);
  g_clear_pointer (&self->peer, genos_hello_message_free);
  g_free (self);
}

const char *
genos_peer_identity_get_hello (GenosPeerIdentity *self)
{
  return self->hello;
}

static gboolean
state (GenosPeerIdentity *self, gboolean by_us, guint8 digest32[32])
{
  GenosIdentitySide ours = {
    .peer_id = self->self_id,
    .certificate32 = self->certificates.local,
    .hello = self->hello,
    .hello_size = strlen (self->hello),
  };
  GenosIdentitySide theirs = {
    .peer_id = self->peer_id,
    .certificate32 = self->certificates.remote,
  };

  theirs.hello = g_bytes_get_data (self->their_hello, &theirs.hello_size);
  return by_us ? genos_identity_statement (self->path, &ours, &theirs, digest32)
               : genos_identity_statement (self->path, &theirs, &ours, digest32);
}

static void
fail (GenosPeerIdentity *self, GenosError code, const char *why, GError **error)
{
  self->failed = TRUE;
  if (error != NULL)
    *error = genos_error_new_reason (code, GENOS_REASON_NOT_VERIFIED, "%s", why);
}

static char *
prove (GenosPeerIdentity *self, GError **error)
{
  guint8 digest32[32];
  guint8 sig64[64];

  if (!state (self, TRUE, digest32)) {
    fail (self, GENOS_ERROR_FAILED, "these peer ids cannot be signed", error);
    return NULL;
  }
  genos_schnorr_key_sign (self->key, digest32, NULL, sig64);
  return genos_proof_message_build (sig64);
}

char *
genos_peer_identity_take_hello (
    GenosPeerIdentity *self, const char *text, gsize size, GError **error)
{
  if (self->failed || self->peer != NULL) {
    fail (self, GENOS_ERROR_PROTOCOL, "the peer said hello twice", error);
    return NULL;
  }
  self->peer = genos_hello_message_parse (text, size, error);
  if (self->peer == NULL) {
    self->failed = TRUE;
    return NULL;
  }
  self->their_hello = g_bytes_new (text, size);
  if (self->peer_key != NULL && strcmp (self->peer_key, self->peer->key) != 0) {
    fail (self, GENOS_ERROR_AUTHENTICATION,
        "the peer names another key than the one that signed its messages on the relay", error);
    return NULL;
  }
  return prove (self, error);
}

gboolean
genos_peer_identity_take_proof (
    GenosPeerIdentity *self, const char *text, gsize size, GError **error)
{
  guint8 digest32[32];
  guint8 sig64[64];

  if (self->failed || self->proven || self->peer == NULL) {
    fail (self, GENOS_ERROR_PROTOCOL, "the peer proves what it was not asked", error);
    return FALSE;
  }
  if (!genos_proof_message_parse (text, size, sig64, error)) {
    self->failed = TRUE;
    return FALSE;
  }
  if (!state (self, FALSE, digest32)
      || !genos_schnorr_verify (self->peer->key32, digest32, sig64)) {
    fail (self, GENOS_ERROR_AUTHENTICATION,
        "the peer does not hold the key it names, or somebody stands in between", error);
    return FALSE;
  }
  self->proven = TRUE;
  return TRUE;
}

gboolean
genos_peer_identity_is_proven (GenosPeerIdentity *self)
{
  return self->proven && !self->failed;
}

const char *
genos_peer_identity_get_key (GenosPeerIdentity *self)
{
  return genos_peer_identity_is_proven (self) ? self->peer->key : NULL;
}

const char *const *
genos_peer_identity_get_features (GenosPeerIdentity *self)
{
  return genos_peer_identity_is_proven (self) ? (const char *const *) self->peer->features : NULL;
}

const char *
genos_peer_identity_get_kind (GenosPeerIdentity *self)
{
  return genos_peer_identity_is_proven (self) ? self->peer->kind : NULL;
}

gboolean
genos_peer_identity_was_greeted (GenosPeerIdentity *self)
{
  return self->peer != NULL;
}

/* Both sides name the same one first, whoever offered. */
gboolean
genos_peer_identity_agree (GenosPeerIdentity *self, GenosLinkSecrets *secrets, GError **error)
{
  gboolean first = strcmp (self->self_id, self->peer_id) < 0;
  guint8 transcript32[32];

  if (!genos_peer_identity_is_proven (self) || self->box == NULL || !self->peer->has_box)
    return FALSE;
  return state (self, first, transcript32)
      && genos_link_secrets_agree (
          secrets, self->box, self->peer->box32, self->room_key, transcript32, first, error);
}
