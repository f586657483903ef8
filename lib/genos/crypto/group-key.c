/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/group-key.h>

#include <string.h>

#include <sodium.h>

#include <genos/base/error.h>
#include <genos/crypto/crypto-init.h>
#include <genos/crypto/key-agreement.h>
#include <genos/crypto/random.h>
#include <genos/crypto/sealed-letter.h>

#define NONCE_SIZE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_SIZE crypto_aead_xchacha20poly1305_ietf_ABYTES
#define NAMED_SIZE (1 + GENOS_GROUP_GENERATION_SIZE)
#define HEADER_SIZE (NAMED_SIZE + NONCE_SIZE)
#define SIGNATURE_SIZE crypto_sign_BYTES
#define CLOCK_SIZE 8
#define ASK_SIZE (NAMED_SIZE + GENOS_GROUP_PUBLIC_SIZE)
#define HANDED_SIZE (GENOS_SECRET_SIZE + crypto_sign_PUBLICKEYBYTES)
#define GIVE_SIZE (ASK_SIZE + NONCE_SIZE + HANDED_SIZE + TAG_SIZE)

static const char domain[] = "genosrooms group 1";

G_STATIC_ASSERT (HEADER_SIZE + SIGNATURE_SIZE + CLOCK_SIZE + TAG_SIZE == GENOS_GROUP_OVERHEAD);
G_STATIC_ASSERT (GENOS_SECRET_SIZE == crypto_sign_SEEDBYTES);

struct _GenosGroupKey {
  gatomicrefcount n_refs;
  guint8 generation[GENOS_GROUP_GENERATION_SIZE];
  GenosSecret *key;    /* what is sealed with */
  GenosSecret *shared; /* (nullable): what is handed over; ours only … */
  GenosSecret *seed;   /* (nullable): … and what signatures are made with */
  guint8 signer[crypto_sign_PUBLICKEYBYTES];
};

/* --- keys --- */

static GenosSecret *
derive (const GenosSecret *room_key, const guint8 *shared, const guint8 *generation)
{
  crypto_generichash_state state;
  guint8 bytes[GENOS_SECRET_SIZE];
  GenosSecret *key;

  crypto_generichash_init (
      &state, genos_secret_get_bytes (room_key), GENOS_SECRET_SIZE, sizeof bytes);
  crypto_generichash_update (&state, (const guint8 *) domain, strlen (domain));
  crypto_generichash_update (&state, shared, GENOS_SECRET_SIZE);
  crypto_generichash_update (&state, generation, GENOS_GROUP_GENERATION_SIZE);
  crypto_generichash_final (&state, bytes, sizeof bytes);
  key = genos_secret_new (bytes);
  sodium_memzero (&state, sizeof state);
  sodium_memzero (bytes, sizeof bytes);
  genos_crypto_clear_stack ();
  return key;
}

static GenosGroupKey *
make (const GenosSecret *room_key, const guint8 *generation, const guint8 *shared)
{
  GenosGroupKey *self = g_new0 (GenosGroupKey, 1);

  g_atomic_ref_count_init (&self->n_refs);
  memcpy (self->generation, generation, sizeof self->generation);
  self->key = derive (room_key, shared, generation);
  return self;
}

/* Secret keys of libsodium's Ed25519 are the seed and the public key. */
static void
expand (const GenosGroupKey *self, guint8 public_key[crypto_sign_PUBLICKEYBYTES],
    guint8 secret_key[crypto_sign_SECRETKEYBYTES])
{
  crypto_sign_seed_keypair (public_key, secret_key, genos_secret_get_bytes (self->seed));
}

GenosGroupKey *
genos_group_key_draw (const GenosSecret *room_key)
{
  guint8 generation[GENOS_GROUP_GENERATION_SIZE];
  guint8 secret_key[crypto_sign_SECRETKEYBYTES];
  GenosSecret *shared;
  GenosGroupKey *self;

  genos_crypto_init ();
  genos_random_bytes (generation, sizeof generation);
  shared = genos_secret_new_random ();
  self = make (room_key, generation, genos_secret_get_bytes (shared));
  self->shared = shared;
  self->seed = genos_secret_new_random ();
  expand (self, self->signer, secret_key);
  sodium_memzero (secret_key, sizeof secret_key);
  return self;
}

GenosGroupKey *
genos_group_key_ref (GenosGroupKey *self)
{
  g_atomic_ref_count_inc (&self->n_refs);
  return self;
}

void
genos_group_key_unref (GenosGroupKey *self)
{
  if (!g_atomic_ref_count_dec (&self->n_refs))
    return;
  genos_secret_unref (self->key);
  g_clear_pointer (&self->shared, genos_secret_unref);
  g_clear_pointer (&self->seed, genos_secret_unref);
  g_free (self);
}

const guint8 *
genos_group_key_get_generation (const GenosGroupKey *self)
{
  return self->generation;
}

