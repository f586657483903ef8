/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Media between two webrtc links in one process: tracks that come, cross and go. */

#include "link-fixture.h"
#include "link-source.h"

#include <gst/rtp/rtp.h>

#include <string.h>
#include <sys/prctl.h>

#define TIMEOUT 60000

/* Counts what one receiver gets. */
typedef struct {
  GMutex lock;
  guint packets;
  guint lost;
  gboolean starts_with_key_frame;
  guint16 next_seqnum;
  guint first_seqnum;
  guint first_size;
  guint8 first_bytes[4];
  guint reported; /* how many have the time they were taken at */
  GstClockTime first_pts;
  GstClockTime last_pts;
} Meter;

static void
on_packet (GenosLinkReceiver *receiver, GstBuffer *buffer, gpointer data)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  Meter *meter = data;
  guint16 seqnum;

  g_assert_true (gst_rtp_buffer_map (buffer, GST_MAP_READ, &rtp));
  seqnum = gst_rtp_buffer_get_seq (&rtp);
  g_mutex_lock (&meter->lock);
  if (meter->packets++ == 0) {
    meter->starts_with_key_frame = link_packet_starts_key_frame (&rtp);
    meter->first_seqnum = seqnum;
    meter->first_size = gst_rtp_buffer_get_payload_len (&rtp);
    memcpy (meter->first_bytes, gst_rtp_buffer_get_payload (&rtp), MIN (4, meter->first_size));
    meter->first_pts = GST_BUFFER_PTS (buffer);
  } else {
    meter->lost += (guint16) (seqnum - meter->next_seqnum);
  }
  meter->next_seqnum = seqnum + 1;
  meter->last_pts = GST_BUFFER_PTS (buffer);
  meter->reported += gst_buffer_get_meta (buffer, GST_REFERENCE_TIMESTAMP_META_API_TYPE) != NULL;
  g_mutex_unlock (&meter->lock);
  gst_rtp_buffer_unmap (&rtp);
  gst_buffer_unref (buffer);
}

static void
meter_attach (Meter *meter, GenosLinkReceiver *receiver)
{
  *meter = (Meter){ 0 };
  genos_link_receiver_set_packet_func (receiver, on_packet, meter, NULL);
}

static gboolean
flows (gpointer data)
{
  Meter *meter = data;
  gboolean enough;

  g_mutex_lock (&meter->lock);
  enough = meter->packets > 40;
  g_mutex_unlock (&meter->lock);
  return enough;
}

/* Every receiver of an end gets a meter in the moment it comes. */
typedef struct {
  LinkPair pair;
  Meter meters[2][8]; /* of dialler, answerer */
  guint n_meters[2];
} Fixture;

