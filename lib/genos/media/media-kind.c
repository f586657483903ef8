/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/media-kind.h>

G_DEFINE_ENUM_TYPE (GenosMediaKind, genos_media_kind,
    G_DEFINE_ENUM_VALUE (GENOS_MEDIA_AUDIO, "audio"),
    G_DEFINE_ENUM_VALUE (GENOS_MEDIA_VIDEO, "video"))
