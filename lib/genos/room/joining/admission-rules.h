/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include <genos/base/reason.h>

G_BEGIN_DECLS

/* Whom the user wants here, as lists: pure.
 *
 * An entry of 64 lowercase hex digits is a key and matches no peer id, however it reads: an id is only
 * claimed. */
typedef struct {
  GHashTable *allow; /* (nullable): when set, nobody else */
  GHashTable *deny;  /* (nullable) */
  guint max_peers;   /* 0: no limit */
  gboolean require_verified;
  gboolean require_encrypted;
  guint timeout_ms; /* of a decision put off */
} GenosAdmissionRules;

#define GENOS_ADMISSION_TIMEOUT_MS 30000
#define GENOS_ADMISSION_MAX_ENTRIES 4096 /* of a list */

void genos_admission_rules_init (GenosAdmissionRules *self);
void genos_admission_rules_clear (GenosAdmissionRules *self);

/* (transfer full) (nullable): the entries of comma text, NULL when there are none. An entry that can be
 * neither id nor key is GENOS_ERROR_INVALID_ARGUMENT. */
gboolean genos_admission_list_parse (const char *text, GHashTable **list, GError **error);

/* @key (nullable) */
gboolean genos_admission_list_has (GHashTable *list, const char *peer_id, const char *key);

/* Only peers that prove something are wanted: no browsers. */
gboolean genos_admission_rules_need_proof (const GenosAdmissionRules *self);

/* (transfer full) (nullable): why a peer of which so much is proven may not come in. */
GError *genos_admission_rules_judge (
    const GenosAdmissionRules *self, const char *peer_id, gboolean verified, gboolean encrypted);

/* Whether the lists keep this one out. */
gboolean genos_admission_rules_exclude (
    const GenosAdmissionRules *self, const char *peer_id, const char *key);

G_END_DECLS
