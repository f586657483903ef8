/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/joining/dialler.h>
#include <genos/signalling/dial-book.h>

G_BEGIN_DECLS

/* One attempt of a dialler to link with one peer. */
typedef struct {
  GenosDialler *dialler; /* not owned; handshakes never outlive it */
  char *peer_id;
  char *via;
  char *key;   /* (nullable): whose signature its announce or offer bears */
  char *offer; /* (nullable): ours once it has left, or the one to be answered */
  gboolean extended;
  GenosDialRole role;
  GenosPeerLink *link;
  gint64 begun;
  gboolean answered;   /* both descriptions are known: only the network is left */
  gint64 answer_taken; /* of our offer; 0: not yet */
  gboolean relayed;    /* one of them has a candidate of a TURN server */
} GenosHandshake;

/* Closes the link it still has. */
void genos_handshake_free (gpointer handshake);
void genos_handshake_log_failure (const GenosHandshake *self, const GError *error);
/* Why it took too long, and what to do about it. (transfer full) */
GError *genos_handshake_describe_failure (const GenosHandshake *self);

G_END_DECLS