static void
on_receiver (GenosPeerLink *link, GenosLinkReceiver *receiver, Fixture *fixture)
{
  guint side = link == fixture->pair.answerer.link;
  guint index = fixture->n_meters[side]++;

  g_assert_cmpuint (index, <, 8);
  meter_attach (&fixture->meters[side][index], receiver);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  link_pair_init (&fixture->pair);
  g_signal_connect (
      fixture->pair.dialler.link, "receiver-added", G_CALLBACK (on_receiver), fixture);
  g_signal_connect (
      fixture->pair.answerer.link, "receiver-added", G_CALLBACK (on_receiver), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (fixture->pair.dialler.n_closed, ==, 0);
  g_assert_cmpuint (fixture->pair.answerer.n_closed, ==, 0);
  link_pair_clear (&fixture->pair);
}

static GenosLinkSender *
add (LinkEnd *end, LinkSource *source, const char *stream, const char *track)
{
  GError *error = NULL;
  GenosLinkSender *sender =
      genos_peer_link_add_sender (end->link, link_source_get_caps (source), stream, track, &error);

  g_assert_no_error (error);
  link_source_add (source, sender);
  return sender;
}

typedef struct {
  Fixture *fixture;
  guint counts[2];
} Expected;

static gboolean
all_flow (gpointer data)
{
  Expected *expected = data;
  Fixture *fixture = expected->fixture;

  for (guint side = 0; side < 2; side++) {
    if (fixture->n_meters[side] < expected->counts[side])
      return FALSE;
    for (guint i = 0; i < expected->counts[side]; i++) {
      if (!flows (&fixture->meters[side][i]))
        return FALSE;
    }
  }
  return TRUE;
}

static gboolean
has_reports (gpointer data)
{
  Meter *meter = data;
  gboolean reported;

  g_mutex_lock (&meter->lock);
  reported = meter->reported > 0;
  g_mutex_unlock (&meter->lock);
  return reported;
}

static void
expect_flow (Fixture *fixture, guint at_dialler, guint at_answerer)
{
  Expected expected = { fixture, { at_dialler, at_answerer } };

  if (link_wait (all_flow, &expected, TIMEOUT))
    return;
  for (guint side = 0; side < 2; side++) {
    for (guint i = 0; i < fixture->n_meters[side]; i++)
      g_test_message ("side %u meter %u: %u packets", side, i, fixture->meters[side][i].packets);
  }
  g_error ("not all tracks flow: %u of %u, %u of %u", fixture->n_meters[0], at_dialler,
      fixture->n_meters[1], at_answerer);
}

static LinkEnd *
end_of (Fixture *fixture, gboolean offerer)
{
  return offerer ? &fixture->pair.dialler : &fixture->pair.answerer;
}

static gboolean
is_active (gpointer sender)
{
  return genos_link_sender_get_active (sender);
}

/* Nothing of the first key frame is lost, and times are those of the shared clock. */
static void
test_one_track (Fixture *fixture, gconstpointer data)
{
  gboolean offerer = GPOINTER_TO_INT (data);
  LinkSource *source = link_source_new (TRUE, 1000);
  g_autoptr (GenosLinkSender) sender = NULL;
  GenosLinkReceiver *receiver;
  guint side = offerer ? 1 : 0;
  Meter *meter = &fixture->meters[side][0];
  GstClockTime now;

  link_pair_open (&fixture->pair);
  sender = add (end_of (fixture, offerer), source, "stream-1", "track-1");
  expect_flow (fixture, !side, side);
  g_assert_true (genos_link_sender_get_active (sender));
  g_assert_cmpuint (genos_link_sender_get_dropped (sender), ==, 0);

  receiver = g_ptr_array_index (end_of (fixture, !offerer)->receivers, 0);
  g_assert_cmpstr (genos_link_receiver_get_stream_id (receiver), ==, "stream-1");
  g_assert_cmpstr (genos_link_receiver_get_track_id (receiver), ==, "track-1");
  g_assert_true (gst_caps_is_fixed (genos_link_receiver_get_caps (receiver)));
  g_assert_cmpstr (
      gst_structure_get_string (
          gst_caps_get_structure (genos_link_receiver_get_caps (receiver), 0), "encoding-name"),
      ==, "VP8");

  now = g_get_monotonic_time () * GST_USECOND;
  g_mutex_lock (&meter->lock);
  if (!meter->starts_with_key_frame)
    g_error ("the first packet, %u, of %u bytes, begins no key frame: %02x %02x %02x %02x",
        meter->first_seqnum, meter->first_size, meter->first_bytes[0], meter->first_bytes[1],
        meter->first_bytes[2], meter->first_bytes[3]);
  /* A gate that opened early or late would lose tens; loopback under load loses one now and then. */
  g_assert_cmpuint (meter->lost, <, 5);
  g_assert_cmpuint (meter->last_pts, >, now - 2 * GST_SECOND);
  g_assert_cmpuint (meter->last_pts, <, now + GST_SECOND);
  g_mutex_unlock (&meter->lock);
  link_source_free (source);
}

/* --- what the RTP session asks for */

#define REPORTING_THREAD "rtpsession-rtcp"

static gboolean
on_format_asked (GSignalInvocationHint *hint, guint n_values, const GValue *values, gpointer data)
{
  gint *counts = data;
  char name[16] = "";

  prctl (PR_GET_NAME, name);
  g_atomic_int_inc (&counts[g_str_equal (name, REPORTING_THREAD) ? 0 : 1]);
  return TRUE;
}

/* A report has told what time the packets are of. */
static gboolean
is_reported (gpointer data)
{
  Meter *meter = data;
  gboolean enough;

  g_mutex_lock (&meter->lock);
  enough = meter->reported > 5;
  g_mutex_unlock (&meter->lock);
  return enough;
}

/* It would do so while it walks over its sources, without its lock. */
static void
test_report_asks_nothing (Fixture *fixture, gconstpointer data)
{
  gint counts[2] = { 0 }; /* by the thread that reports, by others */
  g_autoptr (GstElement) session =
      gst_object_ref_sink (gst_element_factory_make ("rtpsession", NULL));
  guint signal = g_signal_lookup ("request-pt-map", G_OBJECT_TYPE (session));
  gulong hook = g_signal_add_emission_hook (signal, 0, on_format_asked, counts, NULL);
  g_autoptr (GenosLinkSender) picture_sender = NULL, sound_sender = NULL;
  LinkSource *picture = link_source_new (TRUE, 7000), *sound = link_source_new (FALSE, 7001);

  link_pair_open (&fixture->pair);
  picture_sender = add (&fixture->pair.dialler, picture, "s", "v");
  sound_sender = add (&fixture->pair.dialler, sound, "s", "a");
  expect_flow (fixture, 0, 2);
  for (guint i = 0; i < 2; i++)
    g_assert_true (link_wait (is_reported, &fixture->meters[1][i], TIMEOUT));
  g_signal_remove_emission_hook (signal, hook);
  g_assert_cmpint (g_atomic_int_get (&counts[0]), ==, 0);
  g_assert_cmpint (g_atomic_int_get (&counts[1]), >, 0);
  link_source_free (picture);
  link_source_free (sound);
}

/* Senders that were there before the link was open. */
static void
test_early (Fixture *fixture, gconstpointer data)
{
  LinkSource *video = link_source_new (TRUE, 1000);
  LinkSource *audio = link_source_new (FALSE, 1001);
  g_autoptr (GenosLinkSender) a = add (&fixture->pair.dialler, video, "s", "v");
  g_autoptr (GenosLinkSender) b = add (&fixture->pair.dialler, audio, "s", "a");

  link_pair_open (&fixture->pair);
  expect_flow (fixture, 0, 2);
  link_source_free (video);
  link_source_free (audio);
}

/* Both at once: both offers cross, and one of them has to give way. */
static gboolean
both_offered (gpointer data)
{
  LinkPair *pair = data;

  return pair->dialler.n_descriptions == 2 && pair->answerer.n_descriptions == 2;
}

static void
test_glare (Fixture *fixture, gconstpointer data)
{
  LinkSource *sources[4];
  GenosLinkSender *senders[4];

  for (guint i = 0; i < 4; i++)
    sources[i] = link_source_new (i % 2 == 0, 2000 + i);
  link_pair_open (&fixture->pair);
  fixture->pair.hold = TRUE;
  for (guint i = 0; i < 4; i++)
    senders[i] = add (end_of (fixture, i < 2), sources[i], i < 2 ? "from-dialler" : "from-answerer",
        i % 2 == 0 ? "v" : "a");
  /* Both offers are made before either arrives. */
  g_assert_true (link_wait (both_offered, &fixture->pair, TIMEOUT));
  link_pair_release (&fixture->pair);
  expect_flow (fixture, 2, 2);

  for (guint i = 0; i < 4; i++) {
    g_object_unref (senders[i]);
    link_source_free (sources[i]);
  }
}

static gboolean
no_receivers (gpointer data)
{
  return ((LinkEnd *) data)->receivers->len == 0;
}

static void
test_remove_and_add (Fixture *fixture, gconstpointer data)
{
  gboolean offerer = GPOINTER_TO_INT (data);
  LinkEnd *from = end_of (fixture, offerer);
  LinkEnd *to = end_of (fixture, !offerer);
  LinkSource *source = link_source_new (TRUE, 3000);

  link_pair_open (&fixture->pair);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GenosLinkSender) sender = add (from, source, "s", "t");

    expect_flow (fixture, offerer ? 0 : i + 1, offerer ? i + 1 : 0);
    link_source_remove (source, sender);
    genos_peer_link_remove_sender (from->link, sender);
    g_assert_false (genos_link_sender_get_active (sender));
    g_assert_true (link_wait (no_receivers, to, TIMEOUT));
  }
  g_assert_cmpuint (to->n_receivers_added, ==, 3);
  g_assert_cmpuint (to->n_receivers_removed, ==, 3);
  link_source_free (source);
}

