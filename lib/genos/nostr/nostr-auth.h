/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/wire/nip01-event.h>

G_BEGIN_DECLS

/* Authentication to one relay (NIP-42) as a state machine: pure. A challenge is remembered, and
 * answered only when the relay has refused something with "auth-required:", because an answer ties our
 * key to this connection, and with it to our address. Once per challenge, and so often a connection. */
#define GENOS_NOSTR_AUTH_MAX_ANSWERS 3

typedef enum {
  GENOS_NOSTR_AUTH_NONE,        /* nothing asked */
  GENOS_NOSTR_AUTH_REQUIRED,    /* asked, but there is no challenge yet */
  GENOS_NOSTR_AUTH_SENT,
  GENOS_NOSTR_AUTH_ACCEPTED,
  GENOS_NOSTR_AUTH_REFUSED,
} GenosNostrAuthState;

#define GENOS_NOSTR_AUTH_KIND 22242
#define GENOS_NOSTR_AUTH_MAX_CHALLENGE 256

typedef struct {
  GenosNostrAuthState state;
  char *challenge;              /* of this connection; NULL when there is none, or it was answered */
  char id[65];                  /* of our answer */
  guint n_answers;
} GenosNostrAuth;

/* Another connection: nothing is asked any more. */
void genos_nostr_auth_reset (GenosNostrAuth *self);

/* ["AUTH", challenge]; FALSE: not usable. */
gboolean genos_nostr_auth_challenged (GenosNostrAuth *self, const char *challenge);

/* "auth-required:" was heard. */
void genos_nostr_auth_required (GenosNostrAuth *self);

/* Whether an answer is due; there is one only once per challenge. */
gboolean genos_nostr_auth_is_due (const GenosNostrAuth *self);

/* (transfer full): the answer, to be signed: kind 22242, "at least two tags, one for the relay URL and
 * one for the challenge string". @now in seconds. */
GenosNip01Event *genos_nostr_auth_answer (const GenosNostrAuth *self, const char *url, gint64 now);
void genos_nostr_auth_sent (GenosNostrAuth *self, const char *id);

/* An OK came. FALSE: it is not about our answer. */
gboolean genos_nostr_auth_take_ok (GenosNostrAuth *self, const char *id, gboolean accepted);

const char *genos_nostr_auth_get_name (GenosNostrAuthState state);

G_END_DECLS
