/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What differs between the members of the protocol family, as data: a further
 * dialect is a further row, never a new branch elsewhere. */
typedef struct {
  const char *nick;             /* "genosrtc", "trystero" */
  const char *namespace_;       /* first part of every path: "GenosRTC", "Trystero" */
  const char *room_prefix;      /* what db.room puts before the name: "app-sync-", "" */
  gsize iv_size;                /* bytes of the AES-GCM IV of sealed SDP: 12, 16 */
  gboolean deflates_text;       /* text payloads of 512 bytes and more are deflated */
  gboolean binary_has_json_bit; /* GenosRTC sets tag 4|8 on binary */
} GenosDialect;

/* (nullable) */
const GenosDialect *genos_dialect_lookup (const char *nick);

/* All rows, NULL-terminated array of pointers. */
const GenosDialect *const *genos_dialects (void);

G_END_DECLS
