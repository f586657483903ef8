/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Links between two peers, and the frames on them. */

#include "sim-room-private.h"

#include <string.h>

#define MAX_DIALS 32 /* under way at once, as the library's dial book has it */
#define ANSWER_TIMEOUT (12 * G_TIME_SPAN_SECOND)
#define HANDSHAKES 6 /* delays of a link until it is open: ICE, DTLS and SCTP */
/* RFC 9260, 16: a packet is sent again after RTO.Min at the earliest, unless more follow it. */
#define SENT_AGAIN (1 * G_TIME_SPAN_SECOND)
#define ICE_MISSES (7 * G_TIME_SPAN_SECOND)
/* One that is watched is asked when it was quiet for a second, twice. */
#define WATCH_MISSES (2500 * G_TIME_SPAN_MILLISECOND)
#define HEADERS                                                                                    \
  107 /* bytes around a message: its own frame 15, SCTP 28, DTLS 29, UDP and IPv4 28, and 7 of padding */
#define MEMBERS 70 /* bytes of a frame's JSON besides its id, origin and data */

static SimLink *
find_link (SimPeer *peer, guint32 index)
{
  for (guint i = 0; i < peer->links->len; i++) {
    SimLink *link = &g_array_index (peer->links, SimLink, i);

    if (link->index == index)
      return link;
  }
  return NULL;
}

static void
remove_link (SimPeer *peer, SimLink *link)
{
  g_array_remove_index (peer->links, link - (SimLink *) peer->links->data);
}

static gboolean
can_signal (SimPeer *a, SimPeer *b)
{
  return (a->relays & b->relays) != 0;
}

/* --- dialling --- */

static SimDial *
find_dial (SimPeer *peer, guint32 number)
{
  for (guint i = 0; i < peer->dials->len; i++) {
    SimDial *dial = &g_array_index (peer->dials, SimDial, i);

    if (dial->number == number)
      return dial;
  }
  return NULL;
}

static void
forget_dials (SimRoom *self, SimPeer *peer)
{
  for (guint i = peer->dials->len; i > 0; i--)
    if (g_array_index (peer->dials, SimDial, i - 1).until <= self->now)
      g_array_remove_index_fast (peer->dials, i - 1);
}

void
sim_links_dial (SimRoom *self, SimPeer *peer, guint32 number)
{
  SimPeer *other = sim_room_find_number (self, number);
  SimDial dial = { number, self->now + ANSWER_TIMEOUT };

  if (other == NULL || find_link (peer, other->index) != NULL || find_dial (peer, number) != NULL
      || peer->dials->len >= MAX_DIALS)
    return;
  g_array_append_val (peer->dials, dial);
  self->n_events++;
  if (can_signal (peer, other))
    sim_room_push (self, self->config.relay_delay, SIM_OFFER, peer->index, other->index);
}

static void
dial_wanted (guint32 number, gpointer data)
{
  SimPeer *peer = data;

  if (!genos_mesh_overlay_is_linked (peer->overlay, number))
    sim_links_dial (peer->room, peer, number);
}

void
sim_links_dial_wanted (SimRoom *self, SimPeer *peer)
{
  forget_dials (self, peer);
  genos_mesh_overlay_foreach_wanted (peer->overlay, self->now, dial_wanted, peer);
}

typedef struct {
  SimRoom *room;
  GArray *silent; /* of guint32: numbers */
} Look;

static void
look_at (guint32 number, gpointer data)
{
  Look *look = data;
  SimPeer *other = sim_room_find_number (look->room, number);

  if (other->gone != 0 && look->room->now - other->gone >= WATCH_MISSES)
    g_array_append_val (look->silent, number);
}

