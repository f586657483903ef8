/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The three texts around an offer of theirs: in offer, local answer, out answer. */

#include <genos/transport/sdp/sdp-map-state.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/transport/sdp/sdp-codecs.h>
#include <genos/transport/sdp/sdp-extension-number.h>
#include <genos/transport/sdp/sdp-extension.h>
#include <genos/transport/sdp/sdp-map-remote.h>
#include <genos/transport/sdp/sdp-stand-in.h>

static gboolean
refuse (GError **error, const char *mid, const char *what)
{
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "m-line %s %s", mid, what);
  return FALSE;
}

/* A line at a place of the wire where it was not before. */
static gboolean
find_new_line (GenosSdpMapState *self, const GenosSdpSection *section, guint *index, GError **error)
{
  const char *mid = genos_sdp_section_get_mid (section);
  GenosSdpMedia media = genos_sdp_section_get_media (section);
  GenosSdpMapLine *line = genos_sdp_map_state_find (self, mid, index);

  if (line == NULL)
    return genos_sdp_map_state_add (self, genos_sdp_map_line_new (mid, media, FALSE), index, error);
  /* An offer of ours that we gave up, but they took: the line is with webrtcbin already. */
  if (line->own && line->bound && !line->dead && line->media == media
      && !genos_sdp_map_state_has (self->wire, *index))
    return TRUE;
  return refuse (error, mid, "was at another place");
}

static gboolean
check_channel_stays (GenosSdpMapState *self, GError **error)
{
  for (guint i = 0; i < self->lines->len; i++) {
    const GenosSdpMapLine *line = g_ptr_array_index (self->lines, i);
    if (line->media == GENOS_SDP_MEDIA_APPLICATION && line->dead)
      return refuse (error, line->mid, "was the data channel and is gone");
  }
  return TRUE;
}

static gboolean
bind_new_line (GenosSdpMapState *self, GenosSdpMapLine *line, guint index, GError **error)
{
  if (line->bound)
    return TRUE;
  if (self->inner->len >= GENOS_SDP_MAX_SECTIONS) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT, "this link has had %d m-lines",
        GENOS_SDP_MAX_SECTIONS);
    return FALSE;
  }
  line->bound = TRUE;
  g_array_append_val (self->inner, index);
  return TRUE;
}

static gboolean
choose_codecs (GenosSdpMapState *self, const GenosSdpMapLine *line, GenosSdpSection *section)
{
  GStrv codecs = line->media == GENOS_SDP_MEDIA_VIDEO ? self->video_codecs : self->audio_codecs;

  return codecs == NULL || line->own || !genos_sdp_map_line_is_av (line)
      || genos_sdp_section_choose_codecs (section, (const char *const *) codecs);
}

/* The answer has it as a dead one; webrtcbin goes on seeing it as it last lived, or never at all. */
static void
refuse_line (GenosSdpMapLine *line, const GenosSdpSection *section)
{
  if (line->last == NULL && !line->bound)
    genos_sdp_map_line_note_remote (line, section);
  genos_sdp_map_line_die (line);
}

static gboolean
take_offer_section (GenosSdpMapState *self, guint index, GenosSdpSection *section, GError **error)
{
  GenosSdpMapLine *line = g_ptr_array_index (self->lines, index);

  if (line->dead)
    return TRUE;
  if (!genos_sdp_section_is_alive (section)) {
    refuse_line (line, section);
    return TRUE;
  }
  if (!choose_codecs (self, line, section)) {
    refuse_line (line, section);
    return TRUE;
  }
  /* webrtcbin would reject the section, and break on its own rejection: we do it for it. */
  if (line->own && !genos_sdp_map_line_match_codecs (line, section)) {
    genos_sdp_map_line_die (line);
    return TRUE;
  }
  line->off = genos_sdp_section_get_direction (section);
  genos_sdp_stand_in_announce (self, line, section);
  genos_sdp_map_line_note_remote (line, section);
  return bind_new_line (self, line, index, error);
}

static gboolean
take_offer_sections (GenosSdpMapState *self, const GenosSdp *wire, GError **error)
{
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < wire->sections->len; i++) {
    GenosSdpSection *section = g_ptr_array_index (wire->sections, i);
    const char *mid = genos_sdp_section_get_mid (section);
    guint index = 0;

    if (i < self->wire->len && strcmp (genos_sdp_map_state_at (self, self->wire, i)->mid, mid) == 0)
      index = g_array_index (self->wire, guint, i);
    else if (!find_new_line (self, section, &index, error))
      return FALSE;
    if (!take_offer_section (self, index, section, error))
      return FALSE;
    g_array_append_val (order, index);
  }
  g_array_unref (self->wire);
  self->wire = g_steal_pointer (&order);
  return check_channel_stays (self, error);
}

