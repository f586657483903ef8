/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When relays beyond the first ones are needed, and which are given up again: pure, it is told the
 * time (µs, monotonic). */

#define GENOS_RELAY_ENOUGH 3 /* healthy relays; with fewer, others are added */
#define GENOS_RELAY_MAX_EXTRA 8

typedef struct {
  gint64 patience; /* with too few before others are added, and again before more are */
  gint64 trial;    /* that an added relay may be unhealthy before it is left */
  gint64 avoid;    /* that it is not taken again then */
  gint64
      calm; /* that enough of the first ones are healthy before the others are left, or that there
                    * is a surplus of others before it is */
} GenosRelayReserveTimes;

extern const GenosRelayReserveTimes genos_relay_reserve_times;

typedef struct _GenosRelayReserve GenosRelayReserve;

GenosRelayReserve *genos_relay_reserve_new (const GenosRelayReserveTimes *times, gint64 now);
void genos_relay_reserve_free (GenosRelayReserve *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosRelayReserve, genos_relay_reserve_free)

/* An extra relay was added. */
void genos_relay_reserve_added (GenosRelayReserve *self, const char *url, gint64 now);

/* How one relay is now; called for each before genos_relay_reserve_judge(). */
void
genos_relay_reserve_saw (GenosRelayReserve *self, const char *url, gboolean healthy, gint64 now);

/* How many should be added now. What should be left is put into @leave (of char*, transfer full) and
 * forgotten here. */
guint genos_relay_reserve_judge (GenosRelayReserve *self, gint64 now, GPtrArray *leave);

/* How many of the healthy extra relays are more than are needed, and have been for long. Which of them are
 * left is for the room's order to say. */
guint genos_relay_reserve_get_surplus (GenosRelayReserve *self, gint64 now);
void genos_relay_reserve_left (GenosRelayReserve *self, const char *url);

/* (transfer full) */
GStrv genos_relay_reserve_dup_extras (GenosRelayReserve *self);
/* Whether it is an extra relay that was healthy when it was last seen. */
gboolean genos_relay_reserve_is_well (GenosRelayReserve *self, const char *url);
gboolean genos_relay_reserve_is_extra (GenosRelayReserve *self, const char *url);
gboolean genos_relay_reserve_avoids (GenosRelayReserve *self, const char *url, gint64 now);
guint genos_relay_reserve_get_n_extra (GenosRelayReserve *self);

G_END_DECLS
