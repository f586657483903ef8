/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/rtp-payloads.h>

#define PAYLOAD_MASK 0x7f

int
genos_rtp_payloads_to_wire (const GenosRtpPayloads *self, guint inner)
{
  for (guint i = 0; i < self->n; i++)
    if (self->pairs[i].inner == inner)
      return self->pairs[i].wire;
  return -1;
}

int
genos_rtp_payloads_to_inner (const GenosRtpPayloads *self, guint wire)
{
  for (guint i = 0; i < self->n; i++)
    if (self->pairs[i].wire == wire)
      return self->pairs[i].inner;
  return -1;
}

gboolean
genos_rtp_payloads_add (GenosRtpPayloads *self, guint inner, guint wire)
{
  if (self->n == GENOS_RTP_MAX_PAYLOADS || inner > PAYLOAD_MASK || wire > PAYLOAD_MASK
      || genos_rtp_payloads_to_wire (self, inner) >= 0
      || genos_rtp_payloads_to_inner (self, wire) >= 0)
    return FALSE;
  self->pairs[self->n++] = (GenosRtpPayload){ (guint8) inner, (guint8) wire };
  return TRUE;
}

gboolean
genos_rtp_payloads_differ (const GenosRtpPayloads *self)
{
  for (guint i = 0; i < self->n; i++)
    if (self->pairs[i].inner != self->pairs[i].wire)
      return TRUE;
  return FALSE;
}

/* Where a source is, or would have to be. */
static guint
search (const GArray *routes, guint32 ssrc)
{
  guint low = 0, high = routes->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (g_array_index (routes, GenosRtpRoute, middle).ssrc < ssrc)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

int
genos_rtp_routes_find (const GArray *routes, const guint8 *head, gboolean to_wire)
{
  guint32 ssrc = (guint32) head[8] << 24 | head[9] << 16 | head[10] << 8 | head[11];
  guint payload = head[1] & PAYLOAD_MASK;
  guint index = search (routes, ssrc);
  const GenosRtpRoute *route;
  int renumbered;

  if (index == routes->len)
    return -1;
  route = &g_array_index (routes, GenosRtpRoute, index);
  if (route->ssrc != ssrc)
    return -1;
  renumbered = to_wire ? genos_rtp_payloads_to_wire (&route->payloads, payload)
                       : genos_rtp_payloads_to_inner (&route->payloads, payload);
  return renumbered != (int) payload ? renumbered : -1;
}

void
genos_rtp_routes_add (GArray *routes, guint32 ssrc, const GenosRtpPayloads *payloads)
{
  GenosRtpRoute route = { ssrc, *payloads };
  guint index = search (routes, ssrc);

  if (index < routes->len && g_array_index (routes, GenosRtpRoute, index).ssrc == ssrc)
    g_array_index (routes, GenosRtpRoute, index) = route;
  else
    g_array_insert_val (routes, index, route);
}
