/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/base/error.h>
#include <genos/base/types.h>
#include <genos/media/media-kind.h>

G_BEGIN_DECLS

#define GENOS_TYPE_REMOTE_TRACK (genos_remote_track_get_type ())
GENOS_API
G_DECLARE_FINAL_TYPE (GenosRemoteTrack, genos_remote_track, GENOS, REMOTE_TRACK, GObject)

/**
 * GenosRemoteTrackFunc:
 * @track: the track
 * @buffer: (transfer full): one RTP packet; PTS in the time of the system clock
 *   ([func@Gst.SystemClock.obtain]) at which it came, freed from jitter, before the jitterbuffer's latency
 *   is added; once the sender's reports have told, a reference timestamp of `timestamp/x-ntp` says when
 *   it was taken, on the sender's clock: by that the tracks of a peer are put in step
 * @user_data: user data
 *
 * Takes one packet, on a streaming thread of the library; must not block.
 */
typedef void (*GenosRemoteTrackFunc) (
    GenosRemoteTrack *track, GstBuffer *buffer, gpointer user_data);

GENOS_API
void genos_remote_track_set_packet_func (
    GenosRemoteTrack *self, GenosRemoteTrackFunc func, gpointer user_data, GDestroyNotify destroy);
GENOS_API
void genos_remote_track_request_key_frame (GenosRemoteTrack *self);

/* how loud it is */
GENOS_API
double genos_remote_track_get_audio_level (GenosRemoteTrack *self);
GENOS_API
gboolean genos_remote_track_wants_audio_level (GenosRemoteTrack *self);
GENOS_API
void
genos_remote_track_take_audio_level (GenosRemoteTrack *self, double power, GstClockTime duration);

/* what it is */
GENOS_API
GenosMediaKind genos_remote_track_get_kind (GenosRemoteTrack *self);
GENOS_API
const char *genos_remote_track_get_peer_id (GenosRemoteTrack *self);
GENOS_API
const char *genos_remote_track_get_stream_id (GenosRemoteTrack *self);
GENOS_API
const char *genos_remote_track_get_track_id (GenosRemoteTrack *self);
GENOS_API
const char *genos_remote_track_get_metadata (GenosRemoteTrack *self);
GENOS_API
GstCaps *genos_remote_track_get_caps (GenosRemoteTrack *self);

G_END_DECLS
