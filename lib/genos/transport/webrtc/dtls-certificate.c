/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/dtls-certificate.h>

#include <string.h>

#include <genos/base/error.h>

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"
#define MAX_DIGEST 64

/* (nullable) (transfer full): DER */
static guchar *
decode (const char *pem, gsize *size)
{
  const char *begin = pem != NULL ? strstr (pem, BEGIN) : NULL;
  const char *end = begin != NULL ? strstr (begin, END) : NULL;
  g_autofree char *base64 = NULL;
  guchar *der;

  if (end == NULL)
    return NULL;
  begin += strlen (BEGIN);
  base64 = g_strndup (begin, end - begin);
  der = g_base64_decode (base64, size);
  if (*size == 0)
    g_clear_pointer (&der, g_free);
  return der;
}

static gsize
hash (const char *pem, GChecksumType type, guint8 digest[MAX_DIGEST])
{
  g_autoptr (GChecksum) checksum = NULL;
  g_autofree guchar *der = NULL;
  gsize size = 0;
  gsize length = MAX_DIGEST;

  der = decode (pem, &size);
  if (der == NULL)
    return 0;
  checksum = g_checksum_new (type);
  g_checksum_update (checksum, der, (gssize) size);
  g_checksum_get_digest (checksum, digest, &length);
  return length;
}

gboolean
genos_dtls_certificate_digest (const char *pem, guint8 digest[GENOS_DTLS_DIGEST_SIZE])
{
  guint8 bytes[MAX_DIGEST];

  if (hash (pem, G_CHECKSUM_SHA256, bytes) != GENOS_DTLS_DIGEST_SIZE)
    return FALSE;
  memcpy (digest, bytes, GENOS_DTLS_DIGEST_SIZE);
  return TRUE;
}

static gboolean
find_hash (const char *name, GChecksumType *type)
{
  static const struct {
    const char *name;
    GChecksumType type;
  } rows[] = { { "sha-256", G_CHECKSUM_SHA256 }, { "sha-384", G_CHECKSUM_SHA384 },
    { "sha-512", G_CHECKSUM_SHA512 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (g_ascii_strcasecmp (rows[i].name, name) == 0) {
      *type = rows[i].type;
      return TRUE;
    }
  }
  return FALSE;
}

static char *
format (const guint8 *digest, gsize length)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, "%s%02X", i == 0 ? "" : ":", digest[i]);
  return g_string_free (text, FALSE);
}

gboolean
genos_dtls_certificate_check (const char *pem, const char *fingerprint, GError **error)
{
  g_auto (GStrv) words = g_strsplit (fingerprint, " ", 2);
  g_autofree char *actual = NULL;
  guint8 digest[MAX_DIGEST];
  GChecksumType type;
  gsize length;

  if (words[0] == NULL || words[1] == NULL || !find_hash (words[0], &type)) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED,
        "the peer names its certificate with a hash that proves nothing");
    return FALSE;
  }
  length = hash (pem, type, digest);
  if (length == 0) {
    g_set_error_literal (
        error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION, "the peer showed no certificate");
    return FALSE;
  }
  actual = format (digest, length);
  if (g_ascii_strcasecmp (actual, words[1]) == 0)
    return TRUE;
  g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION,
      "the certificate of the connection is not the one the peer described: somebody is in "
      "between");
  return FALSE;
}
