/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The three texts around an offer of ours: out offer, in answer, self-made answer. */

#include <genos/transport/sdp/sdp-map-state.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/transport/sdp/sdp-gate.h>
#include <genos/transport/sdp/sdp-map-remote.h>
#include <genos/transport/sdp/sdp-payloads.h>
#include <genos/transport/sdp/sdp-stand-in.h>

static GenosSdpMapLine *
line_of_own_section (
    GenosSdpMapState *self, const GenosSdpSection *section, guint *index, GError **error)
{
  const char *mid = genos_sdp_section_get_mid (section);
  GenosSdpMedia media = genos_sdp_section_get_media (section);
  GenosSdpMapLine *line = genos_sdp_map_state_find (self, mid, index);

  if (line != NULL && line->media == media)
    return line;
  if (line == NULL && mid != NULL && media == GENOS_SDP_MEDIA_APPLICATION) {
    line = genos_sdp_map_line_new (mid, media, FALSE);
    return genos_sdp_map_state_add (self, line, index, error) ? line : NULL;
  }
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_FAILED,
      "the own offer has an m-line %s that was never declared", mid != NULL ? mid : "without mid");
  return NULL;
}

/* Wire order first, then what is new there. Lines that are dead and gone from the wire stay away. */
static gboolean
order_own_offer (GenosSdpMapState *self, const GenosSdp *internal, GError **error)
{
  g_array_set_size (self->pending_wire, 0);
  if (self->wire->len > 0)
    g_array_append_vals (self->pending_wire, self->wire->data, self->wire->len);
  for (guint i = 0; i < internal->sections->len; i++) {
    const GenosSdpSection *section = g_ptr_array_index (internal->sections, i);
    guint index;
    GenosSdpMapLine *line = line_of_own_section (self, section, &index, error);
    if (line == NULL)
      return FALSE;
    genos_sdp_map_line_note_self (line, section);
    if (!line->dead && !genos_sdp_map_state_has (self->pending_wire, index))
      g_array_append_val (self->pending_wire, index);
  }
  return TRUE;
}

static gboolean
is_renumbered (const GenosSdpMapLine *line)
{
  return line->payloads.n > 0 && !line->dead;
}

/* A number has one meaning on a transport: what the remote calls something of a line that it knows, a new
 * line cannot call something else. */
static void
number_new_line (GenosSdpMapState *self, GenosSdpMapLine *line, const GenosSdpSection *internal)
{
  g_autoptr (GArray) neighbours = g_array_new (FALSE, FALSE, sizeof (GenosSdpNeighbour));
  gboolean any = FALSE;

  line->payloads.n = 0;
  for (guint i = 0; i < self->lines->len; i++) {
    const GenosSdpMapLine *other = g_ptr_array_index (self->lines, i);
    GenosSdpNeighbour neighbour = { other->self, other->last, other->payloads };

    if (other == line || other->dead || !genos_sdp_map_line_is_av (other))
      continue;
    any = any || is_renumbered (other);
    g_array_append_val (neighbours, neighbour);
  }
  if (any)
    genos_sdp_payloads_make_way (&line->payloads, internal, neighbours);
}

static GenosSdpSection *
offer_section (GenosSdpMapState *self, GenosSdpMapLine *line, const GenosSdpSection *internal)
{
  GenosSdpSection *section;

  line->offered = line->own && line->want && !line->dead;
  line->asked = !line->dead && (line->remote_stream_id != NULL || line->remote_track_id != NULL);
  if (line->dead)
    return genos_sdp_map_line_dead_section (line, internal);
  if (line->own && line->last == NULL)
    number_new_line (self, line, internal);
  section = genos_sdp_map_line_to_wire (line, internal, line->offered, line->asked);
  genos_sdp_stand_in_ask (line, section);
  return section;
}

char *
genos_sdp_map_state_out_offer (GenosSdpMapState *self, const char *text, GError **error)
{
  g_autoptr (GenosSdp) internal = genos_sdp_parse (text, error);
  g_autoptr (GenosSdp) wire = NULL;

  if (internal == NULL || !order_own_offer (self, internal, error))
    return NULL;
  wire = genos_sdp_new_with_header (internal->header);
  genos_sdp_lines_remove (wire->header, "ice-options");
  for (guint i = 0; i < self->pending_wire->len; i++) {
    GenosSdpMapLine *line = genos_sdp_map_state_at (self, self->pending_wire, i);
    const GenosSdpSection *section = genos_sdp_find (internal, line->mid);
    if (section == NULL && !line->dead) {
      g_set_error (
          error, GENOS_ERROR, GENOS_ERROR_FAILED, "the own offer lacks the m-line %s", line->mid);
      return NULL;
    }
    g_ptr_array_add (wire->sections, offer_section (self, line, section));
  }
  genos_sdp_rebuild_bundle (wire);
  g_clear_pointer (&self->pending, genos_sdp_free);
  self->pending = g_steal_pointer (&internal);
  return genos_sdp_to_string (wire);
}

