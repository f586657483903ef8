/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/door.h>

#include <string.h>

#include <genos/base/reason-private.h>
#include <genos/room/joining/caller.h>
#include <genos/room/joining/lobby.h>

#define MAX_QUESTIONS 64
#define MAX_DECISIONS 4096
#define MAX_REPORTED 256
#define MAX_IN_LINE 64
/* Questions to the application: so many at once, then one in that time. */
#define QUESTION_BURST 64
#define QUESTION_INTERVAL (100 * G_TIME_SPAN_MILLISECOND)
/* Whoever sent an older offer has given it up, and whoever was heard before that may be gone. */
#define OFFER_AGE (10 * G_TIME_SPAN_SECOND)
#define CALLER_AGE (60 * G_TIME_SPAN_SECOND)

struct _GenosDoor {
  GenosSignaller parent_instance;

  GenosDoorConfig config;
  GenosSignaller *signaller;
  GHashTable *decisions; /* "id key" → GenosAdmissionState */
  GHashTable *banned;    /* ids and keys */
  GHashTable *reported;  /* "id key" of whom we said that it may not come */
  GHashTable *questions; /* "id key" → GenosCaller */
  GHashTable *line;      /* id → GenosCaller: kept out for now */
  GenosLobby *lobby;
  gint64 paid;
  guint64 n_denied;
  gboolean closed;
};

G_DEFINE_FINAL_TYPE (GenosDoor, genos_door, GENOS_TYPE_SIGNALLER)

