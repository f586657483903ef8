/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/peer-private.h>

#include <string.h>

#include <genos/base/reason-private.h>
#include <genos/room/signal-description.h>

/* A peer that sends nonsense is complained of so often at once, then once in that time. */
#define WARNING_BURST 8
#define WARNING_INTERVAL (5 * G_TIME_SPAN_SECOND)

/* A peer somebody says has left has that long to show that it is there. */
#define DOUBT_PING_MS 3000
/* And so long when the network may have changed, before another link is looked for. */
#define ASK_PING_MS 2000

/**
 * GenosPeer:
 *
 * A participant of a room that is linked to us.
 *
 * Lives on the main context of its room. It stays the same object until
 * [signal@Room::peer-left], also when its link breaks and another one takes its
 * place ([signal@Room::peer-relinked]), or when it restarts under the same id
 * before its old link was given up.
 */
struct _GenosPeer {
  GObject parent_instance;

  char *id;
  char *kind;
  const GenosDialect *dialect;
  GenosSignalOrigin origin;
  char *key;        /* the origin's */
  char *proven_key; /* (nullable) */
  GStrv capabilities;
  GenosPeerLink *link; /* the last one, when there is none */
  GenosMessenger *messenger;
  GenosPeerMedia *media;
  GPtrArray *orphans; /* (nullable): the tracks of a link that broke */
  gboolean linked;
  GError *trouble;  /* what the peer is gone for when the grace is over */
  gint64 grace_end; /* µs; 0: no trouble */
  guint relinks;
  gint64 joined; /* µs, monotonic */
  guint64 messages_in;
  guint64 dropped;
  gboolean gone;
  gboolean asked;
  gboolean doubted;     /* it is being asked whether it is there */
  gint64 warnings_paid; /* µs: warnings told are paid for up to then */

  const GenosPeerEvents *events;
  gpointer events_data;
};

