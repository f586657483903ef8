/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include <genos/base/error.h>
#include <genos/base/types.h>

G_BEGIN_DECLS

#define GENOS_TYPE_INCOMING_STREAM (genos_incoming_stream_get_type ())
GENOS_API
G_DECLARE_FINAL_TYPE (GenosIncomingStream, genos_incoming_stream, GENOS, INCOMING_STREAM, GObject)

GENOS_API
const char *genos_incoming_stream_get_peer_id (GenosIncomingStream *self);
GENOS_API
JsonNode *genos_incoming_stream_get_metadata (GenosIncomingStream *self);
GENOS_API
gint64 genos_incoming_stream_get_size (GenosIncomingStream *self);

/* one of these, once */
GENOS_API
GInputStream *genos_incoming_stream_accept (GenosIncomingStream *self, GError **error);
GENOS_API
void genos_incoming_stream_reject (GenosIncomingStream *self, const char *reason);
GENOS_API
void genos_incoming_stream_save_async (GenosIncomingStream *self, const char *directory,
    GFileProgressCallback progress, gpointer progress_data, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);
GENOS_API
char *
genos_incoming_stream_save_finish (GenosIncomingStream *self, GAsyncResult *result, GError **error);

G_END_DECLS
