/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-stand-in.h>

#include <genos/transport/sdp/sdp-extension-number.h>
#include <genos/transport/sdp/sdp-rtx.h>

#include <string.h>

/* No header of RTCP begins like that, so that a name is never found in one. */
#define FIRST_NAME 0x67000000u

/* Header extensions of packets that tell which m-line (RFC 8843, 9.1), and which of its encodings (RFC 8852),
 * they belong to. */
#define MID_URI "urn:ietf:params:rtp-hdrext:sdes:mid"
#define RID_URI "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"

static gboolean
announces_source (const GenosSdpSection *section)
{
  g_autoptr (GArray) ssrcs = g_array_new (FALSE, FALSE, sizeof (guint32));

  genos_sdp_section_collect_ssrcs (section, ssrcs);
  return ssrcs->len > 0;
}

static gboolean
is_used (const GArray *ssrcs, guint32 name)
{
  for (guint i = 0; i < ssrcs->len; i++) {
    guint32 ssrc = g_array_index (ssrcs, guint32, i);

    if (ssrc == name || ssrc == genos_sdp_rtx_ssrc (name))
      return TRUE;
  }
  return FALSE;
}

static guint32
invent_name (const GenosSdpMapState *self)
{
  guint32 name = FIRST_NAME + 1;

  while (is_used (self->ssrcs, name) || is_used (self->fresh_ssrcs, name))
    name++;
  return name;
}

static void
announce (GenosSdpMapState *self, const GenosSdpMapLine *line, GenosSdpSection *section)
{
  guint32 media = line->stand_in.ssrc;
  guint32 repair = genos_sdp_rtx_ssrc (media);
  g_autofree char *group = g_strdup_printf ("FID %u %u", media, repair);
  g_autofree char *first = g_strdup_printf ("%u cname:%s", media, line->mid);
  g_autofree char *second = g_strdup_printf ("%u cname:%s", repair, line->mid);

  if (line->media == GENOS_SDP_MEDIA_VIDEO)
    genos_sdp_lines_add (section->lines, "ssrc-group", group);
  genos_sdp_lines_add (section->lines, "ssrc", first);
  g_array_append_val (self->fresh_ssrcs, media);
  if (line->media != GENOS_SDP_MEDIA_VIDEO)
    return;
  genos_sdp_lines_add (section->lines, "ssrc", second);
  g_array_append_val (self->fresh_ssrcs, repair);
}

void
genos_sdp_stand_in_announce (
    GenosSdpMapState *self, GenosSdpMapLine *line, GenosSdpSection *section)
{
  if (!genos_sdp_map_line_is_av (line))
    return;
  genos_sdp_lines_remove (section->lines, "simulcast");
  genos_sdp_lines_remove (section->lines, "rid");
  if ((genos_sdp_section_get_direction (section) & GENOS_SDP_SENDONLY) == 0
      || announces_source (section)) {
    line->stand_in.ssrc = 0;
    return;
  }
  if (line->stand_in.ssrc == 0) {
    line->stand_in = (GenosStandIn){ .ssrc = invent_name (self), .payload = -1, .rtx_payload = -1 };
    g_strlcpy (line->stand_in.mid, line->mid, sizeof line->stand_in.mid);
  }
  announce (self, line, section);
}

static int
first_payload (const GenosSdpSection *section)
{
  g_auto (GStrv) words = g_strsplit (g_ptr_array_index (section->lines, 0), " ", 5);
  guint64 payload;

  if (g_strv_length (words) < 4
      || !g_ascii_string_to_unsigned (words[3], 10, 0, 127, &payload, NULL))
    return -1;
  return (int) payload;
}

/* "a=fmtp:97 apt=96" */
static int
find_rtx_payload (const GenosSdpSection *section, int payload)
{
  for (guint i = 1; i < section->lines->len; i++) {
    const char *line = g_ptr_array_index (section->lines, i);
    const char *apt = g_str_has_prefix (line, "a=fmtp:") ? strstr (line, " apt=") : NULL;
    guint64 number;

    if (apt == NULL || g_ascii_strtoull (apt + strlen (" apt="), NULL, 10) != (guint64) payload)
      continue;
    number = g_ascii_strtoull (line + strlen ("a=fmtp:"), NULL, 10);
    if (number <= 127)
      return (int) number;
  }
  return -1;
}

static gboolean
stands_in (const GenosSdpMapLine *line)
{
  return line->stand_in.ssrc != 0 && !line->dead && line->last != NULL;
}

void
genos_sdp_stand_in_ask (const GenosSdpMapLine *line, GenosSdpSection *section)
{
  if (!stands_in (line))
    return;
  genos_sdp_section_answer_extension (section, line->last, MID_URI);
  genos_sdp_section_answer_extension (section, line->last, RID_URI);
}

void
genos_sdp_stand_in_note (GenosSdpMapLine *line, const GenosSdpSection *answer)
{
  if (!stands_in (line))
    return;
  line->stand_in.mid_extension = genos_sdp_section_find_extension (answer, MID_URI);
  line->stand_in.payload = first_payload (answer);
  line->stand_in.rtx_payload =
      line->stand_in.payload >= 0 ? find_rtx_payload (answer, line->stand_in.payload) : -1;
}
