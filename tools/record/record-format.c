/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "record-format.h"

#include <string.h>

/* Parameter sets stay in the stream (avc3, hev1), so that a file can be cut at any key frame and
 * pictures may change their size. VP9 is not for MP4: mp4mux (1.22) crashes on caps without a chroma
 * site, and nobody promises one. */
static const GenosRecordFormat formats[] = {
  { "video/x-vp8", "VP8", FALSE, TRUE, NULL, NULL, NULL },
  { "video/x-vp9", "VP9", FALSE, TRUE, NULL, NULL, NULL },
  { "video/x-h264", "H264", TRUE, TRUE, "h264parse",
      "video/x-h264, stream-format=avc3, alignment=au", "h264parse" },
  { "video/x-h265", "H265", TRUE, TRUE, "h265parse",
      "video/x-h265, stream-format=hev1, alignment=au", "h265parse" },
  { "video/x-av1", "AV1", TRUE, FALSE, "av1parse",
      "video/x-av1, stream-format=obu-stream, alignment=tu", "av1parse" },
  { "audio/x-opus", "Opus", TRUE, FALSE, NULL, NULL, "opusparse" },
  { "audio/x-mulaw", "PCMU", FALSE, FALSE, NULL, NULL, NULL },
  { "audio/x-alaw", "PCMA", FALSE, FALSE, NULL, NULL, NULL },
};

const GenosRecordFormat *
genos_record_format_find (GstCaps *caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
    if (gst_structure_has_name (structure, formats[i].caps_name))
      return &formats[i];
  }
  return NULL;
}

gboolean
genos_record_format_is_video (const GenosRecordFormat *self)
{
  return g_str_has_prefix (self->caps_name, "video/");
}

gboolean
genos_record_format_is_complete (const GenosRecordFormat *self, GstCaps *caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);

  return !genos_record_format_is_video (self) || gst_structure_has_field (structure, "width");
}

gboolean
genos_record_format_can_become (
    const GenosRecordFormat *self, GenosContainer container, GstCaps *old, GstCaps *new)
{
  if (gst_caps_is_equal (old, new))
    return TRUE;
  return genos_record_format_find (new) == self && self->changes
      && container == GENOS_CONTAINER_MATROSKA;
}

const char *
genos_container_get_extension (GenosContainer container)
{
  return container == GENOS_CONTAINER_MP4 ? "mp4" : "mkv";
}
