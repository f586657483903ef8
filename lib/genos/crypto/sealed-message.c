/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/sealed-message.h>

#include <string.h>

#include <sodium.h>

#include <genos/base/error.h>
#include <genos/crypto/crypto-init.h>

#define VERSION 1
#define COUNTER_SIZE 8
#define HEADER_SIZE (1 + COUNTER_SIZE)
#define INNER_HEADER_SIZE (1 + 4)
#define TAG_SIZE crypto_aead_xchacha20poly1305_ietf_ABYTES
#define NONCE_SIZE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define PADDING_MARK 0x80
#define LEAST_PADDED 64

G_STATIC_ASSERT (GENOS_SECRET_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
G_STATIC_ASSERT (NONCE_SIZE == 16 + COUNTER_SIZE);

/* Both directions are the same but for what the counters mean: the last one given, or taken. */
struct _GenosMessageSealer {
  GenosSecret *key;
  GHashTable *counters; /* channel → guint64* */
};

struct _GenosMessageOpener {
  GenosSecret *key;
  GHashTable *counters;
  guint64 n_missing;
};

static guint64 *
find_counter (GHashTable *counters, const char *channel)
{
  guint64 *counter = g_hash_table_lookup (counters, channel);

  if (counter == NULL) {
    counter = g_new0 (guint64, 1);
    g_hash_table_insert (counters, g_strdup (channel), counter);
  }
  return counter;
}

static GHashTable *
new_counters (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
write_counter (guint8 *out, guint64 counter)
{
  guint64 big = GUINT64_TO_BE (counter);

  memcpy (out, &big, COUNTER_SIZE);
}

static guint64
read_counter (const guint8 *in)
{
  guint64 big;

  memcpy (&big, in, COUNTER_SIZE);
  return GUINT64_FROM_BE (big);
}

static void
make_nonce (const char *channel, const guint8 *counter, guint8 nonce[NONCE_SIZE])
{
  crypto_generichash (nonce, 16, (const guint8 *) channel, strlen (channel), NULL, 0);
  memcpy (nonce + 16, counter, COUNTER_SIZE);
}

/* Padmé (Nikitin et al., PURBs, 2019): keeps only so many leading bits of a length as it has bits to
 * count them with. */
static gsize
padded_size (gsize size)
{
  guint exponent, kept, cleared;

  if (size <= LEAST_PADDED)
    return LEAST_PADDED;
  exponent = g_bit_storage (size) - 1;
  kept = g_bit_storage (exponent);
  cleared = exponent - kept;
  return (size + (((gsize) 1 << cleared) - 1)) & ~(((gsize) 1 << cleared) - 1);
}

gsize
genos_sealed_message_size (gsize metadata, gsize payload)
{
  /* One more: the padding begins with a mark. */
  return HEADER_SIZE + padded_size (INNER_HEADER_SIZE + metadata + payload + 1) + TAG_SIZE;
}

/* --- sealing */

GenosMessageSealer *
genos_message_sealer_new (GenosSecret *key)
{
  GenosMessageSealer *self = g_new0 (GenosMessageSealer, 1);

  genos_crypto_init ();
  self->key = genos_secret_ref (key);
  self->counters = new_counters ();
  return self;
}

void
genos_message_sealer_free (GenosMessageSealer *self)
{
  if (self == NULL)
    return;
  genos_secret_unref (self->key);
  g_hash_table_unref (self->counters);
  g_free (self);
}

static void
write_inner (guint8 *at, gsize padded, guint8 kind, const char *metadata, gsize metadata_size,
    GBytes *payload)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (payload, &size);
  guint32 big = GUINT32_TO_BE ((guint32) metadata_size);
  guint8 *end = at + padded;

  *at++ = kind;
  memcpy (at, &big, sizeof big);
  at += sizeof big;
  if (metadata_size > 0)
    memcpy (at, metadata, metadata_size);
  at += metadata_size;
  if (size > 0)
    memcpy (at, data, size);
  at += size;
  *at++ = PADDING_MARK;
  memset (at, 0, (gsize) (end - at));
}

GBytes *
genos_message_sealer_seal (GenosMessageSealer *self, const char *channel, guint8 kind,
    const char *metadata, GBytes *payload)
{
  gsize metadata_size = metadata != NULL ? strlen (metadata) : 0;
  gsize size = genos_sealed_message_size (metadata_size, g_bytes_get_size (payload));
  gsize inner = size - HEADER_SIZE - TAG_SIZE;
  guint8 *sealed = g_malloc (size);
  guint8 nonce[NONCE_SIZE];
  guint64 *counter = find_counter (self->counters, channel);

  sealed[0] = VERSION;
  write_counter (sealed + 1, ++*counter);
  make_nonce (channel, sealed + 1, nonce);
  write_inner (sealed + HEADER_SIZE, inner, kind, metadata, metadata_size, payload);
  crypto_aead_xchacha20poly1305_ietf_encrypt (sealed + HEADER_SIZE, NULL, sealed + HEADER_SIZE,
      inner, sealed, HEADER_SIZE, NULL, nonce, genos_secret_get_bytes (self->key));
  return g_bytes_new_take (sealed, size);
}

/* --- opening */

GenosMessageOpener *
genos_message_opener_new (GenosSecret *key)
{
  GenosMessageOpener *self = g_new0 (GenosMessageOpener, 1);

  genos_crypto_init ();
  self->key = genos_secret_ref (key);
  self->counters = new_counters ();
  return self;
}

void
genos_message_opener_free (GenosMessageOpener *self)
{
  if (self == NULL)
    return;
  genos_secret_unref (self->key);
  g_hash_table_unref (self->counters);
  g_free (self);
}

void
genos_opened_message_clear (GenosOpenedMessage *self)
{
  g_clear_pointer (&self->metadata, g_free);
  g_clear_pointer (&self->payload, g_bytes_unref);
}

static gboolean
refuse (GError **error, GenosError code, const char *why)
{
  g_set_error (error, GENOS_ERROR, (gint) code, "sealed message: %s", why);
  return FALSE;
}

/* Without padding; 0 when there is no mark. */
static gsize
find_end (const guint8 *inner, gsize size)
{
  while (size > 0 && inner[size - 1] == 0)
    size--;
  return size > 0 && inner[size - 1] == PADDING_MARK ? size - 1 : 0;
}

/* What was inside a message, wiped with the last reference to it. */
typedef struct {
  gsize size;
  guint8 bytes[];
} Inner;

static void
inner_free (gpointer data)
{
  Inner *self = data;

  sodium_memzero (self->bytes, self->size);
  g_free (self);
}

static GBytes *
new_inner (gsize size, guint8 **bytes)
{
  Inner *self = g_malloc (sizeof (Inner) + size);

  self->size = size;
  *bytes = self->bytes;
  return g_bytes_new_with_free_func (self->bytes, size, inner_free, self);
}

static gboolean
read_inner (GBytes *bytes, GenosOpenedMessage *message, GError **error)
{
  gsize padded;
  const guint8 *inner = g_bytes_get_data (bytes, &padded);
  gsize size = find_end (inner, padded);
  guint32 metadata_size;

  if (size < INNER_HEADER_SIZE)
    return refuse (error, GENOS_ERROR_PROTOCOL, "nothing inside");
  memcpy (&metadata_size, inner + 1, sizeof metadata_size);
  metadata_size = GUINT32_FROM_BE (metadata_size);
  if (metadata_size > size - INNER_HEADER_SIZE)
    return refuse (error, GENOS_ERROR_PROTOCOL, "metadata longer than the message");
  if (metadata_size > 0
      && !g_utf8_validate_len ((const char *) inner + INNER_HEADER_SIZE, metadata_size, NULL))
    return refuse (error, GENOS_ERROR_PROTOCOL, "metadata is not UTF-8");

  message->kind = inner[0];
  if (metadata_size > 0)
    message->metadata = g_strndup ((const char *) inner + INNER_HEADER_SIZE, metadata_size);
  /* Not copied: messages are large, and what is copied has to be wiped twice. */
  message->payload = g_bytes_new_from_bytes (
      bytes, INNER_HEADER_SIZE + metadata_size, size - INNER_HEADER_SIZE - metadata_size);
  return TRUE;
}

static gboolean
decrypt (const GenosSecret *key, const char *channel, const guint8 *sealed, gsize size, guint8 *out)
{
  guint8 nonce[NONCE_SIZE];

  make_nonce (channel, sealed + 1, nonce);
  return crypto_aead_xchacha20poly1305_ietf_decrypt (out, NULL, NULL, sealed + HEADER_SIZE,
             size - HEADER_SIZE, sealed, HEADER_SIZE, nonce, genos_secret_get_bytes (key))
      == 0;
}

gboolean
genos_message_opener_open (GenosMessageOpener *self, const char *channel, GBytes *sealed,
    GenosOpenedMessage *message, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (sealed, &size);
  g_autoptr (GBytes) inner = NULL;
  guint8 *plain;
  guint64 *last = g_hash_table_lookup (self->counters, channel);
  guint64 counter;

  if (size < HEADER_SIZE + LEAST_PADDED + TAG_SIZE || data[0] != VERSION)
    return refuse (error, GENOS_ERROR_PROTOCOL, "too short, or of a version not known here");
  if (last == NULL && g_hash_table_size (self->counters) >= GENOS_SEALED_MAX_CHANNELS)
    return refuse (error, GENOS_ERROR_LIMIT, "too many channels");
  counter = read_counter (data + 1);
  if (counter <= (last != NULL ? *last : 0))
    return refuse (error, GENOS_ERROR_AUTHENTICATION, "repeated, or too late");

  inner = new_inner (size - HEADER_SIZE - TAG_SIZE, &plain);
  if (!decrypt (self->key, channel, data, size, plain))
    return refuse (error, GENOS_ERROR_AUTHENTICATION, "changed on its way, or not for us");
  /* Only what its sender sealed moves the counter. */
  last = find_counter (self->counters, channel);
  self->n_missing += counter - *last - 1;
  *last = counter;
  return read_inner (inner, message, error);
}

guint64
genos_message_opener_get_n_missing (GenosMessageOpener *self)
{
  return self->n_missing;
}
