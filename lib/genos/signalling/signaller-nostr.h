/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/signalling/signaller.h>
#include <genos/nostr/nostr-pool.h>
#include <genos/wire/dialect.h>

G_BEGIN_DECLS

/* Signalling over Nostr relays: announces and byes on the room's topic, offers and answers on the
 * topic of the peer they are for, SDP sealed with the room's key. */
#define GENOS_TYPE_SIGNALLER_NOSTR (genos_signaller_nostr_get_type ())
G_DECLARE_FINAL_TYPE (
    GenosSignallerNostr, genos_signaller_nostr, GENOS, SIGNALLER_NOSTR, GenosSignaller)

typedef struct {
  const GenosDialect *dialect;
  const char *app_id;
  const char *room_name; /* as the user gave it, without the dialect's prefix */
  const char *password;  /* nullable */
  const char *peer_id;   /* our own */
  const char *kind;      /* nullable: what announces say we are */
  gboolean extended;     /* tell others that we know the internal frames of wire-extensions.md */
  GenosSchnorrKey *key;  /* (nullable): what signs every event; NULL: a fresh one */
  const char
      *relay_list_url; /* nullable: where further relays are found when too few are healthy */
  GenosNostrSession *session; /* nullable: how relays are reached */
  guint pow_budget;           /* bits of work that a relay may ask for; 0: none */
} GenosSignallerNostrConfig;

/* GENOS_ERROR_INVALID_ARGUMENT names the URL that is malformed. */
GenosSignaller *genos_signaller_nostr_new (
    const GenosSignallerNostrConfig *config, const char *const *relays, GError **error);

/* (transfer none) for statistics */
GenosNostrPool *genos_signaller_nostr_get_pool (GenosSignallerNostr *self);

G_END_DECLS
