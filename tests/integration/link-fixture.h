/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/webrtc/peer-link-webrtc.h>

G_BEGIN_DECLS

/* What tearing links down may take where a tracer or others slow it. */
#define LINK_TEARDOWN (60 * G_USEC_PER_SEC)

/* Two webrtc links in one process whose descriptions go through a queue: what was sent is handed
 * over by the loop, and can be held back, dropped or rewritten on the way. */
typedef struct _LinkPair LinkPair;

typedef struct {
  LinkPair *pair;
  GenosPeerLink *link;
  guint n_opened;
  guint n_closed;
  GError *reason; /* of ::closed */
  guint n_drained;
  guint n_warnings;
  GError *warning;      /* the last one */
  guint n_descriptions; /* sent */
  GPtrArray *frames;    /* GBytes */
  GPtrArray *receivers; /* GenosLinkReceiver that are there */
  guint n_receivers_added;
  guint n_receivers_removed;
} LinkEnd;

/* (nullable) (transfer full): what arrives instead of @sdp. */
typedef char *(*LinkMangleFunc) (LinkEnd *from, GenosSdpKind kind, const char *sdp);

struct _LinkPair {
  LinkEnd dialler;
  LinkEnd answerer;
  LinkMangleFunc mangle; /* (nullable) */
  gboolean hold;         /* keep descriptions in the queue */
  GQueue queue;
};

void link_pair_init (LinkPair *pair);
void link_pair_clear (LinkPair *pair);

/* Dials and waits until both ends are open. */
void link_pair_open (LinkPair *pair);

/* Hands over what waits. */
void link_pair_release (LinkPair *pair);

/* Iterates the default context until @condition or the deadline. */
typedef gboolean (*LinkCondition) (gpointer data);
gboolean link_wait (LinkCondition condition, gpointer data, guint timeout_ms);

/* Iterates for that long, whatever happens. */
void link_iterate (guint duration_ms);

G_END_DECLS
