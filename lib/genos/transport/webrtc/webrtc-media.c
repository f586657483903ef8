/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-media.h>

#include <genos/transport/sdp/sdp-extension-number.h>
#include <genos/transport/webrtc/webrtc-share.h>

/* Odd, so that every number is reached, and far from the next track's. */
#define SSRC_STEP 0x9e3779b9

/* Where a line's packets come out, and who has them now. */
typedef struct {
  GenosWebrtcOutlet *outlet;
  GenosLinkReceiver *receiver; /* (nullable) */
} Inlet;

struct _GenosWebrtcMedia {
  GenosPeerLink *link; /* (unowned) */
  GstElement *pipeline;
  GstElement *webrtc;
  GenosHome *home;
  GenosSdpMap *map;   /* (unowned) */
  GPtrArray *senders; /* GenosWebrtcSender */
  GHashTable *ssrcs;  /* that were ever sent on this link */
  GPtrArray *inlets;  /* Inlet */
  GenosWebrtcRate *rate;
  GenosWebrtcShare *share;
  guint extension; /* the number of transport-wide feedback; 0: not needed so far */
  gboolean closed;
};

static void
free_inlet (Inlet *inlet)
{
  genos_webrtc_outlet_close (inlet->outlet);
  genos_webrtc_outlet_unref (inlet->outlet);
  g_clear_object (&inlet->receiver);
  g_free (inlet);
}

GenosWebrtcMedia *
genos_webrtc_media_new (GenosPeerLink *link, GstElement *pipeline, GstElement *webrtc,
    GenosWebrtcRate *rate, GenosHome *home, GenosSdpMap *map)
{
  GenosWebrtcMedia *self = g_new0 (GenosWebrtcMedia, 1);

  self->link = link;
  self->pipeline = gst_object_ref (pipeline);
  self->webrtc = gst_object_ref (webrtc);
  self->home = genos_home_ref (home);
  self->map = map;
  self->senders = g_ptr_array_new_with_free_func (g_object_unref);
  self->ssrcs = g_hash_table_new (NULL, NULL);
  self->inlets = g_ptr_array_new_with_free_func ((GDestroyNotify) free_inlet);
  self->rate = genos_webrtc_rate_ref (rate);
  self->share = genos_webrtc_share_new (rate, home, self->senders);
  return self;
}

void
genos_webrtc_media_free (GenosWebrtcMedia *self)
{
  genos_webrtc_share_free (self->share);
  genos_webrtc_rate_unref (self->rate);
  g_ptr_array_unref (self->senders);
  g_ptr_array_unref (self->inlets);
  g_hash_table_unref (self->ssrcs);
  g_clear_object (&self->pipeline);
  g_clear_object (&self->webrtc);
  genos_home_unref (self->home);
  g_free (self);
}

static GenosSdpMedia
media_of (GstCaps *caps)
{
  const char *media = gst_structure_get_string (gst_caps_get_structure (caps, 0), "media");

  return g_strcmp0 (media, "video") == 0 ? GENOS_SDP_MEDIA_VIDEO
      : g_strcmp0 (media, "audio") == 0  ? GENOS_SDP_MEDIA_AUDIO
                                         : GENOS_SDP_MEDIA_OTHER;
}

/* The remote's demultiplexer ties a source to its line for ever: a track that comes again, on a new
 * line, needs a new one. 0: its own is unused. */
static guint32
fresh_ssrc (GenosWebrtcMedia *self, GstCaps *caps)
{
  guint ssrc = 0;
  gboolean given = gst_structure_get_uint (gst_caps_get_structure (caps, 0), "ssrc", &ssrc);

  if (given && g_hash_table_add (self->ssrcs, GUINT_TO_POINTER (ssrc)))
    return 0;
  do
    ssrc += SSRC_STEP;
  while (ssrc <= 1 || !g_hash_table_add (self->ssrcs, GUINT_TO_POINTER (ssrc)));
  return ssrc;
}

GenosLinkSender *
genos_webrtc_media_add_sender (GenosWebrtcMedia *self, GstCaps *caps, const char *stream_id,
    const char *track_id, GError **error)
{
  GenosSdpMedia media = media_of (caps);
  GenosWebrtcSender *sender;
  const char *mid;

  if (media == GENOS_SDP_MEDIA_OTHER) {
    g_set_error_literal (
        error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT, "only audio and video can be sent");
    return NULL;
  }
  mid = genos_sdp_map_add_own (self->map, media, stream_id, track_id, error);
  if (mid == NULL)
    return NULL;
  sender = genos_webrtc_sender_new (caps, mid, stream_id, fresh_ssrc (self, caps));
  g_ptr_array_add (self->senders, sender);
  return GENOS_LINK_SENDER (g_object_ref (sender));
}

gboolean
genos_webrtc_media_remove_sender (GenosWebrtcMedia *self, GenosLinkSender *sender)
{
  guint index;

  if (!g_ptr_array_find (self->senders, sender, &index))
    return FALSE;
  genos_sdp_map_set_want (
      self->map, genos_webrtc_sender_get_mid (GENOS_WEBRTC_SENDER (sender)), FALSE);
  genos_webrtc_sender_unbind (GENOS_WEBRTC_SENDER (sender), self->pipeline);
  g_ptr_array_remove_index (self->senders, index);
  return TRUE;
}

