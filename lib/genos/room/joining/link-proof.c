/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/link-proof.h>

#include <string.h>

#include <genos/base/reason-private.h>
#include <genos/crypto/random.h>
#include <genos/wire/channel-frame.h>
#include <genos/wire/hello-message.h>

/* What a peer may send before it has proven anything, and we keep for later. */
#define MAX_KEPT_FRAMES 256
#define MAX_KEPT_BYTES (1024 * 1024)
/* So much later than it should be, our own context was held up, and a hello may wait behind the timer. */
#define HELD_UP (G_TIME_SPAN_SECOND / 2)

struct _GenosLinkProof {
  GObject parent_instance;

  GenosPeerLink *link;
  GenosPeerIdentity *identity;
  GMainContext *context;
  GSource *timeout;
  gint64 due;        /* µs: when the timeout should fire */
  guint greeting_ms; /* again, if we were held up */
  guint timeout_ms;  /* from the end of the greeting on */
  GQueue kept;       /* GBytes */
  gsize kept_bytes;
  gboolean settled;
};

G_DEFINE_FINAL_TYPE (GenosLinkProof, genos_link_proof, G_TYPE_OBJECT)

enum {
  SETTLED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
drop_timeout (GenosLinkProof *self)
{
  if (self->timeout != NULL)
    g_source_destroy (self->timeout);
  g_clear_pointer (&self->timeout, g_source_unref);
}

static void
settle (GenosLinkProof *self, const GError *error)
{
  if (self->settled)
    return;
  self->settled = TRUE;
  drop_timeout (self);
  g_signal_handlers_disconnect_by_data (self->link, self);
  g_object_ref (self);
  g_signal_emit (self, signals[SETTLED], 0, error);
  g_object_unref (self);
}

static gboolean
say (GenosLinkProof *self, const char *type, const char *text, GError **error)
{
  g_autoptr (GBytes) frame = genos_channel_frame_build (
      type, 0, GENOS_FRAME_LAST | GENOS_FRAME_JSON, 255, (const guint8 *) text, strlen (text));

  return genos_peer_link_send (self->link, frame, error);
}

static void
take_hello (GenosLinkProof *self, const GenosChannelFrame *frame)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *proof = genos_peer_identity_take_hello (
      self->identity, (const char *) frame->payload, frame->payload_size, &error);

  if (proof == NULL || !say (self, GENOS_PROOF_TYPE, proof, &error))
    settle (self, error);
}

static void
take_proof (GenosLinkProof *self, const GenosChannelFrame *frame)
{
  g_autoptr (GError) error = NULL;

  if (genos_peer_identity_take_proof (
          self->identity, (const char *) frame->payload, frame->payload_size, &error))
    settle (self, NULL);
  else
    settle (self, error);
}

static void
keep (GenosLinkProof *self, GBytes *bytes)
{
  if (g_queue_get_length (&self->kept) >= MAX_KEPT_FRAMES
      || self->kept_bytes + g_bytes_get_size (bytes) > MAX_KEPT_BYTES) {
    g_autoptr (GError) error = genos_error_new_reason (
        GENOS_ERROR_LIMIT, GENOS_REASON_NOT_VERIFIED, "the peer talks much, and proves nothing");

    settle (self, error);
    return;
  }
  self->kept_bytes += g_bytes_get_size (bytes);
  g_queue_push_tail (&self->kept, g_bytes_ref (bytes));
}

static void
on_frame (GenosPeerLink *link, GBytes *bytes, GenosLinkProof *self)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  GenosChannelFrame frame;
  gboolean ours;

  ours = genos_channel_frame_parse (data, size, &frame, NULL)
      && frame.tag == (GENOS_FRAME_LAST | GENOS_FRAME_JSON);
  if (ours && strcmp (frame.type, GENOS_HELLO_TYPE) == 0)
    take_hello (self, &frame);
  else if (ours && strcmp (frame.type, GENOS_PROOF_TYPE) == 0)
    take_proof (self, &frame);
  else
    keep (self, bytes);
}

static void
on_closed (GenosPeerLink *link, const GError *error, GenosLinkProof *self)
{
  settle (self, error);
}

