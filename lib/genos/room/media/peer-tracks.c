/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/media/peer-tracks.h>

#include <string.h>

/* Lists that change faster than any user's tracks are dropped. */
#define LIST_BURST 200
#define LIST_INTERVAL (100 * G_TIME_SPAN_MILLISECOND)

struct _GenosPeerTracks {
  GObject parent_instance;

  char *peer_id;
  GenosMessenger *messenger;
  gboolean understood;
  gint64 lists_paid; /* µs: lists taken are paid for up to then */

  char *announced;     /* (nullable): the last list that went out */
  GPtrArray *refusals; /* of GenosTrackEntry: what the peer does not want of ours */

  GPtrArray *offers; /* of GenosTrackOffer */
  char *refused;     /* (nullable): the last of ours that went out */
  GenosPeerTracksFilter filter;
  gpointer filter_data;
};

G_DEFINE_FINAL_TYPE (GenosPeerTracks, genos_peer_tracks, G_TYPE_OBJECT)

enum {
  OFFERED,
  WITHDRAWN,
  REFUSALS,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

GenosPeerTracks *
genos_peer_tracks_new (const char *peer_id, GenosMessenger *messenger)
{
  GenosPeerTracks *self = g_object_new (GENOS_TYPE_PEER_TRACKS, NULL);

  self->peer_id = g_strdup (peer_id);
  self->messenger = g_object_ref (messenger);
  return self;
}

void
genos_peer_tracks_set_understood (GenosPeerTracks *self, gboolean understood)
{
  self->understood = understood;
}

/* Sends @text unless it is what was said last. @said: (inout) (transfer full) */
static void
tell (GenosPeerTracks *self, const char *type, char *text, char **said)
{
  g_autoptr (GBytes) payload = NULL;
  GenosOutgoing outgoing = { type, GENOS_PAYLOAD_JSON };

  if (!self->understood || g_strcmp0 (text, *said) == 0) {
    g_free (text);
    return;
  }
  g_free (*said);
  *said = text;
  payload = g_bytes_new (text, strlen (text));
  outgoing.payload = payload;
  genos_messenger_send (self->messenger, &outgoing, NULL);
}

/* Whoever is told all the time takes it now and then. */
static gboolean
is_affordable (GenosPeerTracks *self, GError **error)
{
  gint64 now = g_get_monotonic_time ();
  gint64 paid = MAX (self->lists_paid, now) + LIST_INTERVAL;

  if (paid > now + LIST_BURST * LIST_INTERVAL) {
    g_set_error_literal (
        error, GENOS_ERROR, GENOS_ERROR_LIMIT, "lists of tracks come faster than they are taken");
    return FALSE;
  }
  self->lists_paid = paid;
  return TRUE;
}

/* --- ours --- */

void
genos_peer_tracks_announce (GenosPeerTracks *self, GPtrArray *entries)
{
  /* A peer that was never told of a track need not hear that there is none. */
  if (entries->len > 0 || self->announced != NULL)
    tell (self, GENOS_TRACK_LIST_TYPE, genos_track_list_build (entries), &self->announced);
}

gboolean
genos_peer_tracks_is_wanted (GenosPeerTracks *self, const char *stream_id, const char *track_id)
{
  return self->refusals == NULL
      || genos_track_list_find (self->refusals, stream_id, track_id) == NULL;
}

gboolean
genos_peer_tracks_take_refusals (GenosPeerTracks *self, const char *text, GError **error)
{
  GPtrArray *refusals =
      is_affordable (self, error) ? genos_track_refusals_parse (text, error) : NULL;

  if (refusals == NULL)
    return FALSE;
  g_clear_pointer (&self->refusals, g_ptr_array_unref);
  self->refusals = refusals;
  g_signal_emit (self, signals[REFUSALS], 0);
  return TRUE;
}

/* --- theirs --- */

void
genos_peer_tracks_set_filter (
    GenosPeerTracks *self, GenosPeerTracksFilter filter, gpointer user_data)
{
  self->filter = filter;
  self->filter_data = user_data;
}

static void
tell_refusals (GenosPeerTracks *self)
{
  g_autoptr (GPtrArray) entries =
      g_ptr_array_new_with_free_func ((GDestroyNotify) genos_track_entry_free);

  for (guint i = 0; i < self->offers->len; i++) {
    GenosTrackOffer *offer = g_ptr_array_index (self->offers, i);

    if (!genos_track_offer_get_wanted (offer))
      g_ptr_array_add (entries,
          genos_track_entry_new (
              genos_track_offer_get_stream_id (offer), genos_track_offer_get_track_id (offer)));
  }
  if (entries->len > 0 || self->refused != NULL)
    tell (self, GENOS_TRACK_REFUSALS_TYPE, genos_track_refusals_build (entries), &self->refused);
}

/* The filter is the application's: it may do anything. */
void
genos_peer_tracks_refilter (GenosPeerTracks *self)
{
  g_autoptr (GenosPeerTracks) alive = g_object_ref (self);
  g_autoptr (GPtrArray) offers =
      g_ptr_array_copy (self->offers, (GCopyFunc) (void (*) (void)) g_object_ref, NULL);

  g_ptr_array_set_free_func (offers, g_object_unref);
  for (guint i = 0; i < offers->len; i++) {
    GenosTrackOffer *offer = g_ptr_array_index (offers, i);

    genos_track_offer_set_wanted (
        offer, self->filter == NULL || self->filter (offer, self->filter_data));
  }
  tell_refusals (self);
}

static GenosTrackOffer *
take_known (GPtrArray *offers, const GenosTrackEntry *entry)
{
  for (guint i = 0; i < offers->len; i++) {
    GenosTrackOffer *offer = g_ptr_array_index (offers, i);

    if (g_strcmp0 (genos_track_offer_get_stream_id (offer), entry->stream_id) == 0
        && g_strcmp0 (genos_track_offer_get_track_id (offer), entry->track_id) == 0
        && genos_track_offer_update (offer, entry))
      return g_ptr_array_steal_index (offers, i);
  }
  return NULL;
}

static void
emit_all (GenosPeerTracks *self, guint signal, GPtrArray *offers)
{
  for (guint i = 0; i < offers->len; i++)
    g_signal_emit (self, signals[signal], 0, g_ptr_array_index (offers, i));
}

gboolean
genos_peer_tracks_take_list (GenosPeerTracks *self, const char *text, GError **error)
{
  g_autoptr (GenosPeerTracks) alive = g_object_ref (self);
  g_autoptr (GPtrArray) entries =
      is_affordable (self, error) ? genos_track_list_parse (text, error) : NULL;
  g_autoptr (GPtrArray) gone = NULL;
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);

