/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What travels between cells: a string message of the channel "c" + the cell of whom it is handed to, with
 * JSON in it (protocol chapter 6).
 *
 * A frame is never changed after it was made, so that all who pass it on hold the same one; what does
 * change, the hops it has left, goes beside it. */
typedef enum {
  GENOS_MESH_MSG,
  GENOS_MESH_PING, /* data: {"pingId","target"} */
  GENOS_MESH_PONG, /* data: {"pingId","receivedAt"}; from us with "target" too */
  /* Between our own peers, from one to the next: ids it has seen of late, and those it asks for. */
  GENOS_MESH_HAVE,
  GENOS_MESH_WANT,
  GENOS_MESH_N_KINDS,
} GenosMeshKind;

#define GENOS_MESH_FRAME_MAX                                                                       \
  (1536 * 1024) /* bytes of JSON; no more fits into a browser's message */
#define GENOS_MESH_ID_MAX 160
#define GENOS_MESH_PEER_ID_MAX 64
#define GENOS_MESH_TOKEN_MAX 16
#define GENOS_MESH_MAX_ATTEMPTS 8

typedef struct {
  gatomicrefcount n_refs;
  GenosMeshKind kind;
  char *id;          /* origin:base36 of ms:seq */
  guint64 ms;        /* from the id */
  char *origin;      /* peer id */
  guint origin_cell; /* what it claims; nothing is decided by it */
  char *target;      /* (nullable): the only one to take it; NULL: everybody */
  char *data;        /* JSON text, exactly as it came */

  /* Of a message for one peer, between our own (wire-extensions.md); read from its data. */
  char *token;   /* (nullable): "_k": it is to be acknowledged by this, and taken once */
  char *ack;     /* (nullable): "_a": it is an acknowledgement, and nothing else */
  guint attempt; /* "_n": how often it was sent before; so it takes another way */
  gboolean bulk; /* "_b": everything else goes first */

  gboolean
      is_chunk; /* of something large that is said to everybody (mesh-chunk.h); it is bulk, too */
  /* (nullable): it came in chunks, and this is all of it; @data says nothing then, and it is sent nowhere. */
  GBytes *content;
  guint64 age_ms; /* how long it took, since its first chunk came */
} GenosMeshFrame;

/* @data: JSON text, in which @target and the marks are to be found already. @ms: wall clock, milliseconds */
GenosMeshFrame *genos_mesh_frame_new (GenosMeshKind kind, const char *origin, guint origin_cell,
    guint64 ms, guint seq, const char *target, const char *data);
/* @id: of a chunk; @data: as genos_mesh_chunk_build_data() makes it. */
GenosMeshFrame *genos_mesh_frame_new_chunk (
    const char *id, const char *origin, guint origin_cell, guint64 ms, const char *data);
/* What all chunks together make. @id: of the whole */
GenosMeshFrame *genos_mesh_frame_new_whole (const char *id, const char *origin, guint origin_cell,
    guint64 ms, GBytes *content, guint64 age_ms);
/* Bytes that it holds, about. */
gsize genos_mesh_frame_measure (const GenosMeshFrame *self);
GenosMeshFrame *genos_mesh_frame_ref (GenosMeshFrame *self);
void genos_mesh_frame_unref (GenosMeshFrame *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosMeshFrame, genos_mesh_frame_unref)

/* Anything that is not such a frame is GENOS_ERROR_PROTOCOL, more than GENOS_MESH_FRAME_MAX
 * GENOS_ERROR_LIMIT. The id has to begin with the origin. */
GenosMeshFrame *genos_mesh_frame_parse (const char *text, gsize size, guint *ttl, GError **error);
/* (transfer full) */
char *genos_mesh_frame_to_json (GenosMeshFrame *self, guint ttl);

/* The cell of a channel's name; FALSE for any other. */
gboolean genos_mesh_frame_parse_channel (const char *name, guint *cell);

/* A list of ids as data of GENOS_MESH_HAVE and GENOS_MESH_WANT. (transfer full) */
char *genos_mesh_frame_build_ids (const char *const *ids, guint n_ids);
/* (transfer full) (nullable): NULL for anything else, or more than @max */
GStrv genos_mesh_frame_parse_ids (const char *data, guint max);

/* The text of a member of a JSON object that genos_json_check() took; FALSE when there is none. The last
 * of several counts, as in JavaScript. */
gboolean genos_mesh_frame_find_member (
    const char *object, gsize size, const char *name, const char **value, gsize *value_size);

G_END_DECLS
