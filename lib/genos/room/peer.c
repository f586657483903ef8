/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/peer-struct.h>

#include <string.h>

#include <genos/base/local-address.h>
#include <genos/base/reason-private.h>
#include <genos/room/signal-description.h>
#include <genos/wire/hello-message.h>

/* A peer somebody says has left has that long to show that it is there. */
#define DOUBT_PING_MS 3000
/* And so long when the network may have changed, before another link is looked for. */
#define ASK_PING_MS 2000

/**
 * GenosPeer:
 *
 * A participant of a room that is linked to us.
 *
 * Lives on the main context of its room. It stays the same object until
 * [signal@Room::peer-left], also when its link breaks and another one takes its
 * place ([signal@Room::peer-relinked]), or when it restarts under the same id
 * before its old link was given up.
 */
G_DEFINE_FINAL_TYPE (GenosPeer, genos_peer, G_TYPE_OBJECT)

/* --- the link --- */

static void
remove_orphans (GenosPeer *self)
{
  g_autoptr (GPtrArray) orphans = g_steal_pointer (&self->orphans);

  for (guint i = 0; orphans != NULL && i < orphans->len && self->events != NULL; i++)
    self->events->track_removed (self, g_ptr_array_index (orphans, i), self->events_data);
}

static void
end (GenosPeer *self, const GError *error)
{
  g_autoptr (GenosPeer) alive = g_object_ref (self);
  g_autoptr (GError) reason = g_error_copy (error);

  if (self->gone)
    return;
  self->gone = TRUE;
  self->linked = FALSE;
  self->grace_end = 0;

  remove_orphans (self);
  genos_peer_media_close (self->media);
  genos_peer_tracks_close (genos_peer_media_get_tracks (self->media));
  genos_peer_link_close (self->link);
  if (self->events != NULL)
    self->events->gone (self, reason, self->events_data);
}

static void
trouble (GenosPeer *self, const GError *error, gint64 grace)
{
  /* A link that breaks after its silence does not put the end off. */
  if (self->gone || self->grace_end != 0)
    return;
  self->grace_end = g_get_monotonic_time () + grace;
  self->trouble = g_error_copy (error);
  if (self->events != NULL)
    self->events->troubled (self, self->events_data);
}

static void
heal (GenosPeer *self, gboolean replaced)
{
  gboolean tell = self->grace_end != 0 || replaced;

  self->grace_end = 0;
  g_clear_error (&self->trouble);
  if (tell && self->events != NULL)
    self->events->healed (self, replaced, self->events_data);
}

static void
lose_touch (GenosPeer *self, gint64 grace)
{
  g_autoptr (GError) error = genos_error_new_reason (
      GENOS_ERROR_TIMED_OUT, GENOS_REASON_LOST, "peer %s does not answer any more", self->id);

  trouble (self, error, grace);
}

static void
on_silent (GenosMessenger *messenger, GenosPeer *self)
{
  lose_touch (self, GENOS_PEER_SILENT_GRACE);
}

static void
on_revived (GenosMessenger *messenger, GenosPeer *self)
{
  heal (self, FALSE);
}

static void
unwatch_link (GenosPeer *self)
{
  g_signal_handlers_disconnect_by_data (self->link, self);
  g_signal_handlers_disconnect_by_data (self->messenger, self);
  g_signal_handlers_disconnect_by_data (self->media, self);
}

/* The tracks stay with whoever shows or records them. */
static void
keep_tracks (GenosPeer *self)
{
  g_clear_pointer (&self->orphans, g_ptr_array_unref);
  self->orphans = genos_peer_media_detach (self->media);
}

/* Broken, or given up by the other side without a word: that may have found another link already, or
 * looks for one. A link that ends because the peer broke the rules is not mended. */
static void
on_link_closed (GenosPeerLink *link, GError *error, GenosPeer *self)
{
  g_autoptr (GenosPeer) alive = g_object_ref (self);

  if (self->gone)
    return;
  if (!g_error_matches (error, GENOS_ERROR, GENOS_ERROR_CLOSED)
      && !g_error_matches (error, GENOS_ERROR, GENOS_ERROR_TIMED_OUT)) {
    end (self, error);
    return;
  }
  if (self->said_bye) {
    genos_peer_close (self, FALSE, GENOS_REASON_LEFT);
    return;
  }
  self->linked = FALSE;
  unwatch_link (self);
  keep_tracks (self);
  trouble (self, error, GENOS_PEER_BROKEN_GRACE);
}

