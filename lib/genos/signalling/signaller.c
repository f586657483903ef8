/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/signaller.h>

G_DEFINE_ABSTRACT_TYPE (GenosSignaller, genos_signaller, G_TYPE_OBJECT)

enum {
  PATH_OPENED,
  PATH_CLOSED,
  PATH_SAID,
  ANNOUNCED,
  OFFER,
  ANSWER,
  BYE,
  PEER_ERROR,
  WARNING,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const GenosSignalOrigin unknown_origin;

/* @last: the type of a further parameter, or G_TYPE_NONE */
static guint
new_signal (const char *name, guint n_strings, GType last)
{
  GType types[4];
  guint n = 0;

  while (n < n_strings)
    types[n++] = G_TYPE_STRING;
  if (last != G_TYPE_NONE)
    types[n++] = last;

  return g_signal_newv (
      name, GENOS_TYPE_SIGNALLER, G_SIGNAL_RUN_LAST, NULL, NULL, NULL, NULL, G_TYPE_NONE, n, types);
}

static void
genos_signaller_class_init (GenosSignallerClass *klass)
{
  signals[PATH_OPENED] = new_signal ("path-opened", 1, G_TYPE_NONE);
  signals[PATH_CLOSED] = new_signal ("path-closed", 1, G_TYPE_ERROR);
  signals[PATH_SAID] = new_signal ("path-said", 2, GENOS_TYPE_REASON);
  signals[ANNOUNCED] = new_signal ("announced", 3, G_TYPE_POINTER);
  signals[OFFER] = new_signal ("offer", 3, G_TYPE_POINTER);
  signals[ANSWER] = new_signal ("answer", 3, G_TYPE_POINTER);
  signals[BYE] = new_signal ("bye", 2, G_TYPE_NONE);
  signals[PEER_ERROR] = new_signal ("peer-error", 2, G_TYPE_ERROR);
  signals[WARNING] = new_signal ("warning", 0, G_TYPE_ERROR);
}

static void
genos_signaller_init (GenosSignaller *self)
{
}

void
genos_signaller_start (GenosSignaller *self)
{
  GENOS_SIGNALLER_GET_CLASS (self)->start (self);
}

void
genos_signaller_stop (GenosSignaller *self)
{
  GENOS_SIGNALLER_GET_CLASS (self)->stop (self);
}

void
genos_signaller_announce (GenosSignaller *self, const char *via)
{
  GENOS_SIGNALLER_GET_CLASS (self)->announce (self, via);
}

void
genos_signaller_send_offer (
    GenosSignaller *self, const char *peer_id, const char *via, const char *sdp)
{
  GENOS_SIGNALLER_GET_CLASS (self)->send_offer (self, peer_id, via, sdp);
}

void
genos_signaller_send_answer (
    GenosSignaller *self, const char *peer_id, const char *via, const char *sdp)
{
  GENOS_SIGNALLER_GET_CLASS (self)->send_answer (self, peer_id, via, sdp);
}

void
genos_signaller_send_bye (GenosSignaller *self)
{
  GENOS_SIGNALLER_GET_CLASS (self)->send_bye (self);
}

void
genos_signaller_check (GenosSignaller *self, gboolean changed)
{
  GenosSignallerClass *klass = GENOS_SIGNALLER_GET_CLASS (self);

  if (klass->check != NULL)
    klass->check (self, changed);
}

guint64
genos_signaller_get_dropped (GenosSignaller *self)
{
  GenosSignallerClass *klass = GENOS_SIGNALLER_GET_CLASS (self);

  return klass->get_dropped != NULL ? klass->get_dropped (self) : 0;
}

GVariant *
genos_signaller_get_path_stats (GenosSignaller *self)
{
  GenosSignallerClass *klass = GENOS_SIGNALLER_GET_CLASS (self);

  if (klass->get_path_stats == NULL)
    return g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
  return klass->get_path_stats (self);
}

GVariant *
genos_signaller_get_list_stats (GenosSignaller *self)
{
  GenosSignallerClass *klass = GENOS_SIGNALLER_GET_CLASS (self);

  return klass->get_list_stats != NULL ? klass->get_list_stats (self) : NULL;
}

gboolean
genos_signaller_is_closing (GenosSignaller *self)
{
  GenosSignallerClass *klass = GENOS_SIGNALLER_GET_CLASS (self);

  return klass->is_closing != NULL && klass->is_closing (self);
}

void
genos_signaller_cut (GenosSignaller *self)
{
  GenosSignallerClass *klass = GENOS_SIGNALLER_GET_CLASS (self);

  if (klass->cut != NULL)
    klass->cut (self);
}

void
genos_signaller_emit_path_opened (GenosSignaller *self, const char *via)
{
  g_signal_emit (self, signals[PATH_OPENED], 0, via);
}

void
genos_signaller_emit_path_closed (GenosSignaller *self, const char *via, const GError *error)
{
  g_signal_emit (self, signals[PATH_CLOSED], 0, via, error);
}

void
genos_signaller_emit_path_said (
    GenosSignaller *self, const char *via, const char *text, GenosReason reason)
{
  g_signal_emit (self, signals[PATH_SAID], 0, via, text, reason);
}

void
genos_signaller_emit_announced (GenosSignaller *self, const char *peer_id, const char *kind,
    const char *via, const GenosSignalOrigin *origin)
{
  g_signal_emit (
      self, signals[ANNOUNCED], 0, peer_id, kind, via, origin != NULL ? origin : &unknown_origin);
}

void
genos_signaller_emit_offer (GenosSignaller *self, const char *peer_id, const char *via,
    const char *sdp, const GenosSignalOrigin *origin)
{
  g_signal_emit (
      self, signals[OFFER], 0, peer_id, via, sdp, origin != NULL ? origin : &unknown_origin);
}

void
genos_signaller_emit_answer (GenosSignaller *self, const char *peer_id, const char *via,
    const char *sdp, const GenosSignalOrigin *origin)
{
  g_signal_emit (
      self, signals[ANSWER], 0, peer_id, via, sdp, origin != NULL ? origin : &unknown_origin);
}

void
genos_signaller_emit_bye (GenosSignaller *self, const char *peer_id, const char *via)
{
  g_signal_emit (self, signals[BYE], 0, peer_id, via);
}

void
genos_signaller_emit_peer_error (
    GenosSignaller *self, const char *peer_id, const char *via, const GError *error)
{
  g_signal_emit (self, signals[PEER_ERROR], 0, peer_id, via, error);
}

void
genos_signaller_emit_warning (GenosSignaller *self, const GError *error)
{
  g_signal_emit (self, signals[WARNING], 0, error);
}
