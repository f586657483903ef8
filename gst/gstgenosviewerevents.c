/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosviewerevents.h"

#include "gstgenoselements.h"
#include "gstgenosnavigation.h"
#include "gstgenossinkpad.h"

#include <gst/base/gstbasesink.h>

#define GST_CAT_DEFAULT gst_genos_debug

/* Half a second of a quick mouse. */
#define MAX_WAITING 64
#define MAX_QUEUED (16 * 1024)

/* --- the viewer's side --- */

typedef struct {
  GenosMessage *message;
  char *peer_id;
} Post;

static void
post_free (gpointer data)
{
  Post *post = data;

  genos_message_unref (post->message);
  g_free (post->peer_id);
  g_free (post);
}

static void
deliver (GstGenosRoomSession *session, GenosRoom *room, gpointer user_data)
{
  Post *post = user_data;
  const char *targets[] = { post->peer_id, NULL };
  g_autoptr (GenosChannel) channel =
      genos_room_open_channel (room, GST_GENOS_NAVIGATION_CHANNEL, NULL);
  g_autoptr (GError) error = NULL;

  g_object_set (
      channel, "overflow", GENOS_OVERFLOW_DROP_OLDEST, "max-queued", (guint64) MAX_QUEUED, NULL);
  if (genos_channel_send (channel, post->message, targets, &error) == 0)
    GST_DEBUG ("an event did not go to peer %s: %s", post->peer_id,
        error != NULL ? error->message : "it is not here");
}

void
gst_genos_viewer_events_send (GstGenosRoomMember *member, GstEvent *event, const char *peer_id,
    const char *stream_id, const char *track_id)
{
  g_autoptr (GstGenosRoomSession) session = gst_genos_room_member_ref_session (member);
  Post *post;

  if (session == NULL)
    return;
  post = g_new0 (Post, 1);
  post->message = gst_genos_navigation_pack (event, stream_id, track_id);
  post->peer_id = g_strdup (peer_id);
  gst_genos_room_session_post (session, deliver, post, post_free);
}

/* --- the source's side --- */

struct _GstGenosViewerEvents {
  GstElement *sink; /* not owned */
  GThreadPool *pool;
};

typedef struct {
  GstEvent *event;
  char *stream_id; /* (nullable) */
  char *track_id;  /* (nullable) */
} Arrival;

static void
arrival_free (gpointer data)
{
  Arrival *arrival = data;

  gst_event_unref (arrival->event);
  g_free (arrival->stream_id);
  g_free (arrival->track_id);
  g_free (arrival);
}

static gboolean
push_out (GstElement *element, GstPad *pad, gpointer user_data)
{
  Arrival *arrival = user_data;
  GstGenosTrackSink *end;

  if (!GST_IS_GENOS_SINK_PAD (pad)
      || !gst_genos_sink_pad_shows (
          GST_GENOS_SINK_PAD (pad), arrival->stream_id, arrival->track_id))
    return TRUE;
  end = gst_genos_sink_pad_get_track_sink (GST_GENOS_SINK_PAD (pad));
  gst_pad_push_event (GST_BASE_SINK_PAD (end), gst_event_ref (arrival->event));
  return TRUE;
}

static void
push_everywhere (gpointer data, gpointer user_data)
{
  GstGenosViewerEvents *self = user_data;

  gst_element_foreach_sink_pad (self->sink, push_out, data);
  arrival_free (data);
}

GstGenosViewerEvents *
gst_genos_viewer_events_new (GstElement *sink)
{
  GstGenosViewerEvents *self = g_new0 (GstGenosViewerEvents, 1);

  self->sink = sink;
  self->pool = g_thread_pool_new_full (push_everywhere, self, arrival_free, 1, FALSE, NULL);
  return self;
}

void
gst_genos_viewer_events_free (GstGenosViewerEvents *self)
{
  g_thread_pool_free (self->pool, TRUE, TRUE);
  g_free (self);
}

void
gst_genos_viewer_events_take (GstGenosViewerEvents *self, GenosMessage *message)
{
  Arrival *arrival;
  char *stream_id = NULL, *track_id = NULL;
  GstEvent *event;

  if (g_thread_pool_unprocessed (self->pool) >= MAX_WAITING)
    return;
  event = gst_genos_navigation_unpack (message, &stream_id, &track_id);
  if (event == NULL)
    return;
  arrival = g_new0 (Arrival, 1);
  arrival->event = event;
  arrival->stream_id = stream_id;
  arrival->track_id = track_id;
  g_thread_pool_push (self->pool, arrival, NULL);
}