const GenosSignalOrigin *
genos_peer_get_origin (GenosPeer *self)
{
  return &self->origin;
}

void
genos_peer_tick (GenosPeer *self, gint64 now)
{
  g_autoptr (GError) reason = NULL;

  if (!self->gone)
    genos_peer_tick_clock (self);
  if (self->gone || self->grace_end == 0 || now < self->grace_end)
    return;
  reason = g_error_copy (self->trouble);
  end (self, reason);
}

gboolean
genos_peer_is_linked (GenosPeer *self)
{
  return self->linked;
}

gboolean
genos_peer_is_troubled (GenosPeer *self)
{
  return self->grace_end != 0;
}

static void
on_link_description (GenosPeerLink *link, GenosSdpKind kind, const char *sdp, GenosPeer *self)
{
  g_autofree char *text = genos_signal_description_build (kind, sdp);
  gsize size = strlen (text);
  g_autoptr (GBytes) payload = g_bytes_new_take (g_steal_pointer (&text), size);
  const GenosOutgoing outgoing = { "@_signal", GENOS_PAYLOAD_JSON, payload };
  g_autoptr (GError) error = NULL;

  if (genos_messenger_send (self->messenger, &outgoing, &error) == 0)
    genos_peer_tell_warning (self, error);
}

static void
on_link_warning (GenosPeerLink *link, GError *error, GenosPeer *self)
{
  self->dropped++;
  genos_peer_tell_warning (self, error);
}

static void
on_track_added (GenosPeerMedia *media, GenosRemoteTrack *track, GenosPeer *self)
{
  if (self->events != NULL)
    self->events->track_added (self, track, self->events_data);
}

static void
on_track_removed (GenosPeerMedia *media, GenosRemoteTrack *track, GenosPeer *self)
{
  if (self->events != NULL)
    self->events->track_removed (self, track, self->events_data);
}

static void
on_track_tier (GenosPeerMedia *media, GenosLocalTrack *track, guint tier, GenosPeer *self)
{
  if (self->events != NULL)
    self->events->track_tier (self, track, tier, self->events_data);
}

static void
on_media_warning (GenosPeerMedia *media, GError *error, GenosPeer *self)
{
  genos_peer_tell_warning (self, error);
}

void
genos_peer_close_for (GenosPeer *self, gboolean politely, const GError *error)
{
  if (politely && !self->gone) {
    g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
    const GenosOutgoing leave = { "@_leave", GENOS_PAYLOAD_STRING, nothing };

    genos_messenger_send (self->messenger, &leave, NULL);
    genos_messenger_flush (self->messenger);
  }
  end (self, error);
}

void
genos_peer_close (GenosPeer *self, gboolean politely, GenosReason why)
{
  g_autoptr (GError) error =
      genos_error_new_reason (why == GENOS_REASON_LOST ? GENOS_ERROR_TIMED_OUT : GENOS_ERROR_CLOSED,
          why, "%s", genos_reason_get_text (why));

  genos_peer_close_for (self, politely, error);
}

static void
on_doubt_pinged (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GenosPeer) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean said_bye = self->said_bye;

  self->doubted = self->said_bye = FALSE;
  /* The link that was asked is not the one that is there now. */
  if (GENOS_MESSENGER (source) != self->messenger || !self->linked)
    return;
  if (genos_messenger_ping_finish (GENOS_MESSENGER (source), result, &error) < 0
      && !g_error_matches (error, GENOS_ERROR, GENOS_ERROR_LIMIT))
    genos_peer_close (self, FALSE, said_bye ? GENOS_REASON_LEFT : GENOS_REASON_LOST);
}

