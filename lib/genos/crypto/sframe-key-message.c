/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/sframe-key-message.h>

#include <string.h>

#include <sodium.h>

#include <genos/crypto/crypto-init.h>

#define LENGTH_SIZE 2
#define KID_SIZE 8

static const char key_name[] = "genosrooms sframe 1";

void
genos_sframe_key_message_clear (GenosSframeKeyMessage *self)
{
  g_clear_pointer (&self->stream, g_free);
  g_clear_pointer (&self->track, g_free);
}

/* --- building --- */

static void
put_text (GByteArray *bytes, const char *text)
{
  gsize n = strlen (text);
  guint8 length[LENGTH_SIZE] = { (guint8) (n >> 8), (guint8) n };

  g_byte_array_append (bytes, length, sizeof length);
  g_byte_array_append (bytes, (const guint8 *) text, n);
}

GBytes *
genos_sframe_key_message_build (const GenosSframeKeyMessage *self)
{
  GByteArray *bytes = g_byte_array_new ();
  guint64 kid = GUINT64_TO_BE (self->kid);
  guint8 what = (guint8) self->what;

  g_byte_array_append (bytes, &what, 1);
  put_text (bytes, self->stream);
  put_text (bytes, self->track);
  if (self->what == GENOS_SFRAME_KEY_GIVE)
    g_byte_array_append (bytes, (const guint8 *) &kid, sizeof kid);
  if (self->what != GENOS_SFRAME_KEY_REFUSE)
    g_byte_array_append (bytes, self->public_key, sizeof self->public_key);
  if (self->what == GENOS_SFRAME_KEY_GIVE)
    g_byte_array_append (bytes, self->wrapped, sizeof self->wrapped);
  return g_byte_array_free_to_bytes (bytes);
}

/* --- parsing --- */

/* (transfer full) (nullable) */
static char *
get_text (const guint8 **at, gsize *left)
{
  const char *text;
  gsize n;

  if (*left < LENGTH_SIZE)
    return NULL;
  n = (gsize) (*at)[0] << 8 | (*at)[1];
  text = (const char *) *at + LENGTH_SIZE;
  if (n == 0 || n > GENOS_SFRAME_KEY_MAX_ID || n > *left - LENGTH_SIZE
      || !g_utf8_validate_len (text, n, NULL))
    return NULL;
  *at += LENGTH_SIZE + n;
  *left -= LENGTH_SIZE + n;
  return g_strndup (text, n);
}

static gboolean
get_keys (GenosSframeKeyMessage *self, const guint8 *at, gsize left)
{
  switch (self->what) {
    case GENOS_SFRAME_KEY_ASK:
      if (left != sizeof self->public_key)
        return FALSE;
      memcpy (self->public_key, at, sizeof self->public_key);
      return TRUE;
    case GENOS_SFRAME_KEY_GIVE:
      if (left != KID_SIZE + sizeof self->public_key + sizeof self->wrapped)
        return FALSE;
      for (guint i = 0; i < KID_SIZE; i++)
        self->kid = self->kid << 8 | at[i];
      memcpy (self->public_key, at + KID_SIZE, sizeof self->public_key);
      memcpy (self->wrapped, at + KID_SIZE + sizeof self->public_key, sizeof self->wrapped);
      return TRUE;
    case GENOS_SFRAME_KEY_REFUSE:
      break;
  }
  return left == 0;
}

static gboolean
read_all (GenosSframeKeyMessage *self, const guint8 *at, gsize left)
{
  if (left < 1 || *at < GENOS_SFRAME_KEY_ASK || *at > GENOS_SFRAME_KEY_REFUSE)
    return FALSE;
  self->what = (GenosSframeKeyWhat) *at++;
  left--;
  self->stream = get_text (&at, &left);
  self->track = self->stream != NULL ? get_text (&at, &left) : NULL;
  return self->track != NULL && get_keys (self, at, left);
}

gboolean
genos_sframe_key_message_parse (GenosSframeKeyMessage *self, GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  *self = (GenosSframeKeyMessage){ 0 };
  if (read_all (self, data, size))
    return TRUE;
  genos_sframe_key_message_clear (self);
  return FALSE;
}

/* --- wrapping --- */

typedef struct {
  const guint8 *asker;
  const guint8 *giver;
} Publics;

/* Wraps, and unwraps. */
static gboolean
wrap (const GenosSecret *own, const guint8 *remote, const Publics *publics, const guint8 *from,
    guint8 *to)
{
  crypto_generichash_state state;
  guint8 shared[crypto_scalarmult_BYTES], pad[GENOS_SECRET_SIZE];

  if (crypto_scalarmult (shared, genos_secret_get_bytes (own), remote) != 0)
    return FALSE;
  crypto_generichash_init (&state, NULL, 0, sizeof pad);
  crypto_generichash_update (&state, (const guint8 *) key_name, strlen (key_name));
  crypto_generichash_update (&state, shared, sizeof shared);
  crypto_generichash_update (&state, publics->asker, GENOS_SFRAME_KEY_PUBLIC_SIZE);
  crypto_generichash_update (&state, publics->giver, GENOS_SFRAME_KEY_PUBLIC_SIZE);
  crypto_generichash_final (&state, pad, sizeof pad);
  for (guint i = 0; i < GENOS_SECRET_SIZE; i++)
    to[i] = from[i] ^ pad[i];
  sodium_memzero (&state, sizeof state);
  sodium_memzero (shared, sizeof shared);
  sodium_memzero (pad, sizeof pad);
  return TRUE;
}

void
genos_sframe_key_message_ask (GenosSframeKeyMessage *self, const GenosSecret *own)
{
  self->what = GENOS_SFRAME_KEY_ASK;
  crypto_scalarmult_base (self->public_key, genos_secret_get_bytes (own));
}

gboolean
genos_sframe_key_message_give (GenosSframeKeyMessage *self, guint64 kid, const GenosSecret *key,
    const guint8 asker[GENOS_SFRAME_KEY_PUBLIC_SIZE])
{
  g_autoptr (GenosSecret) own = genos_secret_new_random ();
  const Publics publics = { asker, self->public_key };

  self->what = GENOS_SFRAME_KEY_GIVE;
  self->kid = kid;
  crypto_scalarmult_base (self->public_key, genos_secret_get_bytes (own));
  return wrap (own, asker, &publics, genos_secret_get_bytes (key), self->wrapped);
}

GenosSecret *
genos_sframe_key_message_take (const GenosSframeKeyMessage *self, const GenosSecret *own)
{
  guint8 asker[GENOS_SFRAME_KEY_PUBLIC_SIZE], bytes[GENOS_SECRET_SIZE];
  const Publics publics = { asker, self->public_key };
  GenosSecret *key = NULL;

  genos_crypto_init ();
  crypto_scalarmult_base (asker, genos_secret_get_bytes (own));
  if (wrap (own, self->public_key, &publics, self->wrapped, bytes))
    key = genos_secret_new (bytes);
  sodium_memzero (bytes, sizeof bytes);
  return key;
}
