/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/room-private.h>

#include "../../common/signaller-local.h"
#include "../../common/test-wait.h"

G_BEGIN_DECLS

/* Two rooms with a channel for streams, over a link without network that breaks when a test wants it to. */

#define MEBIBYTE (1024 * 1024)

typedef struct {
  GenosRoom *room;
  GenosSignaller *signaller;
  GenosChannel *channel;
  GPtrArray *links; /* all that were ever made */
  guint n_joined, n_relinked, n_heard;
  GenosIncomingStream *offered; /* the last one */
  guint n_offered;
} StreamMember;

typedef struct {
  SignalHub *hub;
  StreamMember alice, bob;
  char *folder;
} StreamDuo;

/* @password: of both */
void stream_duo_set_up (StreamDuo *self, gconstpointer password);
void stream_duo_tear_down (StreamDuo *self, gconstpointer unused);

/* @self: a StreamDuo. The links break without a word … */
void stream_duo_close_links (gpointer self);
/* … and the peers find each other again. */
void stream_duo_break_link (StreamDuo *self);

/* What an end is waited for with: stream_wait_done() is its callback. */
typedef struct {
  GObject *source;
  GAsyncResult *result;
} StreamWait;

void stream_wait_done (GObject *source, GAsyncResult *result, gpointer wait);
void stream_wait_clear (StreamWait *self);

/* Bytes of which each says where it stands. (transfer full) */
guint8 *stream_make_content (gsize size);

G_END_DECLS
