/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "peer-link-local.h"

#include <genos/transport/rtp/audio-level.h>
#include <genos/transport/home.h>

#include <stdlib.h>
#include <string.h>

#define BUSY 65535
#define SERIAL_LINE "\r\ns=local-"

/* --- a track: what is pushed into the sender comes out of the receiver */

#define LOCAL_TYPE_RECEIVER (local_receiver_get_type ())
G_DECLARE_FINAL_TYPE (LocalReceiver, local_receiver, LOCAL, RECEIVER, GenosLinkReceiver)

#define LOCAL_TYPE_SENDER (local_sender_get_type ())
G_DECLARE_FINAL_TYPE (LocalSender, local_sender, LOCAL, SENDER, GenosLinkSender)

struct _LocalReceiver {
  GenosLinkReceiver parent_instance;
  GWeakRef sender;
};

struct _LocalSender {
  GenosLinkSender parent_instance;
  GMutex lock;
  GenosLinkReceiver *receiver; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (LocalReceiver, local_receiver, GENOS_TYPE_LINK_RECEIVER)
G_DEFINE_FINAL_TYPE (LocalSender, local_sender, GENOS_TYPE_LINK_SENDER)

static void
local_receiver_request_key_frame (GenosLinkReceiver *receiver)
{
  g_autoptr (GenosLinkSender) sender = g_weak_ref_get (&LOCAL_RECEIVER (receiver)->sender);

  if (sender != NULL)
    genos_link_sender_emit_key_frame_request (sender);
}

static void
local_receiver_finalize (GObject *object)
{
  g_weak_ref_clear (&LOCAL_RECEIVER (object)->sender);
  G_OBJECT_CLASS (local_receiver_parent_class)->finalize (object);
}

static void
local_receiver_class_init (LocalReceiverClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = local_receiver_finalize;
  GENOS_LINK_RECEIVER_CLASS (klass)->request_key_frame = local_receiver_request_key_frame;
}

static void
local_receiver_init (LocalReceiver *self)
{
  g_weak_ref_init (&self->sender, NULL);
}

static void
local_sender_set_receiver (LocalSender *self, GenosLinkReceiver *receiver)
{
  GenosLinkReceiver *old;

  g_mutex_lock (&self->lock);
  old = self->receiver;
  self->receiver = receiver == NULL ? NULL : g_object_ref (receiver);
  g_mutex_unlock (&self->lock);
  g_clear_object (&old);
  genos_link_sender_set_active (GENOS_LINK_SENDER (self), receiver != NULL);
}

static void
local_sender_push (GenosLinkSender *sender, GstBuffer *buffer)
{
  LocalSender *self = LOCAL_SENDER (sender);
  g_autoptr (GenosLinkReceiver) receiver = NULL;

  g_mutex_lock (&self->lock);
  if (self->receiver != NULL)
    receiver = g_object_ref (self->receiver);
  g_mutex_unlock (&self->lock);
  if (receiver != NULL)
    genos_link_receiver_deliver (receiver, buffer);
  else
    gst_buffer_unref (buffer);
}

static void
local_sender_finalize (GObject *object)
{
  LocalSender *self = LOCAL_SENDER (object);

  g_clear_object (&self->receiver);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (local_sender_parent_class)->finalize (object);
}

static void
local_sender_class_init (LocalSenderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = local_sender_finalize;
  GENOS_LINK_SENDER_CLASS (klass)->push = local_sender_push;
}

static void
local_sender_init (LocalSender *self)
{
  g_mutex_init (&self->lock);
}

/* --- the link */

typedef struct {
  LocalSender *sender;
  GstCaps *caps;
  char *stream_id;
  char *track_id;
  GenosLinkReceiver *receiver; /* at the other side, once offered */
} Track;

struct _PeerLinkLocal {
  GenosPeerLink parent_instance;

