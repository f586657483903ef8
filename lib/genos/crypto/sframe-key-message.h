/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/crypto/key-agreement.h>
#include <genos/crypto/secret.h>

G_BEGIN_DECLS

/* What the sender of a sealed track and those who watch it say to each other about its key, inside a letter that
 * nobody else can open (sealed-letter.h):
 *
 *   ask      1 ‖ stream ‖ track ‖ X25519 public key (32), drawn by who wants to watch
 *   give     2 ‖ stream ‖ track ‖ KID (8) ‖ X25519 public key (32), drawn for this alone ‖ key (32), wrapped
 *   refuse   3 ‖ stream ‖ track
 *
 *   wrapped = key xor the secret of key-agreement.h, of the name "genosrooms sframe 1"
 *
 * Stream and track are UTF-8 behind their length in two bytes; numbers are big endian. What a key is wrapped with
 * is used once, and authenticated by the letter; the keys of the letter do not open it. */
typedef enum {
  GENOS_SFRAME_KEY_ASK = 1,
  GENOS_SFRAME_KEY_GIVE = 2,
  GENOS_SFRAME_KEY_REFUSE = 3,
} GenosSframeKeyWhat;

#define GENOS_SFRAME_KEY_MAX_ID 256
#define GENOS_SFRAME_KEY_PUBLIC_SIZE GENOS_KEY_AGREEMENT_PUBLIC_SIZE

typedef struct {
  GenosSframeKeyWhat what;
  char *stream;
  char *track;
  guint64 kid;                                     /* of a give */
  guint8 public_key[GENOS_SFRAME_KEY_PUBLIC_SIZE]; /* of an ask and a give */
  guint8 wrapped[GENOS_SECRET_SIZE];               /* of a give */
} GenosSframeKeyMessage;

void genos_sframe_key_message_clear (GenosSframeKeyMessage *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GenosSframeKeyMessage, genos_sframe_key_message_clear)

/* (transfer full) */
GBytes *genos_sframe_key_message_build (const GenosSframeKeyMessage *self);
/* FALSE: it is none. Of what is not known yet, nothing can be said either. */
gboolean genos_sframe_key_message_parse (
    GenosSframeKeyMessage *self, GBytes *bytes) G_GNUC_WARN_UNUSED_RESULT;

/* Fills in an ask. @own: genos_secret_new_random(), to open what is given with. */
void genos_sframe_key_message_ask (GenosSframeKeyMessage *self, const GenosSecret *own);
/* Fills in a give for who asked with @asker. FALSE: that is no public key, but one that makes every secret known. */
gboolean genos_sframe_key_message_give (GenosSframeKeyMessage *self, guint64 kid,
    const GenosSecret *key, const guint8 asker[GENOS_SFRAME_KEY_PUBLIC_SIZE]);
/* (transfer full) (nullable): what was given; NULL as above. */
GenosSecret *
genos_sframe_key_message_take (const GenosSframeKeyMessage *self, const GenosSecret *own);

G_END_DECLS