/* Both ways, then one goes and the other stays. */
/* Each packet that arrived is told to its sender. */
static gboolean
has_feedback (gpointer link)
{
  g_autoptr (GstStructure) rate = genos_peer_link_dup_rate (link);
  gboolean feedback = FALSE;
  guint arriving = 0;

  gst_structure_get (rate, "transport-feedback", G_TYPE_BOOLEAN, &feedback, "arriving-bitrate",
      G_TYPE_UINT, &arriving, NULL);
  return feedback && arriving > 0;
}

static void
test_both_ways (Fixture *fixture, gconstpointer data)
{
  LinkSource *a = link_source_new (TRUE, 4000);
  LinkSource *b = link_source_new (TRUE, 4001);
  g_autoptr (GenosLinkSender) from_dialler = NULL;
  g_autoptr (GenosLinkSender) from_answerer = NULL;
  guint before;

  link_pair_open (&fixture->pair);
  from_dialler = add (&fixture->pair.dialler, a, "s", "t");
  expect_flow (fixture, 0, 1);
  from_answerer = add (&fixture->pair.answerer, b, "s", "t");
  expect_flow (fixture, 1, 1);
  g_assert_true (link_wait (has_feedback, fixture->pair.dialler.link, TIMEOUT));
  g_assert_true (link_wait (has_feedback, fixture->pair.answerer.link, TIMEOUT));

  genos_peer_link_remove_sender (fixture->pair.dialler.link, from_dialler);
  g_assert_true (link_wait (no_receivers, &fixture->pair.answerer, TIMEOUT));
  g_assert_cmpuint (fixture->pair.dialler.receivers->len, ==, 1);
  g_mutex_lock (&fixture->meters[0][0].lock);
  before = fixture->meters[0][0].packets;
  fixture->meters[0][0].packets = 0;
  g_mutex_unlock (&fixture->meters[0][0].lock);
  g_assert_cmpuint (before, >, 0);
  g_assert_true (link_wait (flows, &fixture->meters[0][0], TIMEOUT));
  link_source_free (a);
  link_source_free (b);
}

