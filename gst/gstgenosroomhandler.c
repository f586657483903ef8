/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosroomhandler.h"

#include <string.h>

#define DEFAULT_APP_ID "1234"
#define DEFAULT_KIND "native"

GType
gst_genos_dialect_get_type (void)
{
  static const GEnumValue values[] = {
    { GST_GENOS_DIALECT_GENOSRTC, "GenosRTC (db.room of GenosDB)", "genosrtc" },
    { GST_GENOS_DIALECT_TRYSTERO, "Trystero 0.21", "trystero" },
    { 0, NULL, NULL },
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstGenosDialect", values));
  return type;
}

/* settings */

void
gst_genos_room_settings_init (GstGenosRoomSettings *self)
{
  memset (self, 0, sizeof *self);
  self->app_id = g_strdup (DEFAULT_APP_ID);
  self->kind = g_strdup (DEFAULT_KIND);
  gst_genos_room_mirror_init (&self->mirror);
}

static char **
string_field (const GstGenosRoomSettings *self, guint id)
{
  GstGenosRoomSettings *s = (GstGenosRoomSettings *) self;

  switch (id) {
    case GST_GENOS_PROP_ROOM:
      return &s->room;
    case GST_GENOS_PROP_PASSWORD:
      return &s->password;
    case GST_GENOS_PROP_APP_ID:
      return &s->app_id;
    case GST_GENOS_PROP_RELAYS:
      return &s->relays;
    case GST_GENOS_PROP_STUN_SERVER:
      return &s->stun_server;
    case GST_GENOS_PROP_TURN_SERVERS:
      return &s->turn_servers;
    case GST_GENOS_PROP_PEER_ID:
      return &s->peer_id;
    case GST_GENOS_PROP_KIND:
      return &s->kind;
    default:
      return NULL;
  }
}

static void
free_secret (char *secret)
{
  if (secret != NULL)
    memset (secret, 0, strlen (secret));
  g_free (secret);
}

void
gst_genos_room_settings_clear (GstGenosRoomSettings *self)
{
  free_secret (g_steal_pointer (&self->password));
  gst_genos_room_mirror_clear (&self->mirror);
  g_clear_pointer (&self->video_codecs, g_free);
  g_clear_pointer (&self->audio_codecs, g_free);
  for (guint id = GST_GENOS_PROP_0; id < GST_GENOS_PROP_MIRROR; id++) {
    char **field = string_field (self, id);

    if (field != NULL)
      g_clear_pointer (field, g_free);
  }
}

void
gst_genos_room_settings_copy (GstGenosRoomSettings *self, const GstGenosRoomSettings *from)
{
  memset (self, 0, sizeof *self);
  self->dialect = from->dialect;
  self->receives = from->receives;
  self->latency = from->latency;
  self->video_codecs = g_strdup (from->video_codecs);
  self->audio_codecs = g_strdup (from->audio_codecs);
  gst_genos_room_mirror_copy (&self->mirror, &from->mirror);
  for (guint id = GST_GENOS_PROP_0; id < GST_GENOS_PROP_MIRROR; id++) {
    char **field = string_field (self, id);

    if (field != NULL)
      *field = g_strdup (*string_field (from, id));
  }
}

const char *
gst_genos_room_settings_get_dialect (const GstGenosRoomSettings *self)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (GST_TYPE_GENOS_DIALECT);

  return g_enum_get_value (klass, self->dialect)->value_nick;
}

/* In place of a URL: those that announce themselves on the local network. */
#define LAN "lan"

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The relays each once and in one order, so that the order written does not matter. */
static GPtrArray *
sorted_relays (const char *relays)
{
  g_auto (GStrv) all = g_strsplit (relays != NULL ? relays : "", ",", -1);
  GPtrArray *sorted = g_ptr_array_new_with_free_func (g_free);

  for (char **relay = all; *relay != NULL; relay++) {
    g_strstrip (*relay);
    if (**relay != '\0' && !g_ptr_array_find_with_equal_func (sorted, *relay, g_str_equal, NULL))
      g_ptr_array_add (sorted, g_strdup (*relay));
  }
  g_ptr_array_sort (sorted, compare_strings);
  return sorted;
}

