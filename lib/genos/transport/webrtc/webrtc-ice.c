/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-ice.h>

#include <genos/base/reason-private.h>
#include <genos/transport/webrtc/ice-interfaces.h>
#include <genos/transport/ice-server.h>
#include <genos/transport/stun-name.h>
#include <genos/transport/webrtc/turn-tunnel.h>
#include <genos/transport/webrtc/webrtc-path.h>

#include <string.h>

/* A day, as long as a link may live without a word to the TURN server about who it is. */
#define CREDENTIALS_LIVE (24 * 60 * 60)

struct _GenosWebrtcIce {
  GPtrArray *turn_servers; /* of GenosTurnServer */
  GPtrArray *tunnels;      /* of GenosTurnTunnel */
  gboolean relay_only;
  gboolean gathered;  /* the first description of ours was made */
  gboolean has_relay; /* and names a relayed address */
  GstStructure *path; /* (nullable) */
};

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

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT, why);
  return FALSE;
}

/* (nullable): none is needed, or @error is set. */
static GPtrArray *
parse_turn_servers (const GenosIceConfig *config, GError **error)
{
  gboolean has_secret = config->turn_secret != NULL && *config->turn_secret != '\0';

  return genos_turn_servers_parse (config->turn_servers, has_secret, error);
}

gboolean
genos_ice_config_check (const GenosIceConfig *self, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GPtrArray) servers = parse_turn_servers (self, error);
  g_autofree char *stun = NULL;

  if (servers == NULL)
    return FALSE;
  stun = genos_stun_server_parse (self->stun_server, &reason);
  if (reason != NULL) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return FALSE;
  }
  if (self->relay_only && servers->len == 0)
    return refuse (error, "ice-transport-policy is relay: set turn-servers");
  if (self->max_port != 0 && self->min_port > self->max_port)
    return refuse (error, "ice-min-port is above ice-max-port");
  return genos_ice_interfaces_check (self->interfaces, error);
}

void
genos_ice_config_prepare (const GenosIceConfig *self)
{
  g_autofree char *stun = genos_stun_server_parse (self->stun_server, NULL);

  if (stun != NULL && !self->relay_only)
    genos_stun_name_is_usable (stun, g_get_monotonic_time ());
}

/* --- webrtcbin */

static gboolean
add_tunnel (
    GenosWebrtcIce *self, GenosTurnServer *server, const GenosIceConfig *config, GError **error)
{
  GenosTurnTunnel *tunnel =
      genos_turn_tunnel_new (server->host, server->port, config->tls_ca_file, error);

  if (tunnel == NULL) {
    g_prefix_error (error, "turns://%s: ", server->host);
    return FALSE;
  }
  g_ptr_array_add (self->tunnels, tunnel);
  g_free (server->host);
  server->host = g_strdup ("127.0.0.1");
  server->port = genos_turn_tunnel_get_port (tunnel);
  server->tls = FALSE;
  server->transport = g_strdup ("tcp");
  return TRUE;
}

static gboolean
add_turn_server (GenosWebrtcIce *self, GstElement *webrtc, GenosTurnServer *server,
    const GenosIceConfig *config, GError **error)
{
  g_autofree char *uri = NULL;
  gboolean taken = FALSE;

  if (server->user == NULL)
    genos_turn_server_sign (server, config->turn_secret,
        config->turn_name != NULL ? config->turn_name : "genos",
        g_get_real_time () / G_USEC_PER_SEC + CREDENTIALS_LIVE);
  if (server->tls && !add_tunnel (self, server, config, error))
    return FALSE;
  uri = genos_turn_server_to_uri (server);
  g_signal_emit_by_name (webrtc, "add-turn-server", uri, &taken);
  if (!taken)
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
        "turn-servers: webrtcbin does not take the server %s", server->host);
  return taken;
}

/* libnice takes a TURN server's answer for a packet that the server passes on, and so waits in vain
 * for one to STUN from the same address. Nothing is lost: allocating tells our public address too. */
static gboolean
is_turn_server (GenosWebrtcIce *self, const char *stun)
{
  for (guint i = 0; i < self->turn_servers->len; i++) {
    const GenosTurnServer *server = g_ptr_array_index (self->turn_servers, i);

    if (genos_turn_server_answers_stun (server, stun))
      return TRUE;
  }
  return FALSE;
}