static void
count_request (GenosLinkSender *sender, gint *n)
{
  g_atomic_int_inc (n);
}

static gboolean
was_asked (gpointer n)
{
  return g_atomic_int_get ((gint *) n) > 0;
}

static void
test_key_frame_request (Fixture *fixture, gconstpointer data)
{
  LinkSource *source = link_source_new (TRUE, 5000);
  g_autoptr (GenosLinkSender) sender = NULL;
  gint n = 0;

  link_pair_open (&fixture->pair);
  sender = add (&fixture->pair.dialler, source, "s", "t");
  expect_flow (fixture, 0, 1);
  link_iterate (500);
  g_signal_connect (sender, "key-frame-request", G_CALLBACK (count_request), &n);
  genos_link_receiver_request_key_frame (g_ptr_array_index (fixture->pair.answerer.receivers, 0));
  g_assert_true (link_wait (was_asked, &n, TIMEOUT));
  g_signal_handlers_disconnect_by_data (sender, &n);
  link_source_free (source);
}

static gboolean
answerer_closed (gpointer data)
{
  return ((LinkPair *) data)->answerer.n_closed > 0;
}

static gboolean
answerer_receives (gpointer data)
{
  return ((LinkPair *) data)->answerer.receivers->len == 1;
}

static gboolean
is_closed (gpointer end)
{
  return ((LinkEnd *) end)->n_closed > 0;
}

static void
test_close_while_flowing (void)
{
  LinkPair pair;
  LinkSource *source = link_source_new (TRUE, 6000);
  g_autoptr (GenosLinkSender) sender = NULL;

  link_pair_init (&pair);
  link_pair_open (&pair);
  sender = add (&pair.dialler, source, "s", "t");
  g_assert_true (link_wait (is_active, sender, TIMEOUT));
  g_assert_true (link_wait (answerer_receives, &pair, TIMEOUT));
  genos_peer_link_close (pair.dialler.link);
  g_assert_false (genos_link_sender_get_active (sender));
  g_assert_true (link_wait (answerer_closed, &pair, 60000));
  g_assert_cmpuint (pair.answerer.receivers->len, ==, 0);
  /* A sender may outlive its link. */
  link_iterate (100);
  link_pair_clear (&pair);
  link_iterate (100);
  link_source_free (source);
}

/* The remote closes its data channel while our next offer is being made: webrtcbin aborted. The loop
 * does not run meanwhile, so that the link cannot know; there is nothing to wait for but time. */
