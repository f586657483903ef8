/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-certificates.h>

#include <genos/transport/webrtc/dtls-certificate.h>

/* As PEM, of either end: (nullable) (transfer full). */
static void
read_certificates (GstElement *webrtc, char **local, char **remote)
{
  g_autoptr (GObject) sctp = NULL;
  g_autoptr (GObject) dtls = NULL;

  g_object_get (webrtc, "sctp-transport", &sctp, NULL);
  if (sctp != NULL)
    g_object_get (sctp, "transport", &dtls, NULL);
  if (dtls != NULL)
    g_object_get (dtls, "certificate", local, "remote-certificate", remote, NULL);
}

gboolean
genos_webrtc_check_certificates (GstElement *webrtc, const char *fingerprint,
    GenosLinkCertificates *certificates, GError **error)
{
  g_autofree char *local = NULL;
  g_autofree char *remote = NULL;

  read_certificates (webrtc, &local, &remote);
  if (!genos_dtls_certificate_check (remote, fingerprint != NULL ? fingerprint : "", error))
    return FALSE;
  if (genos_dtls_certificate_digest (local, certificates->local)
      && genos_dtls_certificate_digest (remote, certificates->remote))
    return TRUE;
  g_set_error_literal (
      error, GENOS_ERROR, GENOS_ERROR_FAILED, "webrtcbin does not tell its certificate");
  return FALSE;
}
