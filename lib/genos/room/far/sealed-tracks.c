/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/far/sealed-tracks.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/crypto/sframe-key-message.h>
#include <genos/wire/far-list.h>

#define SUITE GENOS_SFRAME_AES_256_GCM_SHA512_128
/* What AES-GCM may seal with one key is far beyond that. */
#define MAX_PACKETS (G_GUINT64_CONSTANT (1) << 32)
/* Asks that come faster are not answered; a room that comes all at once is. */
#define ASK_BURST 2000
#define ASK_INTERVAL (5 * G_TIME_SPAN_MILLISECOND)
/* So many asks without an answer are worth a word. */
#define MANY_ASKS 4

/* A track of ours. */
typedef struct {
  char *stream;
  char *track;
  GenosTrackSealer *sealer;
  guint64 kid;
  GenosSecret *key;
  GenosSecret *next; /* (nullable): from switch_at on */
  gint64 switch_at;
  gint64 drawn_at;
  gboolean drawn;      /* ever since the first one */
  gboolean stale;      /* somebody has it who may not */
  GHashTable *viewers; /* char * id: who has it → what it asked with */
} Own;

/* One of somebody else. */
typedef struct {
  GenosTrackOpener *opener;
  GenosSecret *own; /* keys are given under it */
  gboolean needs;   /* a key */
  gint64 ask_at;
  gint64 wait;
  guint n_asks; /* since something came */
  gboolean told;
} Theirs;

struct _GenosSealedTracks {
  const GenosSealedTracksHost *host;
  gpointer data;
  GHashTable *own;    /* char * → Own */
  GHashTable *theirs; /* char * → Theirs */
  gint64 asks_paid;
};

static void
own_free (gpointer data)
{
  Own *own = data;

  g_free (own->stream);
  g_free (own->track);
  genos_track_sealer_unref (own->sealer);
  genos_secret_unref (own->key);
  g_clear_pointer (&own->next, genos_secret_unref);
  g_hash_table_unref (own->viewers);
  g_free (own);
}

static void
theirs_free (gpointer data)
{
  Theirs *theirs = data;

  genos_track_opener_unref (theirs->opener);
  genos_secret_unref (theirs->own);
  g_free (theirs);
}

GenosSealedTracks *
genos_sealed_tracks_new (const GenosSealedTracksHost *host, gpointer data)
{
  GenosSealedTracks *self = g_new0 (GenosSealedTracks, 1);

  self->host = host;
  self->data = data;
  self->own = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, own_free);
  self->theirs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, theirs_free);
  return self;
}

void
genos_sealed_tracks_free (GenosSealedTracks *self)
{
  g_hash_table_unref (self->own);
  g_hash_table_unref (self->theirs);
  g_free (self);
}

/* --- saying --- */

static gboolean
say (GenosSealedTracks *self, const char *peer_id, const GenosSframeKeyMessage *message)
{
  g_autoptr (GBytes) inside = genos_sframe_key_message_build (message);

  return self->host->say (peer_id, inside, self->data);
}

static void
give (GenosSealedTracks *self, Own *own, const char *peer_id, const guint8 *asker, guint64 kid,
    GenosSecret *key)
{
  GenosSframeKeyMessage message = { 0, own->stream, own->track };

  /* What cannot be said now is asked for. */
  if (genos_sframe_key_message_give (&message, kid, key, asker))
    say (self, peer_id, &message);
}

/* --- ours --- */

static char *
name_own (const char *stream, const char *track)
{
  return genos_far_track_id_new ("", stream, track);
}

static Own *
find_own (GenosSealedTracks *self, const char *stream, const char *track)
{
  g_autofree char *name = name_own (stream, track);

  return g_hash_table_lookup (self->own, name);
}

static void
seal_with (Own *own, guint64 kid, GenosSecret *secret)
{
  g_autoptr (GenosSframeKey) key =
      genos_sframe_key_new (SUITE, kid, genos_secret_get_bytes (secret), GENOS_SECRET_SIZE);

  genos_track_sealer_set_key (own->sealer, key);
}

GenosTrackSealer *
genos_sealed_tracks_get_sealer (GenosSealedTracks *self, const char *stream, const char *track)
{
  Own *own = find_own (self, stream, track);

  if (own != NULL)
    return own->sealer;
  own = g_new0 (Own, 1);
  own->stream = g_strdup (stream);
  own->track = g_strdup (track);
  own->sealer = genos_track_sealer_new ();
  own->key = genos_secret_new_random ();
  own->viewers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  seal_with (own, own->kid, own->key);
  g_hash_table_insert (self->own, name_own (stream, track), own);
  return own->sealer;
}

