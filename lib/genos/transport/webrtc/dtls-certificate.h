/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whose certificate stands at an end of a DTLS association. webrtcbin (1.22 at least) takes any
 * certificate whatever the description says, so that this has to be looked at here (RFC 8827, 6.5).
 * Pure. */

#define GENOS_DTLS_DIGEST_SIZE 32

/* SHA-256 of the first certificate in @pem (RFC 7468); FALSE when there is none. A private key beside
 * it is not looked at. */
gboolean genos_dtls_certificate_digest (
    const char *pem, guint8 digest[GENOS_DTLS_DIGEST_SIZE]) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the certificate is the one that an a=fingerprint value ("sha-256 AB:CD:…", RFC 8122) names.
 * GENOS_ERROR_AUTHENTICATION when it is another; hashes other than SHA-256, SHA-384 and SHA-512 prove
 * too little. @pem (nullable) */
gboolean genos_dtls_certificate_check (
    const char *pem, const char *fingerprint, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
