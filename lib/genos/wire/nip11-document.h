/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a relay says about itself (NIP-11, "Relay Information Document"). Whatever is missing, of
 * another type or out of range counts as not said: a careless relay is no reason to stay away. */
typedef struct {
  char *name;                   /* (nullable) as all texts; at most GENOS_NIP11_MAX_TEXT bytes */
  char *software;
  char *version;

  /* 0: not said */
  gint64 max_message_length;    /* bytes of one message as it is on the wire */
  gint64 max_subscriptions;     /* of one connection */
  gint64 max_subid_length;      /* characters */
  gint64 max_event_tags;
  gint64 max_content_length;    /* Unicode characters */
  gint64 min_pow_difficulty;    /* bits */
  gint64 created_at_lower_limit;        /* seconds that an event may be old */
  gint64 created_at_upper_limit;        /* seconds that it may be ahead of its time */

  gboolean auth_required;
  gboolean payment_required;
  gboolean restricted_writes;
} GenosNip11Document;

#define GENOS_NIP11_MAX_SIZE (64 * 1024)
#define GENOS_NIP11_MAX_TEXT 128

/* GENOS_ERROR_LIMIT when it is larger than GENOS_NIP11_MAX_SIZE, GENOS_ERROR_PROTOCOL when it is no
 * JSON object. */
GenosNip11Document *genos_nip11_document_parse (const char *text, gsize len, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void genos_nip11_document_free (GenosNip11Document *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosNip11Document, genos_nip11_document_free)

G_END_DECLS