guint
genos_sealed_tracks_count_viewers (GenosSealedTracks *self, const char *stream, const char *track)
{
  Own *own = find_own (self, stream, track);

  return own != NULL ? g_hash_table_size (own->viewers) : 0;
}

static gboolean
is_affordable (GenosSealedTracks *self, gint64 now)
{
  gint64 paid = MAX (self->asks_paid, now) + ASK_INTERVAL;

  if (paid > now + ASK_BURST * ASK_INTERVAL)
    return FALSE;
  self->asks_paid = paid;
  return TRUE;
}

static void
answer (GenosSealedTracks *self, const char *peer_id, const GenosSframeKeyMessage *ask, gint64 now)
{
  GenosSframeKeyMessage refusal = { GENOS_SFRAME_KEY_REFUSE, ask->stream, ask->track };
  Own *own = find_own (self, ask->stream, ask->track);

  if (own == NULL || !is_affordable (self, now))
    return;
  switch (self->host->judge (peer_id, own->stream, own->track, self->data)) {
    case GENOS_SEALED_UNKNOWN:
      return;
    case GENOS_SEALED_DENIED:
      say (self, peer_id, &refusal);
      return;
    case GENOS_SEALED_ALLOWED:
      break;
  }
  if (g_hash_table_size (own->viewers) >= GENOS_SEALED_MAX_VIEWERS)
    return;
  g_hash_table_replace (
      own->viewers, g_strdup (peer_id), g_memdup2 (ask->public_key, sizeof ask->public_key));
  give (self, own, peer_id, ask->public_key, own->kid, own->key);
  if (own->next != NULL)
    give (self, own, peer_id, ask->public_key, own->kid + 1, own->next);
}

static void
draw (GenosSealedTracks *self, Own *own, gint64 now)
{
  GHashTableIter iter;
  gpointer peer_id, asker;

  own->stale = FALSE;
  own->drawn = TRUE;
  own->drawn_at = now;
  own->switch_at = now + GENOS_SEALED_GRACE;
  own->next = genos_secret_new_random ();
  g_hash_table_iter_init (&iter, own->viewers);
  while (g_hash_table_iter_next (&iter, &peer_id, &asker))
    give (self, own, peer_id, asker, own->kid + 1, own->next);
}

static void
change (Own *own)
{
  genos_secret_unref (own->key);
  own->key = g_steal_pointer (&own->next);
  own->kid++;
  seal_with (own, own->kid, own->key);
}

/* FALSE: the track is over. */
static gboolean
check_viewers (GenosSealedTracks *self, Own *own)
{
  GHashTableIter iter;
  gpointer peer_id;

  if (self->host->judge (NULL, own->stream, own->track, self->data) == GENOS_SEALED_UNKNOWN)
    return FALSE;
  g_hash_table_iter_init (&iter, own->viewers);
  while (g_hash_table_iter_next (&iter, &peer_id, NULL)) {
    if (self->host->judge (peer_id, own->stream, own->track, self->data) == GENOS_SEALED_ALLOWED)
      continue;
    g_hash_table_iter_remove (&iter);
    own->stale = TRUE;
  }
  return TRUE;
}

void
genos_sealed_tracks_tick (GenosSealedTracks *self, gint64 now)
{
  GHashTableIter iter;
  Own *own;

  g_hash_table_iter_init (&iter, self->own);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &own)) {
    if (!check_viewers (self, own)) {
      g_hash_table_iter_remove (&iter);
      continue;
    }
    own->stale = own->stale || genos_track_sealer_get_n (own->sealer) > MAX_PACKETS;
    if (own->next != NULL && now >= own->switch_at)
      change (own);
    if (own->stale && own->next == NULL
        && (!own->drawn || now >= own->drawn_at + GENOS_SEALED_INTERVAL))
      draw (self, own, now);
  }
}

/* --- somebody else's --- */

static Theirs *
find_theirs (GenosSealedTracks *self, const char *origin, const char *stream, const char *track)
{
  g_autofree char *name = genos_far_track_id_new (origin, stream, track);

  return g_hash_table_lookup (self->theirs, name);
}

