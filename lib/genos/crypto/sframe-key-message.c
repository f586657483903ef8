/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/sframe-key-message.h>

#include <string.h>

#include <sodium.h>

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

/* Wraps, and unwraps: what a key is wrapped with is used once. */
static gboolean
wrap (const GenosSecret *own, const guint8 *remote, GenosKeyAgreementRole role, const guint8 *from,
    guint8 *to)
{
  g_autoptr (GenosSecret) secret = genos_key_agreement_derive (key_name, NULL, own, remote, role);
  const guint8 *pad;

  if (secret == NULL)
    return FALSE;
  pad = genos_secret_get_bytes (secret);
  for (guint i = 0; i < GENOS_SECRET_SIZE; i++)
    to[i] = from[i] ^ pad[i];
  return TRUE;
}

void
genos_sframe_key_message_ask (GenosSframeKeyMessage *self, const GenosSecret *own)
{
  self->what = GENOS_SFRAME_KEY_ASK;
  genos_key_agreement_get_public (own, self->public_key);
}

gboolean
genos_sframe_key_message_give (GenosSframeKeyMessage *self, guint64 kid, const GenosSecret *key,
    const guint8 asker[GENOS_SFRAME_KEY_PUBLIC_SIZE])
{
  g_autoptr (GenosSecret) own = genos_secret_new_random ();

  self->what = GENOS_SFRAME_KEY_GIVE;
  self->kid = kid;
  genos_key_agreement_get_public (own, self->public_key);
  return wrap (own, asker, GENOS_KEY_AGREEMENT_GIVER, genos_secret_get_bytes (key), self->wrapped);
}

GenosSecret *
genos_sframe_key_message_take (const GenosSframeKeyMessage *self, const GenosSecret *own)
{
  guint8 bytes[GENOS_SECRET_SIZE];
  GenosSecret *key = NULL;

  if (wrap (own, self->public_key, GENOS_KEY_AGREEMENT_ASKER, self->wrapped, bytes))
    key = genos_secret_new (bytes);
  sodium_memzero (bytes, sizeof bytes);
  return key;
}
