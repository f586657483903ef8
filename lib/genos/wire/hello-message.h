/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What peers of this project say to each other, and to nobody else, before anything else on a new
 * link: who they are and what they can do (hello), and that it is true (proof). The exact bytes are in
 * docs/design/wire-extensions.md. Texts of JSON; each is one frame, never deflated. */

#define GENOS_HELLO_TYPE "@_ghello"
#define GENOS_PROOF_TYPE "@_gproof"

#define GENOS_HELLO_MAX_SIZE 4096 /* bytes of either text */
#define GENOS_HELLO_MAX_FEATURES 32
#define GENOS_HELLO_MAX_FEATURE 32 /* bytes of one name: a-z, 0-9 and - */

/* Not before those: what an application says of itself, a JSON value; again when it changes. */
#define GENOS_METADATA_TYPE "@_gmeta"
#define GENOS_METADATA_MAX_SIZE 16384

/* Features: a peer that names one keeps to what wire-extensions.md says of it. */
#define GENOS_FEATURE_IDENTITY "identity"
#define GENOS_FEATURE_EXTENDED "extended"   /* extended-message.h */
#define GENOS_FEATURE_TRACKS "tracks"       /* track-list.h */
#define GENOS_FEATURE_FAR "far-tracks"      /* far-list.h */
#define GENOS_FEATURE_SEALED "sealed-media" /* sealed tracks: passes them on, and opens them */
#define GENOS_FEATURE_CLOCK "clock"         /* clock-message.h */

typedef struct {
  char key[65]; /* 64 lowercase hex digits */
  guint8 key32[32];
  guint8 nonce32[32];
  gboolean has_box;
  guint8 box32[32]; /* X25519, of this link alone: its sender seals what it says */
  GStrv features;
  char *kind; /* (nullable): what it announces itself as */
} GenosHelloMessage;

void genos_hello_message_free (GenosHelloMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosHelloMessage, genos_hello_message_free)

/* Unknown further fields are ignored, and so are features whose names are none; anything unusable is
 * GENOS_ERROR_PROTOCOL, anything too large GENOS_ERROR_LIMIT. */
GenosHelloMessage *
genos_hello_message_parse (const char *text, gsize size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @key: 64 hex digits; @box32, @kind (nullable) */
char *genos_hello_message_build (const char *key, const guint8 nonce32[32], const guint8 *box32,
    const char *const *features, const char *kind);

gboolean genos_proof_message_parse (
    const char *text, gsize size, guint8 sig64[64], GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *genos_proof_message_build (const guint8 sig64[64]);

G_END_DECLS
