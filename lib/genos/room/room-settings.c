/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/room-settings.h>

#include <string.h>

#include <genos/crypto/random.h>
#include <genos/media/media-codec.h>
#include <genos/mesh/mesh-topology.h>
#include <genos/nostr/nostr-url.h>
#include <genos/room/joining/identity-file.h>
#include <genos/room/room-properties.h>
#include <genos/signalling/default-relays.h>
#include <genos/signalling/signaller-nostr.h>
#include <genos/transport/ice-server.h>
#include <genos/transport/webrtc/peer-link-webrtc.h>
#include <genos/wire/hello-message.h>
#include <genos/wire/json-text.h>
#include <genos/wire/signal-message.h>
#include <genos/wire/topic.h>

#define PEER_ID_LENGTH 20
#define MAX_NAME 256

#define FIELD(name) (G_STRUCT_OFFSET (GenosRoomSettings, name) + 1)

/* Where each setting is kept, plus one: zero says that a property is none. Text is a char *, whatever
 * else there is a 32-bit number. */
static const gsize fields[GENOS_ROOM_N_PROPS] = {
  [GENOS_ROOM_PROP_NAME] = FIELD (name),
  [GENOS_ROOM_PROP_PASSWORD] = FIELD (password),
  [GENOS_ROOM_PROP_APP_ID] = FIELD (app_id),
  [GENOS_ROOM_PROP_DIALECT] = FIELD (dialect),
  [GENOS_ROOM_PROP_RELAYS] = FIELD (relays),
  [GENOS_ROOM_PROP_STUN_SERVER] = FIELD (stun_server),
  [GENOS_ROOM_PROP_TURN_SERVERS] = FIELD (turn_servers),
  [GENOS_ROOM_PROP_TURN_SECRET] = FIELD (turn_secret),
  [GENOS_ROOM_PROP_ICE_TRANSPORT_POLICY] = FIELD (ice_transport_policy),
  [GENOS_ROOM_PROP_ICE_INTERFACES] = FIELD (ice_interfaces),
  [GENOS_ROOM_PROP_ICE_MIN_PORT] = FIELD (ice_min_port),
  [GENOS_ROOM_PROP_ICE_MAX_PORT] = FIELD (ice_max_port),
  [GENOS_ROOM_PROP_PEER_ID] = FIELD (peer_id),
  [GENOS_ROOM_PROP_KIND] = FIELD (kind),
  [GENOS_ROOM_PROP_LATENCY] = FIELD (latency_ms),
  [GENOS_ROOM_PROP_DROP_ON_LATENCY] = FIELD (drop_on_latency),
  [GENOS_ROOM_PROP_RECEIVE_VIDEO_CODECS] = FIELD (receive_video_codecs),
  [GENOS_ROOM_PROP_RECEIVE_AUDIO_CODECS] = FIELD (receive_audio_codecs),
  [GENOS_ROOM_PROP_POW_BUDGET] = FIELD (pow_budget),
  [GENOS_ROOM_PROP_TLS_CA_FILE] = FIELD (tls_ca_file),
  [GENOS_ROOM_PROP_PROXY] = FIELD (proxy),
  [GENOS_ROOM_PROP_RELAY_HEADERS] = FIELD (relay_headers),
  [GENOS_ROOM_PROP_RELAY_LIST_URL] = FIELD (relay_list_url),
  [GENOS_ROOM_PROP_RELAY_SERVER] = FIELD (relay_server),
  [GENOS_ROOM_PROP_IDENTITY_FILE] = FIELD (identity_file),
  [GENOS_ROOM_PROP_REQUIRE_VERIFIED] = FIELD (require_verified),
  [GENOS_ROOM_PROP_ALLOW_PEERS] = FIELD (allow_peers),
  [GENOS_ROOM_PROP_DENY_PEERS] = FIELD (deny_peers),
  [GENOS_ROOM_PROP_MAX_PEERS] = FIELD (max_peers),
  [GENOS_ROOM_PROP_ADMIT_TIMEOUT] = FIELD (admit_timeout_ms),
  [GENOS_ROOM_PROP_ENCRYPTION] = FIELD (encryption),
  [GENOS_ROOM_PROP_MEDIA_ENCRYPTION] = FIELD (media_encryption),
  [GENOS_ROOM_PROP_METADATA] = FIELD (metadata),
  [GENOS_ROOM_PROP_STATS_INTERVAL] = FIELD (stats_interval_ms),
  [GENOS_ROOM_PROP_CELLS] = FIELD (cells),
  [GENOS_ROOM_PROP_FORWARD_MAX] = FIELD (forward_max),
};