void
genos_peer_doubt (GenosPeer *self, gboolean said_bye)
{
  self->said_bye |= said_bye;
  if (self->gone || self->doubted)
    return;
  if (!self->linked) {
    genos_peer_close (self, FALSE, GENOS_REASON_LEFT);
    return;
  }
  self->doubted = TRUE;
  genos_messenger_ping_async (
      self->messenger, DOUBT_PING_MS, NULL, on_doubt_pinged, g_object_ref (self));
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GenosPeer) self = user_data;
  g_autoptr (GError) error = NULL;

  self->asked = FALSE;
  if (genos_messenger_ping_finish (GENOS_MESSENGER (source), result, &error) >= 0
      || GENOS_MESSENGER (source) != self->messenger || !self->linked)
    return;
  if (g_error_matches (error, GENOS_ERROR, GENOS_ERROR_TIMED_OUT))
    lose_touch (self, GENOS_PEER_MOVED_GRACE);
}

/* There is no ICE restart: a link that left from an address that is gone does not come back. */
static gboolean
is_stranded (GenosPeer *self)
{
  g_autoptr (GstStructure) path = genos_peer_link_dup_path (self->link);
  const char *type = path != NULL ? gst_structure_get_string (path, "local-type") : NULL;

  return g_strcmp0 (type, "host") == 0
      && !genos_local_address_is_here (gst_structure_get_string (path, "local-address"));
}

void
genos_peer_ask (GenosPeer *self)
{
  if (self->gone || !self->linked || self->asked || self->grace_end != 0)
    return;
  if (is_stranded (self)) {
    lose_touch (self, GENOS_PEER_MOVED_GRACE);
    return;
  }
  self->asked = TRUE;
  genos_messenger_ping_async (self->messenger, ASK_PING_MS, NULL, on_asked, g_object_ref (self));
}

static void
genos_peer_dispose (GObject *object)
{
  GenosPeer *self = GENOS_PEER (object);

  if (self->link != NULL) {
    g_signal_handlers_disconnect_by_data (self->link, self);
    genos_peer_link_close (self->link);
  }
  if (self->messenger != NULL)
    g_signal_handlers_disconnect_by_data (self->messenger, self);
  if (self->media != NULL) {
    g_signal_handlers_disconnect_by_data (self->media, self);
    genos_peer_end_offers (self);
    genos_peer_media_close (self->media);
  }
  g_clear_object (&self->media);
  g_clear_object (&self->messenger);
  g_clear_object (&self->link);

  G_OBJECT_CLASS (genos_peer_parent_class)->dispose (object);
}

static void
genos_peer_finalize (GObject *object)
{
  GenosPeer *self = GENOS_PEER (object);

  g_clear_pointer (&self->orphans, g_ptr_array_unref);
  g_clear_error (&self->trouble);
  g_free (self->id);
  g_free (self->kind);
  g_free (self->key);
  g_free (self->proven_key);
  g_strfreev (self->capabilities);
  genos_peer_seal_free (self->seal);
  g_clear_pointer (&self->clock, genos_peer_clock_free);
  g_free (self->metadata);
  genos_peer_stats_free (self->stats);

  G_OBJECT_CLASS (genos_peer_parent_class)->finalize (object);
}

static void
genos_peer_class_init (GenosPeerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = genos_peer_dispose;
  object_class->finalize = genos_peer_finalize;

  genos_peer_install_properties (object_class);
}

static void
genos_peer_init (GenosPeer *self)
{
  self->joined = g_get_monotonic_time ();
  self->stats = genos_peer_stats_new ();
}

/* Whoever proved nothing on this link is nobody proven, whatever it was before. */
static void
take_credentials (GenosPeer *self, const GenosPeerCredentials *credentials)
{
  gboolean was_verified = self->proven_key != NULL;

  g_free (self->proven_key);
  g_strfreev (self->capabilities);
  genos_peer_seal_free (self->seal);
  self->proven_key = g_strdup (credentials->key);
  self->capabilities = g_strdupv ((GStrv) credentials->capabilities);
  self->seal = credentials->seal;
  self->given_up = credentials->given_up;
  genos_messenger_set_extended (self->messenger, genos_peer_is_extended (self));
  if (was_verified != (self->proven_key != NULL))
    genos_peer_notify_verified (self);
}

