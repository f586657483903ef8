/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/transfer/incoming-stream.h>
#include <genos/room/transfer/stream-reader.h>

G_BEGIN_DECLS

/* @port: referenced; @metadata (nullable): JSON text, or nonsense */
GenosIncomingStream *
genos_incoming_stream_new (GenosStreamPort *port, const char *metadata, guint64 size);

/* (transfer full) (nullable): whoever decides takes it; NULL with an error when somebody did. */
GenosStreamReader *genos_incoming_stream_take_reader (GenosIncomingStream *self, GError **error);

G_END_DECLS
