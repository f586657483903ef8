/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The mesh and the links of a room: which are made, kept and closed, and what goes over them. */

#include <genos/room/cells/mesh-private.h>

#include <string.h>

/* Over that many bytes in front of a link, frames wait where origins take turns. */
#define LINK_FULL ((gsize) 256 * 1024)
/* Over so many bulk waits, so that chat is never far behind it. */
#define LINK_FULL_OF_BULK ((gsize) 96 * 1024)
#define PUMP_MS 20

static gint64
now (void)
{
  return g_get_monotonic_time ();
}

guint32
genos_mesh_find (GenosMesh *self, const char *peer_id)
{
  return genos_mesh_topology_find (self->topology, peer_id);
}

typedef void (*NumberFunc) (GenosMeshOverlay *overlay, guint32 peer, gint64 now);

static void
tell (GenosMesh *self, const char *peer_id, NumberFunc func)
{
  guint32 peer = genos_mesh_topology_acquire (self->topology, peer_id);

  func (self->overlay, peer, now ());
  genos_mesh_topology_release (self->topology, peer);
}

/* --- what goes over links --- */

static gsize
get_queued (GenosPeer *peer)
{
  return genos_outbox_get_bytes (genos_messenger_get_outbox (genos_peer_get_messenger (peer)));
}

static gboolean
on_pump (gpointer data)
{
  g_autoptr (GenosMesh) self = g_object_ref (GENOS_MESH (data));
  g_autoptr (GPtrArray) peers = genos_roster_get_targets (self->roster, NULL, NULL);
  gboolean any_waits = FALSE;

  for (guint i = 0; i < peers->len && self->overlay != NULL; i++) {
    GenosPeer *peer = g_ptr_array_index (peers, i);
    guint32 number = genos_mesh_find (self, genos_peer_get_id (peer));

    if (number == GENOS_MESH_NOBODY)
      continue;
    if (get_queued (peer) < LINK_FULL)
      genos_mesh_overlay_writable (self->overlay, number, now ());
    any_waits |= genos_mesh_overlay_get_n_waiting (self->overlay, number) > 0;
  }
  if (any_waits || self->overlay == NULL)
    return self->overlay != NULL;
  return G_SOURCE_REMOVE;
}

static GBytes *
encode (GenosMesh *self, GenosMeshFrame *frame, guint ttl)
{
  char *text;

  if (self->encoded == frame && self->encoded_ttl == ttl)
    return self->encoded_text;
  g_clear_pointer (&self->encoded, genos_mesh_frame_unref);
  g_clear_pointer (&self->encoded_text, g_bytes_unref);
  text = genos_mesh_frame_to_json (frame, ttl);
  self->encoded = genos_mesh_frame_ref (frame);
  self->encoded_ttl = ttl;
  self->encoded_text = g_bytes_new_take (text, strlen (text));
  return self->encoded_text;
}

gboolean
genos_mesh_links_send (
    guint32 peer_number, guint cell, GenosMeshFrame *frame, guint ttl, gpointer data)
{
  GenosMesh *self = data;
  GenosPeer *peer =
      genos_roster_get (self->roster, genos_mesh_topology_get_id (self->topology, peer_number));
  char channel[16];
  const GenosOutgoing outgoing = { .type = channel,
    .priority = frame->kind == GENOS_MESH_MSG ? GENOS_PRIORITY_NORMAL : GENOS_PRIORITY_HIGH };
  GenosExtendedMessage message = { .kind = GENOS_PAYLOAD_STRING };

  /* It is about to leave; nothing is gained by waiting. */
  if (peer == NULL || !genos_peer_is_linked (peer))
    return TRUE;
  if (get_queued (peer) >= (frame->bulk ? LINK_FULL_OF_BULK : LINK_FULL)) {
    if (!genos_timer_is_running (&self->pump))
      genos_timer_start (&self->pump, self->context, PUMP_MS, on_pump, self, "[genos] mesh pump");
    return FALSE;
  }
  g_snprintf (channel, sizeof channel, "c%u", cell);
  message.payload = encode (self, frame, ttl);
  if (genos_peer_send (peer, &outgoing, &message, NULL) == 0)
    self->dropped++;
  else if (frame->is_chunk && genos_mesh_is_self (self, frame->origin))
    genos_mesh_large_handed (self, peer_number, frame);
  return TRUE;
}

static void
receive (GenosMesh *self, guint32 from, guint cell, GenosMeshFrame *frame, guint ttl)
{
  genos_mesh_overlay_note_channel (self->overlay, from, cell);
  genos_mesh_overlay_receive (self->overlay, from, frame, ttl, now ());
}

