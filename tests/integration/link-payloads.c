/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A remote that calls the formats of our m-line by other numbers than we do, as Firefox does. */

#include "link-fixture.h"
#include "link-source.h"

#include <genos/transport/sdp/sdp-payloads.h>

#include <string.h>

#define TIMEOUT 60000
#define SSRC 8000
#define LOSE 10 /* one of so many */

/* What it has for the codec and for its repair. */
static const GenosRtpPayloads strange = { 2, { { 96, 121 }, { 97, 125 } } };

/* Of a line of its own: another repair than ours has. */
static const GenosRtpPayloads otherwise = { 2, { { 96, 96 }, { 97, 100 } } };

typedef struct {
  LinkPair pair;
  gboolean renumbers;         /* from now on: our line */
  gboolean repairs_otherwise; /* its own line */

  GMutex lock;
  guint n_sent[128]; /* to the answerer, by type, since the first with a strange number */
  guint n_lost, n_repairs[128]; /* of our track, to the answerer */
  guint n_taken;                /* by the receiver of our track */
  guint n_answered;             /* descriptions of ours that have the strange numbers */
} Fixture;

static Fixture *current;

/* --- the remote: its descriptions, and what it makes of packets */

static void
renumber (const GenosSdp *sdp, const char *mid, const GenosRtpPayloads *payloads, gboolean to_wire)
{
  GenosSdpSection *section = genos_sdp_find (sdp, mid);

  if (section == NULL)
    return;
  if (to_wire)
    genos_sdp_payloads_to_wire (payloads, section);
  else
    genos_sdp_payloads_to_inner (payloads, section);
}

static char *
mangle (LinkEnd *from, GenosSdpKind kind, const char *text)
{
  gboolean by_remote = from == &current->pair.answerer;
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosSdp) sdp = genos_sdp_parse (text, &error);
  GenosSdpSection *section;

  g_assert_no_error (error);
  section = genos_sdp_find (sdp, "go0");
  if (!by_remote && section != NULL && strstr (section->lines->pdata[0], " 121 125") != NULL)
    current->n_answered++;
  if (current->renumbers)
    renumber (sdp, "go0", &strange, by_remote);
  if (current->repairs_otherwise)
    renumber (sdp, "ga0", &otherwise, by_remote);
  return genos_sdp_to_string (sdp);
}

