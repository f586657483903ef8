/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-tls-reason.h>

/* Of what a stranger wrote into a certificate, that much is shown. */
#define MAX_SHOWN 128

static const char judged_key[] = "genos-tls-judged";

static char *
show_time (GDateTime *time)
{
  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M UTC") : g_strdup ("unknown");
}

/* Names in a certificate may hold anything. */
static char *
show_name (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name != NULL ? name : "?", -1);

  for (char *p = valid; *p != '\0'; p++) {
    if (g_ascii_iscntrl (*p))
      *p = '?';
  }
  return g_utf8_strlen (valid, -1) > MAX_SHOWN ? g_utf8_substring (valid, 0, MAX_SHOWN)
                                               : g_steal_pointer (&valid);
}

static char *
explain_unknown_authority (GTlsCertificate *certificate)
{
  g_autofree char *issuer =
      certificate != NULL ? g_tls_certificate_get_issuer_name (certificate) : NULL;
  g_autofree char *shown = show_name (issuer);

  return g_strdup_printf (
      "its certificate is signed by an authority that is not known here (%s): set "
      "tls-ca-file to the certificate of that authority (PEM), or use a relay with a public "
      "certificate",
      shown);
}

static char *
explain_other_name (GTlsCertificate *certificate)
{
  g_autofree char *subject =
      certificate != NULL ? g_tls_certificate_get_subject_name (certificate) : NULL;
  g_autofree char *shown = show_name (subject);

  return g_strdup_printf (
      "its certificate is for another name (%s): the URL has to have the host name "
      "the certificate was made for",
      shown);
}

static char *
explain_expired (GTlsCertificate *certificate)
{
  g_autoptr (GDateTime) end =
      certificate != NULL ? g_tls_certificate_get_not_valid_after (certificate) : NULL;
  g_autofree char *shown = show_time (end);

  return g_strdup_printf (
      "its certificate has expired (%s): whoever runs the relay has to renew it, "
      "unless the clock of this machine is wrong",
      shown);
}

static char *
explain_not_yet_valid (GTlsCertificate *certificate)
{
  g_autoptr (GDateTime) start =
      certificate != NULL ? g_tls_certificate_get_not_valid_before (certificate) : NULL;
  g_autofree char *shown = show_time (start);

  return g_strdup_printf (
      "its certificate is valid from %s on only: check the clock of this machine", shown);
}

/* The one that has to be put right first comes first. */
char *
genos_nostr_tls_reason_text (GTlsCertificate *certificate, GTlsCertificateFlags errors)
{
  if (errors & G_TLS_CERTIFICATE_NOT_ACTIVATED)
    return explain_not_yet_valid (certificate);
  if (errors & G_TLS_CERTIFICATE_EXPIRED)
    return explain_expired (certificate);
  if (errors & G_TLS_CERTIFICATE_BAD_IDENTITY)
    return explain_other_name (certificate);
  if (errors & G_TLS_CERTIFICATE_REVOKED)
    return g_strdup ("its certificate was revoked: do not use this relay");
  if (errors & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return explain_unknown_authority (certificate);
  if (errors & G_TLS_CERTIFICATE_INSECURE)
    return g_strdup ("its certificate uses an algorithm that is no longer secure: whoever runs the "
                     "relay has to renew it");
  return g_strdup ("its certificate is not believed");
}

void
genos_nostr_tls_reason_judged (SoupMessage *message, GTlsCertificateFlags errors)
{
  /* The lowest bit says that there is a judgement at all. */
  g_object_set_data (G_OBJECT (message), judged_key, GUINT_TO_POINTER ((errors << 1) | 1));
}

static char *
explain_certificate (SoupMessage *message)
{
  guint judged = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (message), judged_key));
  GTlsCertificateFlags errors =
      judged != 0 ? judged >> 1 : soup_message_get_tls_peer_certificate_errors (message);

  return genos_nostr_tls_reason_text (soup_message_get_tls_peer_certificate (message), errors);
}

char *
genos_nostr_tls_reason (SoupMessage *message, const GError *error)
{
  if (error->domain != G_TLS_ERROR)
    return NULL;
  switch (error->code) {
    case G_TLS_ERROR_UNAVAILABLE:
      return g_strdup ("there is no TLS on this system: install the package glib-networking");
    case G_TLS_ERROR_BAD_CERTIFICATE:
      return explain_certificate (message);
    case G_TLS_ERROR_NOT_TLS:
      return g_strdup_printf (
          "the server does not speak TLS at this port (%s): is its URL ws://?", error->message);
    default:
      return g_strdup_printf ("TLS failed: %s", error->message);
  }
}