gboolean
genos_mesh_take (GenosMesh *self, GenosPeer *peer, const char *channel, GenosMessage *message)
{
  g_autoptr (GenosMesh) alive = g_object_ref (self);
  g_autoptr (GenosMeshFrame) frame = NULL;
  const char *text = genos_message_get_text (message);
  guint32 from;
  guint cell, ttl;

  if (self->overlay == NULL || !genos_mesh_frame_parse_channel (channel, &cell))
    return FALSE;
  from = genos_mesh_find (self, genos_peer_get_id (peer));
  if (genos_message_get_kind (message) == GENOS_MESSAGE_STRING && text != NULL)
    frame = genos_mesh_frame_parse (text, strlen (text), &ttl, NULL);
  if (frame == NULL || from == GENOS_MESH_NOBODY)
    self->dropped++;
  else
    receive (self, from, cell, frame, ttl);
  return TRUE;
}

/* --- which links there are --- */

static GenosMeshWish
judge (const char *peer_id, gpointer data)
{
  GenosMesh *self = data;
  guint32 peer;
  GenosMeshWish wish;

  if (self->overlay == NULL)
    return GENOS_MESH_UNWANTED;
  peer = genos_mesh_topology_acquire (self->topology, peer_id);
  wish = genos_mesh_overlay_judge (self->overlay, peer, now ());
  genos_mesh_topology_release (self->topology, peer);
  return wish;
}

static void
collect (guint32 peer, gpointer data)
{
  GArray *wanted = data;

  g_array_append_val (wanted, peer);
}

static void
dial_wanted (GenosMesh *self)
{
  g_autoptr (GArray) wanted = g_array_new (FALSE, FALSE, sizeof (guint32));

  genos_membership_reconsider (self->membership);
  if (self->overlay == NULL)
    return;
  genos_mesh_overlay_foreach_wanted (self->overlay, now (), collect, wanted);
  for (guint i = 0; i < wanted->len && self->overlay != NULL; i++) {
    guint32 peer = g_array_index (wanted, guint32, i);
    g_autofree char *id = g_strdup (genos_mesh_topology_get_id (self->topology, peer));

    if (!genos_mesh_overlay_is_linked (self->overlay, peer)
        && genos_roster_get (self->roster, id) == NULL)
      genos_membership_want (self->membership, id);
  }
}

typedef gboolean (*PeerFunc) (GenosMesh *self, GenosPeer *peer);

static void
close_some (GenosMesh *self, PeerFunc is_over)
{
  g_autoptr (GPtrArray) peers = genos_roster_get_targets (self->roster, NULL, NULL);
  g_autoptr (GError) error = g_error_new_literal (GENOS_ERROR, GENOS_ERROR_CLOSED,
      "it is in another cell of the room now, and reached by way of others");

  for (guint i = 0; i < peers->len && self->overlay != NULL; i++) {
    GenosPeer *peer = g_ptr_array_index (peers, i);

    if (is_over (self, peer))
      genos_peer_close_for (peer, TRUE, error);
  }
}

static gboolean
is_unwanted (GenosMesh *self, GenosPeer *peer)
{
  return judge (genos_peer_get_id (peer), self) == GENOS_MESH_UNWANTED;
}

/* Its link is gone, and was not ours to want: most likely the other side closed it, and its word for
 * that was lost. Waited for, it would be dialled, and closed again, for ever. */
static gboolean
is_let_go (GenosMesh *self, GenosPeer *peer)
{
  return !genos_peer_is_linked (peer)
      && judge (genos_peer_get_id (peer), self) != GENOS_MESH_WANTED;
}

/* What happens in here may change what is wanted; the next tick sees to it. */
void
genos_mesh_links_apply (GenosMesh *self)
{
  g_autoptr (GenosMesh) alive = g_object_ref (self);

  if (self->overlay == NULL || self->applying)
    return;
  self->applying = TRUE;
  close_some (self, is_unwanted);
  if (self->overlay != NULL)
    dial_wanted (self);
  self->applying = FALSE;
}

static gboolean
on_tick (gpointer data)
{
  g_autoptr (GenosMesh) self = g_object_ref (GENOS_MESH (data));

  genos_mesh_overlay_tick (self->overlay, now ());
  if (self->overlay == NULL)
    return G_SOURCE_REMOVE;
  close_some (self, is_let_go);
  if (self->overlay != NULL)
    dial_wanted (self);
  if (self->overlay != NULL)
    genos_mesh_far_tick (self);
  if (self->overlay != NULL)
    genos_mesh_group_tick (self);
  return self->overlay != NULL;
}

void
genos_mesh_doubt (GenosMesh *self, const char *peer_id, gboolean doubted)
{
  g_autoptr (GenosMesh) alive = g_object_ref (self);
  guint32 peer = self->overlay != NULL ? genos_mesh_find (self, peer_id) : GENOS_MESH_NOBODY;

  if (peer != GENOS_MESH_NOBODY)
    genos_mesh_overlay_doubt (self->overlay, peer, doubted, now ());
}

gboolean
genos_mesh_is_acting (GenosMesh *self)
{
  return self->overlay != NULL && genos_mesh_overlay_is_acting (self->overlay, now ());
}