G_DEFINE_FINAL_TYPE (GenosPeer, genos_peer, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_ID,
  PROP_KIND,
  PROP_VERIFIED,
  PROP_KEY,
  PROP_CAPABILITIES,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
tell_warning (GenosPeer *self, const GError *error)
{
  gint64 now = g_get_monotonic_time ();
  gint64 paid = MAX (self->warnings_paid, now) + WARNING_INTERVAL;

  if (self->events == NULL || paid > now + WARNING_BURST * WARNING_INTERVAL)
    return;
  self->warnings_paid = paid;
  self->events->warning (self, error, self->events_data);
}

/* --- internal messages --- */

static void
take_signal (GenosPeer *self, GenosMessage *message)
{
  g_autofree char *sdp = NULL;
  g_autoptr (GError) error = NULL;
  GenosSdpKind kind;

  if (!genos_signal_description_parse (genos_message_get_json (message), &kind, &sdp, &error)) {
    self->dropped++;
    tell_warning (self, error);
    return;
  }
  genos_peer_link_take_description (self->link, kind, sdp);
}

static void
take_internal (GenosPeer *self, const char *type, GenosMessage *message)
{
  if (strcmp (type, "@_signal") == 0)
    take_signal (self, message);
  else if (strcmp (type, "@_stream") == 0 && genos_message_get_text (message) != NULL)
    genos_peer_media_take_stream_metadata (self->media, genos_message_get_text (message));
  else if (strcmp (type, "@_track") == 0 && genos_message_get_text (message) != NULL)
    genos_peer_media_take_track_metadata (self->media, genos_message_get_text (message));
  else if (strcmp (type, "@_leave") == 0)
    genos_peer_close (self, FALSE, GENOS_REASON_LEFT);
}

static void
on_message (GenosMessenger *messenger, const GenosAssembledMessage *assembled, GenosPeer *self)
{
  g_autoptr (GenosPeer) alive = g_object_ref (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosMessage) message = NULL;

  if (self->gone)
    return;

  message = genos_message_new_assembled (assembled, &error);
  if (message == NULL) {
    self->dropped++;
    tell_warning (self, error);
    return;
  }

  if (g_str_has_prefix (assembled->type, "@_")) {
    take_internal (self, assembled->type, message);
    return;
  }
  self->messages_in++;
  if (self->events != NULL)
    self->events->message (self, assembled->type, message, self->events_data);
}

static void
on_progress (GenosMessenger *messenger, const char *type, gdouble fraction, const char *metadata,
    GenosPeer *self)
{
  if (!self->gone && self->events != NULL && !g_str_has_prefix (type, "@_"))
    self->events->progress (self, type, fraction, metadata, self->events_data);
}

static void
on_dropped (GenosMessenger *messenger, GError *error, GenosPeer *self)
{
  self->dropped++;
  tell_warning (self, error);
}

/* --- the link --- */

static void
remove_orphans (GenosPeer *self)
{
  g_autoptr (GPtrArray) orphans = g_steal_pointer (&self->orphans);

  for (guint i = 0; orphans != NULL && i < orphans->len && self->events != NULL; i++)
    self->events->track_removed (self, g_ptr_array_index (orphans, i), self->events_data);
}

static void
end (GenosPeer *self, const GError *error)
{
  g_autoptr (GenosPeer) alive = g_object_ref (self);
  g_autoptr (GError) reason = g_error_copy (error);

  if (self->gone)
    return;
  self->gone = TRUE;
  self->linked = FALSE;
  self->grace_end = 0;

  remove_orphans (self);
  genos_peer_media_close (self->media);
  genos_peer_link_close (self->link);
  if (self->events != NULL)
    self->events->gone (self, reason, self->events_data);
}

static void
trouble (GenosPeer *self, const GError *error, gint64 grace)
{
  /* A link that breaks after its silence does not put the end off. */
  if (self->gone || self->grace_end != 0)
    return;
  self->grace_end = g_get_monotonic_time () + grace;
  self->trouble = g_error_copy (error);
  if (self->events != NULL)
    self->events->troubled (self, self->events_data);
}

static void
heal (GenosPeer *self, gboolean replaced)
{
  gboolean tell = self->grace_end != 0 || replaced;

  self->grace_end = 0;
  g_clear_error (&self->trouble);
  if (tell && self->events != NULL)
    self->events->healed (self, replaced, self->events_data);
}

static void
on_silent (GenosMessenger *messenger, GenosPeer *self)
{
  g_autoptr (GError) error = genos_error_new_reason (
      GENOS_ERROR_TIMED_OUT, GENOS_REASON_LOST, "peer %s does not answer any more", self->id);

  trouble (self, error, GENOS_PEER_SILENT_GRACE);
}

static void
on_revived (GenosMessenger *messenger, GenosPeer *self)
{
  heal (self, FALSE);
}

static void
unwatch_link (GenosPeer *self)
{
  g_signal_handlers_disconnect_by_data (self->link, self);
  g_signal_handlers_disconnect_by_data (self->messenger, self);
  g_signal_handlers_disconnect_by_data (self->media, self);
}

/* The tracks stay with whoever shows or records them. */
static void
keep_tracks (GenosPeer *self)
{
  g_clear_pointer (&self->orphans, g_ptr_array_unref);
  self->orphans = genos_peer_media_detach (self->media);
}

/* Broken, or given up by the other side without a word: that may have found another link already, or
 * looks for one. A link that ends because the peer broke the rules is not mended. */
static void
on_link_closed (GenosPeerLink *link, GError *error, GenosPeer *self)
{
  g_autoptr (GenosPeer) alive = g_object_ref (self);

  if (self->gone)
    return;
  if (!g_error_matches (error, GENOS_ERROR, GENOS_ERROR_CLOSED)
      && !g_error_matches (error, GENOS_ERROR, GENOS_ERROR_TIMED_OUT)) {
    end (self, error);
    return;
  }
  self->linked = FALSE;
  unwatch_link (self);
  keep_tracks (self);
  trouble (self, error, GENOS_PEER_BROKEN_GRACE);
}

const GenosSignalOrigin *
genos_peer_get_origin (GenosPeer *self)
{
  return &self->origin;
}

void
genos_peer_tick (GenosPeer *self, gint64 now)
{
  g_autoptr (GError) reason = NULL;

  if (self->gone || self->grace_end == 0 || now < self->grace_end)
    return;
  reason = g_error_copy (self->trouble);
  end (self, reason);
}

gboolean
genos_peer_is_linked (GenosPeer *self)
{
  return self->linked;
}

gboolean
genos_peer_is_troubled (GenosPeer *self)
{
  return self->grace_end != 0;
}

static void
on_link_description (GenosPeerLink *link, GenosSdpKind kind, const char *sdp, GenosPeer *self)
{
  g_autofree char *text = genos_signal_description_build (kind, sdp);
  gsize size = strlen (text);
  g_autoptr (GBytes) payload = g_bytes_new_take (g_steal_pointer (&text), size);
  const GenosOutgoing outgoing = { "@_signal", GENOS_PAYLOAD_JSON, payload };
  g_autoptr (GError) error = NULL;

  if (genos_messenger_send (self->messenger, &outgoing, &error) == 0)
    tell_warning (self, error);
}

static void
on_link_warning (GenosPeerLink *link, GError *error, GenosPeer *self)
{
  self->dropped++;
  tell_warning (self, error);
}

static void
on_track_added (GenosPeerMedia *media, GenosRemoteTrack *track, GenosPeer *self)
{
  if (self->events != NULL)
    self->events->track_added (self, track, self->events_data);
}

static void
on_track_removed (GenosPeerMedia *media, GenosRemoteTrack *track, GenosPeer *self)
{
  if (self->events != NULL)
    self->events->track_removed (self, track, self->events_data);
}

static void
on_media_warning (GenosPeerMedia *media, GError *error, GenosPeer *self)
{
  tell_warning (self, error);
}

void
genos_peer_close_for (GenosPeer *self, gboolean politely, const GError *error)
{
  if (politely && !self->gone) {
    g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
    const GenosOutgoing leave = { "@_leave", GENOS_PAYLOAD_STRING, nothing };

    genos_messenger_send (self->messenger, &leave, NULL);
    genos_messenger_flush (self->messenger);
  }
  end (self, error);
}

void
genos_peer_close (GenosPeer *self, gboolean politely, GenosReason why)
{
  g_autoptr (GError) error =
      genos_error_new_reason (why == GENOS_REASON_LOST ? GENOS_ERROR_TIMED_OUT : GENOS_ERROR_CLOSED,
          why, "%s", genos_reason_get_text (why));

  genos_peer_close_for (self, politely, error);
}

static void
on_doubt_pinged (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GenosPeer) self = user_data;
  g_autoptr (GError) error = NULL;

  self->doubted = FALSE;
  /* The link that was asked is not the one that is there now. */
  if (GENOS_MESSENGER (source) != self->messenger || !self->linked)
    return;
  if (genos_messenger_ping_finish (GENOS_MESSENGER (source), result, &error) < 0
      && !g_error_matches (error, GENOS_ERROR, GENOS_ERROR_LIMIT))
    genos_peer_close (self, FALSE, GENOS_REASON_LOST);
}

