/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc-plugins.h>

#include <gst/gst.h>

#include <genos/base/error.h>

static const struct {
  const char *element;
  const char *package;
} needed[] = {
  { "webrtcbin", "gstreamer1.0-plugins-bad" },
  { "dtlsenc", "gstreamer1.0-plugins-bad" },
  { "sctpenc", "gstreamer1.0-plugins-bad" },
  { "srtpenc", "gstreamer1.0-plugins-bad" },
  { "rtpbin", "gstreamer1.0-plugins-good" },
  { "nicesrc", "gstreamer1.0-nice" },
};

gboolean
genos_webrtc_check_plugins (GError **error) {
  for (guint i = 0; i < G_N_ELEMENTS (needed); i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (needed[i].element);

    if (factory == NULL) {
      g_set_error (error, GENOS_ERROR, GENOS_ERROR_MISSING_PLUGIN,
          "the GStreamer element %s is not there; Debian's package %s brings it",
          needed[i].element, needed[i].package);
      return FALSE;
    }
  }
  return TRUE;
}
