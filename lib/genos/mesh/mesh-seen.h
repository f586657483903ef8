/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The ids of the last frames, so that none is processed twice. Ids are remembered as a keyed hash, with a
 * key nobody else knows: a stranger cannot find two ids of one hash, and thousands of views fit into a
 * simulation. */
typedef struct _GenosMeshSeen GenosMeshSeen;

#define GENOS_MESH_SEEN_MAX 5000
#define GENOS_MESH_SEEN_ORIGINS 1024
/* An id has its sender's time in it: one that much older than the newest of that sender is a replay, for
 * which no id is old enough to have been forgotten. */
#define GENOS_MESH_SEEN_AGE_MS (120 * 1000)

/* @key: 16 random bytes */
GenosMeshSeen *genos_mesh_seen_new (const guint8 *key);
void genos_mesh_seen_free (GenosMeshSeen *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosMeshSeen, genos_mesh_seen_free)

/* SipHash-1-3 of the text. */
guint64 genos_mesh_seen_hash (GenosMeshSeen *self, const char *id);

/* FALSE when it was seen before. */
gboolean genos_mesh_seen_add (GenosMeshSeen *self, guint64 hash);
gboolean genos_mesh_seen_has (GenosMeshSeen *self, guint64 hash);
/* FALSE when that origin has said something much newer. @ms: from the id; @wall_ms: ours. What claims to
 * come from the future does not make the present look old. */
gboolean
genos_mesh_seen_is_timely (GenosMeshSeen *self, const char *origin, guint64 ms, guint64 wall_ms);
guint genos_mesh_seen_get_n (GenosMeshSeen *self);

G_END_DECLS
