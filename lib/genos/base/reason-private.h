/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/reason.h>

G_BEGIN_DECLS

/* An error of GENOS_ERROR that says more than its code does. */
GError *genos_error_new_reason (GenosError code, GenosReason reason, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* Does nothing to an error of another domain. */
void genos_error_set_reason (GError *error, GenosReason reason);
/* What a relay means by the words with which it refuses (NIP-01, "machine-readable"). */
GenosReason genos_reason_from_refusal (const char *text);

G_END_DECLS
