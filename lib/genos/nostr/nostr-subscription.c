/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-subscription.h>

#include <genos/crypto/random.h>

GenosNostrSubscription *
genos_nostr_subscription_new (guint kind, const char *topic)
{
  GenosNostrSubscription *self = g_new0 (GenosNostrSubscription, 1);

  self->kind = kind;
  self->topic = g_strdup (topic);
  return self;
}

void
genos_nostr_subscription_free (GenosNostrSubscription *self)
{
  g_free (self->topic);
  g_free (self->id);
  g_free (self->old_id);
  g_free (self);
}

char *
genos_nostr_subscription_renew (GenosNostrSubscription *self, gint64 now, guint id_length)
{
  g_autoptr (GenosNip01Filter) filter = genos_nip01_filter_new ();
  const char *topics[] = { self->topic, NULL };

  g_free (self->id);
  self->id = genos_random_id (id_length);

  filter->kinds = g_array_new (FALSE, FALSE, sizeof (guint));
  g_array_append_val (filter->kinds, self->kind);
  filter->since = now;
  if (filter->tags == NULL)
    filter->tags =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_strfreev);
  g_hash_table_insert (filter->tags, g_strdup ("x"), g_strdupv ((char **) topics));
  return genos_nip01_message_req (self->id, filter);
}

void
genos_nostr_subscription_retire_id (GenosNostrSubscription *self)
{
  g_free (self->old_id);
  self->old_id = g_steal_pointer (&self->id);
}

void
genos_nostr_subscription_forget_old_id (GenosNostrSubscription *self)
{
  g_clear_pointer (&self->old_id, g_free);
}

gboolean
genos_nostr_subscription_goes_by (const GenosNostrSubscription *self, const char *id)
{
  return id != NULL && (g_strcmp0 (self->id, id) == 0 || g_strcmp0 (self->old_id, id) == 0);
}

gboolean
genos_nostr_subscription_wants (const GenosNostrSubscription *self, const GenosNip01Event *event)
{
  return event->kind == self->kind
      && g_strcmp0 (genos_nip01_event_get_tag (event, "x"), self->topic) == 0;
}
