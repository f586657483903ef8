/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who has been heard of lately, linked or not. Pure: it is told the time (µs, monotonic). Silence for
 * 90 s counts as departure, as in browsers. */
typedef struct _GenosPresence GenosPresence;

#define GENOS_PRESENCE_TIMEOUT (90 * G_TIME_SPAN_SECOND)
#define GENOS_PRESENCE_MAX 4096

GenosPresence *genos_presence_new (void);
void genos_presence_free (GenosPresence *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosPresence, genos_presence_free)

/* TRUE when that peer was not known before. Over GENOS_PRESENCE_MAX strangers are not remembered. */
gboolean genos_presence_seen (GenosPresence *self, const char *peer_id, const char *kind, gint64 now);

/* TRUE when it was known. */
gboolean genos_presence_lost (GenosPresence *self, const char *peer_id);

/* (transfer full) (nullable): one peer that was silent for too long and is forgotten now; call until
 * NULL. */
char *genos_presence_expire (GenosPresence *self, gint64 now);

/* (nullable) what its last announce said it is */
const char *genos_presence_get_kind (GenosPresence *self, const char *peer_id);
guint genos_presence_get_n (GenosPresence *self);

G_END_DECLS
