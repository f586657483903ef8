/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/channel.h>
#include <genos/room/transfer/stream-book.h>

G_BEGIN_DECLS

/* Sends a file to one peer; ends @task (transfer full) when that has it. A browser gets it as one
 * message of @channel. */
void genos_file_send_run (GTask *task, GenosChannel *channel, GenosStreamBook *book,
    GenosPeer *peer, const char *path, GFileProgressCallback progress, gpointer progress_data);

G_END_DECLS
