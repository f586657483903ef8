/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is said in the room, and whether everybody heard it. */

#include "sim-room-private.h"

#include <stdio.h>
#include <string.h>

#define MOST_HOPS 254

static SimMessage *
get_message (SimRoom *self, guint index)
{
  return &g_array_index (self->messages, SimMessage, index);
}

/* {"n":17,"x":"…"} of the wanted size */
static char *
build_data (SimRoom *self, guint number, const char *target)
{
  GString *data = g_string_new (NULL);

  g_string_append_printf (data, "{\"n\":%u,", number);
  if (target != NULL)
    g_string_append_printf (data, "\"_t\":\"%s\",", target);
  g_string_append (data, "\"x\":\"");
  while (data->len + 2 < self->config.size)
    g_string_append_c (data, 'x');
  g_string_append (data, "\"}");
  return g_string_free (data, FALSE);
}

/* Whoever has been there long enough to have been sealed by the others. */
static SimPeer *
pick_speaker (SimRoom *self)
{
  for (guint i = 0; i < 100; i++) {
    SimPeer *peer = sim_room_pick (self);

    if (peer != NULL && !peer->hangs && genos_mesh_overlay_get_n_links (peer->overlay) > 0)
      return peer;
  }
  return NULL;
}

static SimPeer *
pick_listener (SimRoom *self, SimPeer *speaker)
{
  for (guint i = 0; i < 100; i++) {
    SimPeer *peer = sim_room_pick (self);

    if (peer != speaker && !peer->hangs
        && genos_mesh_census_has_sealed (
            genos_mesh_overlay_get_census (speaker->overlay), peer->number))
      return peer;
  }
  return NULL;
}

void
sim_traffic_say (SimRoom *self, gboolean directed)
{
  SimPeer *speaker = pick_speaker (self);
  SimPeer *listener = speaker != NULL && directed ? pick_listener (self, speaker) : NULL;
  const char *target = NULL;
  guint number = self->messages->len;
  g_autofree char *data = NULL;
  SimMessage message;

  if (speaker == NULL || (directed && listener == NULL))
    return;
  if (listener != NULL)
    target = genos_mesh_topology_get_id (self->topology, listener->number);
  message = (SimMessage){
    .at = self->now,
    .origin = speaker->index,
    .target = listener != NULL ? listener->index : SIM_NO_INDEX,
    .n_peers = self->peers->len,
    .relays = speaker->relays,
    .hops = g_malloc0 (self->peers->len),
  };
  g_array_append_val (self->messages, message);
  data = build_data (self, number, target);
  if (target != NULL)
    genos_mesh_overlay_send_acknowledged (speaker->overlay, target, data, FALSE, self->now);
  else
    genos_mesh_overlay_send (speaker->overlay, NULL, data, self->now);
  sim_room_push (self, SIM_VERDICT, SIM_JUDGE, number, 0);
}

/* FALSE: it is none of ours. */
static gboolean
parse_number (SimRoom *self, GenosMeshFrame *frame, guint *number)
{
  const char *at = strstr (frame->data, "\"n\":");

  return at != NULL && sscanf (at, "\"n\":%u,", number) == 1 && *number < self->messages->len;
}

static gboolean
has_got (const SimMessage *message, guint32 index)
{
  return message->hops[index] > 0;
}

/* One more than whom it comes from; who came after it was said is not counted. */
static guint
count_hops (SimRoom *self, const SimMessage *message)
{
  if (self->from == message->origin)
    return 1;
  return self->from < message->n_peers ? MIN (message->hops[self->from], MOST_HOPS) + 1 : 1;
}

void
sim_traffic_delivered (SimRoom *self, SimPeer *peer, GenosMeshFrame *frame)
{
  SimMessage *message;
  guint number;

  if (!parse_number (self, frame, &number)) {
    self->n_forged++;
    return;
  }
  message = get_message (self, number);
  if (message->target == SIM_NO_INDEX)
    self->deliveries++;
  if (message->hops == NULL || peer->index >= message->n_peers)
    return;
  if (has_got (message, peer->index)) {
    self->n_twice++;
    return;
  }
  message->hops[peer->index] = count_hops (self, message);
  if (message->target != SIM_NO_INDEX) {
    self->n_arrived += message->target == peer->index;
    return;
  }
  message->n_got++;
  message->latency += self->now - message->at;
  sim_tally_add (&self->hops, message->hops[peer->index]);
  sim_tally_add (&self->latency, (self->now - message->at) / 1000);
}

/* Everybody who was there and still is should have it; in a room that was split meanwhile, of the sender's half. */
static gboolean
should_have (SimRoom *self, const SimMessage *message, SimPeer *peer)
{
  return peer->index < message->n_peers && peer->index != message->origin && !peer->hangs
      && (peer->relays & sim_room_get_peer (self, message->origin)->relays) != 0
      && (message->relays & SIM_HALF (peer->index)) != 0;
}

void
sim_traffic_judge (SimRoom *self, guint32 number)
{
  SimMessage *message = get_message (self, number);

  if (message->target == SIM_NO_INDEX) {
    self->n_said++;
    for (guint i = 0; i < self->present->len; i++) {
      SimPeer *peer = sim_room_get_peer (self, g_array_index (self->present, guint32, i));

      if (!should_have (self, message, peer))
        continue;
      self->n_expected++;
      self->n_delivered += has_got (message, peer->index);
    }
  } else {
    SimPeer *listener = sim_room_get_peer (self, message->target);

    self->n_directed++;
    if (listener->overlay == NULL || listener->hangs)
      self->n_arrived += !has_got (message, message->target);
  }
  g_clear_pointer (&message->hops, g_free);
}