enum {
  ASKED,
  ADMITTED,
  REFUSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void on_decided (GenosAdmission *admission, GenosDoor *self);

/* --- who calls --- */

static char *
key_of (const char *peer_id, const char *key)
{
  return g_strconcat (peer_id, " ", key, NULL);
}

static void
report (GenosDoor *self, const GenosCaller *caller, GenosError code, GenosReason reason,
    const char *why)
{
  g_autofree char *who = key_of (caller->peer_id, caller->key);
  g_autoptr (GError) error = NULL;

  if (g_hash_table_contains (self->reported, who))
    return;
  if (g_hash_table_size (self->reported) >= MAX_REPORTED)
    g_hash_table_remove_all (self->reported);
  g_hash_table_add (self->reported, g_steal_pointer (&who));
  error = genos_error_new_reason (
      code, reason, "peer %s is there, and not admitted: %s", caller->peer_id, why);
  g_signal_emit (self, signals[REFUSED], 0, caller->peer_id, error, FALSE);
}

static void
refuse_browser (GenosDoor *self, const GenosCaller *caller)
{
  if (self->config.rules->require_verified)
    report (self, caller, GENOS_ERROR_AUTHENTICATION, GENOS_REASON_NOT_VERIFIED,
        "it cannot prove who it is, and require-verified is set");
  else
    report (self, caller, GENOS_ERROR_UNSUPPORTED, GENOS_REASON_NOT_ENCRYPTED,
        "it cannot seal messages end to end, and encryption is required");
}

gboolean
genos_door_excludes (GenosDoor *self, const char *peer_id, const char *key)
{
  return genos_admission_list_has (self->banned, peer_id, key)
      || genos_admission_rules_exclude (self->config.rules, peer_id, key);
}

static gboolean
has_room (GenosDoor *self, const char *peer_id)
{
  guint max = self->config.rules->max_peers;
  g_autoptr (GHashTable) peers = NULL;

  if (max == 0)
    return TRUE;
  peers = self->config.dup_peers (self->config.data);
  genos_lobby_add_ids (self->lobby, peers);
  return g_hash_table_contains (peers, peer_id) || g_hash_table_size (peers) < max;
}

/* Whoever may come in later, when a place is free or a list changed. An offer is worth more than the
 * announces after it. */
static void
stand_in_line (GenosDoor *self, const GenosCaller *caller)
{
  const GenosCaller *before = g_hash_table_lookup (self->line, caller->peer_id);

  if (before == NULL && g_hash_table_size (self->line) >= MAX_IN_LINE)
    return;
  if (before != NULL && before->offer != NULL && caller->offer == NULL
      && g_strcmp0 (before->key, caller->key) == 0 && caller->heard - before->heard < OFFER_AGE)
    return;
  g_hash_table_insert (self->line, g_strdup (caller->peer_id), genos_caller_copy (caller));
}

/* Nobody but the holder of its key takes the place of a verified peer while it is there. */
static gboolean
is_impostor (GenosDoor *self, const char *peer_id, const char *key)
{
  const char *proven = self->config.get_key (peer_id, self->config.data);

  return proven != NULL && g_strcmp0 (proven, key) != 0;
}

/* --- asking --- */

static void
remember (GenosDoor *self, const char *who, GenosAdmissionState state)
{
  if (g_hash_table_size (self->decisions) >= MAX_DECISIONS)
    g_hash_table_remove_all (self->decisions);
  g_hash_table_insert (self->decisions, g_strdup (who), GINT_TO_POINTER (state));
}

static gboolean
may_ask (GenosDoor *self, gint64 now)
{
  gint64 paid = MAX (self->paid, now) + QUESTION_INTERVAL;

  if (g_hash_table_size (self->questions) >= MAX_QUESTIONS
      || paid > now + QUESTION_BURST * QUESTION_INTERVAL)
    return FALSE;
  self->paid = paid;
  return TRUE;
}

static void
put_off (GenosDoor *self, const char *who, const GenosCaller *caller, GenosAdmission *admission)
{
  GenosCaller *waiting = genos_caller_copy (caller);

  waiting->deadline =
      g_get_monotonic_time () + self->config.rules->timeout_ms * G_TIME_SPAN_MILLISECOND;
  g_hash_table_insert (self->questions, g_strdup (who), waiting);
  waiting->admission = g_object_ref (admission);
  waiting->handler = g_signal_connect (admission, "decided", G_CALLBACK (on_decided), self);
}

static gboolean
ask (GenosDoor *self, const char *who, const GenosCaller *caller)
{
  GenosSignalOrigin origin = { .key = caller->key, .extended = caller->extended };
  g_autoptr (GenosAdmission) admission = NULL;
  GenosAdmissionState state;

  if (!may_ask (self, g_get_monotonic_time ()))
    return FALSE;
  admission = genos_admission_new (caller->peer_id, caller->kind, caller->via, &origin);
  g_signal_emit (self, signals[ASKED], 0, admission);
  state = genos_admission_get_state (admission);
  if (state == GENOS_ADMISSION_DEFERRED) {
    put_off (self, who, caller, admission);
    return FALSE;
  }
  if (state == GENOS_ADMISSION_OPEN)
    state = GENOS_ADMISSION_ALLOWED;
  remember (self, who, state);
  return state == GENOS_ADMISSION_ALLOWED && !self->closed;
}

static gboolean
is_decided (GenosDoor *self, const GenosCaller *caller)
{
  g_autofree char *who = key_of (caller->peer_id, caller->key);
  GenosAdmissionState state = GPOINTER_TO_INT (g_hash_table_lookup (self->decisions, who));
  GenosCaller *waiting = g_hash_table_lookup (self->questions, who);

  if (state != GENOS_ADMISSION_OPEN)
    return state == GENOS_ADMISSION_ALLOWED;
  if (waiting == NULL)
    return ask (self, who, caller);
  if (caller->offer != NULL) {
    g_free (waiting->offer);
    waiting->offer = g_strdup (caller->offer);
    waiting->heard = caller->heard;
  }
  return FALSE;
}

/* The order is that of the documentation: lists, room, proof, and only then a question. */
static gboolean
judge (GenosDoor *self, const GenosCaller *caller)
{
  if (genos_door_excludes (self, caller->peer_id, caller->key)) {
    stand_in_line (self, caller);
    return FALSE;
  }
  if (is_impostor (self, caller->peer_id, caller->key)) {
    /* It may be the same one, restarted under a fresh key: then nobody answers to the old one. */
    stand_in_line (self, caller);
    self->config.doubt (caller->peer_id, self->config.data);
    return FALSE;
  }
  if (!has_room (self, caller->peer_id)) {
    stand_in_line (self, caller);
    report (self, caller, GENOS_ERROR_LIMIT, GENOS_REASON_ROOM_FULL,
        "there are as many peers as max-peers allows");
    return FALSE;
  }
  if (!caller->extended && genos_admission_rules_need_proof (self->config.rules)) {
    refuse_browser (self, caller);
    return FALSE;
  }
  return is_decided (self, caller);
}

static void
hear (GenosDoor *self, const GenosCaller *caller)
{
  GenosSignalOrigin origin = { .key = caller->key, .extended = caller->extended };
  GenosSignaller *signaller = GENOS_SIGNALLER (self);

  if (self->closed)
    return;
  g_object_ref (self);
  if (!judge (self, caller))
    self->n_denied++;
  else if (caller->offer != NULL)
    genos_signaller_emit_offer (signaller, caller->peer_id, caller->via, caller->offer, &origin);
  else
    genos_signaller_emit_announced (signaller, caller->peer_id, caller->kind, caller->via, &origin);
  g_object_unref (self);
}

/* @caller: (transfer full). What it said once it says again. */
static void
hear_again (GenosDoor *self, GenosCaller *caller)
{
  gint64 now = g_get_monotonic_time ();

  if (now - caller->heard > OFFER_AGE)
    g_clear_pointer (&caller->offer, g_free);
  hear (self, caller);
  genos_caller_free (caller);
}

static void
on_decided (GenosAdmission *admission, GenosDoor *self)
{
  g_autofree char *who =
      key_of (genos_admission_get_peer_id (admission), genos_admission_get_key (admission));
  gpointer stored, caller;

  if (!g_hash_table_steal_extended (self->questions, who, &stored, &caller))
    return;
  g_free (stored);
  remember (self, who, genos_admission_get_state (admission));
  hear_again (self, caller);
}

/* --- what the signaller hears --- */

static void
on_announced (GenosSignaller *signaller, const char *peer_id, const char *kind, const char *via,
    const GenosSignalOrigin *origin, GenosDoor *self)
{
  GenosCaller caller = { .peer_id = (char *) peer_id,
    .kind = (char *) kind,
    .via = (char *) via,
    .key = (char *) origin->key,
    .extended = origin->extended,
    .heard = g_get_monotonic_time () };

  hear (self, &caller);
}

static void
on_offer (GenosSignaller *signaller, const char *peer_id, const char *via, const char *sdp,
    const GenosSignalOrigin *origin, GenosDoor *self)
{
  GenosCaller caller = { .peer_id = (char *) peer_id,
    .via = (char *) via,
    .key = (char *) origin->key,
    .extended = origin->extended,
    .offer = (char *) sdp,
    .heard = g_get_monotonic_time () };

  hear (self, &caller);
}

/* It was admitted when it was dialled; the dialler knows whom. */
static void
on_answer (GenosSignaller *signaller, const char *peer_id, const char *via, const char *sdp,
    const GenosSignalOrigin *origin, GenosDoor *self)
{
  if (!self->closed && !genos_door_excludes (self, peer_id, origin->key)
      && (origin->extended || !genos_admission_rules_need_proof (self->config.rules)))
    genos_signaller_emit_answer (GENOS_SIGNALLER (self), peer_id, via, sdp, origin);
  else
    self->n_denied++;
}

static void
on_path_opened (GenosSignaller *signaller, const char *via, GenosDoor *self)
{
  genos_signaller_emit_path_opened (GENOS_SIGNALLER (self), via);
}

static void
on_path_closed (GenosSignaller *signaller, const char *via, GError *error, GenosDoor *self)
{
  genos_signaller_emit_path_closed (GENOS_SIGNALLER (self), via, error);
}

/* --- links --- */

static void
refuse_link (GenosDoor *self, const char *peer_id, GenosPeerLink *link, const GError *error)
{
  self->n_denied++;
  genos_peer_link_close (link);
  g_signal_emit (self, signals[REFUSED], 0, peer_id, error, TRUE);
}

/* @credentials: what is proven of it. */
static GError *
judge_link (
    GenosDoor *self, const char *peer_id, const char *key, const GenosPeerCredentials *credentials)
{
  if (genos_door_excludes (self, peer_id, key))
    return genos_error_new_reason (
        GENOS_ERROR_CLOSED, GENOS_REASON_DENIED, "peer %s is not admitted", peer_id);
  if (is_impostor (self, peer_id, credentials->key))
    return genos_error_new_reason (GENOS_ERROR_AUTHENTICATION, GENOS_REASON_NOT_VERIFIED,
        "somebody else claims to be peer %s, who is here and verified", peer_id);
  return genos_admission_rules_judge (
      self->config.rules, peer_id, credentials->key != NULL, credentials->seal != NULL);
}

static void
admit (GenosDoor *self, GenosNewcomer *newcomer, GenosPeerIdentity *identity, gboolean given_up)
{
  GenosSignalOrigin origin = { .key = newcomer->key, .extended = newcomer->extended };
  GenosPeerCredentials credentials = { .given_up = given_up };
  g_autoptr (GenosPeerLink) link = g_steal_pointer (&newcomer->link);
  g_autoptr (GError) error = NULL;

  if (identity != NULL) {
    credentials.key = genos_peer_identity_get_key (identity);
    credentials.capabilities = genos_peer_identity_get_features (identity);
    credentials.kind = genos_peer_identity_get_kind (identity);
    credentials.seal = genos_peer_seal_agree (identity, &error);
  }
  if (error == NULL)
    error = judge_link (self, newcomer->peer_id, newcomer->key, &credentials);
  if (error == NULL) {
    g_signal_emit (self, signals[ADMITTED], 0, newcomer->peer_id, link, &origin, &credentials);
    return;
  }
  genos_peer_seal_free (credentials.seal);
  refuse_link (self, newcomer->peer_id, link, error);
}

/* It said that it would prove itself, and then said nothing: as good as a browser. A proof that does not
 * hold is something else. */
static gboolean
is_forgivable (GenosDoor *self, const GError *error)
{
  return !genos_admission_rules_need_proof (self->config.rules)
      && g_error_matches (error, GENOS_ERROR, GENOS_ERROR_TIMED_OUT);
}

static void
on_settled (
    GenosNewcomer *newcomer, GenosPeerIdentity *identity, const GError *error, gpointer data)
{
  g_autoptr (GenosDoor) self = g_object_ref (data);
  g_autoptr (GError) named = NULL;

  if (error == NULL || is_forgivable (self, error)) {
    admit (self, newcomer, identity, error != NULL);
    return;
  }
  named = g_error_copy (error);
  g_prefix_error (&named, "peer %s: ", newcomer->peer_id);
  refuse_link (self, newcomer->peer_id, newcomer->link, named);
}

void
genos_door_take_link (
    GenosDoor *self, const char *peer_id, GenosPeerLink *link, const GenosSignalOrigin *origin)
{
  genos_lobby_take (
      self->lobby, peer_id, link, origin, genos_admission_rules_need_proof (self->config.rules));
}

/* --- what the room says --- */

static void
expire_questions (GenosDoor *self, gint64 now)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->questions);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    if (((GenosCaller *) value)->deadline <= now) {
      self->n_denied++;
      g_hash_table_iter_remove (&iter);
    }
  }
}

