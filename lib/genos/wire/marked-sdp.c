/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/marked-sdp.h>

#include <string.h>

#define MARK "a=x-genosrooms:1\r\n"

char *
genos_sdp_mark (const char *sdp)
{
  gsize size = strlen (sdp);
  gboolean ended = size == 0 || sdp[size - 1] == '\n';

  return g_strconcat (sdp, ended ? "" : "\r\n", MARK, NULL);
}

gboolean
genos_sdp_unmark (char *sdp)
{
  gsize size = strlen (sdp);
  gsize mark = strlen (MARK);

  if (size < mark || strcmp (sdp + size - mark, MARK) != 0
      || (size > mark && sdp[size - mark - 1] != '\n'))
    return FALSE;
  sdp[size - mark] = '\0';
  return TRUE;
}
