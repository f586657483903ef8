/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/error.h>
#include <genos/base/types.h>
#include <genos/room/message.h>

G_BEGIN_DECLS

#define GENOS_TYPE_CHANNEL (genos_channel_get_type ())
GENOS_API
G_DECLARE_FINAL_TYPE (GenosChannel, genos_channel, GENOS, CHANNEL, GObject)

GENOS_API
const char *genos_channel_get_name (GenosChannel *self);

/* @targets: (nullable) NULL-terminated peer ids; NULL: everybody who is there now */
GENOS_API
void
genos_channel_send_async (GenosChannel *self, GenosMessage *message, const char *const *targets,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GENOS_API
gboolean genos_channel_send_finish (
    GenosChannel *self, GAsyncResult *result, char ***sent_to, char ***failed, GError **error);
/* Queues and forgets: for action signals and bindings. Returns to how many peers it was queued. */
GENOS_API
guint genos_channel_send (
    GenosChannel *self, GenosMessage *message, const char *const *targets, GError **error);

GENOS_API
void genos_channel_request_async (GenosChannel *self, GenosMessage *message, const char *peer_id,
    guint timeout_ms, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GENOS_API
GenosMessage *
genos_channel_request_finish (GenosChannel *self, GAsyncResult *result, GError **error);

/* larger things; asynchronous, and checked by hash */
GENOS_API
void genos_channel_open_stream_async (GenosChannel *self, const char *peer_id, JsonNode *metadata,
    gint64 size, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GENOS_API
GOutputStream *
genos_channel_open_stream_finish (GenosChannel *self, GAsyncResult *result, GError **error);
GENOS_API
void genos_channel_send_file_async (GenosChannel *self, const char *path, const char *peer_id,
    GFileProgressCallback progress, gpointer progress_data, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);
GENOS_API
gboolean genos_channel_send_file_finish (GenosChannel *self, GAsyncResult *result, GError **error);
GENOS_API
void
genos_channel_save_message_async (GenosChannel *self, GenosMessage *message, const char *directory,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GENOS_API
char *genos_channel_save_message_finish (GenosChannel *self, GAsyncResult *result, GError **error);

/* Signals:
 * ::request (GenosRequest *request) → gboolean
 * ::message (const char *peer_id, GenosMessage *message)
 * ::progress (const char *peer_id, double fraction, const char *metadata) a message coming in
 * ::send-progress (const char *peer_id, double fraction) a message going out
 */

G_END_DECLS
