/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosroommember.h"

#include "gstgenoselements.h"
#include "gstgenosroomattachment.h"

#define GST_CAT_DEFAULT gst_genos_debug

/* joining and leaving */

static gboolean
check_plugins (GstElement *element)
{
  static const struct {
    const char *factory, *package;
  } rows[] = {
    { "webrtcbin", "gstreamer1.0-plugins-bad" },
    { "dtlsenc", "gstreamer1.0-plugins-bad" },
    { "srtpenc", "gstreamer1.0-plugins-bad" },
    { "sctpenc", "gstreamer1.0-plugins-bad" },
    { "nicesink", "gstreamer1.0-nice" },
    { "rtpbin", "gstreamer1.0-plugins-good" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (rows[i].factory);

    if (factory == NULL) {
      GST_ELEMENT_ERROR (element, CORE, MISSING_PLUGIN,
          ("Rooms need the GStreamer element \"%s\", which is not installed. "
           "On Debian: apt-get install %s",
              rows[i].factory, rows[i].package),
          (NULL));
      return FALSE;
    }
  }
  return TRUE;
}

static void
report_join_error (GstElement *element, const GError *error)
{
  if (g_error_matches (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT))
    GST_ELEMENT_ERROR (element, RESOURCE, SETTINGS, ("%s", error->message), (NULL));
  else if (g_error_matches (error, GENOS_ERROR, GENOS_ERROR_MISSING_PLUGIN))
    GST_ELEMENT_ERROR (element, CORE, MISSING_PLUGIN, ("%s", error->message), (NULL));
  else
    GST_ELEMENT_ERROR (element, RESOURCE, OPEN_READ_WRITE, ("%s", error->message), (NULL));
}

static GstGenosRoomSession *
join_session (GstGenosRoomMember *self, GError **error)
{
  GstGenosRoomSession *session = NULL;
  GstGenosRoomSettings settings;
  const char *conflict = NULL;

  GST_OBJECT_LOCK (self->element);
  gst_genos_room_settings_copy (&settings, &self->settings);
  GST_OBJECT_UNLOCK (self->element);
  if (gst_genos_room_settings_check (&settings, error))
    session = gst_genos_room_session_join (&settings, &conflict, error);
  gst_genos_room_settings_clear (&settings);
  if (conflict != NULL)
    GST_ELEMENT_WARNING (self->element, RESOURCE, SETTINGS,
        ("Another element of this process is in the same room with another \"%s\", which stays "
         "in force: the elements of a room are one peer.",
            conflict),
        (NULL));
  return session;
}

gboolean
gst_genos_room_member_join (GstGenosRoomMember *self)
{
  g_autoptr (GError) error = NULL;
  GstGenosRoomSession *session = NULL;

  if (!check_plugins (self->element))
    return FALSE;
  session = join_session (self, &error);
  if (session == NULL) {
    report_join_error (self->element, error);
    return FALSE;
  }
  GST_OBJECT_LOCK (self->element);
  self->session = session;
  self->attachment = gst_genos_room_attachment_new (self, session);
  GST_OBJECT_UNLOCK (self->element);
  gst_genos_room_attachment_begin (self->attachment);
  return TRUE;
}

/* What nobody else wants is not sent any more. */
static void
refilter (GstGenosRoomSession *session, GenosRoom *room, gpointer unused)
{
  gst_genos_room_session_refilter (session);
}

void
gst_genos_room_member_leave (GstGenosRoomMember *self)
{
  GstGenosRoomSession *session;
  GstGenosRoomAttachment *attachment;

  GST_OBJECT_LOCK (self->element);
  session = g_steal_pointer (&self->session);
  attachment = g_steal_pointer (&self->attachment);
  g_clear_pointer (&self->active_speaker, g_free);
  GST_OBJECT_UNLOCK (self->element);
  if (session == NULL)
    return;
  gst_genos_room_attachment_end (attachment);
  if (self->feed_added != NULL)
    gst_genos_room_session_post (session, refilter, NULL, NULL);
  gst_genos_room_session_leave (session);
}

GstGenosRoomSession *
gst_genos_room_member_ref_session (GstGenosRoomMember *self)
{
  GstGenosRoomSession *session;

  GST_OBJECT_LOCK (self->element);
  session = self->session != NULL ? g_object_ref (self->session) : NULL;
  GST_OBJECT_UNLOCK (self->element);
  return session;
}

static GQuark
get_quark (void)
{
  return g_quark_from_static_string ("GstGenosRoomMember");
}

GstGenosRoomMember *
gst_genos_room_member_of (GstElement *element)
{
  return g_object_get_qdata (G_OBJECT (element), get_quark ());
}

void
gst_genos_room_member_init (GstGenosRoomMember *self, GstElement *element)
{
  self->element = element;
  g_object_set_qdata (G_OBJECT (element), get_quark (), self);
  gst_genos_room_settings_init (&self->settings);
}

void
gst_genos_room_member_clear (GstGenosRoomMember *self)
{
  gst_genos_room_settings_clear (&self->settings);
  g_clear_pointer (&self->active_speaker, g_free);
}

/* properties */

static void
read_stats (GstGenosRoomSession *session, GenosRoom *room, gpointer user_data)
{
  GstStructure **stats = user_data;

  *stats = genos_room_get_stats (room);
}

static void
clear_stats (gpointer user_data)
{
  g_clear_pointer ((GstStructure **) user_data, gst_structure_free);
}

static void
unref_stats (gpointer user_data)
{
  g_atomic_rc_box_release_full (user_data, clear_stats);
}

static GstStructure *
get_stats (GstGenosRoomMember *self)
{
  g_autoptr (GstGenosRoomSession) session = gst_genos_room_member_ref_session (self);
  GstStructure *stats = NULL;

  if (session != NULL) {
    /* A call that is late writes into the box when this function is gone. */
    GstStructure **box = g_atomic_rc_box_new0 (GstStructure *);

    if (gst_genos_room_session_call (
            session, read_stats, g_atomic_rc_box_acquire (box), unref_stats))
      stats = g_steal_pointer (box);
    unref_stats (box);
  }
  return stats != NULL ? stats : gst_structure_new_empty ("genos-stats");
}

typedef struct {
  const char *name;
  GValue value;
} Change;

static void
change_free (gpointer data)
{
  Change *self = data;

  g_value_unset (&self->value);
  g_free (self);
}

static void
change_room (GstGenosRoomSession *session, GenosRoom *room, gpointer user_data)
{
  Change *change = user_data;

  g_object_set_property (G_OBJECT (room), change->name, &change->value);
}

/* What may be changed at any time reaches a room that is joined already. */
static void
change_at_once (GstGenosRoomMember *self, guint index, const GValue *value)
{
  GParamSpec *pspec = gst_genos_room_mirror_get_pspec (index);
  g_autoptr (GstGenosRoomSession) session = NULL;
  Change *change;

  if ((pspec->flags & GST_PARAM_MUTABLE_PLAYING) == 0)
    return;
  session = gst_genos_room_member_ref_session (self);
  if (session == NULL)
    return;
  change = g_new0 (Change, 1);
  change->name = pspec->name;
  g_value_init (&change->value, G_VALUE_TYPE (value));
  g_value_copy (value, &change->value);
  gst_genos_room_session_invoke (session, change_room, change, change_free);
}

gboolean
gst_genos_room_member_set_property (GstGenosRoomMember *self, guint id, const GValue *value)
{
  gboolean known;

  GST_OBJECT_LOCK (self->element);
  known = gst_genos_room_settings_set (&self->settings, id, value);
  GST_OBJECT_UNLOCK (self->element);
  if (id >= GST_GENOS_PROP_MIRROR && id < GST_GENOS_PROP_LAST)
    change_at_once (self, id - GST_GENOS_PROP_MIRROR, value);
  return known;
}

gboolean
gst_genos_room_member_get_property (GstGenosRoomMember *self, guint id, GValue *value)
{
  gboolean known;

  if (id == GST_GENOS_PROP_STATS) {
    g_value_take_boxed (value, get_stats (self));
    return TRUE;
  }
  if (id == GST_GENOS_PROP_STATS_JSON) {
    g_autoptr (GstStructure) stats = get_stats (self);

    g_value_take_string (value, genos_stats_to_json (stats));
    return TRUE;
  }
  GST_OBJECT_LOCK (self->element);
  if (id == GST_GENOS_PROP_PEER_ID && self->session != NULL) {
    g_value_set_string (value, gst_genos_room_session_get_peer_id (self->session));
    known = TRUE;
  } else if (id == GST_GENOS_PROP_ACTIVE_SPEAKER) {
    g_value_set_string (value, self->active_speaker);
    known = TRUE;
  } else {
    known = gst_genos_room_settings_get (&self->settings, id, value);
  }
  GST_OBJECT_UNLOCK (self->element);
  return known;
}