char *
genos_sdp_map_state_in_offer (GenosSdpMapState *self, const char *text, GError **error)
{
  g_autoptr (GenosSdp) wire = genos_sdp_map_remote_check (self, text, TRUE, error);
  g_autoptr (GenosSdp) internal = NULL;
  const GenosSdpSection *transport;

  if (wire == NULL || !take_offer_sections (self, wire, error))
    return NULL;
  transport = genos_sdp_map_remote_transport (wire);
  internal = genos_sdp_new_with_header (self->header);
  for (guint i = 0; i < self->inner->len; i++) {
    const GenosSdpMapLine *line = genos_sdp_map_state_at (self, self->inner, i);
    const GenosSdpSection *section = line->dead ? NULL : genos_sdp_find (wire, line->mid);
    g_ptr_array_add (internal->sections,
        genos_sdp_map_line_to_internal (line, section, transport, TRUE, self->role));
  }
  genos_sdp_rebuild_bundle (internal);
  return genos_sdp_to_string (internal);
}

static const char *
own_fingerprint (const GenosSdp *internal)
{
  for (guint i = 0; i < internal->sections->len; i++) {
    const GenosSdpSection *section = g_ptr_array_index (internal->sections, i);
    if (genos_sdp_section_is_alive (section))
      return genos_sdp_section_get (section, "fingerprint");
  }
  return NULL;
}

/* What packets are read for is what webrtcbin was last told that they carry. */
static void
agree_extensions (GenosSdpMapState *self, GenosSdpSection *section)
{
  const char *mid = genos_sdp_section_get_mid (section);
  guint index;
  const GenosSdpMapLine *line = mid != NULL ? genos_sdp_map_state_find (self, mid, &index) : NULL;

  if (line == NULL || line->last == NULL || !genos_sdp_map_line_is_av (line))
    return;
  genos_sdp_section_agree_extensions (section, line->last);
  genos_sdp_section_answer_extension (section, line->last, GENOS_TRANSPORT_CC_URI);
}

char *
genos_sdp_map_state_local_answer (GenosSdpMapState *self, const char *text, GError **error)
{
  g_autoptr (GenosSdp) internal = genos_sdp_parse (text, error);
  g_autofree char *fingerprint = NULL;

  if (internal == NULL)
    return NULL;
  fingerprint = g_strdup (own_fingerprint (internal));
  for (guint i = 0; fingerprint != NULL && i < internal->sections->len; i++) {
    GenosSdpSection *section = g_ptr_array_index (internal->sections, i);
    if (!genos_sdp_section_is_alive (section))
      genos_sdp_lines_set (section->lines, "fingerprint", fingerprint);
    else
      agree_extensions (self, section);
  }
  return genos_sdp_to_string (internal);
}

static GenosSdpSection *
answer_section (GenosSdpMapLine *line, const GenosSdpSection *internal)
{
  if (!line->dead && !genos_sdp_section_is_alive (internal))
    genos_sdp_map_line_die (line);
  if (line->dead)
    return genos_sdp_map_line_dead_section (line, internal);
  line->sending = line->own && line->want && (line->off & GENOS_SDP_RECVONLY);
  line->receiving = (line->off & GENOS_SDP_SENDONLY) != 0;
  return genos_sdp_map_line_to_wire (line, internal, line->sending, line->receiving);
}

/* The DTLS role that our first answer takes is the opposite of the remote's, from then on. */
static void
settle_role (GenosSdpMapState *self, const GenosSdp *internal)
{
  const GenosSdpSection *section = genos_sdp_map_remote_transport (internal);
  const char *setup = section != NULL ? genos_sdp_section_get (section, "setup") : NULL;

  if (self->role == GENOS_SDP_ROLE_UNKNOWN && setup != NULL)
    self->role = strcmp (setup, "passive") == 0 ? GENOS_SDP_ROLE_ACTIVE : GENOS_SDP_ROLE_PASSIVE;
}

/* On the wire: what the offer has, and nothing else. */
static void
answer_extensions (
    const GenosSdpMapState *self, const GenosSdpMapLine *line, GenosSdpSection *answer)
{
  if (line->dead || line->last == NULL)
    return;
  genos_sdp_section_keep_extensions (answer, line->last);
  if (line->receiving)
    genos_sdp_section_answer_extension (answer, line->last, GENOS_TRANSPORT_CC_URI);
}

char *
genos_sdp_map_state_out_answer (GenosSdpMapState *self, const char *text, GError **error)
{
  g_autoptr (GenosSdp) internal = genos_sdp_parse (text, error);
  g_autoptr (GenosSdp) wire = NULL;

  if (internal == NULL)
    return NULL;
  settle_role (self, internal);
  wire = genos_sdp_new_with_header (internal->header);
  genos_sdp_lines_remove (wire->header, "ice-options");
  for (guint i = 0; i < self->wire->len; i++) {
    GenosSdpMapLine *line = genos_sdp_map_state_at (self, self->wire, i);
    const GenosSdpSection *section = genos_sdp_find (internal, line->mid);
    if (section == NULL && !line->dead) {
      g_set_error (
          error, GENOS_ERROR, GENOS_ERROR_FAILED, "the own answer lacks the m-line %s", line->mid);
      return NULL;
    }
    g_ptr_array_add (wire->sections, answer_section (line, section));
    answer_extensions (self, line, g_ptr_array_index (wire->sections, i));
    genos_sdp_stand_in_ask (line, g_ptr_array_index (wire->sections, i));
    genos_sdp_stand_in_note (line, g_ptr_array_index (wire->sections, i));
  }
  genos_sdp_rebuild_bundle (wire);
  return genos_sdp_to_string (wire);
}
