/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/offer-echo.h>

#include <string.h>

#define OFFER                                                                                      \
  "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
#define LATER                                                                                      \
  "v=0\r\no=- 2 1 IN IP4 0.0.0.0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
#define HEAD "v=0\r\no=- 3 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
#define MEDIA "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\n"
/* printf OFFER | sha256sum | cut -c1-32 */
#define ECHO_OF_OFFER "a=x-genos-offer:ce856bf75f9f17ed5b6d97ea35eb08ab\r\n"

static void
test_add (void)
{
  g_autofree char *answer = genos_offer_echo_add (HEAD MEDIA, OFFER);
  g_autofree char *empty = genos_offer_echo_add (HEAD, OFFER);

  g_assert_cmpstr (answer, ==, HEAD ECHO_OF_OFFER MEDIA);
  g_assert_cmpstr (empty, ==, HEAD);
}

static void
test_fits (void)
{
  g_assert_true (genos_offer_echo_fits (HEAD ECHO_OF_OFFER MEDIA, OFFER));
  g_assert_false (genos_offer_echo_fits (HEAD ECHO_OF_OFFER MEDIA, LATER));
}

static void
test_names (void)
{
  g_assert_true (genos_offer_echo_names (HEAD ECHO_OF_OFFER MEDIA, OFFER));
  g_assert_false (genos_offer_echo_names (HEAD ECHO_OF_OFFER MEDIA, LATER));
  g_assert_false (genos_offer_echo_names (HEAD MEDIA, OFFER));
  g_assert_false (genos_offer_echo_names (HEAD MEDIA ECHO_OF_OFFER, OFFER));
}

/* A browser's. */
static void
test_says_nothing (void)
{
  g_assert_true (genos_offer_echo_fits (HEAD MEDIA, OFFER));
  g_assert_true (genos_offer_echo_fits ("", OFFER));
  g_assert_true (genos_offer_echo_fits (HEAD MEDIA ECHO_OF_OFFER, LATER));
}

/* Another digest in every digit, and fewer digits. */
static void
test_damaged (void)
{
  const char *whole = HEAD ECHO_OF_OFFER MEDIA;
  gsize begin = strlen (HEAD "a=x-genos-offer:");

  for (guint i = 0; i < 32; i++) {
    g_autofree char *flipped = g_strdup (whole);
    g_autofree char *cut = g_strndup (whole, begin + i);
    g_autofree char *cut_line = g_strconcat (cut, "\r\n" MEDIA, NULL);

    flipped[begin + i] ^= 1;
    g_assert_false (genos_offer_echo_fits (flipped, OFFER));
    g_assert_false (genos_offer_echo_fits (cut_line, OFFER));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room/offer-echo/add", test_add);
  g_test_add_func ("/room/offer-echo/fits", test_fits);
  g_test_add_func ("/room/offer-echo/names", test_names);
  g_test_add_func ("/room/offer-echo/says-nothing", test_says_nothing);
  g_test_add_func ("/room/offer-echo/damaged", test_damaged);
  return g_test_run ();
}
