/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/roster.h>

struct _GenosRoster {
  GObject parent_instance;

  GHashTable *peers; /* char* id → GenosPeer */
  GenosRosterFilter filter;
  gpointer filter_data;
  GenosPeerFar far;
};

G_DEFINE_FINAL_TYPE (GenosRoster, genos_roster, G_TYPE_OBJECT)

enum {
  JOINED,
  LEFT,
  TROUBLED,
  HEALED,
  MESSAGE,
  METADATA,
  PROGRESS,
  TRACK_ADDED,
  TRACK_REMOVED,
  TRACK_TIER,
  TRACK_OFFERED,
  TRACK_WITHDRAWN,
  WARNING,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
on_metadata (GenosPeer *peer, gpointer self)
{
  g_signal_emit (self, signals[METADATA], 0, peer);
}

static void
on_message (GenosPeer *peer, const char *channel, const GenosExtendedMessage *extended,
    GenosMessage *message, gpointer self)
{
  g_signal_emit (self, signals[MESSAGE], 0, peer, channel, extended, message);
}

static void
on_progress (
    GenosPeer *peer, const char *channel, gdouble fraction, const char *metadata, gpointer self)
{
  g_signal_emit (self, signals[PROGRESS], 0, peer, channel, fraction, metadata);
}

static void
on_track_added (GenosPeer *peer, GenosRemoteTrack *track, gpointer self)
{
  g_signal_emit (self, signals[TRACK_ADDED], 0, peer, track);
}

static void
on_track_removed (GenosPeer *peer, GenosRemoteTrack *track, gpointer self)
{
  g_signal_emit (self, signals[TRACK_REMOVED], 0, peer, track);
}

static void
on_track_tier (GenosPeer *peer, GenosLocalTrack *track, GenosSentTier tier, gpointer self)
{
  g_signal_emit (self, signals[TRACK_TIER], 0, peer, track, genos_sent_tier_get_name (tier));
}

static void
on_track_offered (GenosPeer *peer, GenosTrackOffer *offer, gpointer self)
{
  g_signal_emit (self, signals[TRACK_OFFERED], 0, peer, offer);
}

static void
on_track_withdrawn (GenosPeer *peer, GenosTrackOffer *offer, gpointer self)
{
  g_signal_emit (self, signals[TRACK_WITHDRAWN], 0, peer, offer);
}

static gboolean
on_track_wanted (GenosPeer *peer, GenosTrackOffer *offer, gpointer data)
{
  GenosRoster *self = data;

  return self->filter == NULL || self->filter (peer, offer, self->filter_data);
}

static void
on_warning (GenosPeer *peer, const GError *error, gpointer self)
{
  g_autoptr (GError) named = g_error_copy (error);

  g_prefix_error (&named, "peer %s: ", genos_peer_get_id (peer));
  g_signal_emit (self, signals[WARNING], 0, named);
}

static void
on_troubled (GenosPeer *peer, gpointer self)
{
  g_signal_emit (self, signals[TROUBLED], 0, peer);
}

static void
on_healed (GenosPeer *peer, gboolean replaced, gpointer self)
{
  g_signal_emit (self, signals[HEALED], 0, peer, replaced);
}

static void
on_gone (GenosPeer *peer, const GError *error, gpointer data)
{
  g_autoptr (GenosRoster) self = g_object_ref (data);
  g_autoptr (GenosPeer) kept = g_object_ref (peer);

  genos_peer_set_events (peer, NULL, NULL);
  genos_peer_set_far (peer, &(GenosPeerFar){ NULL });
  g_hash_table_remove (self->peers, genos_peer_get_id (peer));
  g_signal_emit (self, signals[LEFT], 0, peer, error);
}

static const GenosPeerEvents peer_events = {
  .message = on_message,
  .metadata = on_metadata,
  .progress = on_progress,
  .track_added = on_track_added,
  .track_removed = on_track_removed,
  .track_tier = on_track_tier,
  .track_offered = on_track_offered,
  .track_withdrawn = on_track_withdrawn,
  .track_wanted = on_track_wanted,
  .warning = on_warning,
  .troubled = on_troubled,
  .healed = on_healed,
  .gone = on_gone,
};

void
genos_roster_add (GenosRoster *self, GenosPeer *peer)
{
  const char *peer_id = genos_peer_get_id (peer);

  g_return_if_fail (genos_roster_get (self, peer_id) == NULL);

  genos_peer_set_events (peer, &peer_events, self);
  genos_peer_set_far (peer, &self->far);
  g_hash_table_insert (self->peers, g_strdup (peer_id), g_object_ref (peer));
  g_signal_emit (self, signals[JOINED], 0, peer);
}

void
genos_roster_tick (GenosRoster *self, gint64 now)
{
  g_autoptr (GPtrArray) peers = genos_roster_get_targets (self, NULL, NULL);

  for (guint i = 0; i < peers->len; i++)
    genos_peer_tick (g_ptr_array_index (peers, i), now);
}

void
genos_roster_close_all (GenosRoster *self)
{
  g_autoptr (GPtrArray) peers = genos_roster_get_targets (self, NULL, NULL);

  for (guint i = 0; i < peers->len; i++)
    genos_peer_close (g_ptr_array_index (peers, i), TRUE, GENOS_REASON_LEFT_HERE);
}

GenosPeer *
genos_roster_get (GenosRoster *self, const char *peer_id)
{
  return g_hash_table_lookup (self->peers, peer_id);
}

static void
collect_all (GenosRoster *self, GPtrArray *peers)
{
  GHashTableIter iter;
  gpointer peer;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &peer))
    g_ptr_array_add (peers, g_object_ref (peer));
}

