/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/encryption.h>
#include <genos/crypto/group-key.h>
#include <genos/wire/extended-message.h>

G_BEGIN_DECLS

/* What an application says to peers it has no link to, as the data of a frame of the mesh. Browsers know
 *
 *   VALUE                                   what mesh.send() was given
 *   {"_ch":name,"_d":VALUE}                 a message of a channel
 *   {"_ch":name,"_d":VALUE,"_t":peer id}    for one peer
 *
 * and turn bytes into {"0":1,"1":2,…}, without metadata. Ours have "_x" as well, or instead of "_d": base64
 * of the extended message, plain or sealed (crypto/sealed-letter.h, crypto/group-key.h), with everything in it.
 * Pure. */
typedef struct {
  const char *channel; /* (nullable): NULL: none, and no target */
  const char *target;  /* (nullable): peer id */
  const char *self_id;
  gboolean browsers;    /* some may be listening: in a form they know, whatever else */
  GenosSecret *key;     /* (nullable): sealed with it, and with nothing else beside it … */
  GenosGroupKey *group; /* (nullable): … or with this */
  guint64 ms;           /* wall clock */
} GenosMeshAddress;

/* GENOS_ERROR_LIMIT for what no frame has room for. (transfer full) */
char *genos_mesh_payload_build (const GenosMeshAddress *address,
    const GenosExtendedMessage *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a browser, should one be listening, is told all of it in one frame. */
gboolean genos_mesh_payload_suits_browsers (
    const GenosMeshAddress *address, const GenosExtendedMessage *message);

/* The same for what goes in chunks (mesh/mesh-chunk.h): the name of the channel behind its length in one byte, and
 * the extended message, plain or sealed, without base64. GENOS_ERROR_LIMIT. (transfer full) */
GBytes *genos_mesh_content_build (const GenosMeshAddress *address,
    const GenosExtendedMessage *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  char *channel; /* (nullable) */
  GenosExtendedMessage message;
  gboolean sealed;
  guint64 ms;   /* of a sealed one … */
  char *digest; /* … and SHA-256 of all of it, in hex */
} GenosMeshPayload;

void genos_mesh_payload_clear (GenosMeshPayload *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GenosMeshPayload, genos_mesh_payload_clear)

/* @data: JSON that was checked; @origin, @target: of the frame; @key (nullable). GENOS_ERROR_PROTOCOL: not
 * such a thing; GENOS_ERROR_AUTHENTICATION: sealed, and not with that key. */
gboolean genos_mesh_payload_parse (GenosMeshPayload *self, const char *data, const char *origin,
    const char *target, GenosSecret *key, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same of what genos_mesh_payload_get_generation() knew the name of the key of. */
gboolean genos_mesh_payload_parse_group (GenosMeshPayload *self, const char *data,
    const char *origin, GenosGroupKey *group, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether its key is needed … */
gboolean genos_mesh_payload_is_sealed (const char *data);
/* … or that of its sender: which one. */
gboolean genos_mesh_payload_get_generation (
    const char *data, guint8 generation[GENOS_GROUP_GENERATION_SIZE]);

/* The same of what came in chunks. */
gboolean genos_mesh_content_parse (GenosMeshPayload *self, GBytes *content, const char *origin,
    GenosSecret *key, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean genos_mesh_content_parse_group (GenosMeshPayload *self, GBytes *content,
    const char *origin, GenosGroupKey *group, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean genos_mesh_content_is_sealed (GBytes *content);
gboolean
genos_mesh_content_get_generation (GBytes *content, guint8 generation[GENOS_GROUP_GENERATION_SIZE]);
/* Which channel it is for, and its metadata, from its first bytes. FALSE: none. @channel, @metadata:
 * (out) (transfer full); @metadata: (nullable): there is none, it is sealed, or longer than these bytes */
gboolean genos_mesh_content_peek (GBytes *first, char **channel, char **metadata);

G_END_DECLS
