/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-line.h>

#include <genos/transport/sdp/sdp-extension.h>
#include <genos/transport/sdp/sdp-payloads.h>
#include <genos/transport/sdp/sdp-rtx.h>

#include <string.h>

/* A name longer than this is no name for anybody; the track goes without. */
#define MAX_REMOTE_ID 256

static const char *const transport_attributes[] = { "ice-ufrag", "ice-pwd", "fingerprint" };

GenosSdpMapLine *
genos_sdp_map_line_new (const char *mid, GenosSdpMedia media, gboolean own)
{
  GenosSdpMapLine *self = g_new0 (GenosSdpMapLine, 1);
  self->mid = g_strdup (mid);
  self->media = media;
  self->own = own;
  self->want = own;
  return self;
}

GenosSdpMapLine *
genos_sdp_map_line_copy (const GenosSdpMapLine *self)
{
  GenosSdpMapLine *copy = g_memdup2 (self, sizeof *self);

  copy->mid = g_strdup (self->mid);
  copy->stream_id = g_strdup (self->stream_id);
  copy->track_id = g_strdup (self->track_id);
  copy->remote_stream_id = g_strdup (self->remote_stream_id);
  copy->remote_track_id = g_strdup (self->remote_track_id);
  copy->last = self->last != NULL ? genos_sdp_section_copy (self->last) : NULL;
  copy->self = self->self != NULL ? genos_sdp_section_copy (self->self) : NULL;
  return copy;
}

void
genos_sdp_map_line_free (GenosSdpMapLine *self)
{
  g_free (self->mid);
  g_free (self->stream_id);
  g_free (self->track_id);
  g_free (self->remote_stream_id);
  g_free (self->remote_track_id);
  genos_sdp_section_free (self->last);
  genos_sdp_section_free (self->self);
  g_free (self);
}

gboolean
genos_sdp_map_line_is_av (const GenosSdpMapLine *self)
{
  return self->media == GENOS_SDP_MEDIA_AUDIO || self->media == GENOS_SDP_MEDIA_VIDEO;
}

static char *
take_bounded (char *id)
{
  if (id != NULL && strlen (id) > MAX_REMOTE_ID)
    g_clear_pointer (&id, g_free);
  return id;
}

void
genos_sdp_map_line_note_remote (GenosSdpMapLine *self, const GenosSdpSection *section)
{
  char *stream_id, *track_id;

  genos_sdp_section_get_msid (section, &stream_id, &track_id);
  g_free (self->remote_stream_id);
  g_free (self->remote_track_id);
  self->remote_stream_id = take_bounded (stream_id);
  self->remote_track_id = take_bounded (track_id);
  genos_sdp_section_free (self->last);
  self->last = genos_sdp_section_copy (section);
}

void
genos_sdp_map_line_note_self (GenosSdpMapLine *self, const GenosSdpSection *section)
{
  genos_sdp_section_free (self->self);
  self->self = genos_sdp_section_copy (section);
}

void
genos_sdp_map_line_die (GenosSdpMapLine *self)
{
  self->dead = TRUE;
  self->sending = FALSE;
  self->receiving = FALSE;
}

gboolean
genos_sdp_map_line_match_codecs (GenosSdpMapLine *self, const GenosSdpSection *section)
{
  return !self->own || self->self == NULL
      || genos_sdp_payloads_match (&self->payloads, self->self, section);
}

/* webrtcbin names tracks after its transceiver objects; ours have names of their own. */
static void
rewrite_msid (const GenosSdpMapLine *self, GenosSdpSection *section)
{
  g_autofree char *msid = g_strdup_printf ("%s %s", self->stream_id, self->track_id);

  for (guint i = 1; i < section->lines->len; i++) {
    char *line = g_ptr_array_index (section->lines, i);
    char *space = strchr (line, ' ');
    if (!g_str_has_prefix (line, "a=ssrc:") || space == NULL || !g_str_has_prefix (space, " msid:"))
      continue;
    section->lines->pdata[i] = g_strdup_printf ("%.*s msid:%s", (int) (space - line), line, msid);
    g_free (line);
  }
  genos_sdp_lines_set (section->lines, "msid", msid);
}

