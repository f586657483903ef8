/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/stream-port.h>

/* Frames of one stream that wait in the link's queue: enough that it never runs dry, and few enough
 * that what else is said on the channel does not wait long behind them. */
#define MAX_QUEUED 8

struct _GenosStreamPort {
  gint ref_count;
  GenosPeer *peer;
  char *channel;
  guint64 id;
  gboolean incoming;

  const GenosStreamPortEvents *events;
  gpointer owner; /* NULL once closed */
  GenosStreamPortClosedFunc closed_func;
  gpointer closed_data;

  GenosMessenger *messenger; /* over which was spoken last */
  guint n_queued;
  gboolean pumping;
  gboolean broken; /* a frame did not get into that one's queue */
};

GenosStreamPort *
genos_stream_port_new (GenosPeer *peer, const char *channel, guint64 id, gboolean incoming)
{
  GenosStreamPort *self = g_new0 (GenosStreamPort, 1);

  self->ref_count = 1;
  self->peer = g_object_ref (peer);
  self->channel = g_strdup (channel);
  self->id = id;
  self->incoming = incoming;
  return self;
}

GenosStreamPort *
genos_stream_port_ref (GenosStreamPort *self)
{
  self->ref_count++;
  return self;
}

void
genos_stream_port_unref (GenosStreamPort *self)
{
  if (--self->ref_count > 0)
    return;
  g_clear_object (&self->messenger);
  g_object_unref (self->peer);
  g_free (self->channel);
  g_free (self);
}

void
genos_stream_port_set_owner (
    GenosStreamPort *self, const GenosStreamPortEvents *events, gpointer owner)
{
  self->events = events;
  self->owner = owner;
}

/* --- out */

static void
on_frame_gone (gpointer data)
{
  g_autoptr (GenosStreamPort) self = data;

  self->n_queued--;
  genos_stream_port_pump (self);
}

static gboolean
send_frame (GenosStreamPort *self, GBytes *frame, GError **error)
{
  const GenosOutgoing outgoing = { .type = self->channel,
    .priority = GENOS_PRIORITY_LOW,
    .overflow = GENOS_OVERFLOW_FAIL,
    .user_data = genos_stream_port_ref (self),
    .destroy = on_frame_gone };
  const GenosExtendedMessage message = {
    .kind = GENOS_PAYLOAD_BINARY, .role = GENOS_ROLE_STREAM, .id = self->id, .payload = frame
  };

  self->n_queued++;
  return genos_peer_send (self->peer, &outgoing, &message, error) != 0;
}

/* TRUE when the link is another one than that over which was spoken last. */
static gboolean
follow_link (GenosStreamPort *self)
{
  gboolean was_there = self->messenger != NULL;

  if (!g_set_object (&self->messenger, genos_peer_get_messenger (self->peer)))
    return FALSE;
  self->broken = FALSE;
  return was_there;
}

static void
pump (GenosStreamPort *self)
{
  if (follow_link (self))
    self->events->relinked (self->owner);
  while (self->owner != NULL && !self->broken && self->n_queued < MAX_QUEUED) {
    g_autoptr (GBytes) frame = self->events->next (self->owner);
    g_autoptr (GError) error = NULL;

    if (frame == NULL)
      return;
    if (!send_frame (self, frame, &error))
      self->broken = TRUE;
  }
}

void
genos_stream_port_pump (GenosStreamPort *self)
{
  g_autoptr (GenosStreamPort) alive = genos_stream_port_ref (self);

  if (self->pumping || self->owner == NULL || !genos_peer_is_linked (self->peer))
    return;
  self->pumping = TRUE;
  pump (self);
  self->pumping = FALSE;
}

void
genos_stream_port_close (GenosStreamPort *self, gboolean finished)
{
  g_autoptr (GenosStreamPort) alive = genos_stream_port_ref (self);
  g_autoptr (GBytes) last = NULL;

  if (self->owner == NULL)
    return;
  if (genos_peer_is_linked (self->peer))
    last = self->events->next (self->owner);
  self->owner = NULL;
  if (last != NULL)
    send_frame (self, last, NULL);
  /* Whoever hears that it is over may leave at once. */
  if (genos_peer_is_linked (self->peer))
    genos_messenger_flush (genos_peer_get_messenger (self->peer));
  g_clear_object (&self->messenger);
  if (self->closed_func != NULL)
    self->closed_func (self, finished, self->closed_data);
}

/* --- in */

void
genos_stream_port_take (GenosStreamPort *self, const GenosStreamFrame *frame)
{
  if (self->owner != NULL)
    self->events->frame (self->owner, frame);
}

/* What did not get into a full queue is as good as lost. */
void
genos_stream_port_tick (GenosStreamPort *self, gint64 now)
{
  if (self->owner != NULL && self->broken && genos_peer_is_linked (self->peer)
      && self->messenger == genos_peer_get_messenger (self->peer)) {
    self->broken = FALSE;
    self->events->relinked (self->owner);
  }
  if (self->owner != NULL && self->events->tick != NULL)
    self->events->tick (self->owner, now);
  genos_stream_port_pump (self);
}

void
genos_stream_port_drop (GenosStreamPort *self, const GError *error)
{
  gpointer owner = g_steal_pointer (&self->owner);

  g_clear_object (&self->messenger);
  if (owner != NULL)
    self->events->gone (owner, error);
}

/* --- what it is */

void
genos_stream_port_set_closed_func (
    GenosStreamPort *self, GenosStreamPortClosedFunc func, gpointer user_data)
{
  self->closed_func = func;
  self->closed_data = user_data;
}

GenosPeer *
genos_stream_port_get_peer (GenosStreamPort *self)
{
  return self->peer;
}

void
genos_stream_port_set_peer (GenosStreamPort *self, GenosPeer *peer)
{
  g_set_object (&self->peer, peer);
}

const char *
genos_stream_port_get_channel (GenosStreamPort *self)
{
  return self->channel;
}

guint64
genos_stream_port_get_id (GenosStreamPort *self)
{
  return self->id;
}

gboolean
genos_stream_port_is_incoming (GenosStreamPort *self)
{
  return self->incoming;
}

gboolean
genos_stream_port_is_closed (GenosStreamPort *self)
{
  return self->owner == NULL;
}