static void
test_offer_without_channel (gconstpointer answerer_offers)
{
  LinkPair pair;
  LinkSource *source = link_source_new (TRUE, 6000);
  LinkEnd *offers, *closes;
  g_autoptr (GenosLinkSender) sender = NULL;

  link_pair_init (&pair);
  link_pair_open (&pair);
  offers = answerer_offers != NULL ? &pair.answerer : &pair.dialler;
  closes = answerer_offers != NULL ? &pair.dialler : &pair.answerer;
  sender = add (offers, source, "s", "t");
  g_assert_true (link_wait (is_active, sender, TIMEOUT));

  genos_peer_link_close (closes->link);
  g_usleep (400 * 1000);
  genos_peer_link_remove_sender (offers->link, sender);
  g_usleep (200 * 1000);

  g_assert_true (link_wait (is_closed, offers, 60000));
  link_pair_clear (&pair);
  link_source_free (source);
}

static void
give_up (GenosPeerLink *link, GenosLinkReceiver *receiver, LinkEnd *end)
{
  g_clear_object (&end->link);
}

static gboolean
answerer_given_up (gpointer data)
{
  return ((LinkPair *) data)->answerer.link == NULL;
}

/* An application that leaves, and forgets the room, because of a track it does not want. */
static void
test_give_up_in_receiver_added (void)
{
  LinkSource *source = link_source_new (TRUE, 6000);
  g_autoptr (GenosLinkSender) sender = NULL;
  LinkPair pair;

  link_pair_init (&pair);
  link_pair_open (&pair);
  g_signal_connect (pair.answerer.link, "receiver-added", G_CALLBACK (give_up), &pair.answerer);
  sender = add (&pair.dialler, source, "s", "t");
  g_assert_true (link_wait (answerer_given_up, &pair, TIMEOUT));
  g_assert_true (genos_peer_link_webrtc_flush (LINK_TEARDOWN));
  link_pair_clear (&pair);
  link_source_free (source);
}

/* As no browser writes them, and as anybody may. */
#define ODD_STREAM "st\"re\\am;{=(é,"
#define ODD_TRACK "\\\"tr'ack%n\\"

static char *
odd_ids (LinkEnd *from, GenosSdpKind kind, const char *sdp)
{
  g_auto (GStrv) parts = g_strsplit (sdp, "msid:plain track", -1);

  return g_strjoinv ("msid:" ODD_STREAM " " ODD_TRACK, parts);
}

/* Whatever a track is called, it comes. */
static void
test_odd_ids (Fixture *fixture, gconstpointer data)
{
  LinkSource *source = link_source_new (TRUE, 6500);
  LinkEnd *receiving = &fixture->pair.answerer;
  g_autoptr (GenosLinkSender) sender = NULL;

  fixture->pair.mangle = odd_ids;
  link_pair_open (&fixture->pair);
  sender = add (&fixture->pair.dialler, source, "plain", "track");
  expect_flow (fixture, 0, 1);
  g_assert_cmpstr (
      genos_link_receiver_get_stream_id (receiving->receivers->pdata[0]), ==, ODD_STREAM);
  g_assert_cmpstr (
      genos_link_receiver_get_track_id (receiving->receivers->pdata[0]), ==, ODD_TRACK);
  g_assert_cmpuint (receiving->n_warnings, ==, 0);
  link_source_free (source);
}

/* As a page offers several encodings, with names instead of sources. */
static char *
without_sources (LinkEnd *from, GenosSdpKind kind, const char *sdp)
{
  g_auto (GStrv) lines = g_strsplit (sdp, "\r\n", -1);
  GString *text = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++) {
    if (!g_str_has_prefix (lines[i], "a=ssrc"))
      g_string_append_printf (text, "%s\r\n", lines[i]);
  }
  return g_string_free (text, FALSE);
}

/* Media comes, is repaired and reported on, though nobody has said where from. */
static void
test_unannounced_source (Fixture *fixture, gconstpointer data)
{
  LinkSource *video = link_source_new (TRUE, 6600);
  LinkSource *audio = link_source_new (FALSE, 6700);
  g_autoptr (GenosLinkSender) first = NULL;
  g_autoptr (GenosLinkSender) second = NULL;

  fixture->pair.mangle = without_sources;
  link_pair_open (&fixture->pair);
  first = add (&fixture->pair.dialler, video, "s", "v");
  second = add (&fixture->pair.dialler, audio, "s", "a");
  expect_flow (fixture, 0, 2);
  for (guint i = 0; i < 2; i++)
    g_assert_true (link_wait (has_reports, &fixture->meters[1][i], TIMEOUT));
  link_source_free (video);
  link_source_free (audio);
}

