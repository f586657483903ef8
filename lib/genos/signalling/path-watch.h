/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which paths (relays) are open, and when it is time to say that none is. Pure: it is told the time
 * (µs, monotonic). */
typedef struct _GenosPathWatch GenosPathWatch;

#define GENOS_NO_PATH_FIRST (5 * G_TIME_SPAN_SECOND)
#define GENOS_NO_PATH_AGAIN (60 * G_TIME_SPAN_SECOND)
/* What a path says is passed on so many times at once, then once in that time. */
#define GENOS_PATH_SAYS_BURST 4
#define GENOS_PATH_SAYS_INTERVAL (30 * G_TIME_SPAN_SECOND)

GenosPathWatch *genos_path_watch_new (gint64 now);
void genos_path_watch_free (GenosPathWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosPathWatch, genos_path_watch_free)

void genos_path_watch_opened (GenosPathWatch *self, const char *via, gint64 now);
void genos_path_watch_closed (GenosPathWatch *self, const char *via, const char *reason, gint64 now);

/* (transfer full) (nullable): the complaint, when it is due: 5 s after the last path closed, then
 * once a minute. A path that closes as soon as it opens does not put it off. */
GError *genos_path_watch_complain (GenosPathWatch *self, gint64 now);

/* TRUE when what @via says now should be passed on: a relay may say something a thousand times a
 * second. */
gboolean genos_path_watch_said (GenosPathWatch *self, const char *via, gint64 now);

guint genos_path_watch_get_n_open (GenosPathWatch *self);

G_END_DECLS
