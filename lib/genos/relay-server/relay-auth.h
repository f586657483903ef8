/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/wire/nip01-event.h>

G_BEGIN_DECLS

/* Judging the answer to a challenge (NIP-42, "Authentication of clients to relays"). Pure. */

#define GENOS_RELAY_AUTH_KIND 22242

/* "created_at should be close (e.g. within ~10 minutes) to the current time" */
#define GENOS_RELAY_AUTH_WINDOW 600

/* Whether @url names the relay at @host and @port. "URL normalization techniques can be applied. For
 * most cases just checking if the domain name is correct should be enough": here host and port
 * count, scheme and path do not, since a proxy may change them. @port 0: any. */
gboolean genos_relay_auth_is_at (const char *url, const char *host, guint port);

/* The host and port of a relay's URL. @host (transfer full) */
gboolean genos_relay_auth_split (const char *url, char **host, guint *port);

/* Everything but id, signature and the relay tag. NULL when it is right, else what is wrong.
 * @now: seconds since the epoch. */
const char *genos_relay_auth_refuse (
    const GenosNip01Event *event, const char *challenge, gint64 now) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
