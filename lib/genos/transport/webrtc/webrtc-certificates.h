/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/transport/peer-link.h>

G_BEGIN_DECLS

/* Once DTLS is up: fails unless the certificate that came is the one that @fingerprint (nullable), the
 * value of the remote's a=fingerprint, names. */
gboolean genos_webrtc_check_certificates (GstElement *webrtc, const char *fingerprint,
    GenosLinkCertificates *certificates, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
