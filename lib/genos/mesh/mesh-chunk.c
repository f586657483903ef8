/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-chunk.h>

#include <string.h>

#include <genos/mesh/mesh-frame.h>

#define CHANNEL "@_chunk"
#define HEADER 4
/* What is put behind the id of a whole: a dot and its number, or a slash and its size. */
#define SUFFIX_MAX 10

guint
genos_mesh_chunk_count (gsize size)
{
  return (size + GENOS_MESH_CHUNK_SIZE - 1) / GENOS_MESH_CHUNK_SIZE;
}

gsize
genos_mesh_chunk_measure (gsize size, guint index)
{
  return MIN (size - (gsize) index * GENOS_MESH_CHUNK_SIZE, GENOS_MESH_CHUNK_SIZE);
}

/* --- ids --- */

/* Without zeros in front, so that nothing has two names. */
static gboolean
read_number (const char *text, guint max, guint *number)
{
  *number = 0;
  if (*text == '\0' || (text[0] == '0' && text[1] != '\0'))
    return FALSE;
  for (; *text != '\0'; text++) {
    if (!g_ascii_isdigit (*text) || *number > max / 10)
      return FALSE;
    *number = *number * 10 + (*text - '0');
  }
  return *number <= max;
}

/* origin:time:number */
static gboolean
is_whole (const char *id, gsize size)
{
  guint n_colons = 0;

  if (size == 0 || size > GENOS_MESH_ID_MAX - SUFFIX_MAX)
    return FALSE;
  for (gsize i = 0; i < size; i++) {
    if (id[i] == ':')
      n_colons++;
    else if (!g_ascii_isalnum (id[i]))
      return FALSE;
  }
  return n_colons == 2 && id[0] != ':' && id[size - 1] != ':';
}

static gboolean
split (const char *text, char separator, guint max, char **whole, guint *number)
{
  const char *at = strrchr (text, separator);

  if (at == NULL || !is_whole (text, at - text) || !read_number (at + 1, max, number))
    return FALSE;
  *whole = g_strndup (text, at - text);
  return TRUE;
}

char *
genos_mesh_chunk_build_id (const char *whole, guint index)
{
  return g_strdup_printf ("%s.%u", whole, index);
}

gboolean
genos_mesh_chunk_parse_id (const char *id, char **whole, guint *index)
{
  return split (id, '.', GENOS_MESH_MAX_CHUNKS - 1, whole, index);
}

char *
genos_mesh_chunk_build_notice (const char *whole, gsize size)
{
  return g_strdup_printf ("%s/%" G_GSIZE_FORMAT, whole, size);
}

gboolean
genos_mesh_chunk_parse_notice (const char *notice, char **whole, gsize *size)
{
  g_autofree char *id = NULL;
  guint number;

  if (!split (notice, '/', GENOS_MESH_CONTENT_MAX, &id, &number) || number == 0)
    return FALSE;
  *whole = g_steal_pointer (&id);
  *size = number;
  return TRUE;
}

/* --- data --- */

static gboolean
find_text (const char *data, const char *name, const char **text, gsize *size)
{
  if (!genos_mesh_frame_find_member (data, strlen (data), name, text, size) || *size < 2
      || (*text)[0] != '"')
    return FALSE;
  *text += 1;
  *size -= 2;
  return TRUE;
}

gboolean
genos_mesh_chunk_is (const char *data)
{
  const char *name;
  gsize size;

  return find_text (data, "_ch", &name, &size) && size == strlen (CHANNEL)
      && memcmp (name, CHANNEL, size) == 0;
}

char *
genos_mesh_chunk_build_data (gsize size, GBytes *bytes)
{
  gsize length;
  gconstpointer data = g_bytes_get_data (bytes, &length);
  g_autofree guint8 *packed = g_malloc (HEADER + length);
  g_autofree char *text = NULL;
  guint32 header = GUINT32_TO_BE ((guint32) size);

  memcpy (packed, &header, HEADER);
  memcpy (packed + HEADER, data, length);
  text = g_base64_encode (packed, HEADER + length);
  return g_strdup_printf ("{\"_ch\":\"" CHANNEL "\",\"_b\":1,\"_p\":\"%s\"}", text);
}

/* (transfer full) (nullable): of exactly as many bytes as were written */
static GBytes *
dup_packed (const char *data)
{
  const char *value;
  gsize size, decoded_size;
  g_autofree char *text = NULL;
  guchar *decoded;

  if (!find_text (data, "_p", &value, &size) || size == 0 || size % 4 != 0
      || size > 4 * ((HEADER + GENOS_MESH_CHUNK_SIZE + 2) / 3))
    return NULL;
  text = g_strndup (value, size);
  decoded = g_base64_decode (text, &decoded_size);
  return g_bytes_new_take (decoded, decoded_size);
}

static gboolean
read_packed (GenosMeshChunk *self, GBytes *packed)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (packed, &length);
  guint32 header;

  if (length <= HEADER)
    return FALSE;
  memcpy (&header, data, HEADER);
  self->size = GUINT32_FROM_BE (header);
  if (self->size == 0 || self->size > GENOS_MESH_CONTENT_MAX
      || self->index >= genos_mesh_chunk_count (self->size)
      || length - HEADER != genos_mesh_chunk_measure (self->size, self->index))
    return FALSE;
  /* A copy: the header is not kept with it. */
  self->bytes = g_bytes_new (data + HEADER, length - HEADER);
  return TRUE;
}

gboolean
genos_mesh_chunk_parse (GenosMeshChunk *self, const char *id, const char *data)
{
  g_auto (GenosMeshChunk) chunk = { 0 };
  g_autoptr (GBytes) packed = NULL;

  if (!genos_mesh_chunk_is (data) || !genos_mesh_chunk_parse_id (id, &chunk.whole, &chunk.index))
    return FALSE;
  packed = dup_packed (data);
  if (packed == NULL || !read_packed (&chunk, packed))
    return FALSE;
  *self = chunk;
  chunk = (GenosMeshChunk){ 0 };
  return TRUE;
}

void
genos_mesh_chunk_clear (GenosMeshChunk *self)
{
  g_clear_pointer (&self->whole, g_free);
  g_clear_pointer (&self->bytes, g_bytes_unref);
}
