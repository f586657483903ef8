/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include <genos/wire/nip01-event.h>

G_BEGIN_DECLS

/* Proof of work (NIP-13) in a worker thread: the caller's main context waits for nothing.
 *
 * @event is copied; its pubkey has to be filled in. While the search goes on, its time is kept true. */
void genos_nostr_miner_run_async (const GenosNip01Event *event, guint bits,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/* (transfer full): the event with its id, to be signed; NULL when it was cancelled. */
GenosNip01Event *genos_nostr_miner_run_finish (GAsyncResult *result, GError **error);

G_END_DECLS
