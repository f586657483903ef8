/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/signalling/signaller.h>
#include <genos/transport/peer-link.h>
#include <genos/wire/channel-frame.h>

G_BEGIN_DECLS

/* A peer that a test can make say anything to one member of a room, its victim: it announces itself
 * and answers the victim's offers, in its own manner. */
typedef struct {
  char *peer_id;
  char *victim;
  GenosSignaller *signaller;
  GenosPeerLink *link;          /* (nullable) the last one */
  /* (nullable): what is sent for its true answer; NULL returned: nothing */
  char *(*mangle) (const char *answer, const char *offer);
  guint n_copies;               /* of each answer */
  char *via;                    /* of the last offer */
  char *offer;
  guint announce;               /* id of a timer */
  guint n_offers;
  guint n_answers;              /* to offers of its own */
  guint n_opened;
  guint n_closed;
} HostilePeer;

HostilePeer *hostile_peer_new (const char *relay, const char *room, const char *peer_id,
    const char *victim);
void hostile_peer_free (HostilePeer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HostilePeer, hostile_peer_free)

void hostile_peer_say (HostilePeer *self, const char *type, guint8 nonce, guint8 tag,
    guint8 progress, const void *payload, gsize size);
/* Any bytes; waits while too much is under way. */
void hostile_peer_say_bytes (HostilePeer *self, const void *data, gsize size);

G_END_DECLS
