/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenoschoice.h"

#include "gstgenoselements.h"

#define GST_CAT_DEFAULT gst_genos_debug

struct _GstGenosChoice {
  GstElement *element; /* not owned */

  GMutex lock; /* a leaf */
  GstGenosSelection *selection;
  GHashTable *chosen; /* (nullable): stream ids */
  gboolean answer_due;
  gboolean began_anew; /* what was posted before is nothing any more */

  /* session thread */
  char *posted; /* (nullable): the ids of the last collection */
};

static guint subscribe_signal;

GstGenosChoice *
gst_genos_choice_new (GstElement *element)
{
  GstGenosChoice *self = g_new0 (GstGenosChoice, 1);

  self->element = element;
  g_mutex_init (&self->lock);
  self->selection = gst_genos_selection_parse (NULL, NULL);
  return self;
}

void
gst_genos_choice_free (GstGenosChoice *self)
{
  gst_genos_selection_unref (self->selection);
  g_clear_pointer (&self->chosen, g_hash_table_unref);
  g_free (self->posted);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
gst_genos_choice_install (GType type)
{
  /* On the room's thread; more often than once for a track when the choice is made again. */
  subscribe_signal = g_signal_new ("subscribe", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_BOOLEAN, 2, G_TYPE_STRING, GST_TYPE_STRUCTURE);
}

gboolean
gst_genos_choice_set_text (GstGenosChoice *self, const char *text, GError **error)
{
  GstGenosSelection *selection = gst_genos_selection_parse (text, error);
  GstGenosSelection *old;

  if (selection == NULL)
    return FALSE;
  g_mutex_lock (&self->lock);
  old = self->selection;
  self->selection = selection;
  g_clear_pointer (&self->chosen, g_hash_table_unref);
  g_mutex_unlock (&self->lock);
  gst_genos_selection_unref (old);
  return TRUE;
}

char *
gst_genos_choice_dup_text (GstGenosChoice *self)
{
  char *text;

  g_mutex_lock (&self->lock);
  text = g_strdup (gst_genos_selection_get_text (self->selection));
  g_mutex_unlock (&self->lock);
  return text;
}

void
gst_genos_choice_select (GstGenosChoice *self, GList *stream_ids)
{
  GHashTable *chosen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (GList *l = stream_ids; l != NULL; l = l->next)
    g_hash_table_add (chosen, g_strdup (l->data));
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->chosen, g_hash_table_unref);
  self->chosen = chosen;
  self->answer_due = TRUE;
  g_mutex_unlock (&self->lock);
}

void
gst_genos_choice_reset (GstGenosChoice *self)
{
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->chosen, g_hash_table_unref);
  self->answer_due = FALSE;
  self->began_anew = TRUE;
  g_mutex_unlock (&self->lock);
}

/* --- deciding --- */

static gboolean
ask_application (GstGenosChoice *self, const GstGenosTrackName *name)
{
  g_autoptr (GstStructure) track = gst_structure_new ("genos-track", "kind", G_TYPE_STRING,
      name->kind == GENOS_MEDIA_VIDEO ? "video" : "audio", "stream-id", G_TYPE_STRING,
      name->stream_id, "track-id", G_TYPE_STRING, name->track_id, "metadata", G_TYPE_STRING,
      name->metadata, NULL);
  gboolean wanted = FALSE;

  g_signal_emit (self->element, subscribe_signal, 0, name->peer_id, track, &wanted);
  return wanted;
}

gboolean
gst_genos_choice_wants (GstGenosChoice *self, const GstGenosTrackName *name)
{
  g_autoptr (GstGenosSelection) selection = NULL;
  g_autofree char *id = gst_genos_track_name_dup_id (name);
  gboolean is_chosen = FALSE, chosen = FALSE;

  g_mutex_lock (&self->lock);
  is_chosen = self->chosen != NULL;
  chosen = is_chosen && g_hash_table_contains (self->chosen, id);
  selection = gst_genos_selection_ref (self->selection);
  g_mutex_unlock (&self->lock);
  if (is_chosen)
    return chosen;
  if (g_signal_has_handler_pending (self->element, subscribe_signal, 0, FALSE))
    return ask_application (self, name);
  return gst_genos_selection_matches (selection, name);
}

/* --- the collection --- */

typedef struct {
  GstGenosChoice *self;
  GPtrArray *streams; /* GstStream */
  GPtrArray *wanted;  /* of them */
  GHashTable *ids;    /* owned by the streams */
} Gathering;