static gboolean
check_relay (const char *relay, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (relay, G_URI_FLAGS_NONE, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : NULL;
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  if (scheme != NULL && host != NULL && *host != '\0' && strpbrk (relay, " \t\n") == NULL
      && (strcmp (scheme, "ws") == 0 || strcmp (scheme, "wss") == 0))
    return TRUE;
  if (strcmp (relay, LAN) == 0)
    return TRUE;
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
      "\"%s\" is not the URL of a relay. Set the property \"relays\" to one or several "
      "URLs like wss://relay.example.org, separated by commas, or to lan for the relays of the "
      "local network.",
      relay);
  return FALSE;
}

gboolean
gst_genos_room_settings_check (const GstGenosRoomSettings *self, GError **error)
{
  g_autoptr (GPtrArray) relays = NULL;

  if (self->room == NULL || *self->room == '\0') {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
        "No room is set. Set the property \"room\" to the name of the room to join "
        "(for a GenosDB web app: the name of its database).");
    return FALSE;
  }
  relays = sorted_relays (self->relays);
  for (guint i = 0; i < relays->len; i++) {
    if (!check_relay (relays->pdata[i], error))
      return FALSE;
  }
  return TRUE;
}

static void
hash_string (GChecksum *checksum, const char *text)
{
  /* With the final NUL, so that no two lists of strings run together alike. */
  const char *s = text != NULL ? text : "";

  g_checksum_update (checksum, (const guchar *) s, strlen (s) + 1);
}

char *
gst_genos_room_settings_dup_key (const GstGenosRoomSettings *self)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GPtrArray) relays = sorted_relays (self->relays);

  hash_string (checksum, gst_genos_room_settings_get_dialect (self));
  hash_string (checksum, self->app_id);
  hash_string (checksum, self->room);
  hash_string (checksum, self->password);
  for (guint i = 0; i < relays->len; i++)
    hash_string (checksum, relays->pdata[i]);
  return g_strdup (g_checksum_get_string (checksum));
}

/* properties */

static void
install_string (GObjectClass *klass, guint id, const char *name, const char *nick,
    const char *blurb, const char *default_value, GParamFlags flags)
{
  g_object_class_install_property (klass, id,
      g_param_spec_string (name, nick, blurb, default_value,
          flags | G_PARAM_STATIC_STRINGS
              | ((flags & G_PARAM_WRITABLE) ? GST_PARAM_MUTABLE_READY : 0)));
}

