/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/peer-private.h>
#include <genos/wire/stream-frame.h>

G_BEGIN_DECLS

/* One end of one stream, towards its peer: frames go out as fast as the peer's link takes them, over
 * whichever link there is. Counted by reference, for what is queued in a link refers to it. Lives on
 * the room's context. */
typedef struct _GenosStreamPort GenosStreamPort;

/* What its owner is told, and asked. */
typedef struct {
  /* (transfer full) (nullable): what is to be sent next */
  GBytes *(*next) (gpointer owner);
  void (*frame) (gpointer owner, const GenosStreamFrame *frame);
  /* What was on its way is lost. */
  void (*relinked) (gpointer owner);
  /* Once a second; (nullable). @now: monotonic, µs */
  void (*tick) (gpointer owner, gint64 now);
  /* The peer is not here any more; nothing follows. */
  void (*gone) (gpointer owner, const GError *error);
} GenosStreamPortEvents;

GenosStreamPort *
genos_stream_port_new (GenosPeer *peer, const char *channel, guint64 id, gboolean incoming);
GenosStreamPort *genos_stream_port_ref (GenosStreamPort *self);
void genos_stream_port_unref (GenosStreamPort *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosStreamPort, genos_stream_port_unref)

/* @owner has to live until close(). */
void genos_stream_port_set_owner (
    GenosStreamPort *self, const GenosStreamPortEvents *events, gpointer owner);

/* Sends what the owner has, as far as the link takes it. */
void genos_stream_port_pump (GenosStreamPort *self);
/* The owner is asked for its last word, and never after. @finished: all went well. */
void genos_stream_port_close (GenosStreamPort *self, gboolean finished);

GenosPeer *genos_stream_port_get_peer (GenosStreamPort *self);
/* The same peer, another way. */
void genos_stream_port_set_peer (GenosStreamPort *self, GenosPeer *peer);
const char *genos_stream_port_get_channel (GenosStreamPort *self);
guint64 genos_stream_port_get_id (GenosStreamPort *self);
gboolean genos_stream_port_is_incoming (GenosStreamPort *self);
gboolean genos_stream_port_is_closed (GenosStreamPort *self);

/* For whoever keeps the ports. */
typedef void (*GenosStreamPortClosedFunc) (
    GenosStreamPort *self, gboolean finished, gpointer user_data);
void genos_stream_port_set_closed_func (
    GenosStreamPort *self, GenosStreamPortClosedFunc func, gpointer user_data);
void genos_stream_port_take (GenosStreamPort *self, const GenosStreamFrame *frame);
void genos_stream_port_tick (GenosStreamPort *self, gint64 now);
void genos_stream_port_drop (GenosStreamPort *self, const GError *error);

G_END_DECLS
