/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include <genos/base/macros.h>

G_BEGIN_DECLS

/**
 * GenosEncryption:
 * @GENOS_ENCRYPTION_OFF: messages are not sealed; links are encrypted all the same
 * @GENOS_ENCRYPTION_PREFERRED: sealed for every peer that can open it, if the room
 *   has a password
 * @GENOS_ENCRYPTION_REQUIRED: peers that cannot are not admitted; browsers are such
 *
 * Whether the messages of channels are sealed end to end, beyond the encryption of
 * each link.
 */
typedef enum {
  GENOS_ENCRYPTION_OFF,
  GENOS_ENCRYPTION_PREFERRED,
  GENOS_ENCRYPTION_REQUIRED,
} GenosEncryption;

GENOS_API
GType genos_encryption_get_type (void) G_GNUC_CONST;
#define GENOS_TYPE_ENCRYPTION (genos_encryption_get_type ())

/**
 * GenosSealing:
 * @GENOS_SEALING_NONE: it was not; its link was encrypted all the same
 * @GENOS_SEALING_ROOM: with a key that everybody has who knows the password; who sent it is only claimed
 * @GENOS_SEALING_GROUP: with a key that its sender handed to those who were to hear it, and signed by it
 * @GENOS_SEALING_PEER: with a key that only its sender and this peer have
 *
 * What a message was sealed with, end to end.
 */
typedef enum {
  GENOS_SEALING_NONE,
  GENOS_SEALING_ROOM,
  GENOS_SEALING_GROUP,
  GENOS_SEALING_PEER,
} GenosSealing;

GENOS_API
GType genos_sealing_get_type (void) G_GNUC_CONST;
#define GENOS_TYPE_SEALING (genos_sealing_get_type ())

G_END_DECLS
