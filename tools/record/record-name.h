/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Names of recorded files, made of what strangers call themselves: ASCII letters, digits, `_` and
 * inner `-` only, so that no name leaves its folder, hides, or is taken for an option. */

/* (transfer full): at most @max characters of @text, @fallback when nothing of it can stay. */
char *genos_record_name_part (const char *text, gsize max, const char *fallback);

/* (transfer full): `peer-stream-001.mkv`; the @attempt-th name when the ones before are taken. */
char *genos_record_name (const char *peer_id, const char *stream_id, guint segment, guint attempt,
    const char *extension);

G_END_DECLS
