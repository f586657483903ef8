/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-rtx.h>

#include <string.h>

#define GROUP "a=ssrc-group:FID "
#define SOURCE "a=ssrc:"

guint32
genos_sdp_rtx_ssrc (guint32 ssrc)
{
  /* Sources are drawn at random: that the other half has it already is as unlikely as a collision. */
  return ssrc ^ 0x80000000;
}

/* `FID MAIN RTX` */
static gboolean
parse_group (const char *line, guint32 *ssrc, guint32 *rtx)
{
  g_auto (GStrv) words = NULL;
  guint64 numbers[2];

  if (!g_str_has_prefix (line, GROUP))
    return FALSE;
  words = g_strsplit (line + strlen (GROUP), " ", 3);
  if (g_strv_length (words) != 2)
    return FALSE;
  for (guint i = 0; i < 2; i++) {
    if (!g_ascii_string_to_unsigned (words[i], 10, 0, G_MAXUINT32, &numbers[i], NULL))
      return FALSE;
  }
  *ssrc = (guint32) numbers[0];
  *rtx = (guint32) numbers[1];
  return TRUE;
}

static void
set_line (GenosSdpSection *section, guint index, char *line)
{
  g_free (section->lines->pdata[index]);
  section->lines->pdata[index] = line;
}

static void
rename_source (GenosSdpSection *section, guint32 from, guint32 to)
{
  g_autofree char *prefix = g_strdup_printf (SOURCE "%u ", from);

  for (guint i = 1; i < section->lines->len; i++) {
    const char *line = g_ptr_array_index (section->lines, i);

    if (g_str_has_prefix (line, prefix))
      set_line (section, i, g_strdup_printf (SOURCE "%u %s", to, line + strlen (prefix)));
  }
}

void
genos_sdp_section_pin_rtx (GenosSdpSection *section)
{
  for (guint i = 1; i < section->lines->len; i++) {
    guint32 ssrc, rtx;

    if (!parse_group (g_ptr_array_index (section->lines, i), &ssrc, &rtx))
      continue;
    rename_source (section, rtx, genos_sdp_rtx_ssrc (ssrc));
    set_line (section, i, g_strdup_printf (GROUP "%u %u", ssrc, genos_sdp_rtx_ssrc (ssrc)));
  }
}
