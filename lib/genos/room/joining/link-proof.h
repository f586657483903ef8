/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/joining/peer-identity.h>
#include <genos/transport/peer-link.h>

G_BEGIN_DECLS

/* The first words on an open link whose other side said that it knows them: hello and proof, both
 * ways. Until that is settled nothing else is sent, and what comes is kept back, bounded. Lives on the
 * link's context. */
#define GENOS_TYPE_LINK_PROOF (genos_link_proof_get_type ())
G_DECLARE_FINAL_TYPE (GenosLinkProof, genos_link_proof, GENOS, LINK_PROOF, GObject)

GenosLinkProof *genos_link_proof_new (GenosPeerLink *link, const GenosPeerIdentityConfig *config);

/* Says hello. ::settled comes later, or in here when the link is closed already. Whoever has not said
 * hello after @greeting_ms never will; who has said it gets until @timeout_ms: it may have settled
 * already on its side. Time in which our own context was held up does not count. */
void genos_link_proof_start (GenosLinkProof *self, guint greeting_ms, guint timeout_ms);

/* After ::settled, once whoever hears the link is connected to it: gives it what was kept back. */
void genos_link_proof_release (GenosLinkProof *self);

GenosPeerIdentity *genos_link_proof_get_identity (GenosLinkProof *self);

/* Signals:
 * ::settled (GError)   once: proven (NULL), or not: GENOS_ERROR_TIMED_OUT when the other side never
 *                      said hello, GENOS_ERROR_CLOSED when the link went, else a proof that does not hold
 */

G_END_DECLS