static void
take_answer_section (GenosSdpMapState *self, GenosSdpMapLine *line, GenosSdpSection *section)
{
  GenosSdpDirection direction = genos_sdp_section_get_direction (section);
  gboolean remote_wants;

  if (line->dead)
    return;
  if (!genos_sdp_section_is_alive (section)) {
    genos_sdp_map_line_die (line);
    return;
  }
  if (line->asked)
    genos_sdp_stand_in_announce (self, line, section);
  genos_sdp_map_line_note_remote (line, section);
  if (!genos_sdp_map_line_is_av (line))
    return;
  /* An answer without any is for webrtcbin to judge. */
  genos_sdp_map_line_match_codecs (line, section);
  genos_sdp_stand_in_note (line, section);
  line->receiving = line->asked && (direction & GENOS_SDP_SENDONLY);
  line->sending = line->offered && line->want && (direction & GENOS_SDP_RECVONLY);
  remote_wants = line->remote_stream_id != NULL || line->remote_track_id != NULL;
  if (remote_wants && !(direction & GENOS_SDP_SENDONLY) && !line->asked)
    self->follow_up = TRUE;
}

/* Everything of our offer is with webrtcbin for good, in the order webrtcbin gave it. */
static void
bind_pending (GenosSdpMapState *self)
{
  g_array_set_size (self->inner, 0);
  for (guint i = 0; i < self->pending->sections->len; i++) {
    guint index;
    GenosSdpMapLine *line = genos_sdp_map_state_find (
        self, genos_sdp_section_get_mid (g_ptr_array_index (self->pending->sections, i)), &index);
    line->bound = TRUE;
    g_array_append_val (self->inner, index);
  }
  g_clear_pointer (&self->pending, genos_sdp_free);
  g_array_set_size (self->pending_wire, 0);
}

/* @wire NULL: every section is made up. */
static char *
write_answer (GenosSdpMapState *self, const GenosSdp *wire, const GenosSdpSection *transport)
{
  g_autoptr (GenosSdp) internal = genos_sdp_new_with_header (self->header);

  for (guint i = 0; i < self->inner->len; i++) {
    GenosSdpMapLine *line = genos_sdp_map_state_at (self, self->inner, i);
    const GenosSdpSection *section = NULL;
    if (wire != NULL && !line->dead)
      section = genos_sdp_find (wire, line->mid);
    g_ptr_array_add (internal->sections,
        genos_sdp_map_line_to_internal (line, section, transport, FALSE, self->role));
  }
  genos_sdp_rebuild_bundle (internal);
  return genos_sdp_to_string (internal);
}

static gboolean
check_pending (GenosSdpMapState *self, GError **error)
{
  if (self->pending != NULL)
    return TRUE;
  g_set_error_literal (
      error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "an answer came without an offer of ours");
  return FALSE;
}

char *
genos_sdp_map_state_in_answer (GenosSdpMapState *self, const char *text, GError **error)
{
  g_autoptr (GenosSdp) wire = NULL;
  const GenosSdpSection *transport;

  if (!check_pending (self, error))
    return NULL;
  wire = genos_sdp_map_remote_check (self, text, FALSE, error);
  if (wire == NULL)
    return NULL;
  transport = genos_sdp_map_remote_transport (wire);
  if (self->role == GENOS_SDP_ROLE_UNKNOWN)
    self->role = strcmp (genos_sdp_section_get (transport, "setup"), "active") == 0
        ? GENOS_SDP_ROLE_ACTIVE
        : GENOS_SDP_ROLE_PASSIVE;
  for (guint i = 0; i < self->pending_wire->len; i++)
    take_answer_section (self, genos_sdp_map_state_at (self, self->pending_wire, i),
        g_ptr_array_index (wire->sections, i));
  g_array_set_size (self->wire, 0);
  g_array_append_vals (self->wire, self->pending_wire->data, self->pending_wire->len);
  bind_pending (self);
  return write_answer (self, wire, transport);
}

char *
genos_sdp_map_state_self_answer (GenosSdpMapState *self, GError **error)
{
  const GenosSdpSection *transport = genos_sdp_map_remote_last_transport (self);

  if (!check_pending (self, error))
    return NULL;
  if (self->header == NULL || transport == NULL) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_FAILED,
        "an own offer cannot be bound before the first exchange");
    return NULL;
  }
  bind_pending (self);
  return write_answer (self, NULL, transport);
}
