/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/level-extension.h>

#include <genos/transport/rtp/audio-level.h>

#include <gst/rtp/rtp.h>

const char *
genos_level_extension_get_element (void)
{
  g_autoptr (GstElementFactory) level = gst_element_factory_find ("level");
  g_autoptr (GstElementFactory) extension = gst_element_factory_find ("rtphdrextclientaudiolevel");

  return level != NULL && extension != NULL ? "level post-messages=false audio-level-meta=true"
                                            : NULL;
}

void
genos_level_extension_add (GstElement *payloader)
{
  GstRTPHeaderExtension *extension =
      gst_rtp_header_extension_create_from_uri (GENOS_AUDIO_LEVEL_URI);

  if (extension == NULL)
    return;
  /* Versions of GStreamer do not agree about it. */
  if (g_object_is_floating (extension))
    gst_object_ref_sink (extension);
  gst_rtp_header_extension_set_id (extension, GENOS_AUDIO_LEVEL_ID);
  g_signal_emit_by_name (payloader, "add-extension", extension);
  gst_object_unref (extension);
}
