/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Why TLS failed, in words that say what to do. */

/* (transfer full): what is wrong with @certificate, nullable, according to @errors. */
char *genos_nostr_tls_reason_text (GTlsCertificate *certificate, GTlsCertificateFlags errors);

/* Notes what others than the system's authorities made of the certificate of @message. */
void genos_nostr_tls_reason_judged (SoupMessage *message, GTlsCertificateFlags errors);

/* (transfer full) (nullable): NULL when @error is not about TLS. */
char *genos_nostr_tls_reason (SoupMessage *message, const GError *error);

G_END_DECLS
