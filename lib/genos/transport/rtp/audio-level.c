/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/audio-level.h>

#include <math.h>
#include <string.h>

/* RFC 6464, section 3: the level is "the audio level […] expressed in -dBov, with values from 0 to
 * 127"; the first bit tells of voice, which not everybody detects. */
#define LEVEL_MASK 0x7f
#define SILENCE 127

static gboolean
is_audio_level (const GValue *value)
{
  /* With a direction or attributes it is an array: direction, URI, attributes. */
  if (GST_VALUE_HOLDS_ARRAY (value)) {
    if (gst_value_array_get_size (value) < 2)
      return FALSE;
    value = gst_value_array_get_value (value, 1);
  }
  return G_VALUE_HOLDS_STRING (value)
      && g_strcmp0 (g_value_get_string (value), GENOS_AUDIO_LEVEL_URI) == 0;
}

guint
genos_audio_level_find_id (GstCaps *caps)
{
  const GstStructure *structure;

  if (caps == NULL || gst_caps_is_any (caps) || gst_caps_is_empty (caps))
    return 0;
  structure = gst_caps_get_structure (caps, 0);
  for (gint i = 0; i < gst_structure_n_fields (structure); i++) {
    const char *name = gst_structure_nth_field_name (structure, (guint) i);
    guint64 id;

    if (g_str_has_prefix (name, "extmap-")
        && g_ascii_string_to_unsigned (name + strlen ("extmap-"), 10, 1, 255, &id, NULL)
        && is_audio_level (gst_structure_get_value (structure, name)))
      return (guint) id;
  }
  return 0;
}

gboolean
genos_audio_level_read (const GenosRtpHeader *header, guint id, double *power)
{
  gsize size;
  const guint8 *value = genos_rtp_header_find_element (header, id, &size);
  guint level;

  if (value == NULL || size < 1)
    return FALSE;
  level = value[0] & LEVEL_MASK;
  *power = level == SILENCE ? 0 : pow (10, -(double) level / 10);
  return TRUE;
}
