/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include <genos/crypto/secret.h>

G_BEGIN_DECLS

/* Derives a room's key from its password on another thread, for it takes a tenth of a second. */
void genos_room_key_derive_async (const char *password, const char *room_path,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* (transfer full) (nullable) */
GenosSecret *genos_room_key_derive_finish (GAsyncResult *result, GError **error);

G_END_DECLS
