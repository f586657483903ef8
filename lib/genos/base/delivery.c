/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/base/delivery.h>

G_DEFINE_ENUM_TYPE (GenosPriority, genos_priority, G_DEFINE_ENUM_VALUE (GENOS_PRIORITY_LOW, "low"),
    G_DEFINE_ENUM_VALUE (GENOS_PRIORITY_NORMAL, "normal"),
    G_DEFINE_ENUM_VALUE (GENOS_PRIORITY_HIGH, "high"))

G_DEFINE_ENUM_TYPE (GenosOverflow, genos_overflow,
    G_DEFINE_ENUM_VALUE (GENOS_OVERFLOW_FAIL, "fail"),
    G_DEFINE_ENUM_VALUE (GENOS_OVERFLOW_DROP_OLDEST, "drop-oldest"),
    G_DEFINE_ENUM_VALUE (GENOS_OVERFLOW_WAIT, "wait"))
