/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whoever should bring a track and brings nothing is asked whether it is there. One that was killed is known for gone
 * only after several seconds, as its channel is quiet without media, and then another has to be dialled: with an
 * answer that does not come this begins within one. */

#include <genos/room/far/far-private.h>

#include <string.h>

#define ANSWER_MS 500
/* Who is there and sends nothing may have nothing to send. */
#define ASK_AGAIN (5 * G_TIME_SPAN_SECOND)
/* Later than it should be, our own context was held up, and an answer may wait. */
#define HELD_UP (G_TIME_SPAN_SECOND / 4)

typedef struct {
  GenosFarTracks *tracks;
  guint stay;
  char *peer_id;
  gint64 asked;
} Question;

static void
question_free (Question *self)
{
  genos_far_tracks_let_go (self->tracks);
  g_free (self->peer_id);
  g_free (self);
}

/* The next way is taken at once, when there is one; else there may be one soon. */
static void
leave_parent (GenosFarTracks *self, const char *peer_id, gint64 now)
{
  GHashTableIter iter;
  GenosFarTrack *track;

  g_hash_table_iter_init (&iter, self->tracks);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &track))
    if (g_strcmp0 (track->parent, peer_id) == 0 && genos_far_track_is_late (track, now))
      genos_mesh_media_stalled (self->planner, &track->name, now);
  genos_far_tracks_schedule (self);
  genos_mesh_doubt (self->mesh, peer_id, TRUE);
}

static void
on_answer (GObject *messenger, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  GenosFarTracks *self = question->tracks;
  g_autoptr (GError) error = NULL;
  gint64 now = g_get_monotonic_time ();
  gint64 took = genos_messenger_ping_finish (GENOS_MESSENGER (messenger), result, &error);
  GenosFarNeighbour *neighbour = self->planner != NULL && self->stay == question->stay
      ? g_hash_table_lookup (self->neighbours, question->peer_id)
      : NULL;

  if (neighbour != NULL) {
    neighbour->asked = FALSE;
    if (took >= 0) {
      neighbour->answered = now;
      genos_mesh_doubt (self->mesh, question->peer_id, FALSE);
    } else if (g_error_matches (error, GENOS_ERROR, GENOS_ERROR_TIMED_OUT)
        && now - question->asked < ANSWER_MS * G_TIME_SPAN_MILLISECOND + HELD_UP) {
      leave_parent (self, question->peer_id, now);
    }
  }
  question_free (question);
}

static void
ask (GenosFarTracks *self, const char *peer_id, gint64 now)
{
  GenosFarNeighbour *neighbour = g_hash_table_lookup (self->neighbours, peer_id);
  GenosPeer *peer = genos_roster_get (self->roster, peer_id);
  Question *question;

  if (neighbour == NULL || neighbour->asked || neighbour->away || peer == NULL
      || !genos_peer_is_linked (peer)
      || (neighbour->answered != 0 && now - neighbour->answered < ASK_AGAIN))
    return;
  neighbour->asked = TRUE;
  question = g_new0 (Question, 1);
  question->tracks = g_rc_box_acquire (self);
  question->stay = self->stay;
  question->peer_id = g_strdup (peer_id);
  question->asked = now;
  genos_messenger_ping_async (
      genos_peer_get_messenger (peer), ANSWER_MS, NULL, on_answer, question);
}

void
genos_far_tracks_doubt (GenosFarTracks *self, gint64 now)
{
  gboolean held_up =
      now - self->looked > GENOS_FAR_TRACKS_LOOK_MS * G_TIME_SPAN_MILLISECOND + HELD_UP;
  GHashTableIter iter;
  GenosFarTrack *track;

  self->looked = now;
  if (held_up)
    return;
  g_hash_table_iter_init (&iter, self->tracks);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &track))
    if (track->tier == 0 && genos_mesh_media_is_used (self->planner, &track->name)
        && genos_far_track_is_late (track, now))
      ask (self, track->source, now);
}
