/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc-ice.h>

#include <genos/base/error.h>

static const struct {
  const char *element;
  const char *package;
} needed[] = {
  { "webrtcbin", "gstreamer1.0-plugins-bad" },
  { "dtlsenc", "gstreamer1.0-plugins-bad" },
  { "srtpenc", "gstreamer1.0-plugins-bad" },
  { "sctpenc", "gstreamer1.0-plugins-bad" },
  { "nicesrc", "gstreamer1.0-nice" },
  { "nicesink", "gstreamer1.0-nice" },
  { "rtpbin", "gstreamer1.0-plugins-good" },
  { "appsrc", "gstreamer1.0-plugins-base" },
};

gboolean
genos_webrtc_check_plugins (GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (needed); i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (needed[i].element);

    if (factory == NULL) {
      g_set_error (error, GENOS_ERROR, GENOS_ERROR_MISSING_PLUGIN,
          "the GStreamer element “%s” is missing: apt-get install %s", needed[i].element,
          needed[i].package);
      return FALSE;
    }
  }
  return TRUE;
}

static void
set_if_there (GObject *object, const char *name, gboolean value)
{
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (object), name) != NULL)
    g_object_set (object, name, value, NULL);
}

void
genos_webrtc_configure_ice (
    GstElement *webrtc, const char *stun_server, const char *const *turn_servers)
{
  g_autoptr (GObject) ice = NULL;
  g_autoptr (GObject) agent = NULL;

  gst_util_set_object_arg (G_OBJECT (webrtc), "bundle-policy", "max-bundle");
  if (stun_server != NULL && *stun_server != '\0')
    g_object_set (webrtc, "stun-server", stun_server, NULL);
  for (gsize i = 0; turn_servers != NULL && turn_servers[i] != NULL; i++) {
    gboolean taken = FALSE;

    g_signal_emit_by_name (webrtc, "add-turn-server", turn_servers[i], &taken);
  }

  g_object_get (webrtc, "ice-agent", &ice, NULL);
  if (ice == NULL || g_object_class_find_property (G_OBJECT_GET_CLASS (ice), "agent") == NULL)
    return;
  g_object_get (ice, "agent", &agent, NULL);
  if (agent == NULL)
    return;

  /* UPnP holds up every gathering by 200 ms and ends it before STUN has answered; TCP candidates
   * triple the description; without checks a vanished peer is never noticed. */
  set_if_there (agent, "upnp", FALSE);
  set_if_there (agent, "ice-tcp", FALSE);
  set_if_there (agent, "keepalive-conncheck", TRUE);
}
