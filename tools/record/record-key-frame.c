/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "record-key-frame.h"

/* Where a configuration record says how many bytes a NAL unit's length has (ISO 14496-15, 5.3.3.1.2 and
 * 8.3.3.1.2). */
#define AVC_LENGTH_SIZE 4
#define HEVC_LENGTH_SIZE 21

typedef gboolean (*BeginsFunc) (guint8 header);

static gboolean
begins_h264 (guint8 header)
{
  guint type = header & 0x1f;

  return type == 5 || type == 7; /* IDR, SPS */
}

static gboolean
begins_h265 (guint8 header)
{
  guint type = (header >> 1) & 0x3f;

  return (type >= 16 && type <= 23) || type == 33; /* IRAP, SPS */
}

/* 0: start codes stand between the NAL units. */
static guint
get_length_size (const GstStructure *structure, guint at)
{
  const GValue *value = gst_structure_get_value (structure, "codec_data");
  guint8 octet;

  if (g_strcmp0 (gst_structure_get_string (structure, "stream-format"), "byte-stream") == 0)
    return 0;
  if (value == NULL || gst_buffer_extract (gst_value_get_buffer (value), at, &octet, 1) != 1)
    return 4;
  return (octet & 3) + 1;
}

static gboolean
find_in_byte_stream (const guint8 *data, gsize size, BeginsFunc begins)
{
  for (gsize i = 0; i + 3 < size; i++) {
    if (data[i] == 0 && data[i + 1] == 0 && data[i + 2] == 1 && begins (data[i + 3]))
      return TRUE;
  }
  return FALSE;
}

static gboolean
find_in_units (const guint8 *data, gsize size, guint length_size, BeginsFunc begins)
{
  gsize at = 0;

  while (size - at > length_size) {
    gsize length = 0;

    for (guint i = 0; i < length_size; i++)
      length = length << 8 | data[at++];
    if (length > 0 && begins (data[at]))
      return TRUE;
    if (length >= size - at)
      return FALSE;
    at += length;
  }
  return FALSE;
}

static gboolean
has_nal_unit (GstBuffer *buffer, guint length_size, BeginsFunc begins)
{
  GstMapInfo map;
  gboolean found;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return FALSE;
  found = length_size == 0 ? find_in_byte_stream (map.data, map.size, begins)
                           : find_in_units (map.data, map.size, length_size, begins);
  gst_buffer_unmap (buffer, &map);
  return found;
}

gboolean
genos_record_key_frame_check (GstCaps *caps, GstBuffer *buffer)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);

  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT))
    return FALSE;
  if (gst_structure_has_name (structure, "video/x-h264"))
    return has_nal_unit (buffer, get_length_size (structure, AVC_LENGTH_SIZE), begins_h264);
  if (gst_structure_has_name (structure, "video/x-h265"))
    return has_nal_unit (buffer, get_length_size (structure, HEVC_LENGTH_SIZE), begins_h265);
  return TRUE;
}
