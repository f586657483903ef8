/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sctp-acks.h>

#include "fuzz.h"

/* The first byte says how many chunks have left, the rest is a packet that comes. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GenosSctpAcks) acks = genos_sctp_acks_new ();
  guint8 packet[12 + 16 + 100] = { [15] = 116 };
  guint n = size > 0 ? data[0] : 0;

  for (guint i = 0; i < n; i++) {
    packet[19] = (guint8) i;
    genos_sctp_acks_sent (acks, packet, sizeof packet);
  }
  if (size > 0)
    genos_sctp_acks_received (acks, data + 1, size - 1);
  g_assert_cmpuint (genos_sctp_acks_get_acked (acks), <=, n * 100);
  /* The same as if it were ours. */
  if (size > 0)
    genos_sctp_acks_sent (acks, data + 1, size - 1);
  return 0;
}
