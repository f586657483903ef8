/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/wire/nip01-event.h>

G_BEGIN_DECLS

/* The envelopes of NIP-01 ("Communication between clients and relays"), both ways,
 * and AUTH of NIP-42. */
typedef enum {
  GENOS_NIP01_EVENT,    /* client: ["EVENT",e]   relay: ["EVENT",sub,e] */
  GENOS_NIP01_REQ,      /* ["REQ",sub,filter…] */
  GENOS_NIP01_CLOSE,    /* ["CLOSE",sub] */
  GENOS_NIP01_OK,       /* ["OK",id,bool,text] */
  GENOS_NIP01_EOSE,     /* ["EOSE",sub] */
  GENOS_NIP01_CLOSED,   /* ["CLOSED",sub,text] */
  GENOS_NIP01_NOTICE,   /* ["NOTICE",text] */
  GENOS_NIP01_AUTH,     /* relay: ["AUTH",challenge]   client: ["AUTH",event] */
} GenosNip01Type;

#define GENOS_NIP01_MAX_SUBSCRIPTION_ID 64
#define GENOS_NIP01_MAX_FILTERS 16
#define GENOS_NIP01_MAX_FILTER_VALUES 256   /* in each array of a filter */

/* A filter of a REQ: conditions AND, several filters OR (NIP-01). Arrays are NULL when
 * the condition is absent. */
typedef struct {
  GStrv ids;
  GStrv authors;
  GArray *kinds;                /* of guint */
  GHashTable *tags;             /* char* one-letter name → GStrv of values */
  gint64 since;                 /* G_MININT64 when absent */
  gint64 until;                 /* G_MAXINT64 when absent */
  gint limit;                   /* -1 when absent */
} GenosNip01Filter;

GenosNip01Filter *genos_nip01_filter_new (void);
void genos_nip01_filter_free (GenosNip01Filter *filter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosNip01Filter, genos_nip01_filter_free)
/* @name is one letter; takes @values. */
void genos_nip01_filter_take_tag (GenosNip01Filter *filter, const char *name, GStrv values);
gboolean genos_nip01_filter_matches (const GenosNip01Filter *filter, const GenosNip01Event *event);

typedef struct {
  GenosNip01Type type;
  char *subscription;           /* EVENT (from a relay), REQ, CLOSE, EOSE, CLOSED; else NULL */
  GenosNip01Event *event;       /* EVENT, AUTH from a client; else NULL */
  GPtrArray *filters;           /* REQ: of GenosNip01Filter */
  char *event_id;               /* OK */
  gboolean accepted;            /* OK */
  char *text;                   /* OK, CLOSED, NOTICE, AUTH challenge */
} GenosNip01Message;

void genos_nip01_message_free (GenosNip01Message *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosNip01Message, genos_nip01_message_free)

/* Either side's envelope. @len is checked against nothing: bound it before. Depth of
 * nesting is bounded before json-glib sees the text. */
GenosNip01Message *genos_nip01_message_parse (const char *text, gssize len, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full) texts to send. */
char *genos_nip01_message_event (const GenosNip01Event *event);
char *genos_nip01_message_event_for (const char *subscription, const GenosNip01Event *event);
char *genos_nip01_message_req (const char *subscription, const GenosNip01Filter *filter);
char *genos_nip01_message_close (const char *subscription);
char *genos_nip01_message_ok (const char *event_id, gboolean accepted, const char *text);
char *genos_nip01_message_eose (const char *subscription);
char *genos_nip01_message_closed (const char *subscription, const char *text);
char *genos_nip01_message_notice (const char *text);
char *genos_nip01_message_auth (const GenosNip01Event *event);

G_END_DECLS
