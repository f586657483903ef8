/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/error.h>

G_BEGIN_DECLS

/* Lists of relays that others have made, and the file in which one is kept: pure. */

#define GENOS_RELAY_LIST_MAX_SIZE (1024 * 1024)
#define GENOS_RELAY_LIST_MAX 4096

/* Reads a list as nostr.watch gives it: a JSON array of URLs, or an object with one as its `relays`,
 * where an element may also be an object that has the URL as its `url` or `relayUrl`. What comes out is
 * normalized, without duplicates, in the order given, of the first GENOS_RELAY_LIST_MAX entries, and only
 * what a stranger may send us to: see genos_nostr_url_is_public(). GENOS_ERROR_LIMIT: larger than
 * GENOS_RELAY_LIST_MAX_SIZE; GENOS_ERROR_PROTOCOL: no such list, or not one relay in it. */
GStrv genos_relay_list_parse (const char *text, gsize size, GError **error);

/* A list and where it is from. Times are seconds since 1970. */
typedef struct {
  char *source;   /* URL */
  gint64 asked;   /* when the source answered last, whatever it was; 0: never */
  gint64 fetched; /* when it gave what is in here; 0: never */
  GStrv relays;   /* as genos_relay_list_parse() gives them, never NULL */
} GenosRelayList;

GenosRelayList *genos_relay_list_new (const char *source);
void genos_relay_list_free (GenosRelayList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosRelayList, genos_relay_list_free)

/* A file is somebody's too: what is read from it is judged as above, but may be empty. */
GenosRelayList *genos_relay_list_load (const char *text, gsize size, GError **error);
char *genos_relay_list_save (const GenosRelayList *self);

G_END_DECLS