/* The next one whose place is free. (transfer full) (nullable) */
static GenosCaller *
next_in_line (GenosDoor *self, gint64 now)
{
  GHashTableIter iter;
  gpointer id, value;

  g_hash_table_iter_init (&iter, self->line);
  while (g_hash_table_iter_next (&iter, &id, &value)) {
    GenosCaller *caller = value;

    if (now - caller->heard > CALLER_AGE) {
      g_hash_table_iter_remove (&iter);
    } else if (!genos_door_excludes (self, caller->peer_id, caller->key)
        && !is_impostor (self, caller->peer_id, caller->key) && has_room (self, caller->peer_id)) {
      g_hash_table_iter_steal (&iter);
      g_free (id);
      return caller;
    }
  }
  return NULL;
}

void
genos_door_set_room_key (GenosDoor *self, GenosSecret *room_key)
{
  genos_lobby_set_room_key (self->lobby, room_key);
}

void
genos_door_tick (GenosDoor *self, gint64 now)
{
  g_autoptr (GenosDoor) alive = g_object_ref (self);
  guint n_in_line = g_hash_table_size (self->line);
  GenosCaller *caller;

  expire_questions (self, now);
  while (n_in_line-- > 0 && (caller = next_in_line (self, now)) != NULL)
    hear_again (self, caller);
}

