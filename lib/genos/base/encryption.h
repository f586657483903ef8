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

G_END_DECLS