GenosSdpSection *
genos_sdp_map_line_to_wire (
    const GenosSdpMapLine *self, const GenosSdpSection *internal, gboolean send, gboolean receive)
{
  GenosSdpSection *section = genos_sdp_section_copy (internal);

  genos_sdp_lines_remove (section->lines, "ice-options");
  if (!genos_sdp_map_line_is_av (self))
    return section;
  genos_sdp_payloads_to_wire (&self->payloads, section);
  genos_sdp_section_set_direction (section,
      (send ? GENOS_SDP_SENDONLY : GENOS_SDP_INACTIVE)
          | (receive ? GENOS_SDP_RECVONLY : GENOS_SDP_INACTIVE));
  if (receive && self->last != NULL)
    genos_sdp_section_agree_extensions (section, self->last);
  if (!send) {
    genos_sdp_section_drop_sources (section);
    return section;
  }
  rewrite_msid (self, section);
  genos_sdp_section_pin_rtx (section);
  return section;
}

static void
drop_transport (GenosSdpSection *section)
{
  for (guint i = 0; i < G_N_ELEMENTS (transport_attributes); i++)
    genos_sdp_lines_remove (section->lines, transport_attributes[i]);
  genos_sdp_lines_remove (section->lines, "setup");
  genos_sdp_lines_remove (section->lines, "candidate");
  genos_sdp_lines_remove (section->lines, "end-of-candidates");
  genos_sdp_lines_remove (section->lines, "ice-options");
}

GenosSdpSection *
genos_sdp_map_line_dead_section (const GenosSdpMapLine *self, const GenosSdpSection *internal)
{
  const GenosSdpSection *shape = self->last != NULL ? self->last : self->self;
  GenosSdpSection *section = genos_sdp_section_copy (internal != NULL ? internal : shape);

  drop_transport (section);
  genos_sdp_section_drop_sources (section);
  genos_sdp_lines_remove (section->lines, "bundle-only");
  genos_sdp_section_set_port (section, 0);
  genos_sdp_section_set_direction (section, GENOS_SDP_INACTIVE);
  return section;
}

/* How the remote's side of the line would look if it had never changed. */
static GenosSdpSection *
make_up (const GenosSdpMapLine *self, const GenosSdpSection *transport)
{
  GenosSdpSection *section = genos_sdp_section_copy (self->last != NULL ? self->last : self->self);

  if (self->last == NULL) {
    genos_sdp_section_drop_sources (section);
    genos_sdp_lines_remove (section->lines, "rtcp-mux-only");
  }
  drop_transport (section);
  genos_sdp_lines_remove (section->lines, "bundle-only");
  genos_sdp_section_set_port (section, 9);
  for (guint i = 0; i < G_N_ELEMENTS (transport_attributes); i++) {
    const char *value = genos_sdp_section_get (transport, transport_attributes[i]);
    if (value != NULL)
      genos_sdp_lines_add (section->lines, transport_attributes[i], value);
  }
  return section;
}

static const char *
setup_for (gboolean is_offer, GenosSdpRole role, const GenosSdpSection *transport)
{
  if (role == GENOS_SDP_ROLE_ACTIVE)
    return "active";
  if (role == GENOS_SDP_ROLE_PASSIVE)
    return is_offer ? "actpass" : "passive";
  return genos_sdp_section_get (transport, "setup");
}

GenosSdpSection *
genos_sdp_map_line_to_internal (const GenosSdpMapLine *self, const GenosSdpSection *wire,
    const GenosSdpSection *transport, gboolean is_offer, GenosSdpRole role)
{
  GenosSdpSection *section =
      wire != NULL ? genos_sdp_section_copy (wire) : make_up (self, transport);
  const char *setup = setup_for (is_offer, role, transport);

  if (setup != NULL)
    genos_sdp_lines_set (section->lines, "setup", setup);
  if (wire != NULL || self->last != NULL)
    genos_sdp_payloads_to_inner (&self->payloads, section);
  if (genos_sdp_map_line_is_av (self))
    genos_sdp_section_set_direction (
        section, is_offer || self->own ? GENOS_SDP_SENDRECV : GENOS_SDP_SENDONLY);
  return section;
}
