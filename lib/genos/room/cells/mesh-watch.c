/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whether those are there whose work somebody else has to do at once when they are not. A quiet channel tells after
 * seven seconds; who has to know is asked for by the overlay, and asked once a second. */

#include <genos/room/cells/mesh-private.h>

#define LOOK_MS 500
/* From whom something came so lately nobody has to be asked. */
#define QUIET (1 * G_TIME_SPAN_SECOND)
/* Two answers that stay away are one too many; each has as long as four of the slowest before. */
#define MAX_MISSED 2
#define ANSWERS 4
#define MIN_ANSWER_MS 400
#define MAX_ANSWER_MS 1500
/* Later than it should be, our own context was held up, and an answer may wait. */
#define HELD_UP (G_TIME_SPAN_SECOND / 4)

typedef struct {
  gboolean suspected; /* at the last look */
  gboolean asked;
  gboolean doubted;
  guint n_missed;
  gint64 slowest; /* µs, of its answers of late */
} Watch;

typedef struct {
  GenosMesh *mesh;
  char *peer_id;
  gint64 asked;
  guint answer_ms;
} Question;

static void
question_free (Question *self)
{
  g_object_unref (self->mesh);
  g_free (self->peer_id);
  g_free (self);
}

static void
note_alive (GenosMesh *self, const char *peer_id, Watch *watch)
{
  watch->n_missed = 0;
  if (!watch->doubted)
    return;
  watch->doubted = FALSE;
  genos_mesh_doubt (self, peer_id, FALSE);
}

static void
note_missed (GenosMesh *self, const char *peer_id, Watch *watch)
{
  if (++watch->n_missed < MAX_MISSED || watch->doubted)
    return;
  watch->doubted = TRUE;
  genos_mesh_doubt (self, peer_id, TRUE);
}

static GenosMessenger *
find_messenger (GenosMesh *self, const char *peer_id)
{
  GenosPeer *peer = genos_roster_get (self->roster, peer_id);

  return peer != NULL && genos_peer_is_linked (peer) ? genos_peer_get_messenger (peer) : NULL;
}

static void ask (GenosMesh *self, const char *peer_id, Watch *watch, gint64 now);

/* Another link has taken the place of the one that was asked: nothing is known of it. */
static void
forget (Watch *watch)
{
  *watch = (Watch){ .suspected = watch->suspected };
}

static Watch *
find_watch (GenosMesh *self, const char *peer_id)
{
  return self->watches != NULL ? g_hash_table_lookup (self->watches, peer_id) : NULL;
}

/* Whoever hears that somebody is doubted may end the mesh. */
static void
take_silence (Question *question, Watch *watch)
{
  GenosMesh *self = question->mesh;
  gint64 now = g_get_monotonic_time ();

  if (now - question->asked >= question->answer_ms * G_TIME_SPAN_MILLISECOND + HELD_UP)
    return;
  note_missed (self, question->peer_id, watch);
  watch = find_watch (self, question->peer_id);
  if (watch != NULL && !watch->asked && !watch->doubted)
    ask (self, question->peer_id, watch, now);
}

static void
take_answer (Question *question, GenosMessenger *messenger, gint64 took, const GError *error)
{
  GenosMesh *self = question->mesh;
  Watch *watch = find_watch (self, question->peer_id);

  if (watch == NULL)
    return;
  watch->asked = FALSE;
  if (find_messenger (self, question->peer_id) != messenger) {
    forget (watch);
  } else if (took >= 0) {
    watch->slowest = MAX (took, watch->slowest * 7 / 8);
    note_alive (self, question->peer_id, watch);
  } else if (g_error_matches (error, GENOS_ERROR, GENOS_ERROR_TIMED_OUT)) {
    take_silence (question, watch);
  }
}

static void
on_answer (GObject *messenger, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  g_autoptr (GError) error = NULL;
  gint64 took = genos_messenger_ping_finish (GENOS_MESSENGER (messenger), result, &error);

  take_answer (question, GENOS_MESSENGER (messenger), took, error);
  question_free (question);
}

static void
ask (GenosMesh *self, const char *peer_id, Watch *watch, gint64 now)
{
  GenosMessenger *messenger = find_messenger (self, peer_id);
  Question *question;

  if (messenger == NULL)
    return;
  watch->asked = TRUE;
  question = g_new0 (Question, 1);
  question->mesh = g_object_ref (self);
  question->peer_id = g_strdup (peer_id);
  question->asked = now;
  question->answer_ms = watch->slowest == 0
      ? MAX_ANSWER_MS
      : CLAMP (ANSWERS * watch->slowest / G_TIME_SPAN_MILLISECOND, MIN_ANSWER_MS, MAX_ANSWER_MS);
  genos_messenger_ping_async (messenger, question->answer_ms, NULL, on_answer, question);
}

/* --- whom --- */

static void
suspect (guint32 peer, gpointer data)
{
  GenosMesh *self = data;
  const char *id = genos_mesh_topology_get_id (self->topology, peer);
  Watch *watch = g_hash_table_lookup (self->watches, id);

  if (watch == NULL) {
    watch = g_new0 (Watch, 1);
    g_hash_table_insert (self->watches, g_strdup (id), watch);
  }
  watch->suspected = TRUE;
}

static void
renew_suspects (GenosMesh *self, gint64 now)
{
  GHashTableIter iter;
  Watch *watch;

  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &watch))
    watch->suspected = FALSE;
  genos_mesh_overlay_foreach_suspect (self->overlay, now, suspect, self);
}

/* FALSE: it need not be watched any more. */
static gboolean
look_at (GenosMesh *self, const char *peer_id, Watch *watch, gboolean held_up, gint64 now)
{
  GenosMessenger *messenger = find_messenger (self, peer_id);

  if (messenger == NULL || (!watch->suspected && !watch->doubted))
    return FALSE;
  if (now - genos_messenger_get_heard (messenger) < QUIET)
    note_alive (self, peer_id, watch);
  else if (!watch->asked && !held_up)
    ask (self, peer_id, watch, now);
  return TRUE;
}

static gboolean
on_look (gpointer data)
{
  g_autoptr (GenosMesh) self = g_object_ref (GENOS_MESH (data));
  gint64 now = g_get_monotonic_time ();
  gboolean held_up = now - self->looked > LOOK_MS * G_TIME_SPAN_MILLISECOND + HELD_UP;
  GHashTableIter iter;
  const char *peer_id;
  Watch *watch;

  self->looked = now;
  renew_suspects (self, now);
  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, (gpointer *) &peer_id, (gpointer *) &watch))
    if (!look_at (self, peer_id, watch, held_up, now))
      g_hash_table_iter_remove (&iter);
  return G_SOURCE_CONTINUE;
}

void
genos_mesh_watch_begin (GenosMesh *self)
{
  self->watches = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->looked = g_get_monotonic_time ();
  genos_timer_start (&self->look, self->context, LOOK_MS, on_look, self, "[genos] mesh watch");
}

void
genos_mesh_watch_end (GenosMesh *self)
{
  genos_timer_stop (&self->look);
  g_clear_pointer (&self->watches, g_hash_table_unref);
}
