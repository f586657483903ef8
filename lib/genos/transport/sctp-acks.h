/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How much of the data of one SCTP association (RFC 9260) the other side has, by the packets that
 * pass: TSNs of DATA chunks that leave, cumulative TSN acks of SACK chunks that come. Pure; one thread
 * at a time. What comes is anybody's: it can only say of chunks that have left that they arrived. */
typedef struct _GenosSctpAcks GenosSctpAcks;

GenosSctpAcks *genos_sctp_acks_new (void);
void genos_sctp_acks_free (GenosSctpAcks *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosSctpAcks, genos_sctp_acks_free)

/* One whole packet each, from the common header on. */
void genos_sctp_acks_sent (GenosSctpAcks *self, const guint8 *data, gsize size);
/* TRUE when it has acknowledged something, or all is lost. */
gboolean genos_sctp_acks_received (GenosSctpAcks *self, const guint8 *data, gsize size);

/* Bytes of user data, from the beginning; G_MAXUINT64 once it lost count: more was under way than an
 * association of webrtcbin takes. */
guint64 genos_sctp_acks_get_acked (GenosSctpAcks *self);

G_END_DECLS
