/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/room-log.h>

#include <string.h>

GST_DEBUG_CATEGORY_STATIC (genos_room_debug);
#define GST_CAT_DEFAULT genos_room_debug

static void
on_joined (GenosRoom *room, GenosPeer *peer)
{
  GST_INFO ("%p: peer %s (%s) joined", room, genos_peer_get_id (peer), genos_peer_get_kind (peer));
}

static void
on_relinked (GenosRoom *room, GenosPeer *peer)
{
  GST_INFO ("%p: peer %s has a new link", room, genos_peer_get_id (peer));
}

static void
on_left (GenosRoom *room, GenosPeer *peer, const GError *error)
{
  GST_INFO ("%p: peer %s left: %s", room, genos_peer_get_id (peer), error->message);
}

static void
on_seen (GenosRoom *room, const char *peer_id, const char *kind)
{
  GST_LOG ("%p: peer %s announces itself", room, peer_id);
}

static void
on_join_error (GenosRoom *room, const char *peer_id, const GError *error)
{
  GST_WARNING ("%p: no link to peer %s: %s", room, peer_id, error->message);
}

static void
on_relay_changed (GenosRoom *room, const char *url, gboolean open, const char *reason)
{
  /* What follows the path may be a key. */
  GST_INFO ("%p: relay %.*s is %s: %s", room, (int) strcspn (url, "?#"), url,
      open ? "open" : "closed", reason != NULL ? reason : "");
}

static void
on_warning (GenosRoom *room, const GError *error)
{
  GST_WARNING ("%p: %s", room, error->message);
}

static void
on_track (GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, gpointer what)
{
  GST_INFO ("%p: peer %s %s track %s: %" GST_PTR_FORMAT, room, genos_peer_get_id (peer),
      (const char *) what, genos_remote_track_get_track_id (track),
      genos_remote_track_get_caps (track));
}

static void
on_track_tier (GenosRoom *room, GenosPeer *peer, GenosLocalTrack *track, const char *tier)
{
  GST_INFO ("%p: peer %s gets track %s: %s", room, genos_peer_get_id (peer),
      genos_local_track_get_track_id (track), tier);
}

static void
on_speaker (GenosRoom *room, GenosPeer *peer)
{
  GST_DEBUG ("%p: %s speaks", room, peer != NULL ? genos_peer_get_id (peer) : "nobody");
}

static void
init_category (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (genos_room_debug, "genosroom", 0, "rooms and who is in them");
    g_once_init_leave (&once, 1);
  }
}

void
genos_room_log_watch (GenosRoom *room)
{
  init_category ();
  g_signal_connect (room, "peer-joined", G_CALLBACK (on_joined), NULL);
  g_signal_connect (room, "peer-relinked", G_CALLBACK (on_relinked), NULL);
  g_signal_connect (room, "peer-left", G_CALLBACK (on_left), NULL);
  g_signal_connect (room, "peer-seen", G_CALLBACK (on_seen), NULL);
  g_signal_connect (room, "join-error", G_CALLBACK (on_join_error), NULL);
  g_signal_connect (room, "relay-changed", G_CALLBACK (on_relay_changed), NULL);
  g_signal_connect (room, "warning", G_CALLBACK (on_warning), NULL);
  g_signal_connect (room, "track-added", G_CALLBACK (on_track), (gpointer) "sends");
  g_signal_connect (room, "track-removed", G_CALLBACK (on_track), (gpointer) "ends");
  g_signal_connect (room, "track-tier", G_CALLBACK (on_track_tier), NULL);
  g_signal_connect (room, "active-speaker", G_CALLBACK (on_speaker), NULL);
}