void
genos_door_ban (GenosDoor *self, const char *peer_id, const char *key)
{
  if (g_hash_table_size (self->banned) >= GENOS_ADMISSION_MAX_ENTRIES)
    g_hash_table_remove_all (self->banned);
  g_hash_table_add (self->banned, g_strdup (peer_id));
  if (key != NULL)
    g_hash_table_add (self->banned, g_strdup (key));
}

static gboolean
is_of (gpointer who, gpointer value, gpointer peer_id)
{
  gsize length = strlen (peer_id);

  return strncmp (who, peer_id, length) == 0 && ((const char *) who)[length] == ' ';
}

/* (transfer full) (nullable) */
static GenosAdmission *
find_question (GenosDoor *self, const char *peer_id)
{
  GenosCaller *caller = g_hash_table_find (self->questions, is_of, (gpointer) peer_id);

  return caller != NULL ? g_object_ref (caller->admission) : NULL;
}

void
genos_door_admit (GenosDoor *self, const char *peer_id)
{
  g_autoptr (GenosAdmission) question = find_question (self, peer_id);

  g_hash_table_remove (self->banned, peer_id);
  g_hash_table_foreach_remove (self->decisions, is_of, (gpointer) peer_id);
  if (question != NULL)
    genos_admission_allow (question);
}

