/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/offer-echo.h>

#include <string.h>

#define LINE "a=x-genos-offer:"
/* Hex digits of SHA-256 of the offer's text: it tells offers of one peer apart, no more. */
#define DIGITS 32

static char *
digest (const char *offer)
{
  char *hex = g_compute_checksum_for_string (G_CHECKSUM_SHA256, offer, -1);

  hex[DIGITS] = '\0';
  return hex;
}

/* The end of the session part (RFC 8866, section 5); NULL when nothing follows it. */
static const char *
find_media (const char *sdp)
{
  const char *media = strstr (sdp, "\nm=");

  return media != NULL ? media + 1 : NULL;
}

char *
genos_offer_echo_add (const char *answer, const char *offer)
{
  const char *media = find_media (answer);
  g_autofree char *hex = digest (offer);

  if (media == NULL)
    return g_strdup (answer);
  return g_strdup_printf ("%.*s" LINE "%s\r\n%s", (int) (media - answer), answer, hex, media);
}

/* (nullable) */
static const char *
find_line (const char *answer)
{
  const char *line = strstr (answer, "\n" LINE);
  const char *media = find_media (answer);

  return line != NULL && media != NULL && line < media ? line + strlen ("\n" LINE) : NULL;
}

gboolean
genos_offer_echo_names (const char *answer, const char *offer)
{
  const char *line = find_line (answer);
  g_autofree char *hex = digest (offer);

  return line != NULL && g_str_has_prefix (line, hex);
}

gboolean
genos_offer_echo_fits (const char *answer, const char *offer)
{
  return find_line (answer) == NULL || genos_offer_echo_names (answer, offer);
}
