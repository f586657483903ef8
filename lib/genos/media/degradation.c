/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/degradation.h>

G_DEFINE_ENUM_TYPE (GenosDegradation, genos_degradation,
    G_DEFINE_ENUM_VALUE (GENOS_DEGRADATION_BALANCED, "balanced"),
    G_DEFINE_ENUM_VALUE (GENOS_DEGRADATION_MOTION, "motion"),
    G_DEFINE_ENUM_VALUE (GENOS_DEGRADATION_DETAIL, "detail"))
