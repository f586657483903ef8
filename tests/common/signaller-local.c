/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "signaller-local.h"

#include <string.h>

#define VIA "local:hub"

struct _SignalHub {
  gint ref_count;
  GPtrArray *members; /* of SignallerLocal, not owned */
  guint n_announces;
  guint n_offers;
};

struct _SignallerLocal {
  GenosSignaller parent_instance;

  SignalHub *hub;
  char *peer_id;
  char *key; /* (nullable) */
  GMainContext *context;
};

G_DEFINE_FINAL_TYPE (SignallerLocal, signaller_local, GENOS_TYPE_SIGNALLER)

typedef enum { ANNOUNCE, OFFER, ANSWER, BYE, OPEN } Kind;

typedef struct {
  SignallerLocal *to;
  Kind kind;
  char *from;
  char *key; /* (nullable) */
  char *sdp;
} Delivery;

SignalHub *
signal_hub_new (void)
{
  SignalHub *hub = g_new0 (SignalHub, 1);

  hub->ref_count = 1;
  hub->members = g_ptr_array_new ();
  return hub;
}

void
signal_hub_unref (SignalHub *hub)
{
  if (--hub->ref_count > 0)
    return;
  g_ptr_array_unref (hub->members);
  g_free (hub);
}

guint
signal_hub_get_n_announces (SignalHub *hub)
{
  return hub->n_announces;
}

guint
signal_hub_get_n_offers (SignalHub *hub)
{
  return hub->n_offers;
}

static void
delivery_free (gpointer data)
{
  Delivery *delivery = data;

  g_object_unref (delivery->to);
  g_free (delivery->from);
  g_free (delivery->key);
  g_free (delivery->sdp);
  g_free (delivery);
}

static gboolean
on_delivery (gpointer user_data)
{
  Delivery *delivery = user_data;
  GenosSignaller *to = GENOS_SIGNALLER (delivery->to);
  GenosSignalOrigin origin = { .key = delivery->key, .extended = delivery->key != NULL };

  /* Whoever left meanwhile hears nothing. */
  if (!g_ptr_array_find (delivery->to->hub->members, to, NULL))
    return G_SOURCE_REMOVE;

  switch (delivery->kind) {
    case OPEN:
      genos_signaller_emit_path_opened (to, VIA);
      break;
    case ANNOUNCE:
      genos_signaller_emit_announced (to, delivery->from, "native", VIA, &origin);
      break;
    case OFFER:
      genos_signaller_emit_offer (to, delivery->from, VIA, delivery->sdp, &origin);
      break;
    case ANSWER:
      genos_signaller_emit_answer (to, delivery->from, VIA, delivery->sdp, &origin);
      break;
    case BYE:
      genos_signaller_emit_bye (to, delivery->from, VIA);
      break;
  }
  return G_SOURCE_REMOVE;
}

static void
deliver (SignallerLocal *to, Kind kind, SignallerLocal *from, const char *sdp)
{
  Delivery *delivery = g_new0 (Delivery, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  delivery->to = g_object_ref (to);
  delivery->kind = kind;
  delivery->from = g_strdup (from->peer_id);
  delivery->key = g_strdup (from->key);
  delivery->sdp = g_strdup (sdp);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_delivery, delivery, delivery_free);
  g_source_attach (source, to->context);
}

static void
broadcast (SignallerLocal *self, Kind kind)
{
  for (guint i = 0; i < self->hub->members->len; i++) {
    SignallerLocal *to = g_ptr_array_index (self->hub->members, i);

    if (to != self)
      deliver (to, kind, self, NULL);
  }
}

static void
direct (SignallerLocal *self, Kind kind, const char *peer_id, const char *sdp)
{
  for (guint i = 0; i < self->hub->members->len; i++) {
    SignallerLocal *to = g_ptr_array_index (self->hub->members, i);

    if (strcmp (to->peer_id, peer_id) == 0)
      deliver (to, kind, self, sdp);
  }
}

static void
signaller_local_start (GenosSignaller *signaller)
{
  SignallerLocal *self = TEST_SIGNALLER_LOCAL (signaller);

  g_ptr_array_add (self->hub->members, self);
  deliver (self, OPEN, self, NULL);
}

static void
signaller_local_stop (GenosSignaller *signaller)
{
  SignallerLocal *self = TEST_SIGNALLER_LOCAL (signaller);

  g_ptr_array_remove (self->hub->members, self);
}

static void
signaller_local_announce (GenosSignaller *signaller, const char *via)
{
  SignallerLocal *self = TEST_SIGNALLER_LOCAL (signaller);

  self->hub->n_announces++;
  broadcast (self, ANNOUNCE);
}

static void
signaller_local_send_offer (
    GenosSignaller *signaller, const char *peer_id, const char *via, const char *sdp)
{
  SignallerLocal *self = TEST_SIGNALLER_LOCAL (signaller);

  self->hub->n_offers++;
  direct (self, OFFER, peer_id, sdp);
}

static void
signaller_local_send_answer (
    GenosSignaller *signaller, const char *peer_id, const char *via, const char *sdp)
{
  direct (TEST_SIGNALLER_LOCAL (signaller), ANSWER, peer_id, sdp);
}

static void
signaller_local_send_bye (GenosSignaller *signaller)
{
  broadcast (TEST_SIGNALLER_LOCAL (signaller), BYE);
}

static void
signaller_local_finalize (GObject *object)
{
  SignallerLocal *self = TEST_SIGNALLER_LOCAL (object);

  g_ptr_array_remove (self->hub->members, self);
  signal_hub_unref (self->hub);
  g_main_context_unref (self->context);
  g_free (self->peer_id);
  g_free (self->key);

  G_OBJECT_CLASS (signaller_local_parent_class)->finalize (object);
}

static void
signaller_local_class_init (SignallerLocalClass *klass)
{
  GenosSignallerClass *signaller_class = GENOS_SIGNALLER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = signaller_local_finalize;
  signaller_class->start = signaller_local_start;
  signaller_class->stop = signaller_local_stop;
  signaller_class->announce = signaller_local_announce;
  signaller_class->send_offer = signaller_local_send_offer;
  signaller_class->send_answer = signaller_local_send_answer;
  signaller_class->send_bye = signaller_local_send_bye;
}

static void
signaller_local_init (SignallerLocal *self)
{
  self->context = g_main_context_ref_thread_default ();
}

GenosSignaller *
signaller_local_new (SignalHub *hub, const char *peer_id)
{
  SignallerLocal *self = g_object_new (TEST_TYPE_SIGNALLER_LOCAL, NULL);

  self->hub = hub;
  hub->ref_count++;
  self->peer_id = g_strdup (peer_id);
  return GENOS_SIGNALLER (self);
}

void
signaller_local_set_key (SignallerLocal *self, const char *key)
{
  g_free (self->key);
  self->key = g_strdup (key);
}