  GenosHome *home;
  guint serial;
  GenosHome *twin_home; /* (nullable) until joined */
  guint twin_serial;
  guint forged;
  gboolean by_itself; /* descriptions do not travel outside */
  gboolean shut;
  gboolean held;
  gboolean closing;
  guint delay_ms;
  GQueue waiting; /* GBytes */
  gsize buffered;
  guint64 n_sent;
  GPtrArray *tracks;    /* Track, of ours */
  GPtrArray *receivers; /* GenosLinkReceiver, of theirs */
  PeerLinkLocalFilter filter;
  gpointer filter_data;
  GSource *timer;
  const char *const *refused; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (PeerLinkLocal, peer_link_local, GENOS_TYPE_PEER_LINK)

static GMutex table_lock;
static GHashTable *table; /* serial → GenosHome of the link */
static guint last_serial;

static void
free_track (Track *track)
{
  g_clear_object (&track->sender);
  g_clear_object (&track->receiver);
  gst_clear_caps (&track->caps);
  g_free (track->stream_id);
  g_free (track->track_id);
  g_free (track);
}

static void
enter_table (PeerLinkLocal *self)
{
  g_mutex_lock (&table_lock);
  if (table == NULL)
    table = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) genos_home_unref);
  self->serial = ++last_serial;
  g_hash_table_insert (table, GUINT_TO_POINTER (self->serial), genos_home_ref (self->home));
  g_mutex_unlock (&table_lock);
}

static void
leave_table (PeerLinkLocal *self)
{
  g_mutex_lock (&table_lock);
  g_hash_table_remove (table, GUINT_TO_POINTER (self->serial));
  if (g_hash_table_size (table) == 0)
    g_clear_pointer (&table, g_hash_table_unref);
  g_mutex_unlock (&table_lock);
}

static GenosHome *
find_home (guint serial)
{
  GenosHome *home;

  g_mutex_lock (&table_lock);
  home = table == NULL ? NULL : g_hash_table_lookup (table, GUINT_TO_POINTER (serial));
  if (home != NULL)
    genos_home_ref (home);
  g_mutex_unlock (&table_lock);
  return home;
}

/* --- frames */

static void
arrive (gpointer object, gpointer data)
{
  genos_peer_link_emit_frame (object, data);
}

static void
travel (PeerLinkLocal *self, GBytes *frame)
{
  GBytes *arriving =
      self->filter != NULL ? self->filter (frame, self->filter_data) : g_bytes_ref (frame);

  if (arriving != NULL && self->twin_home != NULL)
    genos_home_post (self->twin_home, arrive, arriving, (GDestroyNotify) g_bytes_unref);
  else
    g_clear_pointer (&arriving, g_bytes_unref);
}

static void
leave_buffer (gpointer object, gpointer data)
{
  PeerLinkLocal *self = object;
  gsize before = self->buffered;
  GBytes *frame;

  while (!self->held && (frame = g_queue_pop_head (&self->waiting)) != NULL) {
    self->buffered -= g_bytes_get_size (frame);
    travel (self, frame);
    g_bytes_unref (frame);
  }
  if (before > BUSY && self->buffered <= BUSY)
    genos_peer_link_emit_drained (GENOS_PEER_LINK (self));
}

static gboolean
on_delay (gpointer data)
{
  PeerLinkLocal *self = data;

  genos_home_cancel (&self->timer);
  leave_buffer (self, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
peer_link_local_send (GenosPeerLink *link, GBytes *frame, GError **error)
{
  PeerLinkLocal *self = PEER_LINK_LOCAL (link);

  if (self->closing) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_CLOSED, "the data channel is not open");
    return FALSE;
  }
  g_queue_push_tail (&self->waiting, g_bytes_ref (frame));
  self->buffered += g_bytes_get_size (frame);
  self->n_sent++;
  if (self->delay_ms == 0)
    genos_home_post (self->home, leave_buffer, NULL, NULL);
  else if (self->timer == NULL)
    self->timer = genos_home_add_timer (self->home, self->delay_ms, on_delay, self);
  return TRUE;
}

static gsize
peer_link_local_get_buffered (GenosPeerLink *link)
{
  return PEER_LINK_LOCAL (link)->buffered;
}

/* --- tracks */

typedef struct {
  LocalSender *sender;
  GenosLinkReceiver *receiver;
} Arrival;

static void
free_arrival (gpointer data)
{
  Arrival *arrival = data;

  g_object_unref (arrival->sender);
  g_object_unref (arrival->receiver);
  g_free (arrival);
}