void
genos_peer_doubt (GenosPeer *self)
{
  if (self->gone || self->doubted)
    return;
  if (!self->linked) {
    genos_peer_close (self, FALSE, GENOS_REASON_LEFT);
    return;
  }
  self->doubted = TRUE;
  genos_messenger_ping_async (
      self->messenger, DOUBT_PING_MS, NULL, on_doubt_pinged, g_object_ref (self));
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GenosPeer) self = user_data;
  g_autoptr (GError) error = NULL;

  self->asked = FALSE;
  if (genos_messenger_ping_finish (GENOS_MESSENGER (source), result, &error) >= 0
      || GENOS_MESSENGER (source) != self->messenger || !self->linked)
    return;
  if (g_error_matches (error, GENOS_ERROR, GENOS_ERROR_TIMED_OUT))
    on_silent (self->messenger, self);
}

void
genos_peer_ask (GenosPeer *self)
{
  if (self->gone || !self->linked || self->asked || self->grace_end != 0)
    return;
  self->asked = TRUE;
  genos_messenger_ping_async (self->messenger, ASK_PING_MS, NULL, on_asked, g_object_ref (self));
}

/* --- GObject --- */

static void
genos_peer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GenosPeer *self = GENOS_PEER (object);

  switch (id) {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_KIND:
      g_value_set_string (value, self->kind);
      break;
    case PROP_VERIFIED:
      g_value_set_boolean (value, self->proven_key != NULL);
      break;
    case PROP_KEY:
      g_value_set_string (value, self->proven_key);
      break;
    case PROP_CAPABILITIES:
      g_value_set_boxed (value, self->capabilities);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
genos_peer_dispose (GObject *object)
{
  GenosPeer *self = GENOS_PEER (object);

  if (self->link != NULL) {
    g_signal_handlers_disconnect_by_data (self->link, self);
    genos_peer_link_close (self->link);
  }
  if (self->messenger != NULL)
    g_signal_handlers_disconnect_by_data (self->messenger, self);
  if (self->media != NULL) {
    g_signal_handlers_disconnect_by_data (self->media, self);
    genos_peer_media_close (self->media);
  }
  g_clear_object (&self->media);
  g_clear_object (&self->messenger);
  g_clear_object (&self->link);

  G_OBJECT_CLASS (genos_peer_parent_class)->dispose (object);
}

static void
genos_peer_finalize (GObject *object)
{
  GenosPeer *self = GENOS_PEER (object);

  g_clear_pointer (&self->orphans, g_ptr_array_unref);
  g_clear_error (&self->trouble);
  g_free (self->id);
  g_free (self->kind);
  g_free (self->key);
  g_free (self->proven_key);
  g_strfreev (self->capabilities);

  G_OBJECT_CLASS (genos_peer_parent_class)->finalize (object);
}

static void
genos_peer_class_init (GenosPeerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = genos_peer_get_property;
  object_class->dispose = genos_peer_dispose;
  object_class->finalize = genos_peer_finalize;

  /**
   * GenosPeer:id:
   *
   * The peer's id: 1 to 64 characters of `[0-9A-Za-z]`. What a browser says of
   * itself is a claim; nothing proves it.
   */
  properties[PROP_ID] =
      g_param_spec_string ("id", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GenosPeer:kind:
   *
   * What its announces say it is, such as `native`; informational. Notified when
   * it becomes known.
   */
  properties[PROP_KIND] = g_param_spec_string ("kind", NULL, NULL, NULL,
      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * GenosPeer:verified:
   *
   * Whether it has proven, before it joined, that it holds [property@Peer:key].
   */
  properties[PROP_VERIFIED] = g_param_spec_boolean ("verified", NULL, NULL, FALSE,
      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * GenosPeer:key:
   *
   * The public key (BIP-340) the peer has proven to hold: 64 hex digits, else %NULL.
   */
  properties[PROP_KEY] = g_param_spec_string (
      "key", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * GenosPeer:capabilities:
   *
   * What a verified peer understands of our extensions.
   */
  properties[PROP_CAPABILITIES] = g_param_spec_boxed (
      "capabilities", NULL, NULL, G_TYPE_STRV, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
genos_peer_init (GenosPeer *self)
{
  self->joined = g_get_monotonic_time ();
}

static void
watch_link (GenosPeer *self, GenosPeerLink *link, const GenosSignalOrigin *origin)
{
  g_free (self->key);
  self->key = g_strdup (origin->key);
  self->origin = (GenosSignalOrigin){ .key = self->key, .extended = origin->extended };
  self->link = g_object_ref (link);
  self->messenger = genos_messenger_new (link, self->dialect);
  self->media = genos_peer_media_new (self->id, link, self->messenger);
  self->linked = TRUE;

  g_signal_connect (self->messenger, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->messenger, "progress", G_CALLBACK (on_progress), self);
  g_signal_connect (self->messenger, "dropped", G_CALLBACK (on_dropped), self);
  g_signal_connect (self->messenger, "silent", G_CALLBACK (on_silent), self);
  g_signal_connect (self->messenger, "revived", G_CALLBACK (on_revived), self);
  g_signal_connect (link, "closed", G_CALLBACK (on_link_closed), self);
  g_signal_connect (link, "description", G_CALLBACK (on_link_description), self);
  g_signal_connect (link, "warning", G_CALLBACK (on_link_warning), self);
  g_signal_connect (self->media, "track-added", G_CALLBACK (on_track_added), self);
  g_signal_connect (self->media, "track-removed", G_CALLBACK (on_track_removed), self);
  g_signal_connect (self->media, "warning", G_CALLBACK (on_media_warning), self);
}

GenosPeer *
genos_peer_new (const char *peer_id, const char *kind, GenosPeerLink *link,
    const GenosSignalOrigin *origin, const GenosDialect *dialect)
{
  GenosPeer *self = g_object_new (GENOS_TYPE_PEER, NULL);

  self->id = g_strdup (peer_id);
  self->kind = g_strdup (kind);
  self->dialect = dialect;
  watch_link (self, link, origin);
  return self;
}

void
genos_peer_replace_link (GenosPeer *self, GenosPeerLink *link, const GenosSignalOrigin *origin)
{
  g_autoptr (GenosPeer) alive = g_object_ref (self);
  g_autoptr (GenosPeerLink) old_link = NULL;
  g_autoptr (GenosMessenger) old_messenger = NULL;
  g_autoptr (GenosPeerMedia) old_media = NULL;

  if (self->gone)
    return;
  if (self->linked) {
    unwatch_link (self);
    keep_tracks (self);
  }
  old_link = g_steal_pointer (&self->link);
  old_messenger = g_steal_pointer (&self->messenger);
  old_media = g_steal_pointer (&self->media);
  watch_link (self, link, origin);
  self->relinks++;
  if (self->orphans != NULL)
    genos_peer_media_adopt (self->media, self->orphans);
  g_clear_pointer (&self->orphans, g_ptr_array_unref);
  /* Its senders hear that what they had left in it is lost, and may do anything in return. */
  genos_peer_link_close (old_link);
  if (!self->gone)
    heal (self, TRUE);
}

/**
 * genos_peer_get_id:
 * @self: a peer
 *
 * Gets the peer's id.
 *
 * Returns: (transfer none): the id
 */
const char *
genos_peer_get_id (GenosPeer *self)
{
  g_return_val_if_fail (GENOS_IS_PEER (self), NULL);
  return self->id;
}

/**
 * genos_peer_get_kind:
 * @self: a peer
 *
 * Gets what its announces say it is.
 *
 * Returns: (transfer none) (nullable): its kind, or %NULL when it did not say
 */
const char *
genos_peer_get_kind (GenosPeer *self)
{
  g_return_val_if_fail (GENOS_IS_PEER (self), NULL);
  return self->kind;
}

/**
 * genos_peer_get_key:
 * @self: a peer
 *
 * Gets the public key the peer has proven to hold.
 *
 * Returns: (transfer none) (nullable): 64 hex digits; %NULL when it is not verified
 */
const char *
genos_peer_get_key (GenosPeer *self)
{
  g_return_val_if_fail (GENOS_IS_PEER (self), NULL);
  return self->proven_key;
}

void
genos_peer_set_identity (GenosPeer *self, const char *key, const char *const *capabilities)
{
  g_free (self->proven_key);
  g_strfreev (self->capabilities);
  self->proven_key = g_strdup (key);
  self->capabilities = g_strdupv ((GStrv) capabilities);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VERIFIED]);
}

void
genos_peer_set_kind (GenosPeer *self, const char *kind)
{
  if (kind == NULL || g_strcmp0 (kind, self->kind) == 0)
    return;
  g_free (self->kind);
  self->kind = g_strdup (kind);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KIND]);
}

void
genos_peer_set_events (GenosPeer *self, const GenosPeerEvents *events, gpointer user_data)
{
  self->events = events;
  self->events_data = user_data;
}

GenosPeerMedia *
genos_peer_get_media (GenosPeer *self)
{
  return self->media;
}

GenosMessenger *
genos_peer_get_messenger (GenosPeer *self)
{
  return self->messenger;
}

GstStructure *
genos_peer_get_stats (GenosPeer *self)
{
  g_autoptr (GstStructure) path = genos_peer_link_dup_path (self->link);
  GstStructure *stats =
      gst_structure_new ("peer", "peer-id", G_TYPE_STRING, self->id, "kind", G_TYPE_STRING,
          self->kind, "linked-ms", G_TYPE_INT64, (g_get_monotonic_time () - self->joined) / 1000,
          "messages-in", G_TYPE_UINT64, self->messages_in, "dropped", G_TYPE_UINT64, self->dropped,
          "relinks", G_TYPE_UINT, self->relinks, "linked", G_TYPE_BOOLEAN, self->linked, "buffered",
          G_TYPE_UINT64, (guint64) genos_peer_link_get_buffered (self->link), NULL);

  if (path != NULL)
    gst_structure_set (stats, "path", GST_TYPE_STRUCTURE, path, NULL);
  return stats;
}