void
gst_genos_room_handler_install_properties (GObjectClass *klass)
{
  install_string (klass, GST_GENOS_PROP_ROOM, "room", "Room",
      "Name of the room to join; with dialect genosrtc the database name of the web app", NULL,
      G_PARAM_READWRITE);
  install_string (klass, GST_GENOS_PROP_PASSWORD, "password", "Password",
      "Password of the room, the same for all its peers (empty: none)", NULL, G_PARAM_WRITABLE);
  install_string (klass, GST_GENOS_PROP_APP_ID, "app-id", "Application id",
      "Application the room belongs to", DEFAULT_APP_ID, G_PARAM_READWRITE);
  g_object_class_install_property (klass, GST_GENOS_PROP_DIALECT,
      g_param_spec_enum ("dialect", "Dialect", "Which browser library the other peers run",
          GST_TYPE_GENOS_DIALECT, GST_GENOS_DIALECT_GENOSRTC,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
  install_string (klass, GST_GENOS_PROP_RELAYS, "relays", "Relays",
      "Nostr relays through which peers find each other: ws:// or wss:// URLs separated by "
      "commas, and lan for those of the local network (empty: a built-in list of public ones)",
      NULL, G_PARAM_READWRITE);
  install_string (klass, GST_GENOS_PROP_STUN_SERVER, "stun-server", "STUN server",
      "STUN server as stun://host:port, or none (unset: that of the browsers)", NULL,
      G_PARAM_READWRITE);
  install_string (klass, GST_GENOS_PROP_TURN_SERVERS, "turn-servers", "TURN servers",
      "TURN servers as turn(s)://user:password@host:port separated by commas", NULL,
      G_PARAM_WRITABLE);
  install_string (klass, GST_GENOS_PROP_PEER_ID, "peer-id", "Peer id",
      "Id to have in the room, 1 to 64 letters and digits (empty: 20 at random); while in the "
      "room the one in use",
      NULL, G_PARAM_READWRITE);
  install_string (klass, GST_GENOS_PROP_KIND, "kind", "Kind",
      "What to announce oneself as; informational", DEFAULT_KIND, G_PARAM_READWRITE);
  g_object_class_install_property (klass, GST_GENOS_PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "Peers, links, relays and tracks of the room as it is now", GST_TYPE_STRUCTURE,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  install_string (klass, GST_GENOS_PROP_STATS_JSON, "stats-json", "Statistics as JSON",
      "The same as JSON, named as in W3C's webrtc-stats", NULL, G_PARAM_READABLE);
  install_string (klass, GST_GENOS_PROP_ACTIVE_SPEAKER, "active-speaker", "Active speaker",
      "Id of the peer that speaks, or spoke last (NULL: nobody yet)", NULL, G_PARAM_READABLE);
  gst_genos_room_mirror_install (klass, GST_GENOS_PROP_MIRROR);
}

static gboolean
is_mirror (guint id)
{
  return id >= GST_GENOS_PROP_MIRROR && id < GST_GENOS_PROP_LAST;
}

gboolean
gst_genos_room_settings_set (GstGenosRoomSettings *self, guint id, const GValue *value)
{
  char **field = string_field (self, id);

  if (id == GST_GENOS_PROP_DIALECT) {
    self->dialect = g_value_get_enum (value);
    return TRUE;
  }
  if (is_mirror (id)) {
    gst_genos_room_mirror_set (&self->mirror, id - GST_GENOS_PROP_MIRROR, value);
    return TRUE;
  }
  if (field == NULL)
    return FALSE;
  if (id == GST_GENOS_PROP_PASSWORD)
    free_secret (g_steal_pointer (field));
  g_free (*field);
  *field = g_value_dup_string (value);
  return TRUE;
}

gboolean
gst_genos_room_settings_get (const GstGenosRoomSettings *self, guint id, GValue *value)
{
  char **field = string_field (self, id);

  if (id == GST_GENOS_PROP_DIALECT) {
    g_value_set_enum (value, self->dialect);
    return TRUE;
  }
  if (is_mirror (id)) {
    gst_genos_room_mirror_get (&self->mirror, id - GST_GENOS_PROP_MIRROR, value);
    return TRUE;
  }
  if (field == NULL || id == GST_GENOS_PROP_PASSWORD)
    return FALSE;
  g_value_set_string (value, *field);
  return TRUE;
}

/* genos:// */

/* What a URI may say: other properties (of files, of programs) are none of its business. */
static const char *const uri_properties[] = { "password", "app-id", "dialect", "stun-server",
  "peer-id", "kind", "latency", "output", "data-channels", NULL };

static gboolean
set_from_text (GObject *object, const char *name, const char *text, GError **error)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (object), name);
  g_auto (GValue) value = G_VALUE_INIT;

  if (pspec == NULL || !g_strv_contains (uri_properties, name)) {
    g_set_error (error, GST_URI_ERROR, GST_URI_ERROR_BAD_REFERENCE,
        "A genos:// URI has no parameter \"%s\"", name);
    return FALSE;
  }
  g_value_init (&value, pspec->value_type);
  if (pspec->value_type == G_TYPE_STRING) {
    g_value_set_string (&value, text);
  } else if (!gst_value_deserialize_with_pspec (&value, text, pspec)) {
    g_set_error (error, GST_URI_ERROR, GST_URI_ERROR_BAD_REFERENCE,
        "Not a value for \"%s\" in a genos:// URI", name);
    return FALSE;
  }
  g_object_set_property (object, name, &value);
  return TRUE;
}

static void
append_to_list (GString *list, const char *item)
{
  if (list->len > 0)
    g_string_append_c (list, ',');
  g_string_append (list, item);
}

static gboolean
set_uri_parameters (GObject *object, const char *query, GError **error)
{
  g_autoptr (GString) relays = g_string_new (NULL);
  g_autoptr (GString) turns = g_string_new (NULL);
  GUriParamsIter iter;
  GError *parse_error = NULL;
  char *name, *value;

  g_uri_params_iter_init (&iter, query, -1, "&", G_URI_PARAMS_NONE);
  while (g_uri_params_iter_next (&iter, &name, &value, &parse_error)) {
    g_autofree char *owned_name = name;
    g_autofree char *owned_value = value;

    if (strcmp (name, "relay") == 0)
      append_to_list (relays, value);
    else if (strcmp (name, "turn-server") == 0)
      append_to_list (turns, value);
    else if (!set_from_text (object, name, value, error))
      return FALSE;
  }
  if (parse_error != NULL) {
    g_clear_error (&parse_error);
    g_set_error_literal (error, GST_URI_ERROR, GST_URI_ERROR_BAD_URI,
        "The parameters of the genos:// URI cannot be read");
    return FALSE;
  }
  if (relays->len > 0)
    g_object_set (object, "relays", relays->str, NULL);
  if (turns->len > 0)
    g_object_set (object, "turn-servers", turns->str, NULL);
  return TRUE;
}

gboolean
gst_genos_room_handler_set_uri (GObject *object, const char *uri, GError **error)
{
  g_autofree char *scheme = NULL, *host = NULL, *path = NULL, *query = NULL;
  g_autofree char *encoded = NULL, *room = NULL;

  if (!g_uri_split (uri, G_URI_FLAGS_ENCODED, &scheme, NULL, &host, NULL, &path, &query, NULL, NULL)
      || g_strcmp0 (scheme, "genos") != 0 || host == NULL || *host == '\0') {
    g_set_error_literal (error, GST_URI_ERROR, GST_URI_ERROR_BAD_URI,
        "Not a URI of the form genos://ROOM?password=…&relay=…");
    return FALSE;
  }
  encoded = g_strconcat (host, g_strcmp0 (path, "/") == 0 ? "" : path, NULL);
  room = g_uri_unescape_string (encoded, NULL);
  if (room == NULL) {
    g_set_error_literal (error, GST_URI_ERROR, GST_URI_ERROR_BAD_URI,
        "The room name in the genos:// URI is not well escaped");
    return FALSE;
  }
  if (query != NULL && !set_uri_parameters (object, query, error))
    return FALSE;
  g_object_set (object, "room", room, NULL);
  return TRUE;
}

static void
append_parameter (GString *uri, const char *name, const char *value)
{
  g_string_append_c (uri, strchr (uri->str, '?') == NULL ? '?' : '&');
  g_string_append (uri, name);
  g_string_append_c (uri, '=');
  g_string_append_uri_escaped (uri, value, ":/", FALSE);
}

char *
gst_genos_room_settings_dup_uri (const GstGenosRoomSettings *self)
{
  g_autoptr (GPtrArray) relays = sorted_relays (self->relays);
  GString *uri;

  if (self->room == NULL || *self->room == '\0')
    return NULL;
  uri = g_string_new ("genos://");
  g_string_append_uri_escaped (uri, self->room, NULL, FALSE);
  for (guint i = 0; i < relays->len; i++)
    append_parameter (uri, "relay", relays->pdata[i]);
  if (self->dialect != GST_GENOS_DIALECT_GENOSRTC)
    append_parameter (uri, "dialect", gst_genos_room_settings_get_dialect (self));
  if (g_strcmp0 (self->app_id, DEFAULT_APP_ID) != 0 && self->app_id != NULL)
    append_parameter (uri, "app-id", self->app_id);
  return g_string_free (uri, FALSE);
}
