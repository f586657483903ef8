/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include <genos/media/local-track.h>

G_BEGIN_DECLS

/* The properties of a local track that bound its rate, numbered behind all others of the class. */
#define GENOS_LOCAL_TRACK_FIRST_RATE 100

void genos_local_track_rates_install (GObjectClass *klass);

/* FALSE: @id is none of these. The first one with the lock of the track, the second without. */
gboolean genos_local_track_rates_get (GenosLocalTrack *self, guint id, GValue *value);
gboolean genos_local_track_rates_set (GenosLocalTrack *self, guint id, const GValue *value);

G_END_DECLS