static gpointer
field_of (const GenosRoomSettings *self, guint id)
{
  if (id >= GENOS_ROOM_N_PROPS || fields[id] == 0)
    return NULL;
  return (guint8 *) self + fields[id] - 1;
}

gboolean
genos_room_settings_set (GenosRoomSettings *self, guint id, const GValue *value)
{
  gpointer field = field_of (self, id);

  if (field == NULL)
    return FALSE;
  switch (G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value))) {
    case G_TYPE_STRING:
      g_free (*(char **) field);
      *(char **) field = g_value_dup_string (value);
      return TRUE;
    case G_TYPE_UINT:
      *(guint *) field = g_value_get_uint (value);
      return TRUE;
    case G_TYPE_BOOLEAN:
      *(gboolean *) field = g_value_get_boolean (value);
      return TRUE;
    case G_TYPE_ENUM:
      *(int *) field = g_value_get_enum (value);
      return TRUE;
    default:
      return FALSE;
  }
}

gboolean
genos_room_settings_get (const GenosRoomSettings *self, guint id, GValue *value)
{
  gpointer field = field_of (self, id);

  if (field == NULL)
    return FALSE;
  switch (G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value))) {
    case G_TYPE_STRING:
      g_value_set_string (value, *(char **) field);
      return TRUE;
    case G_TYPE_UINT:
      g_value_set_uint (value, *(guint *) field);
      return TRUE;
    case G_TYPE_BOOLEAN:
      g_value_set_boolean (value, *(gboolean *) field);
      return TRUE;
    case G_TYPE_ENUM:
      g_value_set_enum (value, *(int *) field);
      return TRUE;
    default:
      return FALSE;
  }
}

void
genos_room_settings_init (GenosRoomSettings *self)
{
  for (guint id = 0; id < GENOS_ROOM_N_PROPS; id++) {
    if (fields[id] != 0)
      genos_room_settings_set (
          self, id, g_param_spec_get_default_value (genos_room_properties[id]));
  }
}

void
genos_room_settings_clear (GenosRoomSettings *self)
{
  g_clear_pointer (&self->key, genos_schnorr_key_unref);
  for (guint id = 0; id < GENOS_ROOM_N_PROPS; id++) {
    if (fields[id] != 0 && genos_room_properties[id]->value_type == G_TYPE_STRING)
      g_clear_pointer ((char **) field_of (self, id), g_free);
  }
}

void
genos_room_settings_copy (GenosRoomSettings *self, const GenosRoomSettings *from)
{
  for (guint id = 1; id < GENOS_ROOM_N_PROPS; id++) {
    g_auto (GValue) value = G_VALUE_INIT;

    if (field_of (from, id) == NULL)
      continue;
    g_value_init (&value, G_PARAM_SPEC_VALUE_TYPE (genos_room_properties[id]));
    genos_room_settings_get (from, id, &value);
    genos_room_settings_set (self, id, &value);
  }
}

static gboolean fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
fail (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT, format, args);
  va_end (args);
  return FALSE;
}

static gboolean
is_alphanumeric (const char *text, gsize max)
{
  gsize length = strlen (text);

  if (length == 0 || length > max)
    return FALSE;
  for (const char *c = text; *c != '\0'; c++) {
    if (!g_ascii_isalnum (*c))
      return FALSE;
  }
  return TRUE;
}

static GenosIceConfig
ice_config (const GenosRoomSettings *self)
{
  return (GenosIceConfig){
    .stun_server = self->stun_server,
    .turn_servers = self->turn_servers,
    .turn_secret = self->turn_secret,
    .turn_name = self->peer_id,
    .tls_ca_file = self->tls_ca_file,
    .interfaces = self->ice_interfaces,
    .min_port = self->ice_min_port,
    .max_port = self->ice_max_port,
    .relay_only = self->ice_transport_policy == GENOS_ICE_TRANSPORT_POLICY_RELAY,
  };
}

static gboolean
check_list_url (const char *setting, GError **error)
{
  const char *url = genos_relays_choose_list (setting, TRUE);
  g_autofree char *normal = url != NULL ? genos_nostr_url_normalize_http (url) : NULL;

  if (url == NULL || (normal != NULL && g_ascii_strncasecmp (url, "http", 4) == 0))
    return TRUE;
  return fail (
      error, "relay-list-url '%s' is not usable: write https://host/path, auto or none", url);
}

