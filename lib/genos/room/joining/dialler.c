/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/dialler.h>

#include <string.h>

#include <genos/base/reason-private.h>
#include <genos/room/joining/handshake.h>
#include <genos/room/joining/offer-echo.h>
#include <genos/room/joining/waiting-offers.h>
#include <genos/signalling/dial-book.h>
#include <genos/signalling/open-paths.h>

/* An offer that young was made on the network that is there now. */
#define YOUNG (2 * G_TIME_SPAN_SECOND)

/* From the answer to the first candidates that reach each other. ICE tries all of them several times
 * in half of that; what has found nothing by then, be it that the answer came from a link that is gone,
 * fares better with a new dial. */
#define PATH_TIMEOUT (8 * G_TIME_SPAN_SECOND)
/* And so much for each handshake under way: they share a machine, and dialling anew what is merely slow
 * makes it slower. */
#define PATH_TIMEOUT_EACH (500 * G_TIME_SPAN_MILLISECOND)

struct _GenosDialler {
  GObject parent_instance;

  char *self_id;
  GenosSignaller *signaller;
  GenosLinkFactory factory;
  gpointer factory_data;

  GenosLinkPool *pool;

  GenosDialBook *book;
  GPtrArray *handshakes; /* of GenosHandshake */
  GenosWaitingOffers *waiting;
  GenosWaitingOffers *unwanted; /* by the gate, for now */
  gboolean stopped;
  GenosDiallerGate gate; /* (nullable) */
  gpointer gate_data;
  GenosHeardBook *heard; /* (nullable): without a gate everybody is dialled at once */
  GenosOpenPaths *paths;
};

G_DEFINE_FINAL_TYPE (GenosDialler, genos_dialler, G_TYPE_OBJECT)

