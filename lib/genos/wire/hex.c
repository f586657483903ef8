/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/hex.h>

void
genos_hex_encode (const guint8 *bytes, gsize len, char *out)
{
  static const char digits[] = "0123456789abcdef";

  for (gsize i = 0; i < len; i++) {
    *out++ = digits[bytes[i] >> 4];
    *out++ = digits[bytes[i] & 15];
  }
  *out = '\0';
}

static int
digit_value (char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return -1;
}

gboolean
genos_hex_decode (const char *hex, guint8 *out, gsize len)
{
  for (gsize i = 0; i < len; i++) {
    int high = digit_value (hex[0]);
    int low = high < 0 ? -1 : digit_value (hex[1]);

    if (low < 0)
      return FALSE;
    *out++ = (guint8) (high << 4 | low);
    hex += 2;
  }
  return *hex == '\0';
}