GPtrArray *
genos_roster_get_targets (GenosRoster *self, const char *const *targets, GPtrArray *absent)
{
  GPtrArray *peers = g_ptr_array_new_with_free_func (g_object_unref);

  if (targets == NULL)
    collect_all (self, peers);

  for (guint i = 0; targets != NULL && targets[i] != NULL; i++) {
    GenosPeer *peer = genos_roster_get (self, targets[i]);

    if (peer != NULL && !g_ptr_array_find (peers, peer, NULL))
      g_ptr_array_add (peers, g_object_ref (peer));
    else if (peer == NULL && absent != NULL)
      g_ptr_array_add (absent, g_strdup (targets[i]));
  }
  return peers;
}

void
genos_roster_set_track_filter (GenosRoster *self, GenosRosterFilter filter, gpointer user_data)
{
  self->filter = filter;
  self->filter_data = user_data;
}

void
genos_roster_set_far (GenosRoster *self, const GenosPeerFarFuncs *funcs, gpointer data)
{
  self->far = (GenosPeerFar){ funcs, data };
}

guint
genos_roster_get_n (GenosRoster *self)
{
  return g_hash_table_size (self->peers);
}

static void
unwatch (gpointer key, gpointer peer, gpointer self)
{
  genos_peer_set_events (peer, NULL, NULL);
  genos_peer_set_far (peer, &(GenosPeerFar){ NULL });
}

static void
genos_roster_finalize (GObject *object)
{
  GenosRoster *self = GENOS_ROSTER (object);

  g_hash_table_foreach (self->peers, unwatch, self);
  g_hash_table_unref (self->peers);

  G_OBJECT_CLASS (genos_roster_parent_class)->finalize (object);
}

static guint
new_signal (const char *name, guint n, GType type1, GType type2, GType type3, GType type4)
{
  GType types[] = { type1, type2, type3, type4 };

  return g_signal_newv (
      name, GENOS_TYPE_ROSTER, G_SIGNAL_RUN_LAST, NULL, NULL, NULL, NULL, G_TYPE_NONE, n, types);
}

static void
genos_roster_class_init (GenosRosterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = genos_roster_finalize;

  signals[JOINED] = new_signal ("joined", 1, GENOS_TYPE_PEER, 0, 0, 0);
  signals[LEFT] = new_signal ("left", 2, GENOS_TYPE_PEER, G_TYPE_ERROR, 0, 0);
  signals[TROUBLED] = new_signal ("troubled", 1, GENOS_TYPE_PEER, 0, 0, 0);
  signals[HEALED] = new_signal ("healed", 2, GENOS_TYPE_PEER, G_TYPE_BOOLEAN, 0, 0);
  signals[MESSAGE] =
      new_signal ("message", 4, GENOS_TYPE_PEER, G_TYPE_STRING, G_TYPE_POINTER, GENOS_TYPE_MESSAGE);
  signals[METADATA] = new_signal ("metadata", 1, GENOS_TYPE_PEER, 0, 0, 0);
  signals[PROGRESS] =
      new_signal ("progress", 4, GENOS_TYPE_PEER, G_TYPE_STRING, G_TYPE_DOUBLE, G_TYPE_STRING);
  signals[TRACK_ADDED] =
      new_signal ("track-added", 2, GENOS_TYPE_PEER, GENOS_TYPE_REMOTE_TRACK, 0, 0);
  signals[TRACK_TIER] =
      new_signal ("track-tier", 3, GENOS_TYPE_PEER, GENOS_TYPE_LOCAL_TRACK, G_TYPE_STRING, 0);
  signals[TRACK_REMOVED] =
      new_signal ("track-removed", 2, GENOS_TYPE_PEER, GENOS_TYPE_REMOTE_TRACK, 0, 0);
  signals[TRACK_OFFERED] =
      new_signal ("track-offered", 2, GENOS_TYPE_PEER, GENOS_TYPE_TRACK_OFFER, 0, 0);
  signals[TRACK_WITHDRAWN] =
      new_signal ("track-withdrawn", 2, GENOS_TYPE_PEER, GENOS_TYPE_TRACK_OFFER, 0, 0);
  signals[WARNING] = new_signal ("warning", 1, G_TYPE_ERROR, 0, 0, 0);
}

static void
genos_roster_init (GenosRoster *self)
{
  self->peers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

GenosRoster *
genos_roster_new (void)
{
  return g_object_new (GENOS_TYPE_ROSTER, NULL);
}
