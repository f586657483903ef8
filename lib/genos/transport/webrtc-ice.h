/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* What a webrtcbin needs around it before it may speak. */

/* GENOS_ERROR_MISSING_PLUGIN, naming the element and the Debian package that brings it. */
gboolean genos_webrtc_check_plugins (GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Before the element leaves NULL. */
void genos_webrtc_configure_ice (GstElement *webrtc, const char *stun_server,
    const char *const *turn_servers);

G_END_DECLS
