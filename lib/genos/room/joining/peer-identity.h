/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/crypto/link-secrets.h>
#include <genos/crypto/schnorr.h>
#include <genos/transport/peer-link.h>

G_BEGIN_DECLS

/* Who stands at the other end of one link: both sides say hello, and prove it with a signature over
 * both hellos, both peer ids and both certificates. Pure: texts in, texts out; the nonce is passed in. */
typedef struct _GenosPeerIdentity GenosPeerIdentity;

typedef struct {
  const char *path; /* the room's root path */
  const char *self_id;
  const char *peer_id;
  const char *peer_key;        /* (nullable): the key that signed its offer or answer */
  GenosSchnorrKey *key;        /* ours */
  const char *const *features; /* ours */
  const char *kind;            /* (nullable): ours */
  GenosLinkCertificates certificates;
  GenosSecret *box;      /* (nullable): drawn for this link; NULL: what we say is not sealed */
  GenosSecret *room_key; /* (nullable) */
} GenosPeerIdentityConfig;

GenosPeerIdentity *
genos_peer_identity_new (const GenosPeerIdentityConfig *config, const guint8 nonce32[32]);
void genos_peer_identity_free (GenosPeerIdentity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosPeerIdentity, genos_peer_identity_free)

/* To be sent first. (transfer none) */
const char *genos_peer_identity_get_hello (GenosPeerIdentity *self);

/* Their hello came: gives our proof, to be sent (transfer full). NULL when it is unusable, a second
 * one, or under another key than their signalling. Any error is final: nothing can be proven after it. */
char *genos_peer_identity_take_hello (GenosPeerIdentity *self, const char *text, gsize size,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Their proof came. GENOS_ERROR_AUTHENTICATION when it does not hold. */
gboolean genos_peer_identity_take_proof (GenosPeerIdentity *self, const char *text, gsize size,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean genos_peer_identity_is_proven (GenosPeerIdentity *self);
/* 64 hex digits; NULL until proven. */
const char *genos_peer_identity_get_key (GenosPeerIdentity *self);
/* The keys of this link, which whoever changed a word of hello or proof does not have. FALSE without an
 * error when one of the two does not seal; when it cannot, GENOS_ERROR_AUTHENTICATION. Once proven. */
gboolean genos_peer_identity_agree (
    GenosPeerIdentity *self, GenosLinkSecrets *secrets, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Their hello is here: they are no browser. */
gboolean genos_peer_identity_was_greeted (GenosPeerIdentity *self);
/* What the other side can do; NULL until proven. */
const char *const *genos_peer_identity_get_features (GenosPeerIdentity *self);
/* (nullable): what it announces itself as; NULL until proven. */
const char *genos_peer_identity_get_kind (GenosPeerIdentity *self);

G_END_DECLS
