/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/dialect.h>

static const GenosDialect genosrtc = {
  .nick = "genosrtc",
  .namespace_ = "GenosRTC",
  .room_prefix = "app-sync-",
  .iv_size = 12,
  .deflates_text = TRUE,
  .binary_has_json_bit = TRUE,
};

static const GenosDialect trystero = {
  .nick = "trystero",
  .namespace_ = "Trystero",
  .room_prefix = "",
  .iv_size = 16,
  .deflates_text = FALSE,
  .binary_has_json_bit = FALSE,
};

static const GenosDialect *const dialects[] = { &genosrtc, &trystero, NULL };

const GenosDialect *const *
genos_dialects (void)
{
  return dialects;
}

const GenosDialect *
genos_dialect_lookup (const char *nick)
{
  for (guint i = 0; dialects[i] != NULL; i++) {
    if (g_strcmp0 (dialects[i]->nick, nick) == 0)
      return dialects[i];
  }
  return NULL;
}