gboolean
genos_door_deny (GenosDoor *self, const char *peer_id)
{
  g_autoptr (GenosAdmission) question = find_question (self, peer_id);

  if (question != NULL)
    genos_admission_deny (question);
  return question != NULL;
}

void
genos_door_close (GenosDoor *self)
{
  self->closed = TRUE;
  g_signal_handlers_disconnect_by_data (self->signaller, self);
  g_hash_table_remove_all (self->questions);
  g_hash_table_remove_all (self->line);
  genos_lobby_clear (self->lobby);
}

guint64
genos_door_get_n_denied (GenosDoor *self)
{
  return self->n_denied;
}

guint
genos_door_get_n_waiting (GenosDoor *self)
{
  return g_hash_table_size (self->questions);
}

/* --- a signaller for the dialler --- */

static void
genos_door_send_offer (
    GenosSignaller *signaller, const char *peer_id, const char *via, const char *sdp)
{
  genos_signaller_send_offer (GENOS_DOOR (signaller)->signaller, peer_id, via, sdp);
}

static void
genos_door_send_answer (
    GenosSignaller *signaller, const char *peer_id, const char *via, const char *sdp)
{
  genos_signaller_send_answer (GENOS_DOOR (signaller)->signaller, peer_id, via, sdp);
}

static void
genos_door_finalize (GObject *object)
{
  GenosDoor *self = GENOS_DOOR (object);

  genos_door_close (self);
  g_hash_table_unref (self->decisions);
  g_hash_table_unref (self->banned);
  g_hash_table_unref (self->reported);
  g_hash_table_unref (self->questions);
  g_hash_table_unref (self->line);
  genos_lobby_free (self->lobby);
  g_clear_object (&self->signaller);
  G_OBJECT_CLASS (genos_door_parent_class)->finalize (object);
}

static void
genos_door_class_init (GenosDoorClass *klass)
{
  GenosSignallerClass *signaller_class = GENOS_SIGNALLER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = genos_door_finalize;
  signaller_class->send_offer = genos_door_send_offer;
  signaller_class->send_answer = genos_door_send_answer;

  signals[ASKED] = g_signal_new ("asked", GENOS_TYPE_DOOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 1, GENOS_TYPE_ADMISSION);
  signals[ADMITTED] = g_signal_new ("admitted", GENOS_TYPE_DOOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
      NULL, G_TYPE_NONE, 4, G_TYPE_STRING, GENOS_TYPE_PEER_LINK, G_TYPE_POINTER, G_TYPE_POINTER);
  signals[REFUSED] = g_signal_new ("refused", GENOS_TYPE_DOOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
      NULL, G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_ERROR, G_TYPE_BOOLEAN);
}

static void
genos_door_init (GenosDoor *self)
{
  self->decisions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->banned = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->reported = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->questions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, genos_caller_free);
  self->line = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, genos_caller_free);
}

GenosDoor *
genos_door_new (const GenosDoorConfig *config, GenosSignaller *signaller)
{
  GenosDoor *self = g_object_new (GENOS_TYPE_DOOR, NULL);

  self->config = *config;
  self->lobby = genos_lobby_new (&(GenosLobbyConfig){ .self_id = config->self_id,
      .path = config->path,
      .key = config->key,
      .kind = config->kind,
      .settled = on_settled,
      .user_data = self });
  self->signaller = g_object_ref (signaller);
  g_signal_connect (signaller, "announced", G_CALLBACK (on_announced), self);
  g_signal_connect (signaller, "offer", G_CALLBACK (on_offer), self);
  g_signal_connect (signaller, "answer", G_CALLBACK (on_answer), self);
  g_signal_connect (signaller, "path-opened", G_CALLBACK (on_path_opened), self);
  g_signal_connect (signaller, "path-closed", G_CALLBACK (on_path_closed), self);
  return self;
}