gboolean
genos_room_settings_read_rules (
    const GenosRoomSettings *self, GenosAdmissionRules *rules, GError **error)
{
  genos_admission_rules_init (rules);
  rules->max_peers = self->max_peers;
  rules->require_verified = self->require_verified;
  rules->require_encrypted = self->encryption == GENOS_ENCRYPTION_REQUIRED;
  rules->timeout_ms = self->admit_timeout_ms;
  if (!genos_admission_list_parse (self->allow_peers, &rules->allow, error)) {
    g_prefix_error (error, "allow-peers: ");
    return FALSE;
  }
  if (!genos_admission_list_parse (self->deny_peers, &rules->deny, error)) {
    g_prefix_error (error, "deny-peers: ");
    genos_admission_rules_clear (rules);
    return FALSE;
  }
  return TRUE;
}

gboolean
genos_room_settings_read_cells (const GenosRoomSettings *self, guint *cell_size, GError **error)
{
  guint64 number;

  *cell_size = 0;
  if (self->cells == NULL || *self->cells == '\0')
    return TRUE;
  if (strcmp (self->cells, "auto") == 0) {
    *cell_size = GENOS_MESH_DEFAULT_CELL_SIZE;
    return TRUE;
  }
  if (!g_ascii_string_to_unsigned (self->cells, 10, 0, GENOS_MESH_MAX_CELL_SIZE, &number, NULL))
    return fail (error,
        "cells=%s is not usable: write 0 (no cells), auto, or the number of peers in a "
        "cell, up to %d",
        self->cells, GENOS_MESH_MAX_CELL_SIZE);
  *cell_size = number;
  return TRUE;
}

char *
genos_room_settings_dup_path (const GenosRoomSettings *self)
{
  return genos_topic_path (genos_dialect_lookup (self->dialect),
      self->app_id != NULL ? self->app_id : "", self->name, NULL);
}

/* A key of the file outlives this stay; else it is another one each time, so that nobody can tell that
 * it is the same machine. */
static gboolean
make_key (GenosRoomSettings *self, GError **error)
{
  g_clear_pointer (&self->key, genos_schnorr_key_unref);
  self->key = self->identity_file != NULL && *self->identity_file != '\0'
      ? genos_identity_file_open (self->identity_file, error)
      : genos_schnorr_key_new ();
  return self->key != NULL;
}

gboolean
genos_room_settings_check_metadata (const GenosRoomSettings *self, GError **error)
{
  if (self->metadata == NULL || *self->metadata == '\0')
    return TRUE;
  if (strlen (self->metadata) > GENOS_METADATA_MAX_SIZE)
    return fail (error, "metadata may have at most %d bytes", GENOS_METADATA_MAX_SIZE);
  if (!genos_json_check (self->metadata, -1, NULL))
    return fail (error, "metadata is not JSON: write it like {\"name\":\"front door\"}");
  return TRUE;
}

gboolean
genos_room_settings_seals (const GenosRoomSettings *self)
{
  return self->encryption != GENOS_ENCRYPTION_OFF && self->password != NULL
      && *self->password != '\0';
}

static gboolean
check_codecs (const GenosRoomSettings *self, GError **error)
{
  return genos_media_codec_parse_list (GENOS_MEDIA_VIDEO, self->receive_video_codecs, NULL, error)
      && genos_media_codec_parse_list (GENOS_MEDIA_AUDIO, self->receive_audio_codecs, NULL, error);
}

