/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenostrackbranch.h"

#include "gstgenosaudiometer.h"
#include "gstgenoselements.h"
#include "gstgenossrcpad.h"

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
  GstElement *source = gst_genos_branch_get_source (branch);

  return GST_IS_GENOS_TRACK_SRC (source)
      ? gst_genos_track_src_get_feed (GST_GENOS_TRACK_SRC (source))
      : NULL;
}

/* what a branch does */

static const char *
get_template (GstElement *source)
{
  GenosRemoteTrack *track = get_track (GST_GENOS_TRACK_SRC (source));

  return genos_remote_track_get_kind (track) == GENOS_MEDIA_VIDEO ? "video_%u" : "audio_%u";
}

static GstPad *
make_pad (GstElement *source, const char *name, GstPadTemplate *templ, GstPad *target)
{
  GenosRemoteTrack *track = get_track (GST_GENOS_TRACK_SRC (source));

  return GST_PAD (gst_genos_src_pad_new (name, templ, track, target));
}

static void
resume (GstElement *source)
{
  gst_genos_track_src_resume (GST_GENOS_TRACK_SRC (source));
}

static void
end (GstElement *source)
{
  gst_genos_track_src_end (GST_GENOS_TRACK_SRC (source));
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
make_chain (GstElement *owner, GstGenosTrackSrc *source, GstGenosOutput output)
{
  GenosRemoteTrack *track = get_track (source);
  g_autoptr (GstCaps) missing = NULL;
  g_autoptr (GError) error = NULL;
  GstElement *chain = gst_genos_decode_chain_new (
      GST_ELEMENT (source), genos_remote_track_get_caps (track), output, &missing, &error);

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
    GstGenosBranchNameFunc make_name, GstGenosBranchFunc ended)
{
  static const GstGenosBranchFuncs funcs = { get_template, make_pad, resume, end };
  g_autoptr (GstElement) kept = gst_object_ref_sink (GST_ELEMENT (source));
  GstElement *chain = make_chain (owner, source, output);

  if (chain == NULL)
    return NULL;
  return gst_genos_branch_new (owner, kept, chain, &funcs, make_name, ended);
}
