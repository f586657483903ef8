/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenoshooks.h"

enum {
  ENCODER_SETUP,
  PAYLOADER_SETUP,
  REQUEST_ENCODED_FILTER,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* What a track, which outlives neither for long, knows of its pad. */
typedef struct {
  GWeakRef element;
  char *pad_name;
} Origin;

static Origin *
origin_new (GstElement *element, GstPad *pad)
{
  Origin *self = g_new0 (Origin, 1);

  g_weak_ref_init (&self->element, element);
  self->pad_name = gst_pad_get_name (pad);
  return self;
}

static void
origin_free (gpointer data, GClosure *closure)
{
  Origin *self = data;

  g_weak_ref_clear (&self->element);
  g_free (self->pad_name);
  g_free (self);
}

/* The first handler that has one decides. */
static gboolean
take_first (GSignalInvocationHint *hint, GValue *result, const GValue *returned, gpointer unused)
{
  GstElement *filter = g_value_get_object (returned);

  if (filter == NULL)
    return TRUE;
  g_value_set_object (result, filter);
  return FALSE;
}

void
gst_genos_hooks_install (GType type)
{
  /* ::encoder-setup (pad name, encoder): an encoder was made for the raw media of a pad; it is in state
   * NULL and the element's. Once for all peers, each time that one is needed; on a thread of the library,
   * which waits */
  signals[ENCODER_SETUP] = g_signal_new ("encoder-setup", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
      NULL, G_TYPE_NONE, 2, G_TYPE_STRING, GST_TYPE_ELEMENT);
  /* ::payloader-setup (pad name, payloader): likewise, for encoded media too */
  signals[PAYLOADER_SETUP] = g_signal_new ("payloader-setup", type, G_SIGNAL_RUN_LAST, 0, NULL,
      NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, GST_TYPE_ELEMENT);
  /* ::request-encoded-filter (pad name, caps) → GstElement or NULL: what to put between encoder and
   * payloader; the element takes it. As often, and on the same thread */
  signals[REQUEST_ENCODED_FILTER] = g_signal_new ("request-encoded-filter", type, G_SIGNAL_RUN_LAST,
      0, take_first, NULL, NULL, GST_TYPE_ELEMENT, 2, G_TYPE_STRING, GST_TYPE_CAPS);
}

static void
emit (Origin *origin, guint signal, GstElement *subject)
{
  g_autoptr (GstElement) element = g_weak_ref_get (&origin->element);

  if (element != NULL)
    g_signal_emit (element, signals[signal], 0, origin->pad_name, subject);
}

static void
on_encoder_setup (GenosLocalTrack *track, GstElement *encoder, gpointer user_data)
{
  emit (user_data, ENCODER_SETUP, encoder);
}

static void
on_payloader_setup (GenosLocalTrack *track, GstElement *payloader, gpointer user_data)
{
  emit (user_data, PAYLOADER_SETUP, payloader);
}

static GstElement *
on_request_encoded_filter (GenosLocalTrack *track, GstCaps *caps, gpointer user_data)
{
  Origin *origin = user_data;
  g_autoptr (GstElement) element = g_weak_ref_get (&origin->element);
  GstElement *filter = NULL;

  if (element != NULL)
    g_signal_emit (element, signals[REQUEST_ENCODED_FILTER], 0, origin->pad_name, caps, &filter);
  return filter;
}

void
gst_genos_hooks_watch (GstElement *element, GstPad *pad, GenosLocalTrack *track)
{
  g_signal_connect_data (track, "encoder-setup", G_CALLBACK (on_encoder_setup),
      origin_new (element, pad), origin_free, 0);
  g_signal_connect_data (track, "payloader-setup", G_CALLBACK (on_payloader_setup),
      origin_new (element, pad), origin_free, 0);
  g_signal_connect_data (track, "request-encoded-filter", G_CALLBACK (on_request_encoded_filter),
      origin_new (element, pad), origin_free, 0);
}
