/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenostrackbranch.h"

#include "gstgenosaudiometer.h"
#include "gstgenoselements.h"
#include "gstgenossrcpad.h"
#include "gstgenostrackname.h"

#include <gst/pbutils/pbutils.h>

#define GST_CAT_DEFAULT gst_genos_debug

static GenosRemoteTrack *
get_track (GstGenosTrackSrc *source)
{
  return gst_genos_track_feed_get_track (gst_genos_track_src_get_feed (source));
}

GstGenosTrackFeed *
gst_genos_track_branch_get_feed (GstGenosBranch *branch)
{
  GstGenosQueueSrc *source = gst_genos_branch_get_source (branch);

  return GST_IS_GENOS_TRACK_SRC (source)
      ? gst_genos_track_src_get_feed (GST_GENOS_TRACK_SRC (source))
      : NULL;
}

/* a track that is over, and comes again */

static const char *
get_encoding (GenosRemoteTrack *track)
{
  GstCaps *caps = genos_remote_track_get_caps (track);

  return caps != NULL ? gst_structure_get_string (gst_caps_get_structure (caps, 0), "encoding-name")
                      : NULL;
}

static gboolean
is_same (GenosRemoteTrack *old, GenosRemoteTrack *new, gboolean exactly)
{
  GstGenosTrackName a, b;

  gst_genos_track_name_of_track (&a, old);
  gst_genos_track_name_of_track (&b, new);
  if (g_strcmp0 (a.peer_id, b.peer_id) != 0 || a.kind != b.kind
      || g_strcmp0 (get_encoding (old), get_encoding (new)) != 0)
    return FALSE;
  if (exactly)
    return g_strcmp0 (a.stream_id, b.stream_id) == 0 && g_strcmp0 (a.track_id, b.track_id) == 0;
  return g_strcmp0 (a.metadata, b.metadata) == 0;
}

gboolean
gst_genos_track_branch_linger (GstGenosBranch *branch, gint64 duration)
{
  GstGenosQueueSrc *source = gst_genos_branch_get_source (branch);

  return GST_IS_GENOS_TRACK_SRC (source)
      && gst_genos_track_src_linger (GST_GENOS_TRACK_SRC (source), duration);
}

gboolean
gst_genos_track_branch_adopt (GstGenosBranch *branch, GstGenosTrackFeed *feed, gboolean exactly)
{
  GstGenosQueueSrc *source = gst_genos_branch_get_source (branch);
  GenosRemoteTrack *track = gst_genos_track_feed_get_track (feed);
  g_autoptr (GstPad) pad = NULL;

  if (!GST_IS_GENOS_TRACK_SRC (source)
      || !is_same (get_track (GST_GENOS_TRACK_SRC (source)), track, exactly)
      || !gst_genos_track_src_take_feed (GST_GENOS_TRACK_SRC (source), feed))
    return FALSE;
  pad = gst_genos_branch_ref_pad (branch);
  if (pad != NULL)
    gst_genos_src_pad_set_track (GST_GENOS_SRC_PAD (pad), track);
  return TRUE;
}

/* what a branch does */

static const char *
get_template (GstGenosQueueSrc *source)
{
  GenosRemoteTrack *track = get_track (GST_GENOS_TRACK_SRC (source));

  return genos_remote_track_get_kind (track) == GENOS_MEDIA_VIDEO ? "video_%u" : "audio_%u";
}

static GstPad *
make_pad (GstGenosQueueSrc *source, const char *name, GstPadTemplate *templ, GstPad *target)
{
  GenosRemoteTrack *track = get_track (GST_GENOS_TRACK_SRC (source));

  return GST_PAD (gst_genos_src_pad_new (name, templ, track, target));
}

/* making it */

static void
warn_missing (GstElement *owner, GstCaps *missing)
{
  gst_element_post_message (owner, gst_missing_decoder_message_new (owner, missing));
}

static void
measure (GstElement *chain, GenosRemoteTrack *track)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (chain, "src");

  gst_genos_audio_meter_watch (pad, track);
}

static GstElement *
make_chain (GstElement *owner, GstGenosTrackSrc *source, GstGenosOutput output, GstGenosFill fill)
{
  GenosRemoteTrack *track = get_track (source);
  g_autoptr (GstCaps) missing = NULL;
  g_autoptr (GError) error = NULL;
  GstElement *chain = gst_genos_decode_chain_new (
      GST_ELEMENT (source), genos_remote_track_get_caps (track), output, fill, &missing, &error);

  if (missing != NULL)
    warn_missing (owner, missing);
  /* What one peer sends is no reason to end a pipeline that others feed as well. */
  if (chain == NULL)
    GST_ELEMENT_WARNING (owner, STREAM, CODEC_NOT_FOUND,
        ("A track of peer %s is left out: %s", genos_remote_track_get_peer_id (track),
            error->message),
        (NULL));
  else if (genos_remote_track_get_kind (track) == GENOS_MEDIA_AUDIO)
    measure (chain, track);
  return chain;
}

GstGenosBranch *
gst_genos_track_branch_new (GstElement *owner, GstGenosTrackSrc *source, GstGenosOutput output,
    GstGenosFill fill, GstGenosBranchNameFunc make_name, GstGenosBranchFunc ended)
{
  static const GstGenosBranchFuncs funcs = { get_template, make_pad };
  g_autoptr (GstGenosQueueSrc) kept = gst_object_ref_sink (GST_GENOS_QUEUE_SRC (source));
  GstElement *chain = make_chain (owner, source, output, fill);

  if (chain == NULL)
    return NULL;
  return gst_genos_branch_new (owner, kept, chain, &funcs, make_name, ended);
}
