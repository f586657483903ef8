/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include <genos/base/macros.h>

G_BEGIN_DECLS

/**
 * GenosDegradation:
 * @GENOS_DEGRADATION_BALANCED: smaller pictures, then also fewer
 * @GENOS_DEGRADATION_MOTION: smaller pictures, as many as before
 * @GENOS_DEGRADATION_DETAIL: fewer pictures, as large as before
 *
 * What pictures lose for peers that cannot take all of them.
 */
typedef enum {
  GENOS_DEGRADATION_BALANCED,
  GENOS_DEGRADATION_MOTION,
  GENOS_DEGRADATION_DETAIL,
} GenosDegradation;

GENOS_API
GType genos_degradation_get_type (void) G_GNUC_CONST;
#define GENOS_TYPE_DEGRADATION (genos_degradation_get_type ())

G_END_DECLS
