/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "record-group.h"

G_BEGIN_DECLS

/* All groups of a recording, and which of them goes on when a track comes: that of the same peer and stream, if it has
 * not been without tracks for too long.
 *
 * Threading contract: one thread. */
typedef struct _GenosRecordGroups GenosRecordGroups;

/* @rejoin: for how long a group without tracks is gone on with; what @rules points to, and @funcs, stay the
 * caller's. */
GenosRecordGroups *genos_record_groups_new (const GenosRecordRules *rules, GstClockTime rejoin,
    const GenosRecordGroupFuncs *funcs, gpointer user_data);
void genos_record_groups_free (GenosRecordGroups *self);

/* (transfer none): for a track of the peer with the verified key @key (nullable), which is to be added to it. */
GenosRecordGroup *
genos_record_groups_ensure (GenosRecordGroups *self, GenosRecordTrack *track, const char *key);
/* Why tracks of a peer end from now on. */
void genos_record_groups_set_end_reason (
    GenosRecordGroups *self, const char *peer_id, const char *reason);

/* Several times a second. @now: monotonic, µs. */
void genos_record_groups_tick (GenosRecordGroups *self, gint64 now);
/* Forgets those that nobody came back to. */
void genos_record_groups_drop_lapsed (GenosRecordGroups *self);
/* Ends all files; are_idle() tells when that is done. */
void genos_record_groups_finish (GenosRecordGroups *self, const char *reason);
gboolean genos_record_groups_are_idle (GenosRecordGroups *self);
void genos_record_groups_clear (GenosRecordGroups *self);

G_END_DECLS