gboolean
genos_room_settings_check (GenosRoomSettings *self, GError **error)
{
  const GenosIceConfig ice = ice_config (self);
  guint cell_size;

  if (self->name == NULL || *self->name == '\0')
    return fail (error, "no room is given: set its name");
  if (strlen (self->name) > MAX_NAME || !g_utf8_validate (self->name, -1, NULL))
    return fail (error, "the room's name must be UTF-8 of at most %d bytes", MAX_NAME);
  if (genos_dialect_lookup (self->dialect) == NULL)
    return fail (error, "there is no dialect '%s': use genosrtc or trystero", self->dialect);
  if (self->peer_id != NULL && *self->peer_id != '\0'
      && !is_alphanumeric (self->peer_id, GENOS_PEER_ID_MAX))
    return fail (error, "peer-id '%s' is not usable: 1 to %d of 0-9, A-Z, a-z", self->peer_id,
        GENOS_PEER_ID_MAX);
  if (self->kind != NULL && *self->kind != '\0' && strlen (self->kind) > GENOS_PEER_KIND_MAX)
    return fail (error, "kind may have at most %d bytes", GENOS_PEER_KIND_MAX);
  if (!genos_room_settings_read_cells (self, &cell_size, error)
      || !genos_ice_config_check (&ice, error) || !check_list_url (self->relay_list_url, error))
    return FALSE;
  if (self->encryption == GENOS_ENCRYPTION_REQUIRED && !genos_room_settings_seals (self))
    return fail (
        error, "encryption is required, and there is nothing to encrypt with: set password");
  if (self->media_encryption == GENOS_ENCRYPTION_REQUIRED && !genos_room_settings_seals (self))
    return fail (error,
        "media-encryption is required, and there is nothing to hand its keys on with: set "
        "password, and encryption to something else than off");
  if (!genos_room_settings_check_metadata (self, error) || !check_codecs (self, error)
      || !make_key (self, error))
    return FALSE;

  if (self->peer_id == NULL || *self->peer_id == '\0') {
    g_free (self->peer_id);
    self->peer_id = genos_random_id (PEER_ID_LENGTH);
  }
  genos_ice_config_prepare (&ice);
  return TRUE;
}

gboolean
genos_room_settings_has_ice_servers (const GenosRoomSettings *self)
{
  g_autofree char *stun = genos_stun_server_parse (self->stun_server, NULL);

  return stun != NULL || (self->turn_servers != NULL && *self->turn_servers != '\0');
}

/* What `lan` stands for comes later, when it is found. */
static GStrv
take_urls (GStrv relays)
{
  guint n = 0;

  for (guint i = 0; relays[i] != NULL; i++) {
    if (strcmp (relays[i], GENOS_ROOM_LAN) == 0)
      g_free (relays[i]);
    else
      relays[n++] = relays[i];
  }
  relays[n] = NULL;
  return relays;
}

GenosSignaller *
genos_room_settings_make_signaller (const GenosRoomSettings *self, GError **error)
{
  gboolean named;
  g_auto (GStrv) relays =
      take_urls (genos_relays_choose (self->relays, g_getenv (GENOS_RELAYS_VARIABLE), &named));
  GenosNostrSessionConfig network = {
    .tls_ca_file = self->tls_ca_file,
    .proxy = self->proxy,
    .headers = self->relay_headers,
  };
  g_autoptr (GenosNostrSession) session = genos_nostr_session_new (&network, error);
  GenosSignallerNostrConfig config = {
    .dialect = genos_dialect_lookup (self->dialect),
    .app_id = self->app_id != NULL ? self->app_id : "",
    .room_name = self->name,
    .password = self->password,
    .peer_id = self->peer_id,
    .kind = self->kind != NULL && *self->kind != '\0' ? self->kind : NULL,
    .relay_list_url = genos_relays_choose_list (self->relay_list_url, named),
    .session = session,
    .pow_budget = self->pow_budget,
    .extended = TRUE,
    .key = self->key,
  };

  if (session == NULL)
    return NULL;
  return genos_signaller_nostr_new (&config, (const char *const *) relays, error);
}

GenosPeerLink *
genos_room_settings_make_link (const GenosRoomSettings *self, gboolean offerer, GError **error)
{
  const GenosIceConfig ice = ice_config (self);
  g_auto (GStrv) video = NULL, audio = NULL;
  GenosReception reception = { .drop_on_latency = self->drop_on_latency };
  GenosPeerLink *link;

  if (!genos_media_codec_parse_list (GENOS_MEDIA_VIDEO, self->receive_video_codecs, &video, error)
      || !genos_media_codec_parse_list (
          GENOS_MEDIA_AUDIO, self->receive_audio_codecs, &audio, error))
    return NULL;
  link = genos_peer_link_webrtc_new (offerer, &ice, self->latency_ms, error);
  if (link == NULL)
    return NULL;
  reception.video_codecs = (const char *const *) video;
  reception.audio_codecs = (const char *const *) audio;
  genos_peer_link_webrtc_set_reception (GENOS_PEER_LINK_WEBRTC (link), &reception);
  return link;
}
