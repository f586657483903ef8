/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is said to everybody and is too large for one frame goes in chunks, each a frame of its own: with the
 * id of the whole and its number behind it, and as data
 *
 *   {"_ch":"@_chunk","_b":1,"_p":base64 of: size of the whole, 4 bytes, big endian; bytes}
 *
 * All chunks but the last have GENOS_MESH_CHUNK_SIZE bytes: the size alone tells how many there are, and how
 * large each is. Browsers know no channel of that name, and flood it as they do all messages. Pure. */
#define GENOS_MESH_CHUNK_SIZE 16384
#define GENOS_MESH_CONTENT_MAX (16 * 1024 * 1024 + 64 * 1024) /* bytes of the whole */
#define GENOS_MESH_MAX_CHUNKS (GENOS_MESH_CONTENT_MAX / GENOS_MESH_CHUNK_SIZE)

typedef struct {
  char *whole; /* id of the whole */
  guint index;
  gsize size; /* bytes of the whole, 1 to GENOS_MESH_CONTENT_MAX */
  GBytes *bytes;
} GenosMeshChunk;

/* FALSE: it is none. @id, @data: of the frame */
gboolean genos_mesh_chunk_parse (GenosMeshChunk *self, const char *id, const char *data);
void genos_mesh_chunk_clear (GenosMeshChunk *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GenosMeshChunk, genos_mesh_chunk_clear)
/* Whether it wants to be one. @data: JSON text that was checked */
gboolean genos_mesh_chunk_is (const char *data);
/* (transfer full) */
char *genos_mesh_chunk_build_data (gsize size, GBytes *bytes);

/* How many, and how many bytes the @index-th has. */
guint genos_mesh_chunk_count (gsize size);
gsize genos_mesh_chunk_measure (gsize size, guint index);

/* The id of a chunk's frame: "whole.index". (transfer full) */
char *genos_mesh_chunk_build_id (const char *whole, guint index);
/* FALSE: that of any other frame. @whole: (out) (transfer full) */
gboolean genos_mesh_chunk_parse_id (const char *id, char **whole, guint *index);

/* In the place of an id in GENOS_MESH_HAVE, who has all of it: "whole/size". (transfer full) */
char *genos_mesh_chunk_build_notice (const char *whole, gsize size);
/* FALSE: none. @whole: (out) (transfer full) */
gboolean genos_mesh_chunk_parse_notice (const char *notice, char **whole, gsize *size);

G_END_DECLS
