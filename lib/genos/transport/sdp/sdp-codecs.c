/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-codecs.h>

#include <genos/transport/sdp/sdp-formats.h>

#include <string.h>

/* Formats that help another one. They stay when a codec does. */
static const char *const helpers[] = { "red", "ulpfec", "flexfec-03", "telephone-event", "CN" };

typedef struct {
  GenosSdpFormat all[GENOS_SDP_N_FORMATS];
  gboolean kept[GENOS_SDP_N_FORMATS];
} Formats;

static gboolean
is_helper (const GenosSdpFormat *format)
{
  for (guint i = 0; i < G_N_ELEMENTS (helpers); i++) {
    if (genos_sdp_format_is_called (format, helpers[i]))
      return TRUE;
  }
  return FALSE;
}

static void
keep (Formats *formats, guint payload, GString *order)
{
  formats->kept[payload] = TRUE;
  g_string_append_printf (order, " %u", payload);
}

static gboolean
is_one_of (const GenosSdpFormat *format, const char *const *codecs)
{
  for (guint i = 0; codecs[i] != NULL; i++) {
    if (genos_sdp_format_is_called (format, codecs[i]))
      return TRUE;
  }
  return FALSE;
}

static void
keep_called (Formats *formats, const GArray *listed, const char *const *codecs, GString *order)
{
  for (guint i = 0; i < listed->len; i++) {
    guint payload = g_array_index (listed, guint, i);

    if (!formats->kept[payload] && is_one_of (&formats->all[payload], codecs))
      keep (formats, payload, order);
  }
}

static void
keep_group (Formats *formats, const GArray *listed, const char *const *codecs, GString *order)
{
  g_autoptr (GPtrArray) group = g_ptr_array_new ();

  for (guint i = 0; codecs[i] != NULL && strcmp (codecs[i], GENOS_SDP_IN_THEIR_ORDER) != 0; i++)
    g_ptr_array_add (group, (gpointer) codecs[i]);
  g_ptr_array_add (group, NULL);
  keep_called (formats, listed, (const char *const *) group->pdata, order);
}

/* @listed: the payload types of the m= line, in its order. */
static gboolean
choose (Formats *formats, const GArray *listed, const char *const *codecs, GString *order)
{
  for (guint c = 0; codecs[c] != NULL; c++) {
    if (strcmp (codecs[c], GENOS_SDP_IN_THEIR_ORDER) == 0)
      keep_group (formats, listed, codecs + c + 1, order);
    else
      keep_called (formats, listed, (const char *const[]){ codecs[c], NULL }, order);
  }
  if (order->len == 0)
    return FALSE;
  for (guint i = 0; i < listed->len; i++) {
    guint payload = g_array_index (listed, guint, i);
    int repaired = formats->all[payload].repaired;

    if (formats->kept[payload])
      continue;
    if (is_helper (&formats->all[payload])
        || (genos_sdp_format_is_called (&formats->all[payload], "rtx") && repaired >= 0
            && formats->kept[repaired]))
      keep (formats, payload, order);
  }
  return TRUE;
}

static gboolean
describes_dropped (const char *line, const Formats *formats)
{
  int payload = genos_sdp_line_get_format (line, NULL, NULL);

  return payload >= 0 && !formats->kept[payload];
}

static void
rewrite (GenosSdpSection *section, gsize head, const Formats *formats, const GString *order)
{
  char *line = g_ptr_array_index (section->lines, 0);
  guint i = 1;

  section->lines->pdata[0] = g_strdup_printf ("%.*s%s", (int) head, line, order->str);
  g_free (line);
  while (i < section->lines->len) {
    if (describes_dropped (g_ptr_array_index (section->lines, i), formats))
      g_ptr_array_remove_index (section->lines, i);
    else
      i++;
  }
}

gboolean
genos_sdp_section_choose_codecs (GenosSdpSection *section, const char *const *codecs)
{
  gsize head = 0;
  g_autoptr (GArray) listed = genos_sdp_section_list_formats (section, &head);
  g_autoptr (GString) order = g_string_new (NULL);
  Formats formats = { 0 };

  if (listed == NULL)
    return FALSE;
  genos_sdp_formats_read (formats.all, section);
  if (!choose (&formats, listed, codecs, order))
    return FALSE;
  rewrite (section, head, &formats, order);
  return TRUE;
}
