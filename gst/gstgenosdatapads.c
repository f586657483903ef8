/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosdatapads.h"

#include "gstgenoselements.h"
#include "gstgenosntptime.h"

#define GST_CAT_DEFAULT gst_genos_debug

/* By how much a message may come earlier or later than the picture it belongs to, and still be put
 * beside it: what is further away is another clock. */
#define MAX_DISTANCE (2 * GST_SECOND)

struct _GstGenosDataPads {
  GstElement *owner;
  const GstGenosDataPadsOwner *funcs;

  GMutex lock;
  /* under the lock */
  char *channels;
  GStrv names;
  GPtrArray *sources; /* of GstGenosDataSrc, those that have ended too, until their peer leaves */
};

GstGenosDataPads *
gst_genos_data_pads_new (GstElement *owner, const GstGenosDataPadsOwner *funcs)
{
  GstGenosDataPads *self = g_new0 (GstGenosDataPads, 1);

  g_mutex_init (&self->lock);
  self->owner = owner;
  self->funcs = funcs;
  self->sources = g_ptr_array_new_with_free_func (gst_object_unref);
  return self;
}

void
gst_genos_data_pads_free (GstGenosDataPads *self)
{
  g_free (self->channels);
  g_strfreev (self->names);
  g_ptr_array_unref (self->sources);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* which channels */

void
gst_genos_data_pads_set_channels (GstGenosDataPads *self, const char *channels)
{
  GStrv names = g_strsplit (channels != NULL ? channels : "", ",", -1);

  for (guint i = 0; names[i] != NULL; i++)
    g_strstrip (names[i]);
  g_mutex_lock (&self->lock);
  g_free (self->channels);
  g_strfreev (self->names);
  self->channels = g_strdup (channels);
  self->names = names;
  g_mutex_unlock (&self->lock);
}

char *
gst_genos_data_pads_dup_channels (GstGenosDataPads *self)
{
  char *channels;

  g_mutex_lock (&self->lock);
  channels = g_strdup (self->channels);
  g_mutex_unlock (&self->lock);
  return channels;
}

/* Under the lock. */
static gboolean
is_wanted (GstGenosDataPads *self, const char *channel)
{
  const char *const *names = (const char *const *) self->names;

  return names != NULL && (g_strv_contains (names, channel) || g_strv_contains (names, "*"));
}

/* which source */

/* Under the lock; (nullable). @n_of_peer: how many the peer has */
static GstGenosDataSrc *
find_source (GstGenosDataPads *self, const char *channel, const char *peer_id,
    GstGenosDataFormat format, guint *n_of_peer)
{
  *n_of_peer = 0;
  for (guint i = 0; i < self->sources->len; i++) {
    GstGenosDataSrc *source = self->sources->pdata[i];

    if (!g_str_equal (gst_genos_data_src_get_peer_id (source), peer_id))
      continue;
    (*n_of_peer)++;
    if (gst_genos_data_src_get_format (source) == format
        && g_str_equal (gst_genos_data_src_get_channel (source), channel))
      return source;
  }
  return NULL;
}

/* (transfer full) (nullable). @is_new: it wants a pad */
static GstGenosDataSrc *
get_source (GstGenosDataPads *self, const char *channel, const char *peer_id,
    GstGenosDataFormat format, gboolean *is_new)
{
  guint group_id = self->funcs->get_group_id (self->owner, peer_id);
  GstClockTime latency = self->funcs->get_latency (self->owner);
  GstGenosDataSrc *source;
  guint n_of_peer;

  *is_new = FALSE;
  g_mutex_lock (&self->lock);
  source = find_source (self, channel, peer_id, format, &n_of_peer);
  if (source == NULL && n_of_peer < GST_GENOS_DATA_PADS_OF_PEER
      && self->sources->len < GST_GENOS_DATA_PADS) {
    source = gst_genos_data_src_new (peer_id, channel, format, group_id, latency);
    g_ptr_array_add (self->sources, gst_object_ref_sink (source));
    *is_new = TRUE;
  }
  if (source != NULL)
    gst_object_ref (source);
  g_mutex_unlock (&self->lock);
  return source;
}

/* when */

/* In the time of the system clock: with the picture that was taken at the same time, or now. */
static GstClockTime
get_time (GstGenosDataPads *self, const char *peer_id, guint64 ntp_time)
{
  g_autoptr (GstClock) system = gst_system_clock_obtain ();
  GstClockTime now = gst_clock_get_time (system);
  GstClockTime time;
  GstClockTimeDiff distance;

  if (ntp_time == 0
      || !self->funcs->map_time (self->owner, peer_id, gst_genos_ntp_time_to_ns (ntp_time), &time))
    return now;
  distance = GST_CLOCK_DIFF (now, time);
  return ABS (distance) <= (GstClockTimeDiff) MAX_DISTANCE ? time : now;
}

static GstBuffer *
make_buffer (GstGenosDataPads *self, const char *peer_id, GenosMessage *message)
{
  guint64 ntp_time = genos_message_get_ntp_time (message);
  GstBuffer *buffer = gst_genos_data_format_make_buffer (message);

  GST_BUFFER_PTS (buffer) = get_time (self, peer_id, ntp_time);
  if (ntp_time != 0)
    gst_buffer_add_reference_timestamp_meta (buffer, gst_genos_ntp_time_get_caps (),
        gst_genos_ntp_time_to_ns (ntp_time), GST_CLOCK_TIME_NONE);
  return buffer;
}

void
gst_genos_data_pads_take (
    GstGenosDataPads *self, const char *channel, const char *peer_id, GenosMessage *message)
{
  g_autoptr (GstGenosDataSrc) source = NULL;
  gboolean wanted, is_new;

  g_mutex_lock (&self->lock);
  wanted = is_wanted (self, channel);
  g_mutex_unlock (&self->lock);
  if (!wanted)
    return;
  source = get_source (self, channel, peer_id, gst_genos_data_format_of_message (message), &is_new);
  if (source == NULL) {
    GST_INFO_OBJECT (self->owner, "no further pad for data of %s", peer_id);
    return;
  }
  if (is_new)
    self->funcs->wanted (self->owner, source);
  gst_genos_data_src_push (source, make_buffer (self, peer_id, message));
}

/* the end */

void
gst_genos_data_pads_end_peer (GstGenosDataPads *self, const char *peer_id)
{
  g_mutex_lock (&self->lock);
  for (guint i = self->sources->len; i-- > 0;) {
    GstGenosDataSrc *source = self->sources->pdata[i];

    if (!g_str_equal (gst_genos_data_src_get_peer_id (source), peer_id))
      continue;
    gst_genos_queue_src_end (GST_GENOS_QUEUE_SRC (source));
    g_ptr_array_remove_index_fast (self->sources, i);
  }
  g_mutex_unlock (&self->lock);
}

void
gst_genos_data_pads_clear (GstGenosDataPads *self)
{
  g_autoptr (GPtrArray) sources = g_ptr_array_new_with_free_func (gst_object_unref);
  g_autoptr (GPtrArray) old = NULL;

  g_mutex_lock (&self->lock);
  old = self->sources;
  self->sources = g_steal_pointer (&sources);
  g_mutex_unlock (&self->lock);
}
