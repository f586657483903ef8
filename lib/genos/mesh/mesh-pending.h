/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/mesh/mesh-frame.h>

G_BEGIN_DECLS

/* Messages for one peer that it has not acknowledged yet: each is sent again, another way, until it has, or
 * has not for half a minute. Pure: it is told the time (µs).
 *
 *   sent ─► 2 s, or twice the round trip ─► again ─► twice that ─► again … ─► given up
 */
typedef struct _GenosMeshPending GenosMeshPending;

#define GENOS_MESH_PENDING_MAX 1024
#define GENOS_MESH_PENDING_BYTES (8 * 1024 * 1024)
#define GENOS_MESH_PENDING_FIRST (2 * G_TIME_SPAN_SECOND)
#define GENOS_MESH_PENDING_LAST (10 * G_TIME_SPAN_SECOND) /* never longer between two */
#define GENOS_MESH_PENDING_ATTEMPTS 5                     /* in all */

typedef struct {
  guint64 serial;
  char *target;
  char *data;    /* JSON text of an object, without its marks */
  guint attempt; /* how often it was sent before */
  gboolean bulk;
  gint64 sent, next; /* µs: first sent; to be looked at again */
} GenosMeshPendingMessage;

GenosMeshPending *genos_mesh_pending_new (void);
void genos_mesh_pending_free (GenosMeshPending *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosMeshPending, genos_mesh_pending_free)

void genos_mesh_pending_message_free (GenosMeshPendingMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosMeshPendingMessage, genos_mesh_pending_message_free)

/* (transfer none) (nullable): NULL when too many wait already */
const GenosMeshPendingMessage *genos_mesh_pending_add (GenosMeshPending *self, guint64 serial,
    const char *target, const char *data, gboolean bulk, gint64 now);
/* (transfer full) (nullable): @from has got it; NULL when it was not asked that. */
GenosMeshPendingMessage *genos_mesh_pending_acknowledge (
    GenosMeshPending *self, guint64 serial, const char *from, gint64 now);
/* (transfer none) (nullable): one that is to be sent again now; @attempt counts that time already. */
const GenosMeshPendingMessage *genos_mesh_pending_next_due (GenosMeshPending *self, gint64 now);
/* (transfer full) (nullable): one whose time is over */
GenosMeshPendingMessage *genos_mesh_pending_expire (GenosMeshPending *self, gint64 now);
guint genos_mesh_pending_get_n (GenosMeshPending *self);

/* The JSON text as it is sent. (transfer full) */
char *genos_mesh_pending_build (const GenosMeshPendingMessage *message);
/* FALSE: none of ours. */
gboolean genos_mesh_pending_parse_token (const char *token, guint64 *serial);

G_END_DECLS