static GstPadProbeReturn
take_packet (Fixture *self, guint8 *byte)
{
  guint payload = *byte & 0x7f;
  int inner = genos_rtp_payloads_to_inner (&strange, payload);

  if (inner < 0 && self->n_sent[121] == 0)
    return GST_PAD_PROBE_OK;
  self->n_sent[payload]++;
  if (payload == 121 && self->n_sent[payload] % LOSE == 0)
    return GST_PAD_PROBE_DROP;
  if (inner >= 0)
    *byte = (*byte & 0x80) | (guint8) inner;
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_remote_packet (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Fixture *self = data;
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GstPadProbeReturn fate = GST_PAD_PROBE_OK;
  guint8 head[12];

  info->data = buffer;
  g_assert_cmpuint (gst_buffer_extract (buffer, 0, head, sizeof head), ==, sizeof head);
  g_mutex_lock (&self->lock);
  if (GST_READ_UINT32_BE (head + 8) == (SSRC ^ 0x80000000))
    self->n_repairs[head[1] & 0x7f]++;
  else if (self->repairs_otherwise && ++self->n_lost % LOSE == 0)
    fate = GST_PAD_PROBE_DROP;
  if (self->renumbers)
    fate = take_packet (self, &head[1]);
  g_mutex_unlock (&self->lock);
  gst_buffer_fill (buffer, 1, &head[1], 1);
  return fate;
}

/* Of the remote's own line, as it leaves. */
static GstPadProbeReturn
on_packet_of_remote (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  guint8 byte;
  int wire;

  info->data = buffer;
  g_assert_cmpuint (gst_buffer_extract (buffer, 1, &byte, 1), ==, 1);
  wire = genos_rtp_payloads_to_wire (&otherwise, byte & 0x7f);
  if (wire >= 0)
    byte = (byte & 0x80) | (guint8) wire;
  gst_buffer_fill (buffer, 1, &byte, 1);
  return GST_PAD_PROBE_OK;
}

/* … and as it comes here: some of it is lost. */
static GstPadProbeReturn
on_packet_here (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  guint *n = data;
  guint8 byte;

  g_assert_cmpuint (gst_buffer_extract (GST_PAD_PROBE_INFO_BUFFER (info), 1, &byte, 1), ==, 1);
  return (byte & 0x7f) == 96 && ++*n % LOSE == 0 ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

typedef struct {
  const char *element; /* how its name begins */
  const char *pad;
  GstPadProbeCallback probe;
  gpointer data;
} Place;

static void
probe_element (const GValue *item, gpointer data)
{
  GstElement *element = g_value_get_object (item);
  const Place *place = data;
  g_autoptr (GstPad) pad = NULL;

  if (!g_str_has_prefix (GST_OBJECT_NAME (element), place->element))
    return;
  pad = gst_element_get_static_pad (element, place->pad);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, place->probe, place->data, NULL);
}

static void
probe (const LinkEnd *end, Place place)
{
  g_autoptr (GstElement) pipeline = genos_peer_link_dup_pipeline (end->link);
  g_autoptr (GstIterator) elements = gst_bin_iterate_recurse (GST_BIN (pipeline));

  gst_iterator_foreach (elements, probe_element, &place);
}

/* --- what comes of it */

static void
on_taken (GenosLinkReceiver *receiver, GstBuffer *buffer, gpointer data)
{
  Fixture *self = data;

  g_mutex_lock (&self->lock);
  self->n_taken++;
  g_mutex_unlock (&self->lock);
  gst_buffer_unref (buffer);
}

static void
on_receiver (GenosPeerLink *link, GenosLinkReceiver *receiver, Fixture *self)
{
  genos_link_receiver_set_packet_func (receiver, on_taken, self, NULL);
}

static gboolean
is_active (gpointer sender)
{
  return genos_link_sender_get_active (sender);
}

typedef struct {
  Fixture *fixture;
  guint taken; /* more than these */
} Expected;

static gboolean
flows (gpointer data)
{
  Expected *expected = data;
  gboolean enough;

  g_mutex_lock (&expected->fixture->lock);
  enough = expected->fixture->n_taken > expected->taken + 40;
  g_mutex_unlock (&expected->fixture->lock);
  return enough;
}

static void
expect_flow (Fixture *self)
{
  Expected expected = { self, 0 };

  g_mutex_lock (&self->lock);
  expected.taken = self->n_taken;
  g_mutex_unlock (&self->lock);
  g_assert_true (link_wait (flows, &expected, TIMEOUT));
}

static gboolean
is_repaired (gpointer data)
{
  Fixture *self = data;
  gboolean repaired;

  g_mutex_lock (&self->lock);
  repaired = self->n_sent[121] > 2 * LOSE && self->n_sent[125] > 0;
  g_mutex_unlock (&self->lock);
  return repaired;
}

static void
expect_repair (Fixture *self)
{
  if (!link_wait (is_repaired, self, TIMEOUT))
    g_error (
        "with its numbers: %u packets, %u of them again", self->n_sent[121], self->n_sent[125]);
  g_mutex_lock (&self->lock);
  g_assert_cmpuint (self->n_sent[96], ==, 0);
  g_assert_cmpuint (self->n_sent[97], ==, 0);
  g_mutex_unlock (&self->lock);
}

static GenosLinkSender *
add (LinkEnd *end, LinkSource *source, const char *track)
{
  GError *error = NULL;
  GenosLinkSender *sender =
      genos_peer_link_add_sender (end->link, link_source_get_caps (source), "s", track, &error);

  g_assert_no_error (error);
  link_source_add (source, sender);
  return sender;
}

static void
set_up (Fixture *self)
{
  *self = (Fixture){ 0 };
  current = self;
  g_mutex_init (&self->lock);
  link_pair_init (&self->pair);
  self->pair.mangle = mangle;
  g_signal_connect (self->pair.answerer.link, "receiver-added", G_CALLBACK (on_receiver), self);
  link_pair_open (&self->pair);
  probe (&self->pair.answerer, (Place){ "transportreceivebin", "rtp_src", on_remote_packet, self });
}

static void
begin (Fixture *self, gboolean *what)
{
  g_mutex_lock (&self->lock);
  *what = TRUE;
  g_mutex_unlock (&self->lock);
}

static void
tear_down (Fixture *self)
{
  g_assert_cmpuint (self->pair.dialler.n_warnings, ==, 0);
  g_assert_cmpuint (self->pair.dialler.n_closed, ==, 0);
  g_assert_cmpuint (self->pair.answerer.n_closed, ==, 0);
  link_pair_clear (&self->pair);
  g_mutex_clear (&self->lock);
}

/* It takes our line as it is, and offers it again with other numbers when it has something to offer. */
static void
test_offered (void)
{
  LinkSource *video = link_source_new (TRUE, SSRC);
  LinkSource *audio = link_source_new (FALSE, SSRC + 100);
  LinkSource *further = link_source_new (FALSE, SSRC + 200);
  g_autoptr (GenosLinkSender) ours = NULL, theirs = NULL, later = NULL;
  Fixture fixture;

  set_up (&fixture);
  ours = add (&fixture.pair.dialler, video, "v");
  expect_flow (&fixture);
  begin (&fixture, &fixture.renumbers);
  theirs = add (&fixture.pair.answerer, audio, "a");
  g_assert_true (link_wait (is_active, theirs, TIMEOUT));
  expect_repair (&fixture);
  expect_flow (&fixture);
  g_assert_true (genos_link_sender_get_active (ours));
  /* And what we offer then has them too. */
  later = add (&fixture.pair.dialler, further, "b");
  g_assert_true (link_wait (is_active, later, TIMEOUT));
  g_assert_cmpuint (fixture.n_answered, >=, 2);
  expect_flow (&fixture);
  tear_down (&fixture);
  link_source_free (video);
  link_source_free (audio);
  link_source_free (further);
}

/* It has them from the beginning: in its answer. */
static void
test_answered (void)
{
  LinkSource *video = link_source_new (TRUE, SSRC);
  g_autoptr (GenosLinkSender) ours = NULL;
  Fixture fixture;

  set_up (&fixture);
  begin (&fixture, &fixture.renumbers);
  ours = add (&fixture.pair.dialler, video, "v");
  expect_repair (&fixture);
  expect_flow (&fixture);
  tear_down (&fixture);
  link_source_free (video);
}

static void
sum_repaired (const GValue *item, gpointer data)
{
  GstElement *element = g_value_get_object (item);
  GstElementFactory *factory = gst_element_get_factory (element);
  guint *sum = data;
  guint n = 0;

  if (factory == NULL || g_strcmp0 (GST_OBJECT_NAME (factory), "rtprtxreceive") != 0)
    return;
  g_object_get (element, "num-rtx-assoc-packets", &n, NULL);
  *sum += n;
}

static gboolean
is_repaired_here (gpointer data)
{
  Fixture *self = data;
  g_autoptr (GstElement) pipeline = genos_peer_link_dup_pipeline (self->pair.dialler.link);
  g_autoptr (GstIterator) elements = gst_bin_iterate_recurse (GST_BIN (pipeline));
  guint sum = 0;

  gst_iterator_foreach (elements, sum_repaired, &sum);
  return sum > 0;
}

static gboolean
is_repaired_there (gpointer data)
{
  Fixture *self = data;
  gboolean repaired;

  g_mutex_lock (&self->lock);
  repaired = self->n_repairs[97] > 2;
  g_mutex_unlock (&self->lock);
  return repaired;
}

/* The same codec on both lines, and another number for the repair on theirs. */
static void
test_repaired_otherwise (void)
{
  LinkSource *video = link_source_new (TRUE, SSRC);
  LinkSource *other = link_source_new (TRUE, SSRC + 100);
  g_autoptr (GenosLinkSender) ours = NULL, theirs = NULL;
  guint n_here = 0;
  Fixture fixture;

  set_up (&fixture);
  begin (&fixture, &fixture.repairs_otherwise);
  probe (
      &fixture.pair.answerer, (Place){ "transportsendbin", "rtp_sink", on_packet_of_remote, NULL });
  probe (
      &fixture.pair.dialler, (Place){ "transportreceivebin", "rtp_src", on_packet_here, &n_here });
  ours = add (&fixture.pair.dialler, video, "v");
  expect_flow (&fixture);
  theirs = add (&fixture.pair.answerer, other, "w");
  g_assert_true (link_wait (is_repaired_here, &fixture, TIMEOUT));
  /* What has told us so has not told what we send again. */
  g_mutex_lock (&fixture.lock);
  memset (fixture.n_repairs, 0, sizeof fixture.n_repairs);
  g_mutex_unlock (&fixture.lock);
  if (!link_wait (is_repaired_there, &fixture, TIMEOUT))
    g_error ("sent again as theirs: %u", fixture.n_repairs[100]);
  g_assert_cmpuint (fixture.pair.dialler.n_receivers_added, ==, 1);
  tear_down (&fixture);
  link_source_free (video);
  link_source_free (other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/link-payloads/offered", test_offered);
  g_test_add_func ("/link-payloads/answered", test_answered);
  g_test_add_func ("/link-payloads/repaired-otherwise", test_repaired_otherwise);
  return g_test_run ();
}
