/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The last event ids that passed by, a bounded number of them: the oldest is forgotten first. */
typedef struct _GenosNostrSeen GenosNostrSeen;

GenosNostrSeen *genos_nostr_seen_new (guint capacity);
void genos_nostr_seen_free (GenosNostrSeen *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosNostrSeen, genos_nostr_seen_free)

/* @id: 64 hex digits. Only ids that were verified belong in here: otherwise anybody could keep
 * an event out by sending its id first. */
gboolean genos_nostr_seen_contains (GenosNostrSeen *self, const char *id);
void genos_nostr_seen_add (GenosNostrSeen *self, const char *id);

G_END_DECLS
