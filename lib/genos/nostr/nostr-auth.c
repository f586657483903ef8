/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-auth.h>

#include <string.h>

void
genos_nostr_auth_reset (GenosNostrAuth *self)
{
  g_clear_pointer (&self->challenge, g_free);
  self->id[0] = '\0';
  self->n_answers = 0;
  self->state = GENOS_NOSTR_AUTH_NONE;
}

gboolean
genos_nostr_auth_challenged (GenosNostrAuth *self, const char *challenge)
{
  if (*challenge == '\0' || strlen (challenge) > GENOS_NOSTR_AUTH_MAX_CHALLENGE)
    return FALSE;
  g_free (self->challenge);
  self->challenge = g_strdup (challenge);
  return TRUE;
}

void
genos_nostr_auth_required (GenosNostrAuth *self)
{
  if (self->state == GENOS_NOSTR_AUTH_SENT)
    return;
  /* It knows who we are by now, and still does not want us. */
  if (self->state >= GENOS_NOSTR_AUTH_ACCEPTED && self->challenge == NULL)
    self->state = GENOS_NOSTR_AUTH_REFUSED;
  else
    self->state = GENOS_NOSTR_AUTH_REQUIRED;
}

gboolean
genos_nostr_auth_is_due (const GenosNostrAuth *self)
{
  return self->state == GENOS_NOSTR_AUTH_REQUIRED && self->challenge != NULL
      && self->n_answers < GENOS_NOSTR_AUTH_MAX_ANSWERS;
}

GenosNip01Event *
genos_nostr_auth_answer (const GenosNostrAuth *self, const char *url, gint64 now)
{
  GenosNip01Event *event = genos_nip01_event_new (GENOS_NOSTR_AUTH_KIND, now, "");

  genos_nip01_event_add_tag (event, "relay", url, NULL);
  genos_nip01_event_add_tag (event, "challenge", self->challenge, NULL);
  return event;
}

void
genos_nostr_auth_sent (GenosNostrAuth *self, const char *id)
{
  g_strlcpy (self->id, id, sizeof self->id);
  g_clear_pointer (&self->challenge, g_free);
  self->n_answers++;
  self->state = GENOS_NOSTR_AUTH_SENT;
}

gboolean
genos_nostr_auth_take_ok (GenosNostrAuth *self, const char *id, gboolean accepted)
{
  if (self->state != GENOS_NOSTR_AUTH_SENT || !g_str_equal (self->id, id))
    return FALSE;
  self->state = accepted ? GENOS_NOSTR_AUTH_ACCEPTED : GENOS_NOSTR_AUTH_REFUSED;
  return TRUE;
}

const char *
genos_nostr_auth_get_name (GenosNostrAuthState state)
{
  static const char *const names[] = { "none", "required", "sent", "accepted", "refused" };

  return names[state];
}