gboolean
genos_group_key_peek (GBytes *bytes, guint8 generation[GENOS_GROUP_GENERATION_SIZE])
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (size < GENOS_GROUP_OVERHEAD || data[0] != GENOS_GROUP_VERSION)
    return FALSE;
  memcpy (generation, data + 1, GENOS_GROUP_GENERATION_SIZE);
  return TRUE;
}

/* --- messages --- */

static void
append (GByteArray *array, gconstpointer data, gsize size)
{
  g_byte_array_append (array, data, size);
}

/* (transfer full): what is signed. @plain: from the clock on */
static GByteArray *
join_signed (const guint8 *header, const GByteArray *context, const guint8 *plain, gsize size)
{
  GByteArray *joined = g_byte_array_new ();

  append (joined, domain, strlen (domain));
  append (joined, header, HEADER_SIZE);
  append (joined, context->data, context->len);
  append (joined, plain, size);
  return joined;
}

/* (transfer full) */
static GByteArray *
join_additional (const guint8 *header, const char *const *context)
{
  g_autoptr (GByteArray) joined = genos_sealed_letter_join_context (context);

  g_byte_array_prepend (joined, header, NAMED_SIZE);
  return g_steal_pointer (&joined);
}

static void
clear_array (GByteArray *array)
{
  sodium_memzero (array->data, array->len);
  g_byte_array_unref (array);
}

static void
sign (
    GenosGroupKey *self, const guint8 *header, const GByteArray *context, guint8 *plain, gsize size)
{
  guint8 public_key[crypto_sign_PUBLICKEYBYTES], secret_key[crypto_sign_SECRETKEYBYTES];
  GByteArray *joined = join_signed (header, context, plain + SIGNATURE_SIZE, size - SIGNATURE_SIZE);

  expand (self, public_key, secret_key);
  crypto_sign_detached (plain, NULL, joined->data, joined->len, secret_key);
  sodium_memzero (secret_key, sizeof secret_key);
  clear_array (joined);
}

static gboolean
is_signed (GenosGroupKey *self, const guint8 *header, const GByteArray *context,
    const guint8 *plain, gsize size)
{
  GByteArray *joined = join_signed (header, context, plain + SIGNATURE_SIZE, size - SIGNATURE_SIZE);
  gboolean right =
      crypto_sign_verify_detached (plain, joined->data, joined->len, self->signer) == 0;

  clear_array (joined);
  return right;
}

GBytes *
genos_group_key_seal (GenosGroupKey *self, const char *const *context, guint64 ms, GBytes *inside)
{
  g_autoptr (GByteArray) joined = genos_sealed_letter_join_context (context);
  g_autoptr (GByteArray) additional = NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (inside, &size);
  gsize plain_size = SIGNATURE_SIZE + CLOCK_SIZE + size;
  g_autofree guint8 *plain = g_malloc (plain_size);
  guint8 *sealed = g_malloc (size + GENOS_GROUP_OVERHEAD);
  guint64 clock = GUINT64_TO_BE (ms);

  sealed[0] = GENOS_GROUP_VERSION;
  memcpy (sealed + 1, self->generation, GENOS_GROUP_GENERATION_SIZE);
  genos_random_bytes (sealed + NAMED_SIZE, NONCE_SIZE);
  memcpy (plain + SIGNATURE_SIZE, &clock, CLOCK_SIZE);
  if (size > 0)
    memcpy (plain + SIGNATURE_SIZE + CLOCK_SIZE, data, size);
  sign (self, sealed, joined, plain, plain_size);
  additional = join_additional (sealed, context);
  crypto_aead_xchacha20poly1305_ietf_encrypt (sealed + HEADER_SIZE, NULL, plain, plain_size,
      additional->data, additional->len, NULL, sealed + NAMED_SIZE,
      genos_secret_get_bytes (self->key));
  sodium_memzero (plain, plain_size);
  return g_bytes_new_take (sealed, size + GENOS_GROUP_OVERHEAD);
}

GBytes *
genos_group_key_open (
    GenosGroupKey *self, const char *const *context, GBytes *sealed, guint64 *ms, GError **error)
{
  g_autoptr (GByteArray) joined = genos_sealed_letter_join_context (context);
  g_autoptr (GByteArray) additional = NULL;
  g_autoptr (GBytes) plain = NULL;
  guint8 generation[GENOS_GROUP_GENERATION_SIZE];
  gsize size;
  const guint8 *data = g_bytes_get_data (sealed, &size);
  guint8 *opened;
  guint64 clock;

  if (!genos_group_key_peek (sealed, generation)) {
    g_set_error_literal (
        error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "not sealed with the key of a sender");
    return NULL;
  }
  opened = g_malloc (size - HEADER_SIZE - TAG_SIZE);
  plain = g_bytes_new_take (opened, size - HEADER_SIZE - TAG_SIZE);
  additional = join_additional (data, context);
  if (memcmp (generation, self->generation, sizeof generation) != 0
      || crypto_aead_xchacha20poly1305_ietf_decrypt (opened, NULL, NULL, data + HEADER_SIZE,
             size - HEADER_SIZE, additional->data, additional->len, data + NAMED_SIZE,
             genos_secret_get_bytes (self->key))
          != 0
      || !is_signed (self, data, joined, opened, g_bytes_get_size (plain))) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION,
        "a sealed message was changed on its way, or comes from somebody else than it says");
    return NULL;
  }
  memcpy (&clock, opened + SIGNATURE_SIZE, CLOCK_SIZE);
  *ms = GUINT64_FROM_BE (clock);
  return g_bytes_new_from_bytes (
      plain, SIGNATURE_SIZE + CLOCK_SIZE, g_bytes_get_size (plain) - SIGNATURE_SIZE - CLOCK_SIZE);
}

