/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

#include <genos/base/error.h>
#include <genos/nostr/nostr-farewells.h>

G_BEGIN_DECLS

/* How relays and what belongs to them are reached: whose certificates are believed, through which
 * proxy, with which further headers. All HTTP of this library goes through one of these. Lives on the
 * thread-default main context it was made in. */
#define GENOS_TYPE_NOSTR_SESSION (genos_nostr_session_get_type ())
G_DECLARE_FINAL_TYPE (GenosNostrSession, genos_nostr_session, GENOS, NOSTR_SESSION, GObject)

typedef struct {
  const char *tls_ca_file; /* nullable: PEM, believed in addition to the system's authorities */
  const char *proxy;       /* nullable: URI; empty: the system's; "none": none */
  const char *headers;     /* nullable: see nostr-headers.h */
} GenosNostrSessionConfig;

/* @config is nullable. GENOS_ERROR_INVALID_ARGUMENT says which setting is unusable and what it takes. */
GenosNostrSession *genos_nostr_session_new (const GenosNostrSessionConfig *config, GError **error);

/* (transfer none): what is being closed. It holds the session until then. */
GenosNostrFarewells *genos_nostr_session_get_farewells (GenosNostrSession *self);

/* (transfer none) */
SoupSession *genos_nostr_session_get_soup (GenosNostrSession *self);

/* (transfer full) (nullable): a GET of @url with the headers that are set for it, following no
 * redirection; NULL when @url is none. */
SoupMessage *genos_nostr_session_new_message (GenosNostrSession *self, const char *url);

/* (transfer full): why @message did not get through, for the people who can do something about it.
 * @error is what libsoup says. A certificate that is not believed is GENOS_ERROR_AUTHENTICATION, a
 * cancellation stays one, everything else is GENOS_ERROR_CLOSED. */
GError *
genos_nostr_session_explain (GenosNostrSession *self, SoupMessage *message, const GError *error);

G_END_DECLS