static void
watch_link (GenosPeer *self, GenosPeerLink *link, const GenosSignalOrigin *origin,
    const GenosPeerCredentials *credentials)
{
  g_free (self->key);
  self->key = g_strdup (origin->key);
  self->origin = (GenosSignalOrigin){ .key = self->key, .extended = origin->extended };
  self->link = g_object_ref (link);
  self->messenger = genos_messenger_new (link, self->dialect);
  self->media = genos_peer_media_new (self->id, link, self->messenger);
  self->linked = TRUE;
  take_credentials (self, credentials);
  genos_peer_begin_clock (self);
  genos_peer_begin_offers (self);

  genos_peer_begin_receiving (self);
  g_signal_connect (self->messenger, "silent", G_CALLBACK (on_silent), self);
  g_signal_connect (self->messenger, "revived", G_CALLBACK (on_revived), self);
  g_signal_connect (link, "closed", G_CALLBACK (on_link_closed), self);
  g_signal_connect (link, "description", G_CALLBACK (on_link_description), self);
  g_signal_connect (link, "warning", G_CALLBACK (on_link_warning), self);
  g_signal_connect (self->media, "track-added", G_CALLBACK (on_track_added), self);
  g_signal_connect (self->media, "track-removed", G_CALLBACK (on_track_removed), self);
  g_signal_connect (self->media, "track-tier", G_CALLBACK (on_track_tier), self);
  g_signal_connect (self->media, "warning", G_CALLBACK (on_media_warning), self);
}

GenosPeer *
genos_peer_new (const char *peer_id, const char *kind, GenosPeerLink *link,
    const GenosSignalOrigin *origin, const GenosPeerCredentials *credentials,
    const GenosDialect *dialect)
{
  GenosPeer *self = g_object_new (GENOS_TYPE_PEER, NULL);

  self->id = g_strdup (peer_id);
  self->kind = g_strdup (kind);
  self->dialect = dialect;
  watch_link (self, link, origin, credentials);
  return self;
}

void
genos_peer_replace_link (GenosPeer *self, GenosPeerLink *link, const GenosSignalOrigin *origin,
    const GenosPeerCredentials *credentials)
{
  g_autoptr (GenosPeer) alive = g_object_ref (self);
  g_autoptr (GenosPeerLink) old_link = NULL;
  g_autoptr (GenosMessenger) old_messenger = NULL;
  g_autoptr (GenosPeerMedia) old_media = NULL;

  if (self->gone) {
    genos_peer_seal_free (credentials->seal);
    return;
  }
  if (self->linked) {
    unwatch_link (self);
    keep_tracks (self);
  }
  genos_peer_end_offers (self);
  old_link = g_steal_pointer (&self->link);
  old_messenger = g_steal_pointer (&self->messenger);
  old_media = g_steal_pointer (&self->media);
  watch_link (self, link, origin, credentials);
  genos_peer_tracks_inherit (
      genos_peer_media_get_tracks (self->media), genos_peer_media_get_tracks (old_media));
  self->relinks++;
  if (self->orphans != NULL)
    genos_peer_media_adopt (self->media, self->orphans);
  g_clear_pointer (&self->orphans, g_ptr_array_unref);
  /* Its senders hear that what they had left in it is lost, and may do anything in return. */
  genos_peer_link_close (old_link);
  if (!self->gone)
    heal (self, TRUE);
}

GenosPeerSeal *
genos_peer_get_seal (GenosPeer *self)
{
  return self->seal;
}

gboolean
genos_peer_is_extended (GenosPeer *self)
{
  return self->capabilities != NULL
      && g_strv_contains ((const char *const *) self->capabilities, GENOS_FEATURE_EXTENDED);
}

void
genos_peer_set_events (GenosPeer *self, const GenosPeerEvents *events, gpointer user_data)
{
  self->events = events;
  self->events_data = user_data;
}

GenosPeerMedia *
genos_peer_get_media (GenosPeer *self)
{
  return self->media;
}

GenosMessenger *
genos_peer_get_messenger (GenosPeer *self)
{
  return self->messenger;
}
