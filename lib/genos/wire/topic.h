/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/wire/dialect.h>

G_BEGIN_DECLS

/* The path of a room: "namespace@appId@roomId", or with @peer_id "…@peerId". @room_name
 * is the name the user gave; the dialect's room_prefix is put before it. (transfer full) */
char *genos_topic_path (const GenosDialect *dialect, const char *app_id, const char *room_name,
    const char *peer_id);

/* SHA-1 of the path, each byte in base 36 without padding, joined. (transfer full) */
char *genos_topic_from_path (const char *path);

/* 20000 + (sum of the topic's character codes mod 10000): an ephemeral kind (NIP-01). */
guint genos_topic_kind (const char *topic);

G_END_DECLS
