/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/base/encryption.h>

G_DEFINE_ENUM_TYPE (GenosEncryption, genos_encryption,
    G_DEFINE_ENUM_VALUE (GENOS_ENCRYPTION_OFF, "off"),
    G_DEFINE_ENUM_VALUE (GENOS_ENCRYPTION_PREFERRED, "preferred"),
    G_DEFINE_ENUM_VALUE (GENOS_ENCRYPTION_REQUIRED, "required"))

G_DEFINE_ENUM_TYPE (GenosSealing, genos_sealing, G_DEFINE_ENUM_VALUE (GENOS_SEALING_NONE, "none"),
    G_DEFINE_ENUM_VALUE (GENOS_SEALING_ROOM, "room"),
    G_DEFINE_ENUM_VALUE (GENOS_SEALING_GROUP, "group"),
    G_DEFINE_ENUM_VALUE (GENOS_SEALING_PEER, "peer"))
