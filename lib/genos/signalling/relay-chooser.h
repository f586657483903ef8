/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which of many relays a room uses: pure. Peers that cannot talk yet have to come to the same few, out
 * of lists that need not be equal. So each relay has a place that only the room and its URL decide
 * (rendezvous hashing: the hash of both), and everybody takes those at the top that work. */

/* Whether @url may be taken: not one that has just been found dead. */
typedef gboolean (*GenosRelayFilter) (const char *url, gpointer user_data);

/* The first @n of @candidates in the order of the room @topic. Of one operator (see
 * genos_nostr_url_operator()) only one is taken, @in_use included, unless there are no others: who runs two
 * relays often loses both at once. All are normalized URLs; @in_use is nullable. (transfer full) */
GStrv genos_relay_chooser_pick (const char *topic, const char *const *candidates,
    const char *const *in_use, guint n, GenosRelayFilter filter, gpointer user_data);

G_END_DECLS
