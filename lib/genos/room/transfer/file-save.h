/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include <genos/room/transfer/stream-reader.h>

G_BEGIN_DECLS

/* Saves a stream that was not accepted yet as a file; ends @task (transfer full) with its path.
 * @metadata (nullable): what the sender says of it. */
void genos_file_save_run (GTask *task, GenosStreamReader *reader, JsonNode *metadata, guint64 size,
    const char *directory, GFileProgressCallback progress, gpointer progress_data);

/* The same with bytes that are here already. */
void genos_file_save_bytes (GTask *task, GBytes *bytes, JsonNode *metadata, const char *directory);

G_END_DECLS
