/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/wire/nip01-message.h>

G_BEGIN_DECLS

/* Unknown members are ignored, as NIP-01 asks; anything else wrong is an error. */
GenosNip01Filter *genos_nip01_filter_from_json (JsonNode *node, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void genos_nip01_filter_append (GString *out, const GenosNip01Filter *filter);

G_END_DECLS
