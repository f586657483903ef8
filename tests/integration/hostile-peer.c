/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "hostile-peer.h"

#include <string.h>

#include <genos/signalling/signaller-nostr.h>
#include <genos/transport/webrtc/peer-link-webrtc.h>

#define MAX_BUFFERED (1024 * 1024)

static void
drop_link (HostilePeer *self)
{
  if (self->link == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->link, self);
  genos_peer_link_close (self->link);
  g_clear_object (&self->link);
}

static void
on_description (GenosPeerLink *link, GenosSdpKind kind, const char *sdp, HostilePeer *self)
{
  g_autofree char *text = self->mangle != NULL ? self->mangle (sdp, self->offer) : g_strdup (sdp);

  for (guint i = 0; text != NULL && i < self->n_copies; i++)
    genos_signaller_send_answer (self->signaller, self->victim, self->via, text);
}

static void
on_opened (GenosPeerLink *link, HostilePeer *self)
{
  self->n_opened++;
}

static void
on_closed (GenosPeerLink *link, GError *error, HostilePeer *self)
{
  self->n_closed++;
}

static void
on_offer (GenosSignaller *signaller, const char *peer_id, const char *via, const char *sdp,
    const GenosSignalOrigin *origin, HostilePeer *self)
{
  if (strcmp (peer_id, self->victim) != 0)
    return;
  drop_link (self);
  g_free (self->via);
  g_free (self->offer);
  self->via = g_strdup (via);
  self->offer = g_strdup (sdp);
  self->n_offers++;
  self->link = genos_peer_link_webrtc_new (FALSE, NULL, 40, NULL);
  g_signal_connect (self->link, "description", G_CALLBACK (on_description), self);
  g_signal_connect (self->link, "opened", G_CALLBACK (on_opened), self);
  g_signal_connect (self->link, "closed", G_CALLBACK (on_closed), self);
  genos_peer_link_start (self->link);
  genos_peer_link_take_description (self->link, GENOS_SDP_OFFER, sdp);
}

static void
on_answer (GenosSignaller *signaller, const char *peer_id, const char *via, const char *sdp,
    const GenosSignalOrigin *origin, HostilePeer *self)
{
  self->n_answers++;
}

static gboolean
on_announce (gpointer data)
{
  HostilePeer *self = data;

  genos_signaller_announce (self->signaller, NULL);
  return G_SOURCE_CONTINUE;
}

HostilePeer *
hostile_peer_new (const char *relay, const char *room, const char *peer_id, const char *victim)
{
  HostilePeer *self = g_new0 (HostilePeer, 1);
  GenosSignallerNostrConfig config = {
    .dialect = genos_dialect_lookup ("genosrtc"),
    .app_id = "1234",
    .room_name = room,
    .peer_id = peer_id,
  };

  self->peer_id = g_strdup (peer_id);
  self->victim = g_strdup (victim);
  self->n_copies = 1;
  self->signaller = genos_signaller_nostr_new (&config, (const char *const[]){ relay, NULL }, NULL);
  g_signal_connect (self->signaller, "offer", G_CALLBACK (on_offer), self);
  g_signal_connect (self->signaller, "answer", G_CALLBACK (on_answer), self);
  self->announce = g_timeout_add (500, on_announce, self);
  genos_signaller_start (self->signaller);
  return self;
}

void
hostile_peer_free (HostilePeer *self)
{
  g_clear_handle_id (&self->announce, g_source_remove);
  drop_link (self);
  g_signal_handlers_disconnect_by_data (self->signaller, self);
  genos_signaller_stop (self->signaller);
  g_object_unref (self->signaller);
  g_free (self->peer_id);
  g_free (self->victim);
  g_free (self->via);
  g_free (self->offer);
  g_free (self);
}

void
hostile_peer_say_bytes (HostilePeer *self, const void *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;

  while (genos_peer_link_get_buffered (self->link) > MAX_BUFFERED)
    g_main_context_iteration (NULL, TRUE);
  genos_peer_link_send (self->link, bytes, &error);
  g_assert_no_error (error);
}

void
hostile_peer_say (HostilePeer *self, const char *type, guint8 nonce, guint8 tag, guint8 progress,
    const void *payload, gsize size)
{
  g_autoptr (GBytes) frame = genos_channel_frame_build (type, nonce, tag, progress, payload, size);

  hostile_peer_say_bytes (self, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
}
