/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/transport/home.h>

G_BEGIN_DECLS

/* What a webrtcbin needs around it before it may speak. */

/* GENOS_ERROR_MISSING_PLUGIN, naming the element and the Debian package that brings it. */
gboolean genos_webrtc_check_plugins (GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How links find their way; the texts are those of the user. All zero: this machine's addresses and
 * nobody is asked for others. */
typedef struct {
  const char *stun_server;  /* (nullable) "stun://host:port"; empty or "none": none */
  const char *turn_servers; /* (nullable) a list, see ice-server.h */
  const char *turn_secret;  /* (nullable) makes the credentials of servers that come without */
  const char *turn_name;    /* (nullable) whose credentials these are */
  const char *tls_ca_file;  /* (nullable) authorities to trust beside the system's, for turns:// */
  const char *interfaces;   /* (nullable) a list, see ice-interfaces.h */
  guint min_port;           /* of UDP, both ends included; 0: no bound */
  guint max_port;
  gboolean relay_only; /* no other address is told or used */
} GenosIceConfig;

/* GENOS_ERROR_INVALID_ARGUMENT names the property that is unusable, and what it takes. */
gboolean
genos_ice_config_check (const GenosIceConfig *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Some time before the first link: the name of the STUN server is looked up. */
void genos_ice_config_prepare (const GenosIceConfig *self);

/* The ICE side of one webrtcbin. On the context of its link; the servers' credentials are made here,
 * for each link anew. */
typedef struct _GenosWebrtcIce GenosWebrtcIce;

/* Before @webrtc leaves NULL. @on_path: gets each path that is chosen, see webrtc-path.h. NULL and an
 * error when @config is unusable, on this machine and now. */
GenosWebrtcIce *genos_webrtc_ice_new (GstElement *webrtc, const GenosIceConfig *config,
    GenosHome *home, GenosHomeFunc on_path, GError **error);
void genos_webrtc_ice_free (GenosWebrtcIce *self);

/* Our first description, with what was gathered. FALSE: it names no way at all, and need not be
 * sent; genos_webrtc_ice_dup_problem () says why. */
gboolean genos_webrtc_ice_take_local (GenosWebrtcIce *self, const char *sdp);

/* (transfer full) (nullable): what went wrong with the TURN servers. */
GError *genos_webrtc_ice_dup_problem (GenosWebrtcIce *self);

/* Notes what was told to on_path, and what is known beside it. */
void genos_webrtc_ice_take_path (GenosWebrtcIce *self, const GstStructure *path);
/* (transfer full) (nullable): the path in use. */
GstStructure *genos_webrtc_ice_dup_path (GenosWebrtcIce *self);

G_END_DECLS