static void
add_receiver (gpointer object, gpointer data)
{
  PeerLinkLocal *self = object;
  Arrival *arrival = data;

  if (self->shut)
    return;
  g_ptr_array_add (self->receivers, g_object_ref (arrival->receiver));
  genos_peer_link_emit_receiver_added (object, arrival->receiver);
  local_sender_set_receiver (arrival->sender, arrival->receiver);
  genos_link_sender_emit_key_frame_request (GENOS_LINK_SENDER (arrival->sender));
}

static void
remove_receiver (gpointer object, gpointer data)
{
  PeerLinkLocal *self = object;

  if (g_ptr_array_remove (self->receivers, data))
    genos_peer_link_emit_receiver_removed (object, data);
}

static gboolean
refuses (PeerLinkLocal *self, GstCaps *caps)
{
  const GstStructure *s = gst_caps_get_structure (caps, 0);
  const char *name = gst_structure_get_string (s, "encoding-name");
  const char *profile = gst_structure_get_string (s, "profile-level-id");

  return self->refused != NULL
      && ((name != NULL && g_strv_contains (self->refused, name))
          || (profile != NULL && g_strv_contains (self->refused, profile)));
}

static void
refuse (gpointer object, gpointer sender)
{
  genos_link_sender_refuse (sender);
}

/* At the other end, which refuses or lets the receiver be. */
static void
consider (gpointer object, gpointer data)
{
  PeerLinkLocal *self = object;
  Arrival *arrival = data;

  if (!refuses (self, genos_link_receiver_get_caps (GENOS_LINK_RECEIVER (arrival->receiver))))
    add_receiver (object, data);
  else if (self->twin_home != NULL)
    genos_home_post (self->twin_home, refuse, g_object_ref (arrival->sender), g_object_unref);
}

static void
offer_track (PeerLinkLocal *self, Track *track)
{
  Arrival *arrival;

  if (track->receiver != NULL || self->twin_home == NULL)
    return;
  track->receiver = g_object_new (LOCAL_TYPE_RECEIVER, "mid", track->track_id, "stream-id",
      track->stream_id, "track-id", track->track_id, "caps", track->caps, "audio-level-id",
      genos_audio_level_find_id (track->caps), NULL);
  g_weak_ref_set (&LOCAL_RECEIVER (track->receiver)->sender, track->sender);
  arrival = g_new (Arrival, 1);
  arrival->sender = g_object_ref (track->sender);
  arrival->receiver = g_object_ref (track->receiver);
  genos_home_post (self->twin_home, consider, arrival, free_arrival);
}

/* Of its own: each link stands for another machine. */
static void
make_certificate (guint serial, guint8 digest[32])
{
  memset (digest, 0, 32);
  memcpy (digest, &serial, sizeof serial);
}

static gboolean
peer_link_local_get_certificates (GenosPeerLink *link, GenosLinkCertificates *certificates)
{
  PeerLinkLocal *self = PEER_LINK_LOCAL (link);

  make_certificate (self->serial, certificates->local);
  make_certificate (self->forged != 0 ? self->forged : self->twin_serial, certificates->remote);
  return TRUE;
}

void
peer_link_local_set_refused (PeerLinkLocal *self, const char *const *values)
{
  self->refused = values;
}

void
peer_link_local_set_forged (PeerLinkLocal *self, guint serial)
{
  self->forged = serial;
}

static GenosLinkSender *
peer_link_local_add_sender (
    GenosPeerLink *link, GstCaps *caps, const char *stream_id, const char *track_id, GError **error)
{
  PeerLinkLocal *self = PEER_LINK_LOCAL (link);
  Track *track = g_new0 (Track, 1);

  track->sender = g_object_new (LOCAL_TYPE_SENDER, NULL);
  track->caps = gst_caps_ref (caps);
  track->stream_id = g_strdup (stream_id);
  track->track_id = g_strdup (track_id);
  g_ptr_array_add (self->tracks, track);
  if (genos_peer_link_is_open (link))
    offer_track (self, track);
  return GENOS_LINK_SENDER (g_object_ref (track->sender));
}

static void
withdraw_track (PeerLinkLocal *self, Track *track)
{
  local_sender_set_receiver (track->sender, NULL);
  if (track->receiver != NULL && self->twin_home != NULL)
    genos_home_post (
        self->twin_home, remove_receiver, g_object_ref (track->receiver), g_object_unref);
}