/* --- what the room hears --- */

static void
link_up (GenosMesh *self, GenosPeer *peer)
{
  const char *id = genos_peer_get_id (peer);
  guint32 number = genos_mesh_topology_acquire (self->topology, id);

  genos_mesh_overlay_link_up (self->overlay, number, genos_peer_is_extended (peer), now ());
  genos_mesh_topology_release (self->topology, number);
  genos_mesh_emit_peer_state (self, id, GENOS_MESH_PEER_LINKED);
}

static void
link_down (GenosMesh *self, const char *id, gboolean broken)
{
  guint32 number = genos_mesh_find (self, id);

  if (number == GENOS_MESH_NOBODY || !genos_mesh_overlay_is_linked (self->overlay, number))
    return;
  genos_mesh_overlay_link_down (self->overlay, number, broken, now ());
  if (self->overlay != NULL)
    genos_mesh_emit_peer_state (self, id, GENOS_MESH_PEER_KNOWN);
}

static void
on_joined (GenosRoster *roster, GenosPeer *peer, GenosMesh *self)
{
  link_up (self, peer);
}

static void
on_healed (GenosRoster *roster, GenosPeer *peer, gboolean replaced, GenosMesh *self)
{
  link_up (self, peer);
}

/* Its cell does not wait until it is given up. */
static void
on_troubled (GenosRoster *roster, GenosPeer *peer, GenosMesh *self)
{
  link_down (self, genos_peer_get_id (peer), TRUE);
}

static void
say_gone (GenosMesh *self, const char *peer_id)
{
  tell (self, peer_id, genos_mesh_overlay_left);
  genos_mesh_emit_peer_state (self, peer_id, GENOS_MESH_PEER_GONE);
}

static void
on_left (GenosRoster *roster, GenosPeer *peer, GError *error, GenosMesh *self)
{
  g_autoptr (GenosMesh) alive = g_object_ref (self);
  const char *id = genos_peer_get_id (peer);

  link_down (self, id, genos_reason_from_error (error) == GENOS_REASON_LOST);
  if (self->overlay != NULL && g_hash_table_remove (self->byes, id))
    say_gone (self, id);
}

static void
on_announced (GenosSignaller *signaller, const char *peer_id, const char *kind, const char *via,
    const GenosSignalOrigin *origin, GenosMesh *self)
{
  gboolean is_new = !genos_mesh_knows (self, peer_id);

  g_hash_table_remove (self->byes, peer_id);
  tell (self, peer_id, genos_mesh_overlay_heard);
  if (is_new && genos_mesh_knows (self, peer_id))
    genos_mesh_emit_peer_state (self, peer_id, GENOS_MESH_PEER_KNOWN);
}

/* Anybody can say so in its name: whoever is linked is asked, and gone when its link is. */
static void
on_bye (GenosSignaller *signaller, const char *peer_id, const char *via, GenosMesh *self)
{
  if (genos_roster_get (self->roster, peer_id) != NULL)
    g_hash_table_add (self->byes, g_strdup (peer_id));
  else if (genos_mesh_knows (self, peer_id))
    say_gone (self, peer_id);
}

/* After 90 s of silence; the layout keeps it for another 30. */
static void
on_lost (GenosMembership *membership, const char *peer_id, GenosMesh *self)
{
  if (genos_mesh_knows (self, peer_id))
    genos_mesh_emit_peer_state (self, peer_id, GENOS_MESH_PEER_GONE);
}

void
genos_mesh_links_begin (GenosMesh *self)
{
  genos_membership_set_gate (self->membership, judge, self);
  g_signal_connect (self->roster, "joined", G_CALLBACK (on_joined), self);
  g_signal_connect (self->roster, "left", G_CALLBACK (on_left), self);
  g_signal_connect (self->roster, "troubled", G_CALLBACK (on_troubled), self);
  g_signal_connect (self->roster, "healed", G_CALLBACK (on_healed), self);
  g_signal_connect (self->signaller, "announced", G_CALLBACK (on_announced), self);
  g_signal_connect (self->signaller, "bye", G_CALLBACK (on_bye), self);
  g_signal_connect (self->membership, "lost", G_CALLBACK (on_lost), self);
  genos_timer_start (&self->tick, self->context,
      MAX (1, self->times.tick / G_TIME_SPAN_MILLISECOND), on_tick, self, "[genos] mesh tick");
  genos_mesh_watch_begin (self);
}

void
genos_mesh_links_end (GenosMesh *self)
{
  genos_mesh_watch_end (self);
  genos_timer_stop (&self->tick);
  genos_timer_stop (&self->pump);
  genos_membership_set_gate (self->membership, NULL, NULL);
  g_signal_handlers_disconnect_by_data (self->roster, self);
  g_signal_handlers_disconnect_by_data (self->signaller, self);
  g_signal_handlers_disconnect_by_data (self->membership, self);
  g_hash_table_remove_all (self->byes);
}
