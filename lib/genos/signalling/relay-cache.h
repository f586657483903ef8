/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include <genos/signalling/relay-list.h>

G_BEGIN_DECLS

/* The file in which a list of relays survives: `genosrooms/relays.json` in the user's cache folder.
 * Several processes may share it: it is replaced as a whole. What blocks runs in a thread. */

/* (transfer full) */
char *genos_relay_cache_dup_path (void);

/* G_IO_ERROR_NOT_FOUND when there is none; what is in it is judged by genos_relay_list_load(). */
void genos_relay_cache_load_async (
    const char *path, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GenosRelayList *genos_relay_cache_load_finish (GAsyncResult *result, GError **error);

/* Writes @list as it is now. That a list could not be kept is no matter to anybody: the next run asks
 * again. */
void genos_relay_cache_save (const char *path, const GenosRelayList *list);

G_END_DECLS