static void
peer_link_local_remove_sender (GenosPeerLink *link, GenosLinkSender *sender)
{
  PeerLinkLocal *self = PEER_LINK_LOCAL (link);

  for (guint i = 0; i < self->tracks->len; i++) {
    Track *track = g_ptr_array_index (self->tracks, i);

    if (GENOS_LINK_SENDER (track->sender) != sender)
      continue;
    withdraw_track (self, track);
    g_ptr_array_remove_index (self->tracks, i);
    return;
  }
}

/* --- beginning and end */

static void
shut_down (PeerLinkLocal *self)
{
  if (self->shut)
    return;
  self->shut = TRUE;
  genos_peer_link_set_ending (GENOS_PEER_LINK (self));
  leave_table (self);
  genos_home_cancel (&self->timer);
  genos_home_leave (self->home);
  while (self->receivers->len > 0) {
    g_autoptr (GenosLinkReceiver) receiver = g_ptr_array_steal_index (self->receivers, 0);

    genos_peer_link_emit_receiver_removed (GENOS_PEER_LINK (self), receiver);
  }
  for (guint i = 0; i < self->tracks->len; i++)
    local_sender_set_receiver (((Track *) g_ptr_array_index (self->tracks, i))->sender, NULL);
  g_queue_clear_full (&self->waiting, (GDestroyNotify) g_bytes_unref);
  self->buffered = 0;
}

static void
fail (PeerLinkLocal *self, GenosError code, const char *why)
{
  g_autoptr (GError) error = g_error_new_literal (GENOS_ERROR, code, why);

  if (self->shut)
    return;
  g_object_ref (self);
  shut_down (self);
  genos_peer_link_emit_closed (GENOS_PEER_LINK (self), error);
  g_object_unref (self);
}

static void
twin_closed (gpointer object, gpointer data)
{
  fail (object, GENOS_ERROR_CLOSED, "the other side closed the link");
}

static void
peer_link_local_close (GenosPeerLink *link)
{
  PeerLinkLocal *self = PEER_LINK_LOCAL (link);

  if (!self->shut && self->twin_home != NULL)
    genos_home_post (self->twin_home, twin_closed, NULL, NULL);
  shut_down (self);
}

static void
open_link (gpointer object, gpointer data)
{
  PeerLinkLocal *self = object;

  if (self->shut)
    return;
  genos_peer_link_emit_opened (object);
  for (guint i = 0; !self->shut && i < self->tracks->len; i++)
    offer_track (self, g_ptr_array_index (self->tracks, i));
}

static void take_text (gpointer object, gpointer data);

static void
describe (PeerLinkLocal *self, GenosSdpKind kind)
{
  g_autofree char *sdp = g_strdup_printf ("v=0\r\no=- %u 0 IN IP4 127.0.0.1" SERIAL_LINE "%u\r\n"
                                          "t=0 0\r\n",
      self->serial, self->serial);

  if (self->by_itself)
    genos_home_post (self->twin_home, take_text, g_strdup (sdp), g_free);
  else
    genos_peer_link_emit_description (GENOS_PEER_LINK (self), kind, sdp);
}

static gboolean
join (PeerLinkLocal *self, const char *sdp)
{
  const char *line = strstr (sdp, SERIAL_LINE);
  guint serial = line == NULL ? 0 : (guint) strtoul (line + strlen (SERIAL_LINE), NULL, 10);
  GenosHome *home = find_home (serial);

  if (home == NULL)
    return FALSE;
  g_clear_pointer (&self->twin_home, genos_home_unref);
  self->twin_home = home;
  self->twin_serial = serial;
  return TRUE;
}

static void
take_text (gpointer object, gpointer data)
{
  genos_peer_link_take_description (
      object, genos_peer_link_is_offerer (object) ? GENOS_SDP_ANSWER : GENOS_SDP_OFFER, data);
}

static void
peer_link_local_start (GenosPeerLink *link)
{
  if (genos_peer_link_is_offerer (link))
    describe (PEER_LINK_LOCAL (link), GENOS_SDP_OFFER);
}

