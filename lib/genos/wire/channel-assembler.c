/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/channel-assembler.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/wire/deflate.h>
#include <genos/wire/json-text.h>

const GenosAssemblerLimits genos_assembler_default_limits = {
  .max_message = 16 * 1024 * 1024,
  .max_buffered = 32 * 1024 * 1024,
  .max_unfinished = 64,
  .max_metadata = 64 * 1024,
};

/* What must be the same on every chunk of a message. */
#define KIND_TAGS \
  (GENOS_FRAME_BINARY | GENOS_FRAME_JSON | GENOS_FRAME_DEFLATED | GENOS_FRAME_EXTENDED)

#define IGNORED_BITS 65536

/* A message whose last chunk has not come. Nothing in the protocol tells a stale one from
 * one that is slow, so each keeps its place; when all places are taken, new messages of
 * several chunks are refused. Giving an old one's place away instead would let its later
 * chunks pass as a message of their own. */
typedef struct {
  char type[GENOS_FRAME_TYPE_SIZE + 1];
  guint8 nonce;
  guint8 tag;
  GByteArray *payload;
  char *metadata;
  gsize buffered;
} Unfinished;

struct _GenosChannelAssembler {
  GenosAssemblerLimits limits;
  GHashTable *unfinished; /* set of Unfinished */
  gsize buffered;
  /* Messages to be ignored up to their last chunk, by hash of type and nonce: a fixed size
   * whatever arrives. Two that share a bit can only cost messages of the peer that already
   * went over its limits. */
  guint8 ignored[IGNORED_BITS / 8];
};

static guint
key_hash (gconstpointer data)
{
  const Unfinished *self = data;

  return g_str_hash (self->type) * 257 + self->nonce;
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const Unfinished *one = a, *other = b;

  return one->nonce == other->nonce && g_str_equal (one->type, other->type);
}

static Unfinished *
unfinished_new (const GenosChannelFrame *frame)
{
  Unfinished *self = g_new0 (Unfinished, 1);

  memcpy (self->type, frame->type, sizeof self->type);
  self->nonce = frame->nonce;
  self->tag = frame->tag & KIND_TAGS;
  self->payload = g_byte_array_new ();
  return self;
}

static void
unfinished_free (Unfinished *self)
{
  g_byte_array_unref (self->payload);
  g_free (self->metadata);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Unfinished, unfinished_free)

void
genos_assembled_message_free (GenosAssembledMessage *message)
{
  if (message == NULL)
    return;
  g_bytes_unref (message->payload);
  g_free (message->metadata);
  g_free (message);
}

GenosChannelAssembler *
genos_channel_assembler_new (const GenosAssemblerLimits *limits)
{
  GenosChannelAssembler *self = g_new0 (GenosChannelAssembler, 1);

  self->limits = *limits;
  self->unfinished =
      g_hash_table_new_full (key_hash, key_equal, (GDestroyNotify) unfinished_free, NULL);
  return self;
}

void
genos_channel_assembler_free (GenosChannelAssembler *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->unfinished);
  g_free (self);
}

gsize
genos_channel_assembler_get_buffered (GenosChannelAssembler *self)
{
  return self->buffered;
}

static gboolean
fail (GError **error, GenosError code, const char *what)
{
  g_set_error (error, GENOS_ERROR, code, "message: %s", what);
  return FALSE;
}

/* TRUE: the frame belongs to a message that was dropped. */
static gboolean
take_ignored (GenosChannelAssembler *self, const GenosChannelFrame *frame, guint bit)
{
  guint8 mask = (guint8) (1 << bit % 8);

  if ((self->ignored[bit / 8] & mask) == 0)
    return FALSE;
  if (frame->tag & GENOS_FRAME_LAST)
    self->ignored[bit / 8] &= (guint8) ~mask;
  return TRUE;
}

/* The message comes out of the table, with the bytes it held there. */
static Unfinished *
take_message (GenosChannelAssembler *self, const GenosChannelFrame *frame)
{
  Unfinished key = { .nonce = frame->nonce };
  gpointer found;

  memcpy (key.type, frame->type, sizeof key.type);
  if (!g_hash_table_steal_extended (self->unfinished, &key, &found, NULL))
    return unfinished_new (frame);
  self->buffered -= ((Unfinished *) found)->buffered;
  return found;
}

static gboolean
keep_message (GenosChannelAssembler *self, Unfinished *message, GError **error)
{
  if (g_hash_table_size (self->unfinished) >= self->limits.max_unfinished)
    return fail (error, GENOS_ERROR_LIMIT, "too many are unfinished");
  if (message->buffered > self->limits.max_buffered - self->buffered)
    return fail (error, GENOS_ERROR_LIMIT, "too many bytes wait");
  self->buffered += message->buffered;
  g_hash_table_add (self->unfinished, message);
  return TRUE;
}

