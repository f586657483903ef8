/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/healer.h>

/* Addresses come and go one by one when a network does: one look for all of them. */
#define SETTLE_MS 500
/* Links in trouble make us doubt the relays' connections, but not each of them anew. */
#define DOUBT_INTERVAL (5 * G_TIME_SPAN_SECOND)
/* With every relay lost that we had, their growing pauses would keep us away for half a minute after
 * the network came back. */
#define BLIND_INTERVAL (6 * G_TIME_SPAN_SECOND)

struct _GenosHealer {
  GObject parent_instance;

  GMainContext *context;
  GenosRoster *roster;
  GenosDialler *dialler; /* NULL once stopped */
  GenosSignaller *signaller;
  GNetworkMonitor *monitor; /* (nullable) */
  GenosWakeWatch wake;
  GSource *settle;
  gint64 doubted; /* µs, monotonic: when the paths were checked last */
  gint64 sighted; /* when a path was open last, or all were tried; 0: none ever was */
};

G_DEFINE_FINAL_TYPE (GenosHealer, genos_healer, G_TYPE_OBJECT)

static guint stirred_signal;

/* --- links in trouble --- */

static void
redial (GenosHealer *self, GenosPeer *peer)
{
  genos_dialler_redial (self->dialler, genos_peer_get_id (peer), genos_peer_get_origin (peer));
}

static void
doubt_paths (GenosHealer *self)
{
  gint64 now = g_get_monotonic_time ();

  if (now - self->doubted < DOUBT_INTERVAL)
    return;
  self->doubted = now;
  genos_signaller_check (self->signaller, FALSE);
  g_signal_emit (self, stirred_signal, 0);
}

static void
on_troubled (GenosRoster *roster, GenosPeer *peer, GenosHealer *self)
{
  /* Without a link its announces are to be acted on again, and it may be dialled by them too. */
  if (!genos_peer_is_linked (peer))
    genos_dialler_link_closed (self->dialler, genos_peer_get_id (peer));
  redial (self, peer);
  doubt_paths (self);
}

static void
on_healed (GenosRoster *roster, GenosPeer *peer, gboolean replaced, GenosHealer *self)
{
  if (!replaced)
    genos_dialler_calm (self->dialler, genos_peer_get_id (peer));
}

static void
redial_troubled (GenosHealer *self)
{
  g_autoptr (GPtrArray) peers = genos_roster_get_targets (self->roster, NULL, NULL);

  for (guint i = 0; i < peers->len; i++) {
    GenosPeer *peer = g_ptr_array_index (peers, i);

    if (genos_peer_is_troubled (peer))
      redial (self, peer);
  }
}

/* --- another network --- */

static void
ask_everybody (GenosHealer *self)
{
  g_autoptr (GPtrArray) peers = genos_roster_get_targets (self->roster, NULL, NULL);

  for (guint i = 0; i < peers->len; i++)
    genos_peer_ask (g_ptr_array_index (peers, i));
}

static void
look_at_everything (GenosHealer *self)
{
  self->doubted = g_get_monotonic_time ();
  genos_signaller_check (self->signaller, TRUE);
  genos_dialler_network_changed (self->dialler);
  ask_everybody (self);
  redial_troubled (self);
  g_signal_emit (self, stirred_signal, 0);
}

static void
drop_settle (GenosHealer *self)
{
  if (self->settle != NULL)
    g_source_destroy (self->settle);
  g_clear_pointer (&self->settle, g_source_unref);
}

static gboolean
on_settled (gpointer user_data)
{
  g_autoptr (GenosHealer) self = g_object_ref (user_data);

  drop_settle (self);
  look_at_everything (self);
  return G_SOURCE_REMOVE;
}

static void
on_network_changed (GNetworkMonitor *monitor, gboolean available, GenosHealer *self)
{
  if (self->settle != NULL)
    return;
  self->settle = g_timeout_source_new (SETTLE_MS);
  g_source_set_static_name (self->settle, "[genos] network settles");
  g_source_set_callback (self->settle, on_settled, self, NULL);
  g_source_attach (self->settle, self->context);
}

static void
look_for_paths (GenosHealer *self, gint64 now, guint n_paths)
{
  if (n_paths > 0)
    self->sighted = now;
  if (self->sighted == 0 || now - self->sighted < BLIND_INTERVAL)
    return;
  self->sighted = now;
  genos_signaller_check (self->signaller, TRUE);
}

void
genos_healer_tick (GenosHealer *self, gint64 now, gint64 wake_now, guint n_paths)
{
  g_autoptr (GenosHealer) alive = g_object_ref (self);
  gint64 gap = genos_wake_watch_look (&self->wake, wake_now);

  if (self->dialler == NULL)
    return;
  look_for_paths (self, now, n_paths);
  if (gap > 0)
    look_at_everything (self);
  else
    redial_troubled (self);
}

/* --- life --- */

void
genos_healer_stop (GenosHealer *self)
{
  drop_settle (self);
  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_clear_object (&self->monitor);
  g_signal_handlers_disconnect_by_data (self->roster, self);
  g_clear_object (&self->dialler);
}

static void
genos_healer_finalize (GObject *object)
{
  GenosHealer *self = GENOS_HEALER (object);

  genos_healer_stop (self);
  g_clear_object (&self->roster);
  g_clear_object (&self->signaller);
  g_clear_pointer (&self->context, g_main_context_unref);

  G_OBJECT_CLASS (genos_healer_parent_class)->finalize (object);
}

static void
genos_healer_class_init (GenosHealerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = genos_healer_finalize;
  stirred_signal = g_signal_new (
      "stirred", GENOS_TYPE_HEALER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
genos_healer_init (GenosHealer *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->doubted = G_MININT64 / 2;
}

GenosHealer *
genos_healer_new (
    GenosRoster *roster, GenosDialler *dialler, GenosSignaller *signaller, GNetworkMonitor *monitor)
{
  GenosHealer *self = g_object_new (GENOS_TYPE_HEALER, NULL);

  self->roster = g_object_ref (roster);
  self->dialler = g_object_ref (dialler);
  self->signaller = g_object_ref (signaller);
  g_signal_connect (roster, "troubled", G_CALLBACK (on_troubled), self);
  g_signal_connect (roster, "healed", G_CALLBACK (on_healed), self);
  if (monitor != NULL) {
    self->monitor = g_object_ref (monitor);
    g_signal_connect (monitor, "network-changed", G_CALLBACK (on_network_changed), self);
  }
  return self;
}
