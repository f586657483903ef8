/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenostrackevents.h"

#include "gstgenoselements.h"
#include "gstgenostrackname.h"

static GstTagList *
make_tags (GenosRemoteTrack *track)
{
  const char *metadata = genos_remote_track_get_metadata (track);
  g_autofree char *comment =
      g_strconcat (GST_GENOS_TAG_PEER_ID "=", genos_remote_track_get_peer_id (track), NULL);
  GstTagList *tags = gst_tag_list_new (GST_TAG_EXTENDED_COMMENT, comment, GST_GENOS_TAG_PEER_ID,
      genos_remote_track_get_peer_id (track), GST_GENOS_TAG_STREAM_ID,
      genos_remote_track_get_stream_id (track), GST_GENOS_TAG_TRACK_ID,
      genos_remote_track_get_track_id (track), NULL);

  if (metadata != NULL)
    gst_tag_list_add (tags, GST_TAG_MERGE_APPEND, GST_GENOS_TAG_METADATA, metadata, NULL);
  return tags;
}

void
gst_genos_track_events_begin (GstPad *pad, GenosRemoteTrack *track, guint group_id)
{
  g_autofree char *stream_id = NULL;
  GstGenosTrackName name;
  GstSegment segment;
  GstEvent *start;

  gst_genos_track_name_of_track (&name, track);
  stream_id = gst_genos_track_name_dup_id (&name);
  start = gst_event_new_stream_start (stream_id);
  gst_event_set_group_id (start, group_id);
  gst_pad_push_event (pad, start);
  gst_pad_push_event (pad, gst_event_new_caps (genos_remote_track_get_caps (track)));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
  gst_pad_push_event (pad, gst_event_new_tag (make_tags (track)));
}

void
gst_genos_track_events_renew (GstPad *pad, GenosRemoteTrack *track)
{
  gst_pad_push_event (pad, gst_event_new_caps (genos_remote_track_get_caps (track)));
  gst_pad_push_event (pad, gst_event_new_tag (make_tags (track)));
}