static gboolean
add_servers (GenosWebrtcIce *self, GstElement *webrtc, const GenosIceConfig *config, GError **error)
{
  g_autofree char *stun = genos_stun_server_parse (config->stun_server, NULL);

  /* With relays only, nobody needs to hear of our other addresses. */
  if (stun != NULL && !config->relay_only && !is_turn_server (self, stun)
      && genos_stun_name_is_usable (stun, g_get_monotonic_time ()))
    g_object_set (webrtc, "stun-server", stun, NULL);
  for (guint i = 0; i < self->turn_servers->len; i++) {
    if (!add_turn_server (self, webrtc, g_ptr_array_index (self->turn_servers, i), config, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_local_addresses (NiceAgent *agent, const char *interfaces, GError **error)
{
  g_autoptr (GPtrArray) addresses = genos_ice_interfaces_get_addresses (interfaces);

  for (guint i = 0; i < addresses->len; i++) {
    NiceAddress address;

    nice_address_init (&address);
    if (nice_address_set_from_string (&address, g_ptr_array_index (addresses, i)))
      nice_agent_add_local_address (agent, &address);
  }
  /* Without any, libnice would take all that there are. */
  if (addresses->len == 0)
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_FAILED,
        "ice-interfaces: no interface that is up matches '%s'", interfaces);
  return addresses->len > 0;
}

static void
bound_ports (GObject *ice, const GenosIceConfig *config)
{
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (ice), "min-rtp-port") == NULL)
    return;
  /* The upper one first: either may not pass the other, and the default is 0 to 65535. */
  if (config->max_port != 0)
    g_object_set (ice, "max-rtp-port", config->max_port, NULL);
  if (config->min_port != 0)
    g_object_set (ice, "min-rtp-port", config->min_port, NULL);
}

/* (transfer full) (nullable) */
static GObject *
dup_agent (GObject *ice)
{
  GObject *agent = NULL;

  if (ice != NULL && g_object_class_find_property (G_OBJECT_GET_CLASS (ice), "agent") != NULL)
    g_object_get (ice, "agent", &agent, NULL);
  if (!NICE_IS_AGENT (agent))
    g_clear_object (&agent);
  return agent;
}

static gboolean
configure_agent (NiceAgent *agent, const GenosIceConfig *config, GenosHome *home,
    GenosHomeFunc on_path, GError **error)
{
  /* UPnP holds up every gathering by 200 ms and ends it before STUN has answered; TCP candidates
   * triple the description; without checks a vanished peer is never noticed. */
  g_object_set (agent, "upnp", FALSE, "ice-tcp", FALSE, "keepalive-conncheck", TRUE, NULL);
  genos_webrtc_path_watch (agent, home, on_path);
  return config->interfaces == NULL || *config->interfaces == '\0'
      || add_local_addresses (agent, config->interfaces, error);
}

static gboolean
configure (GenosWebrtcIce *self, GstElement *webrtc, const GenosIceConfig *config, GenosHome *home,
    GenosHomeFunc on_path, GError **error)
{
  g_autoptr (GObject) ice = NULL;
  g_autoptr (GObject) agent = NULL;

  gst_util_set_object_arg (G_OBJECT (webrtc), "bundle-policy", "max-bundle");
  if (config->relay_only)
    gst_util_set_object_arg (G_OBJECT (webrtc), "ice-transport-policy", "relay");
  if (!add_servers (self, webrtc, config, error))
    return FALSE;
  g_object_get (webrtc, "ice-agent", &ice, NULL);
  agent = dup_agent (ice);
  if (agent == NULL) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED,
        "this webrtcbin does not use libnice; its version is not supported");
    return FALSE;
  }
  bound_ports (ice, config);
  return configure_agent (NICE_AGENT (agent), config, home, on_path, error);
}

GenosWebrtcIce *
genos_webrtc_ice_new (GstElement *webrtc, const GenosIceConfig *config, GenosHome *home,
    GenosHomeFunc on_path, GError **error)
{
  GenosWebrtcIce *self;

  if (!genos_ice_config_check (config, error))
    return NULL;
  self = g_new0 (GenosWebrtcIce, 1);
  self->relay_only = config->relay_only;
  self->turn_servers = parse_turn_servers (config, NULL);
  self->tunnels = g_ptr_array_new_with_free_func ((GDestroyNotify) genos_turn_tunnel_free);
  if (configure (self, webrtc, config, home, on_path, error))
    return self;
  genos_webrtc_ice_free (self);
  return NULL;
}

void
genos_webrtc_ice_free (GenosWebrtcIce *self)
{
  g_ptr_array_unref (self->turn_servers);
  g_ptr_array_unref (self->tunnels);
  gst_clear_structure (&self->path);
  g_free (self);
}

/* --- what came of it */

gboolean
genos_webrtc_ice_take_local (GenosWebrtcIce *self, const char *sdp)
{
  if (!self->gathered) {
    self->gathered = TRUE;
    self->has_relay = strstr (sdp, " typ relay") != NULL;
  }
  return self->has_relay || !self->relay_only;
}

static char *
dup_tunnel_problem (GenosWebrtcIce *self)
{
  for (guint i = 0; i < self->tunnels->len; i++) {
    char *problem = genos_turn_tunnel_dup_problem (g_ptr_array_index (self->tunnels, i));

    if (problem != NULL)
      return problem;
  }
  return NULL;
}

GError *
genos_webrtc_ice_dup_problem (GenosWebrtcIce *self)
{
  g_autofree char *problem = NULL;

  if (!self->gathered || self->has_relay || self->turn_servers->len == 0)
    return NULL;
  problem = dup_tunnel_problem (self);
  return genos_error_new_reason (GENOS_ERROR_FAILED, GENOS_REASON_TURN_REFUSED,
      "no TURN server gave an address to be reached at: %s (property turn-servers)",
      problem != NULL ? problem : "it is not reachable, or refuses the user and password");
}

static gboolean
is_tunnel (GenosWebrtcIce *self, const GstStructure *path)
{
  guint port = 0;

  if (g_strcmp0 (gst_structure_get_string (path, "relay-address"), "127.0.0.1") != 0)
    return FALSE;
  gst_structure_get_uint (path, "relay-port", &port);
  for (guint i = 0; i < self->tunnels->len; i++) {
    if (genos_turn_tunnel_get_port (g_ptr_array_index (self->tunnels, i)) == port)
      return TRUE;
  }
  return FALSE;
}

void
genos_webrtc_ice_take_path (GenosWebrtcIce *self, const GstStructure *path)
{
  gst_clear_structure (&self->path);
  self->path = gst_structure_copy (path);
  if (is_tunnel (self, path)) {
    gst_structure_set (self->path, "relay-protocol", G_TYPE_STRING, "tls", NULL);
    gst_structure_remove_fields (self->path, "relay-address", "relay-port", NULL);
  }
}

GstStructure *
genos_webrtc_ice_dup_path (GenosWebrtcIce *self)
{
  return self->path != NULL ? gst_structure_copy (self->path) : NULL;
}