  if (entries == NULL)
    return FALSE;
  gone = g_steal_pointer (&self->offers);
  self->offers = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < entries->len; i++) {
    const GenosTrackEntry *entry = g_ptr_array_index (entries, i);
    GenosTrackOffer *offer = take_known (gone, entry);

    if (offer == NULL) {
      offer = genos_track_offer_new (self->peer_id, entry);
      g_ptr_array_add (added, g_object_ref (offer));
    }
    g_ptr_array_add (self->offers, offer);
  }
  /* Before anything else, so that the peer knows before it begins to send. */
  genos_peer_tracks_refilter (self);
  emit_all (self, WITHDRAWN, gone);
  emit_all (self, OFFERED, added);
  return TRUE;
}

GPtrArray *
genos_peer_tracks_get_offers (GenosPeerTracks *self)
{
  return self->offers;
}

void
genos_peer_tracks_inherit (GenosPeerTracks *self, GenosPeerTracks *before)
{
  GPtrArray *offers = self->offers;

  self->offers = before->offers;
  before->offers = offers;
}

void
genos_peer_tracks_close (GenosPeerTracks *self)
{
  g_autoptr (GenosPeerTracks) alive = g_object_ref (self);
  g_autoptr (GPtrArray) gone = g_steal_pointer (&self->offers);

  self->offers = g_ptr_array_new_with_free_func (g_object_unref);
  emit_all (self, WITHDRAWN, gone);
}

/* --- GObject --- */

static void
genos_peer_tracks_finalize (GObject *object)
{
  GenosPeerTracks *self = GENOS_PEER_TRACKS (object);

  g_free (self->peer_id);
  g_free (self->announced);
  g_free (self->refused);
  g_clear_pointer (&self->refusals, g_ptr_array_unref);
  g_ptr_array_unref (self->offers);
  g_object_unref (self->messenger);
  G_OBJECT_CLASS (genos_peer_tracks_parent_class)->finalize (object);
}

static void
genos_peer_tracks_class_init (GenosPeerTracksClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = genos_peer_tracks_finalize;
  signals[OFFERED] = g_signal_new (g_intern_static_string ("offered"), type, G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, 1, GENOS_TYPE_TRACK_OFFER);
  signals[WITHDRAWN] = g_signal_new (g_intern_static_string ("withdrawn"), type, G_SIGNAL_RUN_LAST,
      0, NULL, NULL, NULL, G_TYPE_NONE, 1, GENOS_TYPE_TRACK_OFFER);
  signals[REFUSALS] = g_signal_new (g_intern_static_string ("refusals"), type, G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
genos_peer_tracks_init (GenosPeerTracks *self)
{
  self->offers = g_ptr_array_new_with_free_func (g_object_unref);
}
