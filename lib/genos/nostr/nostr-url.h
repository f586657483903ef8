/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Relay URLs: pure. */

#define GENOS_NOSTR_URL_MAX 2048

/* (transfer full) (nullable): the form in which two spellings of one relay are equal: scheme and host
 * in lower case, the port only where it is not the scheme's, no empty path. NULL for what is no relay
 * URL: ws:// or wss:// with a host, without fragment, user and password. */
char *genos_nostr_url_normalize (const char *url);

/* The same for any of ws, wss, http and https, with ws told as http and wss as https: what a server
 * is asked over HTTP about itself is asked at the URL of its relay. */
char *genos_nostr_url_normalize_http (const char *url);

/* Whether a stranger may send us there: wss://, a host name with a dot and a public suffix, not an
 * address, not a name of this machine or of its network. @url is normalized. */
gboolean genos_nostr_url_is_public (const char *url);

/* (transfer full): the domain that whoever runs the relay has registered, guessed as the last two
 * labels of the host, three where the last two are of the kind `co.uk`; the host where that is an
 * address. @url is normalized. */
char *genos_nostr_url_operator (const char *url);

G_END_DECLS
