/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-pending.h>

#include <string.h>

struct _GenosMeshPending {
  GHashTable *messages; /* of guint64 → GenosMeshPendingMessage */
  gsize bytes;
  gint64 round_trip; /* µs, smoothed; 0: not known */
};

void
genos_mesh_pending_message_free (GenosMeshPendingMessage *message)
{
  g_free (message->target);
  g_free (message->data);
  g_free (message);
}

GenosMeshPending *
genos_mesh_pending_new (void)
{
  GenosMeshPending *self = g_new0 (GenosMeshPending, 1);

  self->messages = g_hash_table_new_full (
      g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) genos_mesh_pending_message_free);
  return self;
}

void
genos_mesh_pending_free (GenosMeshPending *self)
{
  g_hash_table_unref (self->messages);
  g_free (self);
}

/* Twice as long each time, so that what is slow is not made slower by what is sent again. */
static gint64
get_patience (GenosMeshPending *self, guint attempt)
{
  gint64 first = MAX (GENOS_MESH_PENDING_FIRST, 2 * self->round_trip);

  return MIN (GENOS_MESH_PENDING_LAST, first << attempt);
}

const GenosMeshPendingMessage *
genos_mesh_pending_add (GenosMeshPending *self, guint64 serial, const char *target,
    const char *data, gboolean bulk, gint64 now)
{
  gsize size = strlen (data);
  GenosMeshPendingMessage *message;

  if (g_hash_table_size (self->messages) >= GENOS_MESH_PENDING_MAX
      || (self->bytes > 0 && self->bytes + size > GENOS_MESH_PENDING_BYTES))
    return NULL;
  message = g_new0 (GenosMeshPendingMessage, 1);
  message->serial = serial;
  message->target = g_strdup (target);
  message->data = g_strdup (data);
  message->bulk = bulk;
  message->sent = now;
  message->next = now + get_patience (self, 0);
  self->bytes += size;
  g_hash_table_insert (self->messages, &message->serial, message);
  return message;
}

static GenosMeshPendingMessage *
steal (GenosMeshPending *self, GenosMeshPendingMessage *message)
{
  g_hash_table_steal (self->messages, &message->serial);
  self->bytes -= strlen (message->data);
  return message;
}

/* After a second attempt it is not known which of both was acknowledged (Karn's algorithm). */
static void
learn (GenosMeshPending *self, const GenosMeshPendingMessage *message, gint64 now)
{
  gint64 taken = now - message->sent;

  if (message->attempt > 0)
    return;
  self->round_trip = self->round_trip == 0 ? taken : (7 * self->round_trip + taken) / 8;
}

GenosMeshPendingMessage *
genos_mesh_pending_acknowledge (
    GenosMeshPending *self, guint64 serial, const char *from, gint64 now)
{
  GenosMeshPendingMessage *message = g_hash_table_lookup (self->messages, &serial);

  if (message == NULL || strcmp (message->target, from) != 0)
    return NULL;
  learn (self, message, now);
  return steal (self, message);
}

static GenosMeshPendingMessage *
find_due (GenosMeshPending *self, gint64 now, gboolean last)
{
  GenosMeshPendingMessage *found = NULL;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->messages);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    GenosMeshPendingMessage *message = value;

    if (now >= message->next && (message->attempt + 1 >= GENOS_MESH_PENDING_ATTEMPTS) == last
        && (found == NULL || message->serial < found->serial))
      found = message;
  }
  return found;
}

const GenosMeshPendingMessage *
genos_mesh_pending_next_due (GenosMeshPending *self, gint64 now)
{
  GenosMeshPendingMessage *message = find_due (self, now, FALSE);

  if (message == NULL)
    return NULL;
  message->attempt++;
  message->next = now + get_patience (self, message->attempt);
  return message;
}

GenosMeshPendingMessage *
genos_mesh_pending_expire (GenosMeshPending *self, gint64 now)
{
  GenosMeshPendingMessage *message = find_due (self, now, TRUE);

  return message != NULL ? steal (self, message) : NULL;
}

guint
genos_mesh_pending_get_n (GenosMeshPending *self)
{
  return g_hash_table_size (self->messages);
}

char *
genos_mesh_pending_build (const GenosMeshPendingMessage *message)
{
  const char *members = message->data + 1;
  GString *out = g_string_sized_new (strlen (message->data) + 48);

  g_string_append_printf (out, "{\"_k\":\"%" G_GINT64_MODIFIER "x\"", message->serial);
  if (message->attempt > 0)
    g_string_append_printf (out, ",\"_n\":%u", message->attempt);
  if (message->bulk)
    g_string_append (out, ",\"_b\":1");
  if (*members != '}')
    g_string_append_c (out, ',');
  g_string_append (out, members);
  return g_string_free (out, FALSE);
}

gboolean
genos_mesh_pending_parse_token (const char *token, guint64 *serial)
{
  return g_ascii_string_to_unsigned (token, 16, 0, G_MAXUINT64, serial, NULL);
}
