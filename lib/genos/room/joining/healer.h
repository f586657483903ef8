/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/joining/dialler.h>
#include <genos/room/roster.h>
#include <genos/room/joining/wake-watch.h>
#include <genos/signalling/signaller.h>

G_BEGIN_DECLS

/* Keeps a room together while links break and networks change: dials whoever is in trouble at once,
 * and has everything looked at when the network is another one or the machine woke up. Lives on the
 * room's context. */
#define GENOS_TYPE_HEALER (genos_healer_get_type ())
G_DECLARE_FINAL_TYPE (GenosHealer, genos_healer, GENOS, HEALER, GObject)

/* @monitor: (nullable): what tells of changes of the network. */
GenosHealer *genos_healer_new (GenosRoster *roster, GenosDialler *dialler,
    GenosSignaller *signaller, GNetworkMonitor *monitor);

/* About twice a second. @now: monotonic, @wake_now: genos_wake_clock (); @n_paths: how many are open. */
void genos_healer_tick (GenosHealer *self, gint64 now, gint64 wake_now, guint n_paths);

/* Nothing more is done, and nothing told. */
void genos_healer_stop (GenosHealer *self);

/* Signal: ::stirred ()  the network is, or seems to be, another one: it is time to be heard */

G_END_DECLS
