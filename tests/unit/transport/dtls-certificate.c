/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/dtls-certificate.h>

#include <string.h>

#include <genos/base/error.h>

/* Made with `openssl req -x509`, its fingerprints with `openssl x509 -fingerprint`. */
static const char pem[] = "Bag Attributes: text before it is skipped\n"
                          "-----BEGIN CERTIFICATE-----\n"
                          "MIIBdDCCARmgAwIBAgIUQoiVR8tfVL/ju6M5GBQtUv6TyMcwCgYIKoZIzj0EAwIw\n"
                          "DzENMAsGA1UEAwwEdGVzdDAeFw0yNjExMjMwMDUxNTdaFw0zNjExMjAwMDUxNTda\n"
                          "MA8xDTALBgNVBAMMBHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASOBucy\n"
                          "1Yav2bKJesoRQALaslP3uq579K95w+jAqLdfXOyDrNW63YBEXOYCIgBcXxW+LUwi\n"
                          "+O19eknGWVs5+Ldmo1MwUTAdBgNVHQ4EFgQUZk2lIhfwilK+kbM4gGQo24TvDfow\n"
                          "HwYDVR0jBBgwFoAUZk2lIhfwilK+kbM4gGQo24TvDfowDwYDVR0TAQH/BAUwAwEB\n"
                          "/zAKBggqhkjOPQQDAgNJADBGAiEAwVNcXG6ZbXKyIQCwNgYqlVzAprskYCEVBFyl\n"
                          "DrCnPtACIQCUl3WLN9Xjrr6q23xv6gQ/Ti87+ykAHNKYkoPF5cwp/w==\n"
                          "-----END CERTIFICATE-----\n";

static const char *const fingerprints[] = {
  "sha-256 68:2E:C6:8F:83:35:B0:17:D6:71:13:5C:7A:67:73:DB:7D:03:BA:A0:50:FC:37:E7:"
  "FF:19:DD:1E:25:B5:13:2C",
  "sha-384 BB:FF:12:95:DF:55:B3:17:59:8C:C5:5A:02:AE:49:A4:4F:83:C9:EA:C2:38:6C:56:"
  "67:04:4D:0C:10:7B:89:83:AE:95:FD:68:FC:B7:B0:B7:73:CE:D2:B4:1B:1A:B6:6C",
  "sha-512 67:A1:40:40:B6:6F:4B:79:73:34:6E:F2:45:0C:13:F1:73:EC:0A:FA:C5:AC:38:A8:"
  "3C:31:55:65:B1:63:81:F9:A2:EB:1E:F9:85:7A:02:FF:CE:C5:52:31:7E:DC:52:08:2F:ED:02"
  ":B1:F3:F1:1C:A1:59:2F:0F:04:3E:0D:16:1D",
};

static void
test_fingerprints (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (fingerprints); i++) {
    g_autofree char *lower = g_ascii_strdown (fingerprints[i], -1);
    g_autofree char *upper = g_ascii_strup (fingerprints[i], -1);
    g_autoptr (GError) error = NULL;

    g_assert_true (genos_dtls_certificate_check (pem, lower, &error));
    g_assert_true (genos_dtls_certificate_check (pem, upper, &error));
    g_assert_no_error (error);
  }
}

static void
test_others (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (fingerprints); i++) {
    gsize length = strlen (fingerprints[i]);

    for (gsize cut = 0; cut < length; cut++) {
      g_autofree char *text = g_strndup (fingerprints[i], cut);
      g_autoptr (GError) error = NULL;

      g_assert_false (genos_dtls_certificate_check (pem, text, &error));
      g_assert_nonnull (error);
    }
    for (gsize at = strlen ("sha-256 "); at < length; at++) {
      g_autofree char *text = g_strdup (fingerprints[i]);
      g_autoptr (GError) error = NULL;

      text[at] = text[at] == '0' ? '1' : '0';
      g_assert_false (genos_dtls_certificate_check (pem, text, &error));
      g_assert_error (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION);
    }
  }
}

static void
test_weak_hash (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (genos_dtls_certificate_check (
      pem, "sha-1 00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00", &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED);
}

static void
test_no_certificate (void)
{
  static const char *const not_pem[] = { NULL, "", "junk", "-----BEGIN CERTIFICATE-----",
    "-----BEGIN CERTIFICATE----------END CERTIFICATE-----",
    "-----END CERTIFICATE-----\nAAAA\n-----BEGIN CERTIFICATE-----" };

  for (guint i = 0; i < G_N_ELEMENTS (not_pem); i++) {
    g_autoptr (GError) error = NULL;
    guint8 digest[GENOS_DTLS_DIGEST_SIZE];

    g_assert_false (genos_dtls_certificate_check (not_pem[i], fingerprints[0], &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION);
    g_assert_false (genos_dtls_certificate_digest (not_pem[i], digest));
  }
}

static void
test_digest (void)
{
  guint8 digest[GENOS_DTLS_DIGEST_SIZE];
  g_autoptr (GString) text = g_string_new ("sha-256 ");

  g_assert_true (genos_dtls_certificate_digest (pem, digest));
  for (guint i = 0; i < sizeof digest; i++)
    g_string_append_printf (text, "%s%02X", i == 0 ? "" : ":", digest[i]);
  g_assert_cmpstr (text->str, ==, fingerprints[0]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/dtls-certificate/fingerprints", test_fingerprints);
  g_test_add_func ("/transport/dtls-certificate/others", test_others);
  g_test_add_func ("/transport/dtls-certificate/weak-hash", test_weak_hash);
  g_test_add_func ("/transport/dtls-certificate/no-certificate", test_no_certificate);
  g_test_add_func ("/transport/dtls-certificate/digest", test_digest);
  return g_test_run ();
}