static void
peer_link_local_take_description (GenosPeerLink *link, GenosSdpKind kind, const char *sdp)
{
  PeerLinkLocal *self = PEER_LINK_LOCAL (link);
  gboolean expected = (kind == GENOS_SDP_ANSWER) == genos_peer_link_is_offerer (link);

  if (genos_peer_link_is_open (link))
    return;
  if (!expected || !join (self, sdp)) {
    fail (self, GENOS_ERROR_PROTOCOL, "this description leads nowhere");
    return;
  }
  if (kind == GENOS_SDP_OFFER)
    describe (self, GENOS_SDP_ANSWER);
  else
    genos_home_post (self->twin_home, open_link, NULL, NULL);
  if (kind == GENOS_SDP_ANSWER)
    open_link (self, NULL);
}

/* --- object */

static void
peer_link_local_dispose (GObject *object)
{
  shut_down (PEER_LINK_LOCAL (object));
  G_OBJECT_CLASS (peer_link_local_parent_class)->dispose (object);
}

static void
peer_link_local_finalize (GObject *object)
{
  PeerLinkLocal *self = PEER_LINK_LOCAL (object);

  g_clear_pointer (&self->home, genos_home_unref);
  g_clear_pointer (&self->twin_home, genos_home_unref);
  g_ptr_array_unref (self->tracks);
  g_ptr_array_unref (self->receivers);
  G_OBJECT_CLASS (peer_link_local_parent_class)->finalize (object);
}

static void
peer_link_local_class_init (PeerLinkLocalClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GenosPeerLinkClass *link_class = GENOS_PEER_LINK_CLASS (klass);

  object_class->dispose = peer_link_local_dispose;
  object_class->finalize = peer_link_local_finalize;
  link_class->start = peer_link_local_start;
  link_class->take_description = peer_link_local_take_description;
  link_class->send = peer_link_local_send;
  link_class->get_buffered = peer_link_local_get_buffered;
  link_class->add_sender = peer_link_local_add_sender;
  link_class->remove_sender = peer_link_local_remove_sender;
  link_class->get_certificates = peer_link_local_get_certificates;
  link_class->close = peer_link_local_close;
}

static void
peer_link_local_init (PeerLinkLocal *self)
{
  self->home = genos_home_new (G_OBJECT (self));
  self->tracks = g_ptr_array_new_with_free_func ((GDestroyNotify) free_track);
  self->receivers = g_ptr_array_new_with_free_func (g_object_unref);
  g_queue_init (&self->waiting);
  enter_table (self);
}

GenosPeerLink *
peer_link_local_new (gboolean offerer)
{
  return g_object_new (PEER_TYPE_LINK_LOCAL, "offerer", offerer, NULL);
}

void
peer_link_local_new_pair (GenosPeerLink **offerer, GenosPeerLink **answerer)
{
  PeerLinkLocal *a, *b;

  *offerer = peer_link_local_new (TRUE);
  *answerer = peer_link_local_new (FALSE);
  a = PEER_LINK_LOCAL (*offerer);
  b = PEER_LINK_LOCAL (*answerer);
  a->by_itself = b->by_itself = TRUE;
  a->twin_home = genos_home_ref (b->home);
  b->twin_home = genos_home_ref (a->home);
  a->twin_serial = b->serial;
  b->twin_serial = a->serial;
  genos_peer_link_start (*offerer);
}

void
peer_link_local_set_filter (PeerLinkLocal *self, PeerLinkLocalFilter filter, gpointer user_data)
{
  self->filter = filter;
  self->filter_data = user_data;
}

void
peer_link_local_set_delay (PeerLinkLocal *self, guint delay_ms)
{
  self->delay_ms = delay_ms;
}

void
peer_link_local_set_held (PeerLinkLocal *self, gboolean held)
{
  self->held = held;
  if (!held)
    genos_home_post (self->home, leave_buffer, NULL, NULL);
}

void
peer_link_local_set_closing (PeerLinkLocal *self)
{
  self->closing = TRUE;
}

void
peer_link_local_vanish (PeerLinkLocal *self)
{
  g_clear_pointer (&self->twin_home, genos_home_unref);
}

guint64
peer_link_local_get_n_sent (PeerLinkLocal *self)
{
  return self->n_sent;
}
