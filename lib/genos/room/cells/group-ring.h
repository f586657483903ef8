/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/crypto/group-key.h>
#include <genos/mesh/mesh-frame.h>

G_BEGIN_DECLS

/* The keys of senders that one member of a room holds: its own, with whom it was handed to, those of others, and
 * what came sealed with one that is still being asked for. Pure: it is told the time (µs, monotonic). */
typedef struct _GenosGroupRing GenosGroupRing;

/* Each of them asks each that says something, at each change. */
#define GENOS_GROUP_MAX_MEMBERS 256
/* Nobody reads more than that with one key, whoever stays. */
#define GENOS_GROUP_MAX_AGE G_TIME_SPAN_HOUR
/* Those who left may read on for so long: rooms where people come and go do nothing but hand over keys else. Those
 * who are kept out may not. */
#define GENOS_GROUP_SPACING (10 * G_TIME_SPAN_SECOND)
/* What was said before the change may be on its way for so long (mesh-seen.h). */
#define GENOS_GROUP_KEPT (120 * G_TIME_SPAN_SECOND)
#define GENOS_GROUP_WAIT (60 * G_TIME_SPAN_SECOND) /* for a key */
/* After that, and then after twice as long each time: the mesh has sent what was lost again itself. */
#define GENOS_GROUP_ASK_AGAIN (3 * G_TIME_SPAN_SECOND)
/* Waiting: of all, and of one origin, whose name anybody may take. The largest message has room. */
#define GENOS_GROUP_MAX_FRAMES 512
#define GENOS_GROUP_MAX_BYTES (20 * 1024 * 1024)
#define GENOS_GROUP_MAX_KEYS_ASKED 4
#define GENOS_GROUP_MAX_ORIGINS_ASKED GENOS_GROUP_MAX_MEMBERS /* all may speak at once */

GenosGroupRing *genos_group_ring_new (GenosSecret *room_key);
void genos_group_ring_free (GenosGroupRing *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosGroupRing, genos_group_ring_free)

/* --- ours --- */

typedef enum {
  GENOS_GROUP_STAYS,
  GENOS_GROUP_LEFT,
  GENOS_GROUP_KEPT_OUT,
} GenosGroupStanding;

/* @public_key: that it was handed the key under */
typedef GenosGroupStanding (*GenosGroupJudge) (
    const char *peer_id, const char *public_key, gpointer data);

/* What to seal with now: another one than before when somebody who has that is not to hear this.
 * (transfer none) */
GenosGroupKey *genos_group_ring_get_sending (
    GenosGroupRing *self, GenosGroupJudge judge, gpointer data, gint64 now);
/* Who asked is about to be handed it. (transfer none) (nullable): NULL for one that is not ours or is over, and for
 * somebody who was handed it a moment ago. */
GenosGroupKey *genos_group_ring_hand_over (GenosGroupRing *self, const guint8 *generation,
    const char *peer_id, const char *public_key, gint64 now);
guint genos_group_ring_get_n_drawn (GenosGroupRing *self);

/* --- of others --- */

/* (transfer none) (nullable) */
GenosGroupKey *genos_group_ring_find (
    GenosGroupRing *self, const char *origin, const guint8 *generation, gint64 now);
/* FALSE: too much waits already. */
gboolean genos_group_ring_hold (
    GenosGroupRing *self, const guint8 *generation, GenosMeshFrame *frame, gint64 now);
/* The next key that is to be asked for now, whether or not that can be done; FALSE when there is none.
 * @origin, @ask: (transfer full) */
gboolean genos_group_ring_next_ask (GenosGroupRing *self, char **origin, GBytes **ask, gint64 now);
/* The answer of @origin. (transfer full) (nullable): what waited for it, GenosMeshFrame in the order it came; NULL
 * without an error when nobody asked. */
GPtrArray *
genos_group_ring_take (GenosGroupRing *self, const char *origin, const GenosSecret *letter_key,
    GBytes *give, gint64 now, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Forgets what is over. (transfer full) (nullable): what waited in vain */
GPtrArray *genos_group_ring_expire (GenosGroupRing *self, gint64 now);
guint genos_group_ring_get_n_waiting (GenosGroupRing *self);

G_END_DECLS
