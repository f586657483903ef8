/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/link-proof.h>

G_BEGIN_DECLS

typedef struct _GenosDoor GenosDoor;

typedef struct {
  GenosDoor *door; /* not owned */
  char *peer_id, *key;
  gboolean extended;
  GenosPeerLink *link;
  GenosLinkProof *proof;
} GenosNewcomer;

/* (transfer none) (nullable): of @newcomers, the one of that id and key (nullable). */
GenosNewcomer *genos_newcomer_find (GPtrArray *newcomers, const char *peer_id, const char *key);

/* Closes the link it still has. */
void genos_newcomer_free (gpointer newcomer);

G_END_DECLS
