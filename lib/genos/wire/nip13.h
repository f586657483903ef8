/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/wire/nip01-event.h>

G_BEGIN_DECLS

/* Proof of work (NIP-13): "the number of leading zero bits in the NIP-01 id", with a tag
 * ["nonce", counter, target] that commits to what was aimed at. */

/* Leading zero bits of a hash. */
guint genos_nip13_count_bits (const guint8 id32[32]);

/* The bits that @event proves, given that its id is right: those of the id, but no more than its
 * nonce tag commits to when it has a target, so that luck does not count. */
guint genos_nip13_get_difficulty (const GenosNip01Event *event);

/* The search for a nonce, in pieces: no clock, no thread, nothing that waits.
 *
 * The canonical text is hashed up to the counter once, so that one try costs what comes behind the
 * counter. In a short event that is the nonce tag. The content stands behind all tags, so with a
 * sealed description of 12 KiB each try would cost two hundred blocks; there the counter is spelled
 * in white space at the end of the content, which has to be JSON and stays the same JSON. */
typedef struct _GenosNip13Search GenosNip13Search;

#define GENOS_NIP13_LONG_CONTENT 512

/* Takes a copy of @event, whose pubkey has to be filled in. @target is 1 to 255 bits. */
GenosNip13Search *genos_nip13_search_new (const GenosNip01Event *event, guint target);
void genos_nip13_search_free (GenosNip13Search *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosNip13Search, genos_nip13_search_free)

/* Goes on with another time: "it is recommended to update created_at as well". */
void genos_nip13_search_set_created_at (GenosNip13Search *self, gint64 created_at);

/* The next @n_tries. TRUE: found. */
gboolean genos_nip13_search_run (GenosNip13Search *self, guint n_tries) G_GNUC_WARN_UNUSED_RESULT;

guint64 genos_nip13_search_get_n_tries (const GenosNip13Search *self);

/* (transfer full): what was found, with its id and without a signature. */
GenosNip01Event *genos_nip13_search_finish (GenosNip13Search *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