/* --- a picture that nothing follows */

static GstBuffer *
new_still_picture (guint32 ssrc)
{
  /* RFC 7741: start of the first partition; RFC 6386, 9.1: key frame of 16 × 16. */
  static const guint8 picture[] = { 0x10, 0x10, 0x00, 0x00, 0x9d, 0x01, 0x2a, 0x10, 0x00, 0x10,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00 };
  GstBuffer *buffer = gst_rtp_buffer_new_allocate (sizeof picture, 0, 0);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

  g_assert_true (gst_rtp_buffer_map (buffer, GST_MAP_READWRITE, &rtp));
  gst_rtp_buffer_set_ssrc (&rtp, ssrc);
  gst_rtp_buffer_set_payload_type (&rtp, 96);
  gst_rtp_buffer_set_seq (&rtp, 4000);
  gst_rtp_buffer_set_timestamp (&rtp, 90000);
  gst_rtp_buffer_set_marker (&rtp, TRUE);
  memcpy (gst_rtp_buffer_get_payload (&rtp), picture, sizeof picture);
  gst_rtp_buffer_unmap (&rtp);
  GST_BUFFER_PTS (buffer) = g_get_monotonic_time () * GST_USECOND;
  return buffer;
}

static gboolean
has_receiver (gpointer fixture)
{
  return ((Fixture *) fixture)->n_meters[1] > 0;
}

static gboolean
has_packet (gpointer data)
{
  Meter *meter = data;
  gboolean some;

  g_mutex_lock (&meter->lock);
  some = meter->packets > 0;
  g_mutex_unlock (&meter->lock);
  return some;
}

/* The packet that makes the receiver comes out of it, and not only when there is another. */
static void
test_still_picture (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (
      "application/x-rtp, media=video, encoding-name=VP8, payload=96, clock-rate=90000, "
      "ssrc=(uint)6800");
  g_autoptr (GenosLinkSender) sender = NULL;
  GError *error = NULL;

  link_pair_open (&fixture->pair);
  sender = genos_peer_link_add_sender (fixture->pair.dialler.link, caps, "s", "v", &error);
  g_assert_no_error (error);
  g_assert_true (link_wait (is_active, sender, TIMEOUT));
  /* The network may lose it; what has made a receiver was not lost. */
  for (guint i = 0; i < 12 && !has_receiver (fixture); i++) {
    genos_link_sender_push (sender, new_still_picture (6800));
    link_wait (has_receiver, fixture, TIMEOUT / 12);
  }
  g_assert_true (link_wait (has_packet, &fixture->meters[1][0], TIMEOUT));
}

static void
add_test (const char *path, gpointer data, void (*func) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, data, set_up, func, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);

  add_test ("/link-media/one-track/offerer", GINT_TO_POINTER (TRUE), test_one_track);
  add_test ("/link-media/one-track/answerer", GINT_TO_POINTER (FALSE), test_one_track);
  add_test ("/link-media/report-asks-nothing", NULL, test_report_asks_nothing);
  add_test ("/link-media/unannounced-source", NULL, test_unannounced_source);
  add_test ("/link-media/still-picture", NULL, test_still_picture);
  add_test ("/link-media/odd-ids", NULL, test_odd_ids);
  add_test ("/link-media/early", NULL, test_early);
  add_test ("/link-media/glare", NULL, test_glare);
  add_test ("/link-media/remove-and-add/offerer", GINT_TO_POINTER (TRUE), test_remove_and_add);
  add_test ("/link-media/remove-and-add/answerer", GINT_TO_POINTER (FALSE), test_remove_and_add);
  add_test ("/link-media/both-ways", NULL, test_both_ways);
  add_test ("/link-media/key-frame-request", NULL, test_key_frame_request);
  g_test_add_func ("/link-media/close-while-flowing", test_close_while_flowing);
  g_test_add_func ("/link-media/give-up-in-receiver-added", test_give_up_in_receiver_added);
  g_test_add_data_func (
      "/link-media/offer-without-channel/offerer", NULL, test_offer_without_channel);
  g_test_add_data_func ("/link-media/offer-without-channel/answerer", GINT_TO_POINTER (TRUE),
      test_offer_without_channel);
  return g_test_run ();
}