static void
gather (Gathering *gathering, const GstGenosTrackName *name, GstCaps *caps)
{
  g_autofree char *id = gst_genos_track_name_dup_id (name);
  g_autoptr (GstTagList) tags = gst_tag_list_new (GST_GENOS_TAG_PEER_ID, name->peer_id,
      GST_GENOS_TAG_STREAM_ID, name->stream_id, GST_GENOS_TAG_TRACK_ID, name->track_id, NULL);
  GstStream *stream;

  if (g_hash_table_contains (gathering->ids, id))
    return;
  if (name->metadata != NULL)
    gst_tag_list_add (tags, GST_TAG_MERGE_APPEND, GST_GENOS_TAG_METADATA, name->metadata, NULL);
  stream = gst_stream_new (id, caps,
      name->kind == GENOS_MEDIA_VIDEO ? GST_STREAM_TYPE_VIDEO : GST_STREAM_TYPE_AUDIO,
      GST_STREAM_FLAG_NONE);
  gst_stream_set_tags (stream, tags);
  g_hash_table_add (gathering->ids, (gpointer) gst_stream_get_stream_id (stream));
  g_ptr_array_add (gathering->streams, stream);
  if (gst_genos_choice_wants (gathering->self, name))
    g_ptr_array_add (gathering->wanted, stream);
}

static void
gather_feed (GenosPeer *peer, GstGenosTrackFeed *feed, gpointer user_data)
{
  GenosRemoteTrack *track = gst_genos_track_feed_get_track (feed);
  GstGenosTrackName name;

  gst_genos_track_name_of_track (&name, track);
  gather (user_data, &name, genos_remote_track_get_caps (track));
}

static void
gather_offers (Gathering *gathering, GenosRoom *room)
{
  g_autoptr (GPtrArray) offers = genos_room_get_track_offers (room);

  for (guint i = 0; i < offers->len; i++) {
    GstGenosTrackName name;

    gst_genos_track_name_of_offer (&name, g_ptr_array_index (offers, i));
    gather (gathering, &name, NULL);
  }
}

static int
compare_streams (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (gst_stream_get_stream_id (*(GstStream *const *) a),
      gst_stream_get_stream_id (*(GstStream *const *) b));
}

static char *
join_ids (GPtrArray *streams)
{
  GString *ids = g_string_new (NULL);

  for (guint i = 0; i < streams->len; i++)
    g_string_append_printf (ids, "%s\n", gst_stream_get_stream_id (g_ptr_array_index (streams, i)));
  return g_string_free (ids, FALSE);
}

static GstStreamCollection *
make_collection (GPtrArray *streams)
{
  GstStreamCollection *collection = gst_stream_collection_new ("genos-room");

  for (guint i = 0; i < streams->len; i++)
    gst_stream_collection_add_stream (collection, gst_object_ref (g_ptr_array_index (streams, i)));
  return collection;
}

static gboolean
take_answer_due (GstGenosChoice *self)
{
  gboolean due;

  g_mutex_lock (&self->lock);
  due = self->answer_due;
  self->answer_due = FALSE;
  g_mutex_unlock (&self->lock);
  return due;
}

static gboolean
take_began_anew (GstGenosChoice *self)
{
  gboolean began_anew;

  g_mutex_lock (&self->lock);
  began_anew = self->began_anew;
  self->began_anew = FALSE;
  g_mutex_unlock (&self->lock);
  return began_anew;
}

static void
post (GstGenosChoice *self, Gathering *gathering)
{
  g_autoptr (GstStreamCollection) collection = make_collection (gathering->streams);
  g_autofree char *ids = join_ids (gathering->streams);
  GstMessage *message;

  if (take_began_anew (self))
    g_clear_pointer (&self->posted, g_free);
  if (g_strcmp0 (ids, self->posted) != 0) {
    g_free (self->posted);
    self->posted = g_steal_pointer (&ids);
    gst_element_post_message (
        self->element, gst_message_new_stream_collection (GST_OBJECT (self->element), collection));
  }
  if (!take_answer_due (self))
    return;
  message = gst_message_new_streams_selected (GST_OBJECT (self->element), collection);
  for (guint i = 0; i < gathering->wanted->len; i++)
    gst_message_streams_selected_add (message, g_ptr_array_index (gathering->wanted, i));
  gst_element_post_message (self->element, message);
}

void
gst_genos_choice_tell (GstGenosChoice *self, GstGenosRoomSession *session, GenosRoom *room)
{
  Gathering gathering = { self, g_ptr_array_new_with_free_func (gst_object_unref),
    g_ptr_array_new (), g_hash_table_new (g_str_hash, g_str_equal) };

  gst_genos_room_session_foreach_feed (session, gather_feed, &gathering);
  gather_offers (&gathering, room);
  g_ptr_array_sort (gathering.streams, compare_streams);
  post (self, &gathering);
  g_hash_table_unref (gathering.ids);
  g_ptr_array_unref (gathering.wanted);
  g_ptr_array_unref (gathering.streams);
}
