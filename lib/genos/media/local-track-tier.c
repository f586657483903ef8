/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The encodings of a track that go out as tracks of their own, and those that come in so and go on as one. */

#include <genos/media/local-track-struct.h>

#include <genos/media/rtp-caps.h>

/* TRUE: it is known what it is encoded as. */
static gboolean
describe_tier (GenosLocalTrack *self, GenosLocalTrack *of)
{
  g_mutex_lock (&of->lock);
  self->rtp_codec = of->rtp_codec;
  if (of->rtp_codec != NULL)
    self->rtp_caps = genos_rtp_caps_new (of->rtp_codec, self->ssrc, of->caps);
  g_mutex_unlock (&of->lock);
  return self->rtp_codec != NULL;
}

GenosLocalTrack *
genos_local_track_new_tier (
    GenosLocalTrack *of, guint tier, const char *stream_id, const char *track_id)
{
  g_autoptr (GenosLocalTrack) self = g_object_new (
      GENOS_TYPE_LOCAL_TRACK, "kind", of->kind, "stream-id", stream_id, "track-id", track_id, NULL);

  g_return_val_if_fail (of->source == NULL, NULL);

  if (!describe_tier (self, of))
    return NULL;
  self->secondary = TRUE;
  self->tier_of = g_object_ref (of);
  self->tier = tier;
  genos_track_worker_start (of->worker);
  genos_sender_list_set_fixed (self->senders, TRUE);
  self->outlet = genos_track_tier_new (of->senders, tier, self->senders, self->ssrc);
  return g_steal_pointer (&self);
}

void
genos_local_track_get_ladder (GenosLocalTrack *self, GenosTierLadder *ladder)
{
  g_mutex_lock (&self->lock);
  *ladder = self->ladder;
  g_mutex_unlock (&self->lock);
}

void
genos_local_track_set_secondary (GenosLocalTrack *self)
{
  self->secondary = TRUE;
}

gboolean
genos_local_track_is_secondary (GenosLocalTrack *self)
{
  return self->secondary;
}

void
genos_local_track_set_lower (GenosLocalTrack *self, const GenosTierLadder *lower)
{
  genos_sender_list_set_lower (self->senders, lower);
}

void
genos_local_track_set_tier_source (GenosLocalTrack *self, guint tier, GenosRemoteTrack *source)
{
  g_return_if_fail (self->forward != NULL);
  genos_track_forward_set_tier (self->forward, tier, source);
}

guint
genos_local_track_get_demand (GenosLocalTrack *self)
{
  g_return_val_if_fail (self->forward != NULL, 0);
  return genos_track_forward_get_demand (self->forward);
}
