/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-addresses.h>

#include <string.h>

/* A bucket of one minute is full again after one minute. */
#define MEMORY (60 * G_USEC_PER_SEC)

/* So many that are gone are remembered at most; the connections bound those that are here. */
#define MAX_GONE 16384

struct _GenosRelayAddresses {
  GHashTable *by_name; /* name (of the value) → GenosRelayAddress */
  GQueue gone;         /* of GenosRelayAddress, the first to be forgotten first */
};

static void
address_free (gpointer data)
{
  GenosRelayAddress *address = data;

  g_free (address->name);
  g_free (address);
}

GenosRelayAddresses *
genos_relay_addresses_new (void)
{
  GenosRelayAddresses *self = g_rc_box_new0 (GenosRelayAddresses);

  self->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, address_free);
  g_queue_init (&self->gone);
  return self;
}

GenosRelayAddresses *
genos_relay_addresses_ref (GenosRelayAddresses *self)
{
  return g_rc_box_acquire (self);
}

static void
addresses_clear (gpointer data)
{
  GenosRelayAddresses *self = data;

  g_queue_clear (&self->gone);
  g_hash_table_unref (self->by_name);
}

void
genos_relay_addresses_unref (GenosRelayAddresses *self)
{
  g_rc_box_release_full (self, addresses_clear);
}

/* ::ffff:192.0.2.1 is 192.0.2.1 on a socket that speaks both. */
static const guint8 *
find_mapped (const guint8 bytes[16])
{
  static const guint8 prefix[12] = { [10] = 0xff, [11] = 0xff };

  return memcmp (bytes, prefix, sizeof prefix) == 0 ? bytes + 12 : NULL;
}

static char *
name_ipv4 (const guint8 bytes[4])
{
  return g_strdup_printf ("%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
}

char *
genos_relay_address_name (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);
  g_autoptr (GInetAddress) network = NULL;
  guint8 prefix[16] = { 0 };

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    return bytes[0] == 127 ? NULL : name_ipv4 (bytes);
  if (g_inet_address_get_is_loopback (address))
    return NULL;
  if (find_mapped (bytes) != NULL)
    return find_mapped (bytes)[0] == 127 ? NULL : name_ipv4 (find_mapped (bytes));
  memcpy (prefix, bytes, 8);
  network = g_inet_address_new_from_bytes (prefix, G_SOCKET_FAMILY_IPV6);
  return g_inet_address_to_string (network);
}

GInetAddress *
genos_relay_address_forwarded (const char *header)
{
  const char *comma = strrchr (header, ',');
  g_autofree char *text = g_strstrip (g_strdup (comma != NULL ? comma + 1 : header));
  char *colon = strrchr (text, ':');
  char *end;

  if (*text == '[') {
    end = strchr (text, ']');
    if (end == NULL)
      return NULL;
    *end = '\0';
    return g_inet_address_new_from_string (text + 1);
  }
  /* "192.0.2.1:4711" has one colon, IPv6 has more. */
  if (colon != NULL && strchr (text, ':') == colon)
    *colon = '\0';
  return g_inet_address_new_from_string (text);
}

static void
forget (GenosRelayAddresses *self, gint64 now)
{
  GenosRelayAddress *first;

  while ((first = g_queue_peek_head (&self->gone)) != NULL
      && (now - first->left_at > MEMORY || self->gone.length > MAX_GONE)) {
    g_queue_pop_head (&self->gone);
    g_hash_table_remove (self->by_name, first->name);
  }
}

GenosRelayAddress *
genos_relay_addresses_enter (GenosRelayAddresses *self, const char *name, guint max, gint64 now)
{
  GenosRelayAddress *address;

  forget (self, now);
  address = g_hash_table_lookup (self->by_name, name);
  if (address == NULL) {
    address = g_new0 (GenosRelayAddress, 1);
    address->name = g_strdup (name);
    g_hash_table_insert (self->by_name, address->name, address);
  } else if (address->n_connections == 0) {
    g_queue_remove (&self->gone, address);
  } else if (max != 0 && address->n_connections >= max) {
    return NULL;
  }
  address->n_connections++;
  return address;
}

void
genos_relay_addresses_leave (GenosRelayAddresses *self, GenosRelayAddress *address, gint64 now)
{
  g_return_if_fail (address->n_connections > 0);

  if (--address->n_connections > 0)
    return;
  address->left_at = now;
  g_queue_push_tail (&self->gone, address);
  forget (self, now);
}

gboolean
genos_relay_address_take (GenosRelayAddress *address, guint per_minute, gint64 now)
{
  /* The bucket counts by the second: a minute is one of its seconds. */
  return address == NULL
      || genos_nostr_rate_take (&address->rate, per_minute, per_minute, now / 60);
}

guint
genos_relay_addresses_get_size (GenosRelayAddresses *self)
{
  return g_hash_table_size (self->by_name);
}