static gboolean
add_metadata (GenosChannelAssembler *self, Unfinished *message, const GenosChannelFrame *frame,
    GError **error)
{
  const char *text = (const char *) frame->payload;
  gsize size = frame->payload_size;

  if ((frame->tag & GENOS_FRAME_BINARY) == 0)
    return fail (error, GENOS_ERROR_PROTOCOL, "metadata without binary");
  if (message->metadata != NULL || message->payload->len > 0)
    return fail (error, GENOS_ERROR_PROTOCOL, "metadata is not the first chunk");
  if (size > self->limits.max_metadata)
    return fail (error, GENOS_ERROR_LIMIT, "metadata is too long");
  if (!genos_json_check (text, (gssize) size, error))
    return FALSE;
  message->metadata = g_strndup (text, size);
  message->buffered += size;
  return TRUE;
}

static gboolean
add_chunk (GenosChannelAssembler *self, Unfinished *message, const GenosChannelFrame *frame,
    GError **error)
{
  if ((frame->tag & KIND_TAGS) != message->tag)
    return fail (error, GENOS_ERROR_PROTOCOL, "the kind changes in the middle");
  if (frame->tag & GENOS_FRAME_META)
    return add_metadata (self, message, frame, error);
  if (frame->payload_size > self->limits.max_message - message->payload->len)
    return fail (error, GENOS_ERROR_LIMIT, "too long");
  if (frame->payload_size > 0)
    g_byte_array_append (message->payload, frame->payload, (guint) frame->payload_size);
  message->buffered += frame->payload_size;
  return TRUE;
}

static GenosPayloadKind
kind_of (guint8 tag)
{
  if (tag & GENOS_FRAME_EXTENDED)
    return GENOS_PAYLOAD_EXTENDED;
  if (tag & GENOS_FRAME_BINARY)
    return GENOS_PAYLOAD_BINARY;
  return tag & GENOS_FRAME_JSON ? GENOS_PAYLOAD_JSON : GENOS_PAYLOAD_STRING;
}

static GBytes *
take_payload (GenosChannelAssembler *self, Unfinished *message, GError **error)
{
  if (message->tag & GENOS_FRAME_DEFLATED)
    return genos_inflate (
        message->payload->data, message->payload->len, self->limits.max_message, error);
  return g_byte_array_free_to_bytes (g_byte_array_ref (message->payload));
}

static GenosAssembledMessage *
finish_message (GenosChannelAssembler *self, Unfinished *message, GError **error)
{
  GenosPayloadKind kind = kind_of (message->tag);
  g_autoptr (GBytes) payload = take_payload (self, message, error);
  GenosAssembledMessage *whole;

  if (payload == NULL)
    return NULL;
  if ((kind == GENOS_PAYLOAD_STRING || kind == GENOS_PAYLOAD_JSON) && g_bytes_get_size (payload) > 0
      && !g_utf8_validate_len (
          g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), NULL)) {
    fail (error, GENOS_ERROR_PROTOCOL, "text is not UTF-8 without NUL");
    return NULL;
  }
  whole = g_new0 (GenosAssembledMessage, 1);
  memcpy (whole->type, message->type, sizeof whole->type);
  whole->kind = kind;
  whole->payload = g_steal_pointer (&payload);
  whole->metadata = g_steal_pointer (&message->metadata);
  return whole;
}

/* Either finishes @current or keeps it for the next chunk. */
static gboolean
advance (GenosChannelAssembler *self, const GenosChannelFrame *frame, Unfinished *owned,
    GenosAssembledMessage **message, const char **metadata, GError **error)
{
  g_autoptr (Unfinished) current = owned;

  if (!add_chunk (self, current, frame, error))
    return FALSE;
  if (frame->tag & GENOS_FRAME_LAST) {
    *message = finish_message (self, current, error);
    if (*message == NULL)
      return FALSE;
    *metadata = (*message)->metadata;
    return TRUE;
  }
  if (!keep_message (self, current, error))
    return FALSE;
  *metadata = current->metadata;
  g_steal_pointer (&current);
  return TRUE;
}

gboolean
genos_channel_assembler_push (GenosChannelAssembler *self, const GenosChannelFrame *frame,
    GenosAssembledMessage **message, const char **metadata, GError **error)
{
  guint bit = (g_str_hash (frame->type) * 257 + frame->nonce) % IGNORED_BITS;
  const char *known = NULL;

  *message = NULL;
  if (metadata != NULL)
    *metadata = NULL;
  if (take_ignored (self, frame, bit))
    return TRUE;
  if (!advance (self, frame, take_message (self, frame), message, &known, error)) {
    if ((frame->tag & GENOS_FRAME_LAST) == 0)
      self->ignored[bit / 8] |= (guint8) (1 << bit % 8);
    return FALSE;
  }
  if (metadata != NULL)
    *metadata = known;
  return TRUE;
}
