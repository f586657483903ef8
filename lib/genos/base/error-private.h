/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/error.h>

G_BEGIN_DECLS

/* What an error of GENOS_ERROR carries beside its code, and keeps when it is copied: a GenosReason,
 * 0 when none was set. */
int genos_error_get_detail (const GError *error);
void genos_error_set_detail (GError *error, int detail);

G_END_DECLS
