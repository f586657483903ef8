/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-payloads.h>

#include "fuzz.h"

#define OWN                                                                                        \
  "v=0\nm=video 9 UDP/TLS/RTP/SAVPF 98 96 102 97\na=rtpmap:98 VP9/90000\na=rtpmap:96 rtx/90000\n"  \
  "a=fmtp:96 apt=98\na=rtpmap:102 H264/90000\n"                                                    \
  "a=fmtp:102 packetization-mode=1;profile-level-id=42e01f\na=rtpmap:97 rtx/90000\n"               \
  "a=fmtp:97 apt=102\n"

/* No number twice, none that looks like RTCP. */
static void
check (const GenosRtpPayloads *payloads)
{
  g_assert_cmpuint (payloads->n, <=, GENOS_RTP_MAX_PAYLOADS);
  for (guint i = 0; i < payloads->n; i++) {
    guint inner = payloads->pairs[i].inner, wire = payloads->pairs[i].wire;

    g_assert_true (wire < 64 || (wire >= 96 && wire < 128));
    g_assert_cmpint (genos_rtp_payloads_to_wire (payloads, inner), ==, wire);
    g_assert_cmpint (genos_rtp_payloads_to_inner (payloads, wire), ==, inner);
  }
}

/* The remote's section, the same again, and a line of ours beside it. */
static void
take (GenosRtpPayloads *payloads, const GenosSdpSection *own, GenosSdpSection *remote)
{
  g_autoptr (GArray) neighbours = g_array_new (FALSE, FALSE, sizeof (GenosSdpNeighbour));
  g_autoptr (GenosSdpSection) copy = genos_sdp_section_copy (remote);
  GenosSdpNeighbour neighbour = { own, copy, { 0 } };
  GenosRtpPayloads again, made = { 0 };

  if (!genos_sdp_payloads_match (payloads, own, remote))
    return;
  check (payloads);
  again = *payloads;
  g_assert_true (genos_sdp_payloads_match (&again, own, remote));
  g_assert_cmpmem (&again, sizeof again, payloads, sizeof *payloads);
  neighbour.payloads = *payloads;
  g_array_append_val (neighbours, neighbour);
  genos_sdp_payloads_make_way (&made, remote, neighbours);
  for (guint i = 0; i < made.n; i++)
    g_assert_cmpint (genos_rtp_payloads_to_wire (&made, made.pairs[i].inner), >=, 0);
  genos_sdp_payloads_to_inner (payloads, remote);
  genos_sdp_payloads_to_wire (payloads, remote);
  genos_sdp_payloads_to_wire (&made, copy);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = fuzz_text (data, size);
  g_autoptr (GenosSdp) own = genos_sdp_parse (OWN, NULL);
  g_autoptr (GenosSdp) remote = genos_sdp_parse (text, NULL);
  GenosRtpPayloads payloads = { 0 };

  for (guint i = 0; remote != NULL && i < remote->sections->len; i++)
    take (&payloads, own->sections->pdata[0], remote->sections->pdata[i]);
  return 0;
}