gboolean
genos_webrtc_media_bind_pads (GenosWebrtcMedia *self, GenosHomeFunc ready)
{
  gboolean all = TRUE;

  if (self->extension == 0 && self->senders->len > 0)
    self->extension = genos_sdp_map_choose_extension (self->map, GENOS_TRANSPORT_CC_URI);
  for (guint i = 0; i < self->senders->len; i++) {
    GenosWebrtcSender *sender = g_ptr_array_index (self->senders, i);
    g_autoptr (GError) error = NULL;

    if (!genos_webrtc_sender_is_bound (sender)
        && !genos_webrtc_sender_bind (sender, self->pipeline, self->webrtc, self->extension,
            self->rate, self->home, ready, &error)) {
      genos_peer_link_emit_warning (self->link, error);
      if (self->closed)
        return FALSE;
    }
    if (!genos_webrtc_sender_has_caps (sender))
      all = FALSE;
  }
  return all;
}

void
genos_webrtc_media_add_outlet (GenosWebrtcMedia *self, GenosWebrtcOutlet *outlet)
{
  Inlet *inlet;

  inlet = g_new0 (Inlet, 1);
  inlet->outlet = outlet;
  g_ptr_array_add (self->inlets, inlet);
  genos_webrtc_media_update (self);
}

static void
add_receiver (GenosWebrtcMedia *self, Inlet *inlet, const GenosSdpLine *line)
{
  g_autoptr (GenosLinkReceiver) receiver = GENOS_LINK_RECEIVER (
      genos_webrtc_receiver_new (inlet->outlet, line->remote_stream_id, line->remote_track_id));

  inlet->receiver = g_object_ref (receiver);
  genos_peer_link_emit_receiver_added (self->link, receiver);
  /* Only now, so that the first packets find a function to take them. */
  if (inlet->receiver == receiver)
    genos_webrtc_outlet_set_receiver (inlet->outlet, receiver);
}

static void
remove_receiver (GenosWebrtcMedia *self, Inlet *inlet)
{
  g_autoptr (GenosLinkReceiver) receiver = g_steal_pointer (&inlet->receiver);

  genos_webrtc_outlet_set_receiver (inlet->outlet, NULL);
  genos_webrtc_outlet_hold (inlet->outlet);
  genos_peer_link_emit_receiver_removed (self->link, receiver);
}

/* Adding a stream again gives the line another track: a new receiver, not a renamed one. */
static gboolean
is_same_track (GenosLinkReceiver *receiver, const GenosSdpLine *line)
{
  return g_strcmp0 (genos_link_receiver_get_stream_id (receiver), line->remote_stream_id) == 0
      && g_strcmp0 (genos_link_receiver_get_track_id (receiver), line->remote_track_id) == 0;
}

static void
update_inlet (GenosWebrtcMedia *self, Inlet *inlet)
{
  const char *mid = genos_webrtc_outlet_get_mid (inlet->outlet);
  GenosSdpLine line;

  if (!genos_sdp_map_lookup (self->map, mid, &line))
    return;
  if (inlet->receiver != NULL && (!line.receiving || !is_same_track (inlet->receiver, &line))) {
    remove_receiver (self, inlet);
    /* The handler may have changed the map. */
    if (self->closed || !genos_sdp_map_lookup (self->map, mid, &line))
      return;
  }
  if (inlet->receiver == NULL && line.receiving)
    add_receiver (self, inlet, &line);
}

static void
update_sender (GenosWebrtcMedia *self, GenosWebrtcSender *sender)
{
  GenosSdpLine line;

  gboolean dead;

  if (!genos_sdp_map_lookup (self->map, genos_webrtc_sender_get_mid (sender), &line))
    return;
  dead = line.dead;
  genos_webrtc_sender_set_accepted (sender, line.sending);
  if (dead)
    genos_link_sender_refuse (GENOS_LINK_SENDER (sender));
}

void
genos_webrtc_media_update (GenosWebrtcMedia *self)
{
  /* Handlers may add and remove senders, or close the link. */
  for (guint i = 0; !self->closed && i < self->senders->len; i++) {
    g_autoptr (GenosWebrtcSender) sender = g_object_ref (g_ptr_array_index (self->senders, i));

    update_sender (self, sender);
  }
  for (guint i = 0; !self->closed && i < self->inlets->len; i++)
    update_inlet (self, g_ptr_array_index (self->inlets, i));
  genos_webrtc_media_share (self);
}

void
genos_webrtc_media_share (GenosWebrtcMedia *self)
{
  if (!self->closed)
    genos_webrtc_share_update (self->share);
}

void
genos_webrtc_media_close (GenosWebrtcMedia *self)
{
  if (self->closed)
    return;
  self->closed = TRUE;
  genos_webrtc_share_stop (self->share);
  for (guint i = 0; i < self->inlets->len; i++) {
    Inlet *inlet = g_ptr_array_index (self->inlets, i);

    genos_webrtc_outlet_close (inlet->outlet);
    if (inlet->receiver != NULL) {
      g_autoptr (GenosLinkReceiver) receiver = g_steal_pointer (&inlet->receiver);

      genos_peer_link_emit_receiver_removed (self->link, receiver);
    }
  }
  for (guint i = 0; i < self->senders->len; i++)
    genos_webrtc_sender_set_accepted (g_ptr_array_index (self->senders, i), FALSE);
  /* The reaper's reference shall be the last one. */
  g_clear_object (&self->pipeline);
  g_clear_object (&self->webrtc);
}
