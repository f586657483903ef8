/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/nip13.h>

#include <stdlib.h>
#include <string.h>

#include <genos/wire/hex.h>

/* Digits of the counter, and characters of white space: either holds more than can ever be tried. */
#define DIGITS 16
#define SPACES 48

struct _GenosNip13Search {
  GenosNip01Event *event;
  guint target;
  gboolean in_content;
  guint64 counter;
  guint64 n_tries;
  GChecksum *before; /* what stands before the counter, hashed */
  char *behind;
  gsize behind_len;
};

guint
genos_nip13_count_bits (const guint8 id32[32])
{
  guint bits = 0;

  for (guint i = 0; i < 32; i++) {
    if (id32[i] != 0)
      return bits + 8 - g_bit_storage (id32[i]);
    bits += 8;
  }
  return bits;
}

static GStrv
get_nonce_tag (const GenosNip01Event *event)
{
  for (guint i = 0; i < event->tags->len; i++) {
    GStrv tag = g_ptr_array_index (event->tags, i);

    if (g_strcmp0 (tag[0], "nonce") == 0)
      return tag;
  }
  return NULL;
}

guint
genos_nip13_get_difficulty (const GenosNip01Event *event)
{
  GStrv tag = get_nonce_tag (event);
  guint8 id32[32];
  guint64 target;
  guint bits;

  if (!genos_hex_decode (event->id, id32, sizeof id32))
    return 0;
  bits = genos_nip13_count_bits (id32);
  if (tag == NULL || g_strv_length (tag) < 3
      || !g_ascii_string_to_unsigned (tag[2], 10, 0, 256, &target, NULL))
    return bits;
  return MIN (bits, (guint) target);
}

/* The counter as the event carries it. Both spellings have one length for all values, so that what
 * was hashed before it stays right. */
static void
spell_digits (guint64 counter, char out[DIGITS + 1])
{
  for (guint i = DIGITS; i > 0; i--, counter /= 10)
    out[i - 1] = (char) ('0' + counter % 10);
  out[0] = MAX (out[0], '1'); /* no leading zero: some read it as a number */
  out[DIGITS] = '\0';
}

static void
spell_spaces (guint64 counter, char out[SPACES + 1])
{
  for (guint i = SPACES; i > 0; i--, counter >>= 1)
    out[i - 1] = counter & 1 ? '\n' : '\t';
  out[SPACES] = '\0';
}

/* The event with the counter at its place. */
static void
write_counter (GenosNip13Search *self)
{
  char digits[DIGITS + 1];

  if (self->in_content) {
    spell_spaces (self->counter, self->event->content + strlen (self->event->content) - SPACES);
    return;
  }
  spell_digits (self->counter, digits);
  memcpy (get_nonce_tag (self->event)[1], digits, sizeof digits);
}

/* How the counter looks in the canonical text: JSON escapes tabs and newlines. */
static gsize
spell_canonical (GenosNip13Search *self, char out[2 * SPACES + 1])
{
  if (!self->in_content) {
    spell_digits (self->counter, out);
    return DIGITS;
  }
  for (guint i = 0; i < SPACES; i++) {
    out[2 * i] = '\\';
    out[2 * i + 1] = self->counter >> (SPACES - 1 - i) & 1 ? 'n' : 't';
  }
  return 2 * SPACES;
}

static void
prepare (GenosNip13Search *self)
{
  g_autofree char *text = NULL;
  char counter[2 * SPACES + 1] = "";
  gsize counter_len;
  char *at;

  write_counter (self);
  counter_len = spell_canonical (self, counter);
  counter[counter_len] = '\0';
  text = genos_nip01_event_canonical (self->event);
  if (self->in_content) {
    at = text + strlen (text) - strlen ("\"]") - counter_len;
  } else {
    g_autofree char *tag = g_strdup_printf ("[\"nonce\",\"%s\",", counter);

    at = strstr (text, tag) + strlen ("[\"nonce\",\"");
  }
  g_clear_pointer (&self->before, g_checksum_free);
  self->before = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (self->before, (const guchar *) text, at - text);
  g_free (self->behind);
  self->behind = g_strdup (at + counter_len);
  self->behind_len = strlen (self->behind);
}

static void
remove_nonce (GenosNip01Event *event)
{
  GStrv tag;

  while ((tag = get_nonce_tag (event)) != NULL)
    g_ptr_array_remove (event->tags, tag);
}

static char *
add_spaces (char *content)
{
  char *spaced = g_malloc (strlen (content) + SPACES + 1);

  spell_spaces (0, g_stpcpy (spaced, content));
  g_free (content);
  return spaced;
}

GenosNip13Search *
genos_nip13_search_new (const GenosNip01Event *event, guint target)
{
  GenosNip13Search *self;
  char digits[DIGITS + 1];
  g_autofree char *bits = g_strdup_printf ("%u", target);

  g_return_val_if_fail (event != NULL, NULL);
  g_return_val_if_fail (target >= 1 && target <= 255, NULL);

  self = g_new0 (GenosNip13Search, 1);
  self->event = genos_nip01_event_copy (event);
  self->target = target;
  self->in_content = strlen (event->content) > GENOS_NIP13_LONG_CONTENT;
  spell_digits (0, digits);
  remove_nonce (self->event);
  genos_nip01_event_add_tag (self->event, "nonce", digits, bits, NULL);
  if (self->in_content)
    self->event->content = add_spaces (self->event->content);
  prepare (self);
  return self;
}

void
genos_nip13_search_free (GenosNip13Search *self)
{
  genos_nip01_event_free (self->event);
  g_clear_pointer (&self->before, g_checksum_free);
  g_free (self->behind);
  g_free (self);
}

void
genos_nip13_search_set_created_at (GenosNip13Search *self, gint64 created_at)
{
  self->event->created_at = created_at;
  prepare (self);
}

static gboolean
try_once (GenosNip13Search *self)
{
  GChecksum *checksum = g_checksum_copy (self->before);
  char counter[2 * SPACES + 1];
  gsize len = spell_canonical (self, counter);
  guint8 id32[32];
  gsize size = sizeof id32;

  g_checksum_update (checksum, (const guchar *) counter, (gssize) len);
  g_checksum_update (checksum, (const guchar *) self->behind, (gssize) self->behind_len);
  g_checksum_get_digest (checksum, id32, &size);
  g_checksum_free (checksum);
  return genos_nip13_count_bits (id32) >= self->target;
}

gboolean
genos_nip13_search_run (GenosNip13Search *self, guint n_tries)
{
  for (guint i = 0; i < n_tries; i++) {
    self->n_tries++;
    if (try_once (self))
      return TRUE;
    self->counter++;
  }
  return FALSE;
}

guint64
genos_nip13_search_get_n_tries (const GenosNip13Search *self)
{
  return self->n_tries;
}

GenosNip01Event *
genos_nip13_search_finish (GenosNip13Search *self)
{
  GenosNip01Event *found;
  guint8 id32[32];

  write_counter (self);
  found = genos_nip01_event_copy (self->event);
  genos_nip01_event_hash (found, id32);
  genos_hex_encode (id32, sizeof id32, found->id);
  return found;
}
