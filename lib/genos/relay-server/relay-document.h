/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/relay-server/relay-hub.h>

G_BEGIN_DECLS

/* What the relay says about itself, as JSON texts. (transfer full) */

/* The relay information document of NIP-11. */
char *genos_relay_document_information (const GenosRelayHub *hub);

/* {"relay","protocol","connections","events","dropped"} */
char *genos_relay_document_status (const GenosRelayHub *hub, guint n_connections);

G_END_DECLS