/* --- handing over --- */

static void
write_public (guint8 *out, GenosGroupPacket kind, const guint8 *generation, const GenosSecret *own)
{
  out[0] = kind;
  memcpy (out + 1, generation, GENOS_GROUP_GENERATION_SIZE);
  genos_key_agreement_get_public (own, out + NAMED_SIZE);
}

GBytes *
genos_group_key_build_ask (
    const guint8 generation[GENOS_GROUP_GENERATION_SIZE], const GenosSecret *own)
{
  guint8 *ask = g_malloc (ASK_SIZE);

  write_public (ask, GENOS_GROUP_ASK, generation, own);
  return g_bytes_new_take (ask, ASK_SIZE);
}

gboolean
genos_group_key_parse_packet (
    GBytes *packet, GenosGroupPacket *kind, guint8 generation[GENOS_GROUP_GENERATION_SIZE])
{
  gsize size;
  const guint8 *data = g_bytes_get_data (packet, &size);

  if (!(size == ASK_SIZE && data[0] == GENOS_GROUP_ASK)
      && !(size == GIVE_SIZE && data[0] == GENOS_GROUP_GIVE))
    return FALSE;
  *kind = data[0];
  memcpy (generation, data + 1, GENOS_GROUP_GENERATION_SIZE);
  return TRUE;
}

/* (transfer full) (nullable) */
static GenosSecret *
agree (const GenosSecret *letter_key, const GenosSecret *own, const guint8 *remote,
    GenosKeyAgreementRole role, GError **error)
{
  GenosSecret *key = genos_key_agreement_derive (domain, letter_key, own, remote, role);

  if (key == NULL)
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION,
        "the peer's key for handing over another is one that makes every secret known");
  return key;
}

GBytes *
genos_group_key_build_give (
    GenosGroupKey *self, const GenosSecret *letter_key, GBytes *ask, GError **error)
{
  g_autoptr (GenosSecret) own = genos_secret_new_random ();
  const guint8 *asker = (const guint8 *) g_bytes_get_data (ask, NULL) + NAMED_SIZE;
  g_autoptr (GenosSecret) key = agree (letter_key, own, asker, GENOS_KEY_AGREEMENT_GIVER, error);
  guint8 handed[HANDED_SIZE];
  guint8 *give;

  if (key == NULL)
    return NULL;
  give = g_malloc (GIVE_SIZE);
  write_public (give, GENOS_GROUP_GIVE, self->generation, own);
  memcpy (handed, genos_secret_get_bytes (self->shared), GENOS_SECRET_SIZE);
  memcpy (handed + GENOS_SECRET_SIZE, self->signer, sizeof self->signer);
  genos_random_bytes (give + ASK_SIZE, NONCE_SIZE);
  crypto_aead_xchacha20poly1305_ietf_encrypt (give + ASK_SIZE + NONCE_SIZE, NULL, handed,
      sizeof handed, give, ASK_SIZE, NULL, give + ASK_SIZE, genos_secret_get_bytes (key));
  sodium_memzero (handed, sizeof handed);
  return g_bytes_new_take (give, GIVE_SIZE);
}

GenosGroupKey *
genos_group_key_take_give (const GenosSecret *room_key, const GenosSecret *letter_key,
    const GenosSecret *own, GBytes *give, GError **error)
{
  const guint8 *data = g_bytes_get_data (give, NULL);
  g_autoptr (GenosSecret) key =
      agree (letter_key, own, data + NAMED_SIZE, GENOS_KEY_AGREEMENT_ASKER, error);
  guint8 handed[HANDED_SIZE];
  GenosGroupKey *self = NULL;

  if (key == NULL)
    return NULL;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt (handed, NULL, NULL, data + ASK_SIZE + NONCE_SIZE,
          GIVE_SIZE - ASK_SIZE - NONCE_SIZE, data, ASK_SIZE, data + ASK_SIZE,
          genos_secret_get_bytes (key))
      == 0) {
    self = make (room_key, data + 1, handed);
    memcpy (self->signer, handed + GENOS_SECRET_SIZE, sizeof self->signer);
  } else {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION,
        "the key of a sender was not handed over in answer to our question");
  }
  sodium_memzero (handed, sizeof handed);
  return self;
}
