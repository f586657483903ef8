/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/wire/channel-frame.h>
#include <genos/wire/channel-splitter.h>

G_BEGIN_DECLS

/* Frames → messages, for one peer, with bounds on everything that waits. */
typedef struct {
  gsize max_message;            /* bytes of one message, inflated */
  gsize max_buffered;           /* bytes of all unfinished messages together */
  guint max_unfinished;         /* messages that may be unfinished at once */
  gsize max_metadata;           /* bytes of metadata JSON */
} GenosAssemblerLimits;

extern const GenosAssemblerLimits genos_assembler_default_limits; /* 16 MiB, 32 MiB, 64, 64 KiB */

typedef struct {
  char type[GENOS_FRAME_TYPE_SIZE + 1];
  GenosPayloadKind kind;
  GBytes *payload;              /* inflated; strings and JSON are valid UTF-8 without NUL */
  char *metadata;               /* JSON text, NULL when none */
} GenosAssembledMessage;

void genos_assembled_message_free (GenosAssembledMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosAssembledMessage, genos_assembled_message_free)

typedef struct _GenosChannelAssembler GenosChannelAssembler;

GenosChannelAssembler *genos_channel_assembler_new (const GenosAssemblerLimits *limits);
void genos_channel_assembler_free (GenosChannelAssembler *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosChannelAssembler, genos_channel_assembler_free)

/* Takes one frame. Three outcomes: TRUE and *message set: a message is whole; TRUE and
 * *message NULL: more is needed; FALSE with an error: that message is dropped (and its later
 * chunks ignored), the assembler goes on. @metadata (out) (optional) (transfer none): the
 * metadata known so far of the message this frame belongs to, for progress reports. */
gboolean genos_channel_assembler_push (GenosChannelAssembler *self, const GenosChannelFrame *frame,
    GenosAssembledMessage **message, const char **metadata, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Bytes that wait now; always at most max_buffered. */
gsize genos_channel_assembler_get_buffered (GenosChannelAssembler *self);

G_END_DECLS
