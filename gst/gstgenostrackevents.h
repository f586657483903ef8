/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/genos.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/* What goes out of a pad before the packets of a track: whose it is, and what. On the streaming thread. */
void gst_genos_track_events_begin (GstPad *pad, GenosRemoteTrack *track, guint group_id);

/* The track goes on over another link: payload type, SSRC and tags may be others. */
void gst_genos_track_events_renew (GstPad *pad, GenosRemoteTrack *track);

G_END_DECLS