GenosTrackOpener *
genos_sealed_tracks_get_opener (GenosSealedTracks *self, const GenosMeshTrackName *name)
{
  Theirs *theirs = find_theirs (self, name->origin, name->stream, name->track);

  if (theirs != NULL)
    return theirs->opener;
  theirs = g_new0 (Theirs, 1);
  theirs->opener = genos_track_opener_new ();
  theirs->own = genos_secret_new_random ();
  theirs->needs = TRUE;
  theirs->wait = GENOS_SEALED_ASK;
  g_hash_table_insert (
      self->theirs, genos_far_track_id_new (name->origin, name->stream, name->track), theirs);
  return theirs->opener;
}

void
genos_sealed_tracks_forget (GenosSealedTracks *self, const GenosMeshTrackName *name)
{
  g_autofree char *id = genos_far_track_id_new (name->origin, name->stream, name->track);

  g_hash_table_remove (self->theirs, id);
}

static void
tell (GenosSealedTracks *self, Theirs *theirs, const GenosMeshTrackName *name, const char *why)
{
  g_autoptr (GError) error = NULL;

  if (theirs->told)
    return;
  theirs->told = TRUE;
  error = g_error_new (GENOS_ERROR, GENOS_ERROR_AUTHENTICATION,
      "track “%s” of peer %s is sealed, and cannot be watched: %s", name->track, name->origin, why);
  self->host->warning (error, self->data);
}

void
genos_sealed_tracks_watch (GenosSealedTracks *self, const GenosMeshTrackName *name, gint64 now)
{
  Theirs *theirs = find_theirs (self, name->origin, name->stream, name->track);
  GenosSframeKeyMessage ask = { 0, (char *) name->stream, (char *) name->track };
  gboolean asked;

  if (theirs == NULL)
    return;
  theirs->needs |= genos_track_opener_misses_key (theirs->opener);
  if (!theirs->needs || now < theirs->ask_at)
    return;
  genos_sframe_key_message_ask (&ask, theirs->own);
  asked = say (self, name->origin, &ask);
  theirs->ask_at = now + theirs->wait;
  if (asked)
    theirs->wait = MIN (theirs->wait * 2, GENOS_SEALED_ASK_MAX);
  if (++theirs->n_asks > MANY_ASKS)
    tell (self, theirs, name,
        asked ? "its sender does not answer when it is asked for the key"
              : "its sender cannot be asked for the key, for which there has to be a password, and "
                "encryption");
}

static void
take_key (GenosSealedTracks *self, Theirs *theirs, const GenosMeshTrackName *name,
    const GenosSframeKeyMessage *message)
{
  g_autoptr (GenosSecret) secret = genos_sframe_key_message_take (message, theirs->own);
  g_autoptr (GenosSframeKey) key = NULL;

  if (secret == NULL)
    return;
  key = genos_sframe_key_new (
      SUITE, message->kid, genos_secret_get_bytes (secret), GENOS_SECRET_SIZE);
  genos_track_opener_add_key (theirs->opener, key);
  genos_track_opener_misses_key (theirs->opener);
  theirs->needs = FALSE;
  theirs->told = FALSE;
  theirs->n_asks = 0;
  self->host->opened (name, self->data);
}

/* What came before the key, and is opened by none, is no reason to ask at once; that there is no end of it is,
 * now and then. */
static void
calm_down (Theirs *theirs, gint64 now)
{
  theirs->ask_at = MAX (theirs->ask_at, now + GENOS_SEALED_ASK);
}

gboolean
genos_sealed_tracks_take (GenosSealedTracks *self, const char *peer_id, GBytes *inside, gint64 now)
{
  g_auto (GenosSframeKeyMessage) message = { 0 };
  GenosMeshTrackName name;
  Theirs *theirs;

  if (!genos_sframe_key_message_parse (&message, inside))
    return FALSE;
  if (message.what == GENOS_SFRAME_KEY_ASK) {
    answer (self, peer_id, &message, now);
    return TRUE;
  }
  theirs = find_theirs (self, peer_id, message.stream, message.track);
  if (theirs == NULL)
    return TRUE;
  name = (GenosMeshTrackName){ peer_id, message.stream, message.track };
  if (message.what == GENOS_SFRAME_KEY_GIVE) {
    take_key (self, theirs, &name, &message);
    /* The host may have forgotten it. */
    theirs = find_theirs (self, peer_id, message.stream, message.track);
    if (theirs != NULL)
      calm_down (theirs, now);
    return TRUE;
  }
  theirs->ask_at = now + GENOS_SEALED_REFUSED;
  tell (self, theirs, &name, "its sender does not give us the key");
  return TRUE;
}
