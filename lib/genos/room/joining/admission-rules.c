/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/admission-rules.h>

#include <genos/base/reason-private.h>

#include <string.h>

#include <genos/wire/signal-message.h>

#define KEY_LENGTH 64

void
genos_admission_rules_init (GenosAdmissionRules *self)
{
  *self = (GenosAdmissionRules){ .timeout_ms = GENOS_ADMISSION_TIMEOUT_MS };
}

void
genos_admission_rules_clear (GenosAdmissionRules *self)
{
  g_clear_pointer (&self->allow, g_hash_table_unref);
  g_clear_pointer (&self->deny, g_hash_table_unref);
}

static gboolean
is_key (const char *entry)
{
  return strlen (entry) == KEY_LENGTH && strspn (entry, "0123456789abcdef") == KEY_LENGTH;
}

static gboolean
is_entry (const char *entry)
{
  gsize length = strspn (entry, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

  return length > 0 && entry[length] == '\0' && length <= MAX (KEY_LENGTH, GENOS_PEER_ID_MAX);
}

gboolean
genos_admission_list_parse (const char *text, GHashTable **list, GError **error)
{
  g_auto (GStrv) entries = g_strsplit_set (text != NULL ? text : "", ", ", -1);
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  *list = NULL;
  for (guint i = 0; entries[i] != NULL; i++) {
    if (*entries[i] == '\0')
      continue;
    if (!is_entry (entries[i])) {
      g_set_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
          "'%s' is neither a peer id (1 to %d of 0-9, A-Z, a-z) nor a key (64 of 0-9, a-f)",
          entries[i], GENOS_PEER_ID_MAX);
      return FALSE;
    }
    g_hash_table_add (found, g_strdup (entries[i]));
  }
  if (g_hash_table_size (found) > GENOS_ADMISSION_MAX_ENTRIES) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
        "a list of peers has at most %d entries", GENOS_ADMISSION_MAX_ENTRIES);
    return FALSE;
  }
  if (g_hash_table_size (found) > 0)
    *list = g_steal_pointer (&found);
  return TRUE;
}

gboolean
genos_admission_list_has (GHashTable *list, const char *peer_id, const char *key)
{
  if (list == NULL)
    return FALSE;
  return (!is_key (peer_id) && g_hash_table_contains (list, peer_id))
      || (key != NULL && g_hash_table_contains (list, key));
}

gboolean
genos_admission_rules_exclude (
    const GenosAdmissionRules *self, const char *peer_id, const char *key)
{
  return genos_admission_list_has (self->deny, peer_id, key)
      || (self->allow != NULL && !genos_admission_list_has (self->allow, peer_id, key));
}

gboolean
genos_admission_rules_need_proof (const GenosAdmissionRules *self)
{
  return self->require_verified || self->require_encrypted;
}

GError *
genos_admission_rules_judge (
    const GenosAdmissionRules *self, const char *peer_id, gboolean verified, gboolean encrypted)
{
  if (self->require_verified && !verified)
    return genos_error_new_reason (GENOS_ERROR_AUTHENTICATION, GENOS_REASON_NOT_VERIFIED,
        "peer %s cannot prove who it is, and require-verified is set", peer_id);
  if (self->require_encrypted && !encrypted)
    return genos_error_new_reason (GENOS_ERROR_UNSUPPORTED, GENOS_REASON_NOT_ENCRYPTED,
        "peer %s does not seal messages end to end, and encryption is required", peer_id);
  return NULL;
}
