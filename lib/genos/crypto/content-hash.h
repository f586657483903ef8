/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* BLAKE2b-256 of something that comes in pieces. */
#define GENOS_CONTENT_HASH_SIZE 32

typedef struct _GenosContentHash GenosContentHash;

GenosContentHash *genos_content_hash_new (void);
GenosContentHash *genos_content_hash_copy (const GenosContentHash *self);
void genos_content_hash_free (GenosContentHash *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosContentHash, genos_content_hash_free)

void genos_content_hash_update (GenosContentHash *self, const guint8 *data, gsize size);
/* Of what came so far; more may come. */
void genos_content_hash_peek (const GenosContentHash *self, guint8 hash32[32]);

G_END_DECLS
