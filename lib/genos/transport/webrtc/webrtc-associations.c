/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-associations.h>

#define N_NUMBERS 65535 /* what the elements take, without 0 */
#define PROPERTY "sctp-association-id"

static GMutex lock;
static guint8 taken[N_NUMBERS / 8 + 1];
static guint last; /* in a circle: one that was just given back may be in use for a moment yet */

/* Held by the elements that bear it. */
typedef struct {
  gatomicrefcount ref_count;
  guint number;
} Number;

static gboolean
is_taken (guint number)
{
  return (taken[number / 8] & (1 << (number % 8))) != 0;
}

/* 0 when there is none left. */
static guint
take_number (void)
{
  guint number = 0;

  g_mutex_lock (&lock);
  for (guint i = 0; i < N_NUMBERS && number == 0; i++) {
    last = last % N_NUMBERS + 1;
    if (!is_taken (last))
      number = last;
  }
  taken[number / 8] |= 1 << (number % 8);
  g_mutex_unlock (&lock);
  return number;
}

static void
give_back (guint number)
{
  g_mutex_lock (&lock);
  taken[number / 8] &= ~(1 << (number % 8));
  g_mutex_unlock (&lock);
}

static Number *
number_new (void)
{
  Number *self = g_new (Number, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->number = take_number ();
  return self;
}

static Number *
number_ref (Number *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
number_unref (gpointer data)
{
  Number *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  give_back (self->number);
  g_free (self);
}

static gboolean
is_of_association (GstElement *element)
{
  GstElementFactory *factory = gst_element_get_factory (element);
  const char *name = factory != NULL ? GST_OBJECT_NAME (factory) : NULL;

  return g_strcmp0 (name, "sctpdec") == 0 || g_strcmp0 (name, "sctpenc") == 0;
}

/* Both come before either has looked at its number. */
static void
on_element_added (GstBin *webrtc, GstElement *element, Number *number)
{
  if (!is_of_association (element) || number->number == 0)
    return;
  g_object_set (element, PROPERTY, number->number, NULL);
  g_object_set_data_full (G_OBJECT (element), "genos-" PROPERTY, number_ref (number), number_unref);
}

static void
release_number (gpointer number, GClosure *closure)
{
  number_unref (number);
}

void
genos_webrtc_number_association (GstElement *webrtc)
{
  g_signal_connect_data (
      webrtc, "element-added", G_CALLBACK (on_element_added), number_new (), release_number, 0);
}
