/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/peer-struct.h>

#include <genos/room/stats/rtc-report.h>

/* So old an answer is as good as a new one: asking keeps webrtcbin's thread from negotiating. */
#define FRESH (200 * G_TIME_SPAN_MILLISECOND)

typedef struct {
  GenosPeerStatsFunc func;
  gpointer user_data;
} Waiting;

/* Questions that are out hold it too. */
struct _GenosPeerStats {
  GenosPeerLink *link; /* (nullable): that is being asked */
  GstStructure *answer;
  gint64 answered; /* µs */
  GArray *waiting; /* of Waiting */
  GenosStatsRates *rates;
};

static void
clear (gpointer data)
{
  GenosPeerStats *self = data;

  g_clear_object (&self->link);
  gst_clear_structure (&self->answer);
  g_array_unref (self->waiting);
  genos_stats_rates_free (self->rates);
}

static void
unref (GenosPeerStats *self)
{
  g_rc_box_release_full (self, clear);
}

GenosPeerStats *
genos_peer_stats_new (void)
{
  GenosPeerStats *self = g_rc_box_new0 (GenosPeerStats);

  self->waiting = g_array_new (FALSE, FALSE, sizeof (Waiting));
  self->rates = genos_stats_rates_new ();
  return self;
}

static void
tell_waiting (GenosPeerStats *self)
{
  g_autoptr (GArray) waiting = self->waiting;

  self->waiting = g_array_new (FALSE, FALSE, sizeof (Waiting));
  for (guint i = 0; i < waiting->len; i++) {
    Waiting *one = &g_array_index (waiting, Waiting, i);

    one->func (one->user_data);
  }
}

void
genos_peer_stats_free (GenosPeerStats *self)
{
  g_clear_object (&self->link);
  tell_waiting (self);
  unref (self);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GenosPeerStats *self = user_data;
  GstStructure *answer = genos_peer_link_get_stats_finish (GENOS_PEER_LINK (source), result, NULL);

  /* Of a link that was replaced meanwhile nobody wants to know. */
  if (self->link == GENOS_PEER_LINK (source)) {
    g_clear_object (&self->link);
    if (answer != NULL) {
      gst_clear_structure (&self->answer);
      self->answer = g_steal_pointer (&answer);
      self->answered = g_get_monotonic_time ();
    }
    tell_waiting (self);
  }
  gst_clear_structure (&answer);
  unref (self);
}

void
genos_peer_stats_refresh (
    GenosPeerStats *self, GenosPeerLink *link, GenosPeerStatsFunc func, gpointer user_data)
{
  Waiting waiting = { func, user_data };
  gboolean fresh = self->answer != NULL && g_get_monotonic_time () - self->answered < FRESH;

  if (fresh && self->link == NULL) {
    if (func != NULL)
      func (user_data);
    return;
  }
  if (func != NULL)
    g_array_append_val (self->waiting, waiting);
  if (self->link == link)
    return;
  g_set_object (&self->link, link);
  genos_peer_link_get_stats_async (link, NULL, on_answer, g_rc_box_acquire (self));
}

const GstStructure *
genos_peer_stats_get_answer (GenosPeerStats *self)
{
  return self->answer;
}

GenosStatsRates *
genos_peer_stats_get_rates (GenosPeerStats *self)
{
  return self->rates;
}

/* --- of a peer */

static void
add_sender (GenosLocalTrack *track, GenosLinkSender *sender, gpointer report)
{
  genos_rtc_report_add_sender (report, track, sender);
}

static void
add_media (GenosPeer *self, const GstStructure *path, GstStructure *stats)
{
  GenosRtcReport *report = genos_rtc_report_new (genos_peer_stats_get_answer (self->stats),
      genos_peer_stats_get_rates (self->stats), g_get_monotonic_time ());

  if (self->media != NULL) {
    GPtrArray *remote = genos_peer_media_get_remote (self->media);

    genos_peer_media_foreach_sender (self->media, add_sender, report);
    genos_peer_media_describe_refused (self->media, stats);
    for (guint i = 0; i < remote->len; i++) {
      GenosRemoteTrack *track = g_ptr_array_index (remote, i);

      genos_rtc_report_add_receiver (report, track, genos_remote_track_get_receiver (track));
    }
  }
  genos_rtc_report_set_path (report, path);
  genos_rtc_report_finish (report, stats);
}

void
genos_peer_refresh_stats (GenosPeer *self, GenosPeerStatsFunc func, gpointer user_data)
{
  if (self->linked)
    genos_peer_stats_refresh (self->stats, self->link, func, user_data);
  else if (func != NULL)
    func (user_data);
}

GstStructure *
genos_peer_get_stats (GenosPeer *self)
{
  g_autoptr (GstStructure) path = genos_peer_link_dup_path (self->link);
  gint64 clock_offset;
  guint64 clock_error;
  g_autoptr (GstStructure) rate = genos_peer_link_dup_rate (self->link);
  GstStructure *stats =
      gst_structure_new ("peer", "peer-id", G_TYPE_STRING, self->id, "kind", G_TYPE_STRING,
          self->kind, "linked-ms", G_TYPE_INT64, (g_get_monotonic_time () - self->joined) / 1000,
          "messages-in", G_TYPE_UINT64, self->messages_in, "dropped", G_TYPE_UINT64, self->dropped,
          "relinks", G_TYPE_UINT, self->relinks, "linked", G_TYPE_BOOLEAN, self->linked, "verified",
          G_TYPE_BOOLEAN, self->proven_key != NULL, "encrypted", G_TYPE_BOOLEAN, self->seal != NULL,
          "buffered", G_TYPE_UINT64, (guint64) genos_peer_link_get_buffered (self->link), NULL);

  if (self->seal != NULL)
    gst_structure_set (
        stats, "sealed-missing", G_TYPE_UINT64, genos_peer_seal_get_n_missing (self->seal), NULL);
  if (path != NULL)
    gst_structure_set (stats, "path", GST_TYPE_STRUCTURE, path, NULL);
  if (rate != NULL)
    gst_structure_set (stats, "rate", GST_TYPE_STRUCTURE, rate, NULL);
  if (self->proven_key != NULL)
    gst_structure_set (stats, "key", G_TYPE_STRING, self->proven_key, NULL);
  if (genos_peer_get_clock_offset (self, &clock_offset, &clock_error))
    gst_structure_set (stats, "clock-offset", G_TYPE_INT64, clock_offset, "clock-error",
        G_TYPE_UINT64, clock_error, NULL);
  add_media (self, path, stats);
  return stats;
}