static void
set_timeout (GenosLinkProof *self, guint ms, GSourceFunc func)
{
  drop_timeout (self);
  self->due = g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;
  self->timeout = g_timeout_source_new (ms);
  g_source_set_static_name (self->timeout, "[genos] proof of identity");
  g_source_set_callback (self->timeout, func, self, NULL);
  g_source_attach (self->timeout, self->context);
}

/* Whatever came meanwhile is heard after the timer, so that it is no use to judge now. */
static gboolean
was_held_up (GenosLinkProof *self)
{
  return g_get_monotonic_time () - self->due > HELD_UP;
}

static gboolean
on_timeout (gpointer data)
{
  GenosLinkProof *self = data;
  g_autoptr (GError) error = NULL;

  if (was_held_up (self)) {
    set_timeout (self, self->greeting_ms, on_timeout);
    return G_SOURCE_REMOVE;
  }
  error = genos_error_new_reason (GENOS_ERROR_AUTHENTICATION, GENOS_REASON_NOT_VERIFIED,
      "the peer said hello, and did not prove who it is in time");
  settle (self, error);
  return G_SOURCE_REMOVE;
}

static gboolean
on_nothing_said (gpointer data)
{
  GenosLinkProof *self = data;
  g_autoptr (GError) error = NULL;

  if (genos_peer_identity_was_greeted (self->identity)) {
    set_timeout (self, self->timeout_ms, on_timeout);
    return G_SOURCE_REMOVE;
  }
  if (was_held_up (self)) {
    set_timeout (self, self->greeting_ms, on_nothing_said);
    return G_SOURCE_REMOVE;
  }
  error = genos_error_new_reason (
      GENOS_ERROR_TIMED_OUT, GENOS_REASON_NOT_VERIFIED, "the peer did not say who it is in time");
  settle (self, error);
  return G_SOURCE_REMOVE;
}

void
genos_link_proof_start (GenosLinkProof *self, guint greeting_ms, guint timeout_ms)
{
  g_autoptr (GError) error = NULL;

  self->greeting_ms = greeting_ms;
  self->timeout_ms = timeout_ms > greeting_ms ? timeout_ms - greeting_ms : 0;
  set_timeout (self, greeting_ms, on_nothing_said);
  g_signal_connect (self->link, "frame", G_CALLBACK (on_frame), self);
  g_signal_connect (self->link, "closed", G_CALLBACK (on_closed), self);
  if (!say (self, GENOS_HELLO_TYPE, genos_peer_identity_get_hello (self->identity), &error))
    settle (self, error);
}

void
genos_link_proof_release (GenosLinkProof *self)
{
  GBytes *bytes;

  g_object_ref (self);
  while ((bytes = g_queue_pop_head (&self->kept)) != NULL) {
    genos_peer_link_emit_frame (self->link, bytes);
    g_bytes_unref (bytes);
  }
  self->kept_bytes = 0;
  g_object_unref (self);
}

GenosPeerIdentity *
genos_link_proof_get_identity (GenosLinkProof *self)
{
  return self->identity;
}

static void
genos_link_proof_finalize (GObject *object)
{
  GenosLinkProof *self = GENOS_LINK_PROOF (object);

  drop_timeout (self);
  g_signal_handlers_disconnect_by_data (self->link, self);
  g_queue_clear_full (&self->kept, (GDestroyNotify) g_bytes_unref);
  g_clear_object (&self->link);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->identity, genos_peer_identity_free);
  G_OBJECT_CLASS (genos_link_proof_parent_class)->finalize (object);
}

static void
genos_link_proof_class_init (GenosLinkProofClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = genos_link_proof_finalize;
  signals[SETTLED] = g_signal_new ("settled", GENOS_TYPE_LINK_PROOF, G_SIGNAL_RUN_LAST, 0, NULL,
      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
genos_link_proof_init (GenosLinkProof *self)
{
  g_queue_init (&self->kept);
  self->context = g_main_context_ref_thread_default ();
}

GenosLinkProof *
genos_link_proof_new (GenosPeerLink *link, const GenosPeerIdentityConfig *config)
{
  GenosLinkProof *self = g_object_new (GENOS_TYPE_LINK_PROOF, NULL);
  guint8 nonce32[32];

  genos_random_bytes (nonce32, sizeof nonce32);
  self->link = g_object_ref (link);
  self->identity = genos_peer_identity_new (config, nonce32);
  return self;
}
