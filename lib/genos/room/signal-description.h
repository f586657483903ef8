/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include <genos/transport/peer-link.h>

G_BEGIN_DECLS

/* The JSON of an @_signal message: {"type","sdp"}. */
char *genos_signal_description_build (GenosSdpKind kind, const char *sdp);

/* GENOS_ERROR_PROTOCOL for anything else. */
gboolean genos_signal_description_parse (JsonNode *node, GenosSdpKind *kind, char **sdp,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
