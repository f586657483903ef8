/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-map-remote.h>

#include <genos/base/error.h>
#include <genos/transport/sdp/sdp-gate.h>

static gboolean
check_continuity (GenosSdpMapState *self, const GenosSdp *sdp, gboolean is_offer, GError **error)
{
  const GArray *order = is_offer ? self->wire : self->pending_wire;
  g_autofree GenosSdpSlot *slots = g_new (GenosSdpSlot, order->len + 1);

  for (guint i = 0; i < order->len; i++) {
    const GenosSdpMapLine *line = genos_sdp_map_state_at (self, order, i);
    slots[i] = (GenosSdpSlot){ line->mid, line->media, line->dead };
  }
  return genos_sdp_gate_check_continuity (sdp, is_offer, slots, order->len, error);
}

/* One DTLS association for the life of the link: another certificate is another party. */
static gboolean
take_fingerprint (GenosSdpMapState *self, const GenosSdpSection *transport, GError **error)
{
  const char *fingerprint = genos_sdp_section_get (transport, "fingerprint");

  if (self->fingerprint == NULL)
    self->fingerprint = g_strdup (fingerprint);
  if (g_ascii_strcasecmp (self->fingerprint, fingerprint) == 0)
    return TRUE;
  g_set_error_literal (
      error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "the DTLS fingerprint of the peer changed");
  return FALSE;
}

static gboolean
take_ssrcs (GenosSdpMapState *self, const GenosSdp *sdp, GError **error)
{
  g_array_set_size (self->fresh_ssrcs, 0);
  for (guint i = 0; i < sdp->sections->len; i++) {
    const GenosSdpSection *section = g_ptr_array_index (sdp->sections, i);
    if (genos_sdp_section_is_alive (section))
      genos_sdp_section_collect_ssrcs (section, self->fresh_ssrcs);
    if (self->fresh_ssrcs->len > GENOS_SDP_MAP_MAX_SSRCS)
      break;
  }
  if (self->ssrcs->len + self->fresh_ssrcs->len <= 2 * GENOS_SDP_MAP_MAX_SSRCS
      && self->fresh_ssrcs->len <= GENOS_SDP_MAP_MAX_SSRCS)
    return TRUE;
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT, "the peer announced more than %d SSRCs",
      GENOS_SDP_MAP_MAX_SSRCS);
  return FALSE;
}

GenosSdp *
genos_sdp_map_remote_check (
    GenosSdpMapState *self, const char *text, gboolean is_offer, GError **error)
{
  g_autoptr (GenosSdp) sdp = genos_sdp_gate_check (text, is_offer, error);

  if (sdp == NULL || !check_continuity (self, sdp, is_offer, error)
      || !take_fingerprint (self, genos_sdp_map_remote_transport (sdp), error)
      || !take_ssrcs (self, sdp, error))
    return NULL;
  g_clear_pointer (&self->header, g_ptr_array_unref);
  self->header = genos_sdp_lines_copy (sdp->header);
  return g_steal_pointer (&sdp);
}

static gboolean
is_transport (const GenosSdpSection *section)
{
  return genos_sdp_section_get_media (section) == GENOS_SDP_MEDIA_APPLICATION
      && genos_sdp_section_is_alive (section);
}

const GenosSdpSection *
genos_sdp_map_remote_transport (const GenosSdp *sdp)
{
  for (guint i = 0; i < sdp->sections->len; i++) {
    const GenosSdpSection *section = g_ptr_array_index (sdp->sections, i);
    if (is_transport (section))
      return section;
  }
  return NULL;
}

const GenosSdpSection *
genos_sdp_map_remote_last_transport (const GenosSdpMapState *self)
{
  for (guint i = 0; i < self->lines->len; i++) {
    const GenosSdpMapLine *line = g_ptr_array_index (self->lines, i);
    if (line->last != NULL && is_transport (line->last))
      return line->last;
  }
  return NULL;
}