void
sim_links_watch (SimRoom *self, SimPeer *peer)
{
  Look look = { self, self->watched };

  g_array_set_size (self->watched, 0);
  genos_mesh_overlay_foreach_suspect (peer->overlay, self->now, look_at, &look);
  for (guint i = 0; i < self->watched->len; i++)
    genos_mesh_overlay_doubt (
        peer->overlay, g_array_index (self->watched, guint32, i), TRUE, self->now);
  if (self->watched->len > 0)
    sim_links_dial_wanted (self, peer);
}

static gint64
choose_delay (SimRoom *self)
{
  return self->config.delay / 2 + (gint64) (g_rand_double (self->random) * self->config.delay);
}

void
sim_links_take_offer (SimRoom *self, const SimEvent *event)
{
  SimPeer *from = sim_room_get_peer (self, event->a);
  SimPeer *to = sim_room_get_peer (self, event->b);

  if (from->overlay == NULL || to->overlay == NULL || to->hangs
      || find_link (to, from->index) != NULL
      || genos_mesh_overlay_judge (to->overlay, from->number, self->now) < GENOS_MESH_TOLERATED)
    return;
  self->n_events++;
  sim_room_push (self, self->config.relay_delay + HANDSHAKES * self->config.delay, SIM_OPEN,
      from->index, to->index);
}

static void
open_end (SimRoom *self, SimPeer *peer, SimPeer *other, gint64 delay)
{
  SimLink link = { .index = other->index, .serial = self->n_serials, .delay = delay };

  g_array_append_val (peer->links, link);
}

void
sim_links_open (SimRoom *self, const SimEvent *event)
{
  SimPeer *a = sim_room_get_peer (self, event->a);
  SimPeer *b = sim_room_get_peer (self, event->b);
  gint64 delay = choose_delay (self);

  if (a->overlay == NULL || b->overlay == NULL || a->hangs || b->hangs
      || find_link (a, b->index) != NULL || find_link (b, a->index) != NULL)
    return;
  self->n_serials++;
  open_end (self, a, b, delay);
  open_end (self, b, a, delay);
  genos_mesh_overlay_link_up (a->overlay, b->number, TRUE, self->now);
  genos_mesh_overlay_link_up (b->overlay, a->number, TRUE, self->now);
}

/* --- the end --- */

static gint64
notice_after (SimRoom *self, const SimLink *link, SimEnd end)
{
  if (end != SIM_END_BROKEN)
    return MAX (link->delay, link->arrived - self->now);
  return ICE_MISSES + (gint64) ((g_rand_double (self->random) - 0.5) * 2 * G_TIME_SPAN_SECOND);
}

static void
tell_end (SimRoom *self, SimPeer *peer, const SimLink *link, SimEnd end)
{
  sim_heap_push (&self->heap,
      (SimEvent){ .at = self->now + notice_after (self, link, end),
          .kind = SIM_CLOSED,
          .flag = end,
          .a = link->index,
          .b = peer->index,
          .serial = link->serial });
}

void
sim_links_end_all (SimRoom *self, SimPeer *peer, SimEnd end)
{
  for (guint i = 0; i < peer->links->len; i++)
    tell_end (self, peer, &g_array_index (peer->links, SimLink, i), end);
}

void
sim_links_closed (SimRoom *self, const SimEvent *event)
{
  SimPeer *peer = sim_room_get_peer (self, event->a);
  SimPeer *other = sim_room_get_peer (self, event->b);
  SimLink *link = find_link (peer, other->index);

  if (peer->overlay == NULL || link == NULL || link->serial != event->serial)
    return;
  remove_link (peer, link);
  if (event->flag == SIM_END_LEFT)
    genos_mesh_overlay_left (peer->overlay, other->number, self->now);
  genos_mesh_overlay_link_down (
      peer->overlay, other->number, event->flag == SIM_END_BROKEN, self->now);
  sim_links_dial_wanted (self, peer);
}