enum {
  LINKED,
  FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* --- handshakes --- */

static void take_waiting_offers (GenosDialler *self);
static void retry (
    GenosDialler *self, const char *peer_id, const char *old_via, const GenosSignalOrigin *origin);

static GenosHandshake *
find_handshake (GenosDialler *self, const char *peer_id, GenosDialRole role)
{
  for (guint i = 0; i < self->handshakes->len; i++) {
    GenosHandshake *handshake = g_ptr_array_index (self->handshakes, i);

    if (handshake->role == role && strcmp (handshake->peer_id, peer_id) == 0)
      return handshake;
  }
  return NULL;
}

static void
drop_handshake (GenosDialler *self, const char *peer_id, GenosDialRole role)
{
  GenosHandshake *handshake = find_handshake (self, peer_id, role);

  if (handshake != NULL)
    g_ptr_array_remove (self->handshakes, handshake);
}

static void
fail_handshake (GenosHandshake *handshake, const GError *error)
{
  GenosDialler *self = handshake->dialler;
  g_autofree char *peer_id = g_strdup (handshake->peer_id);
  g_autoptr (GError) reason = g_error_copy (error);
  /* A peer that does not answer is no news; what keeps us from asking is. */
  gboolean worth_telling =
      handshake->answered || genos_reason_from_error (error) == GENOS_REASON_TURN_REFUSED;

  gboolean worth_repeating = handshake->answered && handshake->role == GENOS_DIAL_ROLE_OFFERER
      && g_error_matches (error, GENOS_ERROR, GENOS_ERROR_TIMED_OUT);
  g_autofree char *via = g_strdup (handshake->via);
  g_autofree char *key = g_strdup (handshake->key);
  GenosSignalOrigin origin = { .key = key, .extended = handshake->extended };

  if (handshake->answered)
    genos_handshake_log_failure (handshake, error);
  genos_dial_book_failed (self->book, peer_id, handshake->role, g_get_monotonic_time ());
  g_ptr_array_remove (self->handshakes, handshake);
  if (worth_telling)
    g_signal_emit (self, signals[FAILED], 0, peer_id, reason);
  if (worth_repeating && !self->stopped)
    retry (self, peer_id, via, &origin);
}

static void
note_candidates (GenosHandshake *handshake, const char *sdp)
{
  handshake->relayed |= strstr (sdp, " typ relay") != NULL;
}

static void
send_answer (GenosHandshake *handshake, const char *sdp)
{
  g_autofree char *echoing =
      handshake->extended ? genos_offer_echo_add (sdp, handshake->offer) : g_strdup (sdp);

  handshake->answered = TRUE;
  genos_signaller_send_answer (
      handshake->dialler->signaller, handshake->peer_id, handshake->via, echoing);
}

static void
on_description (GenosPeerLink *link, GenosSdpKind kind, const char *sdp, GenosHandshake *handshake)
{
  GenosDialler *self = handshake->dialler;

  note_candidates (handshake, sdp);
  if (kind == GENOS_SDP_OFFER) {
    handshake->offer = g_strdup (sdp);
    genos_dial_book_sent (self->book, handshake->peer_id);
    genos_signaller_send_offer (self->signaller, handshake->peer_id, handshake->via, sdp);
  } else {
    send_answer (handshake, sdp);
  }
}

static void
on_opened (GenosPeerLink *link, GenosHandshake *handshake)
{
  g_autoptr (GenosDialler) self = g_object_ref (handshake->dialler);
  g_autoptr (GenosPeerLink) opened = g_steal_pointer (&handshake->link);
  g_autofree char *peer_id = g_strdup (handshake->peer_id);
  g_autofree char *key = g_strdup (handshake->key);
  GenosSignalOrigin origin = { .key = key, .extended = handshake->extended };

  g_signal_handlers_disconnect_by_data (opened, handshake);
  genos_dial_book_opened (self->book, peer_id);
  g_ptr_array_remove (self->handshakes, handshake);
  /* The first link that opens wins; the other way to the same peer is dropped. */
  drop_handshake (self, peer_id, GENOS_DIAL_ROLE_OFFERER);
  drop_handshake (self, peer_id, GENOS_DIAL_ROLE_ANSWERER);

  g_signal_emit (self, signals[LINKED], 0, peer_id, opened, &origin);
  take_waiting_offers (self);
}

static void
on_closed (GenosPeerLink *link, GError *error, GenosHandshake *handshake)
{
  g_autoptr (GenosDialler) self = g_object_ref (handshake->dialler);
  g_autoptr (GError) reason = NULL;

  if (genos_reason_from_error (error) == GENOS_REASON_NO_PATH)
    reason = genos_handshake_describe_failure (handshake);
  fail_handshake (handshake, reason != NULL ? reason : error);
}

static GenosHandshake *
add_handshake (GenosDialler *self, const char *peer_id, const char *via, GenosDialRole role,
    const GenosSignalOrigin *origin, GenosPeerLink *link)
{
  GenosHandshake *handshake = g_new0 (GenosHandshake, 1);

  handshake->dialler = self;
  handshake->peer_id = g_strdup (peer_id);
  handshake->via = g_strdup (via);
  handshake->key = g_strdup (origin->key);
  handshake->extended = origin->extended;
  handshake->role = role;
  handshake->link = link;
  handshake->begun = g_get_monotonic_time ();
  g_ptr_array_add (self->handshakes, handshake);

  g_signal_connect (link, "description", G_CALLBACK (on_description), handshake);
  g_signal_connect (link, "opened", G_CALLBACK (on_opened), handshake);
  g_signal_connect (link, "closed", G_CALLBACK (on_closed), handshake);
  return handshake;
}

static GenosHandshake *
begin_handshake (GenosDialler *self, const char *peer_id, const char *via, GenosDialRole role,
    const GenosSignalOrigin *origin)
{
  g_autoptr (GError) error = NULL;
  GenosPeerLink *link = self->factory (role == GENOS_DIAL_ROLE_OFFERER, self->factory_data, &error);

  if (link == NULL) {
    genos_dial_book_failed (self->book, peer_id, role, g_get_monotonic_time ());
    g_signal_emit (self, signals[FAILED], 0, peer_id, error);
    return NULL;
  }
  return add_handshake (self, peer_id, via, role, origin, link);
}

/* With a link that was prepared for whoever comes: its offer may be there already. */
static gboolean
dial_prepared (
    GenosDialler *self, const char *peer_id, const char *via, const GenosSignalOrigin *origin)
{
  g_autofree char *offer = NULL;
  GenosPeerLink *link = genos_link_pool_take (self->pool, &offer);
  GenosHandshake *handshake;

  if (link == NULL)
    return FALSE;
  handshake = add_handshake (self, peer_id, via, GENOS_DIAL_ROLE_OFFERER, origin, link);
  if (offer != NULL)
    on_description (link, GENOS_SDP_OFFER, offer, handshake);
  return TRUE;
}

/* --- what the signaller hears --- */

static void
dial (GenosDialler *self, const char *peer_id, const char *via, const GenosSignalOrigin *origin)
{
  GenosHandshake *handshake;

  if (dial_prepared (self, peer_id, via, origin))
    return;
  handshake = begin_handshake (self, peer_id, via, GENOS_DIAL_ROLE_OFFERER, origin);
  if (handshake != NULL) {
    g_autoptr (GenosPeerLink) link = g_object_ref (handshake->link);

    genos_peer_link_start (link);
  }
}

static GenosMeshWish
ask_gate (GenosDialler *self, const char *peer_id)
{
  return self->gate != NULL ? self->gate (peer_id, self->gate_data) : GENOS_MESH_WANTED;
}

static gboolean
is_welcome (const char *peer_id, gpointer self)
{
  return ask_gate (self, peer_id) != GENOS_MESH_UNWANTED;
}

void
genos_dialler_set_gate (GenosDialler *self, GenosDiallerGate gate, gpointer user_data)
{
  self->gate = gate;
  self->gate_data = user_data;
  if (self->heard == NULL)
    self->heard = genos_heard_book_new ();
}

static void
on_announced (GenosSignaller *signaller, const char *peer_id, const char *kind, const char *via,
    const GenosSignalOrigin *origin, GenosDialler *self)
{
  if (self->heard != NULL)
    genos_heard_book_note (self->heard, peer_id, via, origin);
  if (ask_gate (self, peer_id) != GENOS_MESH_WANTED)
    return;
  if (genos_dial_book_announced (self->book, peer_id, via, g_get_monotonic_time ())
      == GENOS_DIAL_DIAL)
    dial (self, peer_id, via, origin);
}

/* FALSE: it has to wait. */
static gboolean
take_offer (GenosDialler *self, const char *peer_id, const char *via, const char *sdp,
    const GenosSignalOrigin *origin)
{
  GenosHandshake *handshake;

  if (!is_welcome (peer_id, self))
    return TRUE;

  switch (genos_dial_book_offered (self->book, peer_id, via, g_get_monotonic_time ())) {
    case GENOS_DIAL_GIVE_WAY:
      drop_handshake (self, peer_id, GENOS_DIAL_ROLE_OFFERER);
      break;
    case GENOS_DIAL_REPLACE:
      drop_handshake (self, peer_id, GENOS_DIAL_ROLE_ANSWERER);
      break;
    case GENOS_DIAL_ANSWER:
      break;
    case GENOS_DIAL_WAIT:
      return FALSE;
    default:
      return TRUE;
  }

  handshake = begin_handshake (self, peer_id, via, GENOS_DIAL_ROLE_ANSWERER, origin);
  if (handshake != NULL) {
    g_autoptr (GenosPeerLink) link = g_object_ref (handshake->link);

    handshake->offer = g_strdup (sdp);
    note_candidates (handshake, sdp);
    genos_peer_link_start (link);
    genos_peer_link_take_description (link, GENOS_SDP_OFFER, sdp);
  }
  return TRUE;
}

static void
on_offer (GenosSignaller *signaller, const char *peer_id, const char *via, const char *sdp,
    const GenosSignalOrigin *origin, GenosDialler *self)
{
  gint64 now = g_get_monotonic_time ();

  genos_waiting_offers_remove (self->unwanted, peer_id);
  genos_waiting_offers_remove (self->waiting, peer_id);
  if (!is_welcome (peer_id, self))
    genos_waiting_offers_add (self->unwanted, peer_id, via, sdp, origin, now);
  else if (!take_offer (self, peer_id, via, sdp, origin))
    genos_waiting_offers_add (self->waiting, peer_id, via, sdp, origin, now);
}

static void
take_waiting_offers (GenosDialler *self)
{
  GenosWaitingOffer *offer;

  while (!self->stopped
      && (offer = genos_waiting_offers_pop (self->waiting, g_get_monotonic_time ())) != NULL) {
    if (!take_offer (self, offer->peer_id, offer->via, offer->sdp, &offer->origin)) {
      genos_waiting_offers_push_back (self->waiting, offer);
      return;
    }
    genos_waiting_offer_free (offer);
  }
}

void
genos_dialler_reconsider (GenosDialler *self)
{
  gint64 now = g_get_monotonic_time ();
  GenosWaitingOffer *offer;

  while (!self->stopped
      && (offer = genos_waiting_offers_pop_if (self->unwanted, is_welcome, self, now)) != NULL) {
    on_offer (self->signaller, offer->peer_id, offer->via, offer->sdp, &offer->origin, self);
    genos_waiting_offer_free (offer);
  }
}

static void
on_answer (GenosSignaller *signaller, const char *peer_id, const char *via, const char *sdp,
    const GenosSignalOrigin *origin, GenosDialler *self)
{
  GenosHandshake *handshake = find_handshake (self, peer_id, GENOS_DIAL_ROLE_OFFERER);
  g_autoptr (GenosPeerLink) link = NULL;

  /* A peer that answers twice is heard once. */
  if (handshake == NULL || handshake->answered)
    return;
  /* To an offer of ours that was given up; that to this one is still to come. */
  if (handshake->offer == NULL || !genos_offer_echo_fits (sdp, handshake->offer))
    return;
  /* The one who announced itself was dialled, not whoever else answers under its name. */
  if (g_strcmp0 (handshake->key, origin->key) != 0)
    return;
  /* One that says which offer it belongs to may come any way: the offer's relay may not take it. */
  if (genos_offer_echo_names (sdp, handshake->offer))
    via = handshake->via;
  if (genos_dial_book_answered (self->book, peer_id, via, g_get_monotonic_time ())
      != GENOS_DIAL_COMPLETE)
    return;

  handshake->answered = TRUE;
  handshake->answer_taken = g_get_monotonic_time ();
  handshake->extended = origin->extended;
  note_candidates (handshake, sdp);
  link = g_object_ref (handshake->link);
  genos_peer_link_take_description (link, GENOS_SDP_ANSWER, sdp);
}

/* --- paths --- */

static void
on_path_opened (GenosSignaller *signaller, const char *via, GenosDialler *self)
{
  genos_open_paths_opened (self->paths, via);
}

static void
withdraw (GenosDialler *self, GenosHandshake *handshake)
{
  g_autofree char *peer_id = g_strdup (handshake->peer_id);

  genos_dial_book_withdraw (self->book, peer_id);
  g_ptr_array_remove (self->handshakes, handshake);
}

typedef gboolean (*HandshakeFunc) (const GenosHandshake *handshake, gconstpointer data);

static void
withdraw_unanswered (GenosDialler *self, HandshakeFunc func, gconstpointer data)
{
  for (guint i = self->handshakes->len; i > 0; i--) {
    GenosHandshake *handshake = g_ptr_array_index (self->handshakes, i - 1);

    if (handshake->role == GENOS_DIAL_ROLE_OFFERER && !handshake->answered
        && func (handshake, data))
      withdraw (self, handshake);
  }
}

static gboolean
goes_via (const GenosHandshake *handshake, gconstpointer via)
{
  return strcmp (handshake->via, via) == 0;
}

/* An answer would have come the same way. */
static void
on_path_closed (GenosSignaller *signaller, const char *via, GError *error, GenosDialler *self)
{
  genos_open_paths_closed (self->paths, via);
  withdraw_unanswered (self, goes_via, via);
}

/* The one it was last heard on. Members of a room mostly share their relays: better another one than
 * none. (nullable) */
static const char *
choose_path (GenosDialler *self, const char *peer_id)
{
  return genos_open_paths_choose (self->paths, genos_dial_book_get_via (self->book, peer_id));
}

/* It was there a moment ago: its next announce may be half a minute away. The same way, on which it
 * takes the new offer in place of the one that it has answered. */
static void
retry (
    GenosDialler *self, const char *peer_id, const char *old_via, const GenosSignalOrigin *origin)
{
  g_autofree char *via = g_strdup (
      genos_open_paths_has (self->paths, old_via) ? old_via : choose_path (self, peer_id));

  if (via != NULL
      && genos_dial_book_retry (self->book, peer_id, via, g_get_monotonic_time ())
          == GENOS_DIAL_DIAL)
    dial (self, peer_id, via, origin);
}

/* --- what the room says --- */

void
genos_dialler_want (GenosDialler *self, const char *peer_id)
{
  const GenosHeardPeer *heard =
      self->heard != NULL ? genos_heard_book_find (self->heard, peer_id) : NULL;
  GenosSignalOrigin origin;
  g_autofree char *via = NULL;

  if (heard == NULL || self->stopped)
    return;
  origin = (GenosSignalOrigin){ .key = heard->key, .extended = heard->extended };
  via = g_strdup (
      genos_open_paths_has (self->paths, heard->via) ? heard->via : choose_path (self, peer_id));
  if (via != NULL
      && genos_dial_book_announced (self->book, peer_id, via, g_get_monotonic_time ())
          == GENOS_DIAL_DIAL)
    dial (self, peer_id, via, &origin);
}

GenosHeardBook *
genos_dialler_get_heard (GenosDialler *self)
{
  return self->heard;
}

void
genos_dialler_redial (GenosDialler *self, const char *peer_id, const GenosSignalOrigin *origin)
{
  g_autofree char *via = g_strdup (choose_path (self, peer_id));

  if (via != NULL && ask_gate (self, peer_id) == GENOS_MESH_WANTED
      && genos_dial_book_redial (self->book, peer_id, via, g_get_monotonic_time ())
          == GENOS_DIAL_DIAL)
    dial (self, peer_id, via, origin);
}

void
genos_dialler_calm (GenosDialler *self, const char *peer_id)
{
  GenosHandshake *handshake = find_handshake (self, peer_id, GENOS_DIAL_ROLE_OFFERER);

  if (handshake != NULL)
    withdraw (self, handshake);
}

static gboolean
is_old (const GenosHandshake *handshake, gconstpointer now)
{
  return *(const gint64 *) now - handshake->begun > YOUNG;
}

void
genos_dialler_network_changed (GenosDialler *self)
{
  gint64 now = g_get_monotonic_time ();

  genos_link_pool_flush (self->pool);
  withdraw_unanswered (self, is_old, &now);
  genos_dial_book_forgive (self->book);
}

static void
fail_overdue (GenosDialler *self, const char *overdue_id, GenosDialRole role)
{
  g_autofree char *peer_id = g_strdup (overdue_id);
  GenosHandshake *handshake = find_handshake (self, peer_id, role);
  g_autoptr (GError) error = NULL;

  if (handshake == NULL) {
    genos_dial_book_failed (self->book, peer_id, role, g_get_monotonic_time ());
    return;
  }

  error = genos_handshake_describe_failure (handshake);
  fail_handshake (handshake, error);
}

static gboolean
has_path (const GenosHandshake *handshake)
{
  g_autoptr (GstStructure) path = genos_peer_link_dup_path (handshake->link);

  return path != NULL;
}

static void
fail_pathless (GenosDialler *self, gint64 now)
{
  g_autoptr (GPtrArray) failed = g_ptr_array_new_with_free_func (g_free);
  gint64 patience = PATH_TIMEOUT + self->handshakes->len * PATH_TIMEOUT_EACH;

  for (guint i = 0; i < self->handshakes->len; i++) {
    GenosHandshake *handshake = g_ptr_array_index (self->handshakes, i);

    if (handshake->answer_taken != 0 && now - handshake->answer_taken >= patience
        && !has_path (handshake))
      g_ptr_array_add (failed, g_strdup (handshake->peer_id));
  }
  for (guint i = 0; i < failed->len && !self->stopped; i++)
    fail_overdue (self, g_ptr_array_index (failed, i), GENOS_DIAL_ROLE_OFFERER);
}

void
genos_dialler_tick (GenosDialler *self, gint64 now)
{
  /* A handler of ::failed may leave the room, and with it drop the dialler. */
  g_autoptr (GenosDialler) alive = g_object_ref (self);
  const char *peer_id;
  GenosDialRole role;

  while (genos_dial_book_overdue (self->book, now, &peer_id, &role))
    fail_overdue (self, peer_id, role);
  fail_pathless (self, now);
  take_waiting_offers (self);
  if (!self->stopped)
    genos_link_pool_tick (self->pool, now);
}

void
genos_dialler_set_pool_size (GenosDialler *self, guint size)
{
  if (!self->stopped)
    genos_link_pool_set_size (self->pool, size);
}

void
genos_dialler_link_closed (GenosDialler *self, const char *peer_id)
{
  genos_dial_book_closed (self->book, peer_id, g_get_monotonic_time ());
}

void
genos_dialler_peer_gone (GenosDialler *self, const char *peer_id)
{
  if (self->heard != NULL)
    genos_heard_book_remove (self->heard, peer_id);
  genos_waiting_offers_remove (self->waiting, peer_id);
  genos_waiting_offers_remove (self->unwanted, peer_id);
  drop_handshake (self, peer_id, GENOS_DIAL_ROLE_OFFERER);
  drop_handshake (self, peer_id, GENOS_DIAL_ROLE_ANSWERER);
  genos_dial_book_release (self->book, peer_id, g_get_monotonic_time ());
}

void
genos_dialler_stop (GenosDialler *self)
{
  self->stopped = TRUE;
  genos_link_pool_set_size (self->pool, 0);
  g_signal_handlers_disconnect_by_data (self->signaller, self);
  g_ptr_array_set_size (self->handshakes, 0);
}

void
genos_dialler_link_refused (GenosDialler *self, const char *peer_id)
{
  gint64 now = g_get_monotonic_time ();

  genos_dial_book_closed (self->book, peer_id, now);
  genos_dial_book_failed (self->book, peer_id, GENOS_DIAL_ROLE_OFFERER, now);
}

void
genos_dialler_collect_peers (GenosDialler *self, GHashTable *peer_ids)
{
  for (guint i = 0; i < self->handshakes->len; i++) {
    const GenosHandshake *handshake = g_ptr_array_index (self->handshakes, i);

    g_hash_table_add (peer_ids, g_strdup (handshake->peer_id));
  }
}

guint
genos_dialler_get_n_handshakes (GenosDialler *self)
{
  return self->handshakes->len;
}

static void
genos_dialler_finalize (GObject *object)
{
  GenosDialler *self = GENOS_DIALLER (object);

  genos_dialler_stop (self);
  g_clear_pointer (&self->handshakes, g_ptr_array_unref);
  g_clear_pointer (&self->paths, genos_open_paths_free);
  g_clear_pointer (&self->waiting, genos_waiting_offers_free);
  g_clear_pointer (&self->unwanted, genos_waiting_offers_free);
  g_clear_pointer (&self->book, genos_dial_book_free);
  g_clear_pointer (&self->heard, genos_heard_book_free);
  g_clear_object (&self->pool);
  g_clear_object (&self->signaller);
  g_free (self->self_id);

  G_OBJECT_CLASS (genos_dialler_parent_class)->finalize (object);
}

static void
genos_dialler_class_init (GenosDiallerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = genos_dialler_finalize;

  signals[LINKED] = g_signal_new ("linked", GENOS_TYPE_DIALLER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
      NULL, G_TYPE_NONE, 3, G_TYPE_STRING, GENOS_TYPE_PEER_LINK, G_TYPE_POINTER);
  signals[FAILED] = g_signal_new ("failed", GENOS_TYPE_DIALLER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
      NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);
}

static void
genos_dialler_init (GenosDialler *self)
{
  self->handshakes = g_ptr_array_new_with_free_func (genos_handshake_free);
  self->waiting = genos_waiting_offers_new ();
  self->unwanted = genos_waiting_offers_new ();
  self->paths = genos_open_paths_new ();
}

GenosDialler *
genos_dialler_new (
    const char *self_id, GenosSignaller *signaller, GenosLinkFactory factory, gpointer user_data)
{
  GenosDialler *self = g_object_new (GENOS_TYPE_DIALLER, NULL);

  self->self_id = g_strdup (self_id);
  self->signaller = g_object_ref (signaller);
  self->factory = factory;
  self->factory_data = user_data;
  self->pool = genos_link_pool_new (factory, user_data);
  self->book = genos_dial_book_new (self_id);
  g_signal_connect (signaller, "path-opened", G_CALLBACK (on_path_opened), self);
  g_signal_connect (signaller, "path-closed", G_CALLBACK (on_path_closed), self);
  g_signal_connect (signaller, "announced", G_CALLBACK (on_announced), self);
  g_signal_connect (signaller, "offer", G_CALLBACK (on_offer), self);
  g_signal_connect (signaller, "answer", G_CALLBACK (on_answer), self);
  return self;
}
