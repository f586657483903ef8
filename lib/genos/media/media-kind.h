/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include <genos/base/macros.h>

G_BEGIN_DECLS

/**
 * GenosMediaKind:
 * @GENOS_MEDIA_AUDIO: sound
 * @GENOS_MEDIA_VIDEO: pictures
 *
 * What a track carries.
 */
typedef enum {
  GENOS_MEDIA_AUDIO,
  GENOS_MEDIA_VIDEO,
} GenosMediaKind;

GENOS_API
GType genos_media_kind_get_type (void) G_GNUC_CONST;
#define GENOS_TYPE_MEDIA_KIND (genos_media_kind_get_type ())

G_END_DECLS