void
sim_links_prune (SimRoom *self, SimPeer *peer)
{
  for (guint i = peer->links->len; i > 0; i--) {
    SimLink *link = &g_array_index (peer->links, SimLink, i - 1);
    SimPeer *other = sim_room_get_peer (self, link->index);

    if (genos_mesh_overlay_judge (peer->overlay, other->number, self->now) != GENOS_MESH_UNWANTED)
      continue;
    tell_end (self, peer, link, SIM_END_CLOSED);
    remove_link (peer, link);
    genos_mesh_overlay_link_down (peer->overlay, other->number, FALSE, self->now);
  }
}

/* --- frames --- */

/* The same frame goes to many, one after the other. */
static guint
measure (SimRoom *self, GenosMeshFrame *frame)
{
  if (self->measured != frame) {
    g_clear_pointer (&self->measured, genos_mesh_frame_unref);
    self->measured = genos_mesh_frame_ref (frame);
    self->measured_size =
        HEADERS + MEMBERS + strlen (frame->id) + strlen (frame->origin) + strlen (frame->data);
  }
  return self->measured_size;
}

static void
count_frame (SimRoom *self, SimPeer *from, GenosMeshFrame *frame)
{
  gboolean control = frame->kind == GENOS_MESH_HAVE || frame->kind == GENOS_MESH_WANT;

  if (!self->measuring)
    return;
  self->frames[control ? 1 : frame->target != NULL ? 2 : 0]++;
  from->n_bytes += measure (self, frame);
}

static gint64
find_arrival (SimRoom *self, SimLink *link)
{
  gint64 at = self->now + link->delay;

  while (self->config.loss > 0 && g_rand_double (self->random) < self->config.loss)
    at += SENT_AGAIN;
  link->arrived = MAX (link->arrived, at);
  return link->arrived;
}

void
sim_links_send (
    SimRoom *self, SimPeer *from, SimLink *link, guint cell, GenosMeshFrame *frame, guint ttl)
{
  SimPeer *to = sim_room_get_peer (self, link->index);
  gint64 arrival = find_arrival (self, link);

  count_frame (self, from, frame);
  if (to->overlay == NULL)
    return;
  sim_heap_push (&self->heap,
      (SimEvent){ .at = arrival,
          .kind = SIM_FRAME,
          .ttl = ttl,
          .cell = cell,
          .a = from->index,
          .b = link->index,
          .serial = link->serial,
          .frame = genos_mesh_frame_ref (frame) });
}

void
sim_links_take_frame (SimRoom *self, const SimEvent *event)
{
  SimPeer *from = sim_room_get_peer (self, event->a);
  SimPeer *to = sim_room_get_peer (self, event->b);
  SimLink *link = to->overlay != NULL && !to->hangs ? find_link (to, from->index) : NULL;

  if (link == NULL || link->serial != event->serial)
    return;
  self->from = event->a;
  genos_mesh_overlay_note_channel (to->overlay, from->number, event->cell);
  genos_mesh_overlay_receive (to->overlay, from->number, event->frame, event->ttl, self->now);
}

static gboolean
on_send (guint32 number, guint cell, GenosMeshFrame *frame, guint ttl, gpointer data)
{
  SimPeer *peer = data;
  SimPeer *other = sim_room_find_number (peer->room, number);
  SimLink *link = other != NULL ? find_link (peer, other->index) : NULL;

  /* It says what it has to say itself, and nothing of others. */
  if (link != NULL
      && (!peer->lies
          || g_str_equal (
              frame->origin, genos_mesh_topology_get_id (peer->room->topology, peer->number))))
    sim_links_send (peer->room, peer, link, cell, frame, ttl);
  return TRUE;
}

static gboolean
on_deliver (GenosMeshFrame *frame, gpointer data)
{
  SimPeer *peer = data;

  sim_traffic_delivered (peer->room, peer, frame);
  return TRUE;
}

static void
on_sealed (gpointer data)
{
  SimPeer *peer = data;

  sim_faults_sealed (peer->room, peer);
}

const GenosMeshEvents sim_link_events = {
  .send = on_send, .deliver = on_deliver, .sealed = on_sealed
};
