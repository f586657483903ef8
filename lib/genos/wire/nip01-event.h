/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A Nostr event as plain fields (NIP-01, "Events and signatures"). Whether id and
 * signature are right is not looked at here; see <genos/nostr/nostr-event.h>. */
typedef struct {
  char id[65];          /* 64 lowercase hex digits */
  char pubkey[65];
  char sig[129];
  gint64 created_at;    /* seconds since the epoch */
  guint kind;           /* 0..65535 */
  GPtrArray *tags;      /* of GStrv, never NULL */
  char *content;        /* UTF-8, never NULL; may hold no NUL */
} GenosNip01Event;

/* Bounds on what is read: more is GENOS_ERROR_LIMIT. */
#define GENOS_NIP01_MAX_TAGS 64
#define GENOS_NIP01_MAX_TAG_VALUES 16
#define GENOS_NIP01_MAX_CONTENT (128 * 1024)

GenosNip01Event *genos_nip01_event_new (guint kind, gint64 created_at, const char *content);
GenosNip01Event *genos_nip01_event_copy (const GenosNip01Event *event);
void genos_nip01_event_free (GenosNip01Event *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosNip01Event, genos_nip01_event_free)

/* Takes NULL-terminated values, the tag's name first. */
void genos_nip01_event_add_tag (GenosNip01Event *event, const char *name, ...) G_GNUC_NULL_TERMINATED;

/* First value of the first tag of that name; (nullable) (transfer none). */
const char *genos_nip01_event_get_tag (const GenosNip01Event *event, const char *name);

/* Strict: wrong types, missing fields, numbers out of range, uppercase hex are errors. */
GenosNip01Event *genos_nip01_event_from_json (JsonNode *node, GError **error) G_GNUC_WARN_UNUSED_RESULT;
JsonNode *genos_nip01_event_to_json (const GenosNip01Event *event) G_GNUC_WARN_UNUSED_RESULT;

/* Appends the event's JSON text; the fast way to what genos_nip01_event_to_json() describes. */
void genos_nip01_event_append (GString *out, const GenosNip01Event *event);

/* The exact text that is hashed: [0,pubkey,created_at,kind,tags,content]. */
char *genos_nip01_event_canonical (const GenosNip01Event *event) G_GNUC_WARN_UNUSED_RESULT;

/* SHA-256 of the canonical text. */
void genos_nip01_event_hash (const GenosNip01Event *event, guint8 id32[32]);

G_END_DECLS
