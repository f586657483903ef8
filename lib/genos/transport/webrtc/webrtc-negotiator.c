/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-negotiator.h>

#include <genos/transport/gathering.h>
#include <genos/transport/sdp/negotiation.h>
#include <genos/transport/webrtc/webrtc-calls.h>
#include <genos/transport/webrtc/webrtc-payloads.h>

#include <gst/webrtc/webrtc.h>

#define PADS_DEADLINE_MS 3000

struct _GenosWebrtcNegotiator {
  GObject parent_instance;

  GstElement *webrtc;
  GenosHome *home;
  GenosSsrcGate *gate;
  GenosWebrtcPayloads *payloads;
  GenosNegotiation *negotiation;
  GenosSdpMap *map;
  const GenosWebrtcNegotiatorEvents *events;
  gpointer owner; /* NULL once closed */

  gboolean first_done; /* the exchange that carries candidates is over */
  gboolean gathering;  /* an operation waits for candidates */
  gboolean wants_relayed;
  GenosGathering candidates;
  gboolean binding; /* an operation waits for the caps of new pads */
  gboolean pumping;
  char *offer; /* create-offer's text */
  char *wire_offer;
  char *answer; /* create-answer's text */
  char *local_answer;
  GSource *timer;
  GSource *deadline; /* of gathering or binding */
};

G_DEFINE_FINAL_TYPE (GenosWebrtcNegotiator, genos_webrtc_negotiator, G_TYPE_OBJECT)

static void pump (GenosWebrtcNegotiator *self);

static void
feed (
    GenosWebrtcNegotiator *self, GenosNegotiationEvent event, const char *text, const GError *error)
{
  genos_negotiation_feed (self->negotiation, event, text, error, g_get_monotonic_time ());
}

/* The end of the operation under way. */
static void
finish (GenosWebrtcNegotiator *self, const GError *error)
{
  if (self->owner == NULL)
    return;
  feed (self, error == NULL ? GENOS_NEGOTIATION_DONE : GENOS_NEGOTIATION_FAILED, NULL, error);
  pump (self);
}

/* --- offers of ours */

/* The first one has to wait for its candidates, later ones have none. */
static void
translate_offer (GenosWebrtcNegotiator *self, const char *internal, GError **error)
{
  char *wire = genos_sdp_map_out_offer (self->map, internal, error);

  if (wire == NULL)
    return;
  g_free (self->wire_offer);
  self->wire_offer = wire;
}

static void
on_offer_created (gpointer object, const char *sdp, const GError *error)
{
  GenosWebrtcNegotiator *self = object;
  g_autoptr (GError) reason = NULL;

  if (self->owner == NULL)
    return;
  if (g_error_matches (error, GENOS_ERROR, GENOS_ERROR_CLOSED)) {
    self->events->failed (self->owner, error);
    return;
  }
  if (error == NULL) {
    g_free (self->offer);
    self->offer = g_strdup (sdp);
    if (self->first_done)
      translate_offer (self, sdp, &reason);
  }
  finish (self, error != NULL ? error : reason);
}

static void
create_offer_now (GenosWebrtcNegotiator *self)
{
  g_autoptr (GObject) channel = self->events->dup_channel (self->owner);

  genos_home_cancel (&self->deadline);
  self->binding = FALSE;
  if (channel != NULL)
    genos_webrtc_create_offer_over (self->webrtc, channel, self->home, on_offer_created);
  else
    genos_webrtc_create_description (self->webrtc, GENOS_SDP_OFFER, self->home, on_offer_created);
}

static gboolean
on_pads_deadline (gpointer data)
{
  GenosWebrtcNegotiator *self = data;
  g_autoptr (GError) error =
      g_error_new_literal (GENOS_ERROR, GENOS_ERROR_FAILED, "a new sender has no caps");

  genos_home_cancel (&self->deadline);
  self->binding = FALSE;
  finish (self, error);
  return G_SOURCE_REMOVE;
}

static void
create_offer (GenosWebrtcNegotiator *self)
{
  self->binding = TRUE;
  if (self->events->bind_pads (self->owner))
    create_offer_now (self);
  else if (self->owner != NULL)
    self->deadline = genos_home_add_timer (self->home, PADS_DEADLINE_MS, on_pads_deadline, self);
}

void
genos_webrtc_negotiator_pads_ready (GenosWebrtcNegotiator *self)
{
  /* A pad requested outside the making of an offer could be matched to a line of the remote. */
  if (self->owner != NULL && self->binding && self->events->bind_pads (self->owner))
    create_offer_now (self);
}

/* --- candidates */

/* What is known of the STUN server, by all links of the process on all their contexts. */
static GMutex memory_lock;
static GenosGatheringMemory memory;

static void
begin_candidates (GenosWebrtcNegotiator *self)
{
  g_autofree char *stun_server = NULL;

  g_object_get (self->webrtc, "stun-server", &stun_server, NULL);
  g_mutex_lock (&memory_lock);
  genos_gathering_begin (&self->candidates, &memory, stun_server != NULL, self->wants_relayed,
      g_get_monotonic_time ());
  g_mutex_unlock (&memory_lock);
}

static void
end_gathering (GenosWebrtcNegotiator *self)
{
  g_autoptr (GError) error = NULL;

  g_mutex_lock (&memory_lock);
  genos_gathering_end (&self->candidates, &memory, g_get_monotonic_time ());
  g_mutex_unlock (&memory_lock);
  genos_home_cancel (&self->deadline);
  self->gathering = FALSE;
  if (self->answer == NULL) {
    g_autofree char *local = genos_webrtc_get_local_description (self->webrtc);

    translate_offer (self, local != NULL ? local : "", &error);
  }
  finish (self, error);
}

static gboolean
on_gather_deadline (gpointer data)
{
  end_gathering (data);
  return G_SOURCE_REMOVE;
}

/* Gathering may never end (a STUN name that does not resolve): then what there is goes out. */
static void
set_gathering_deadline (GenosWebrtcNegotiator *self)
{
  gint64 left = self->candidates.deadline - g_get_monotonic_time ();

  genos_home_cancel (&self->deadline);
  self->deadline =
      genos_home_add_timer (self->home, (guint) MAX (left / 1000, 1), on_gather_deadline, self);
}

static void
take_candidate (gpointer object, gpointer data)
{
  GenosWebrtcNegotiator *self = object;

  if (self->owner != NULL && genos_gathering_take (&self->candidates, data, g_get_monotonic_time ())
      && self->gathering)
    set_gathering_deadline (self);
}

static void
on_ice_candidate (GstElement *webrtc, guint mline, const char *candidate, GenosHome *home)
{
  if (candidate != NULL)
    genos_home_post (home, take_candidate, g_strdup (candidate), g_free);
}

static void
gather (GenosWebrtcNegotiator *self)
{
  GstWebRTCICEGatheringState state;

  self->gathering = TRUE;
  g_object_get (self->webrtc, "ice-gathering-state", &state, NULL);
  if (state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE)
    end_gathering (self);
  else
    set_gathering_deadline (self);
}

static void
look_at_gathering (gpointer object, gpointer data)
{
  GenosWebrtcNegotiator *self = object;
  GstWebRTCICEGatheringState state;

  if (self->owner == NULL || !self->gathering)
    return;
  g_object_get (self->webrtc, "ice-gathering-state", &state, NULL);
  if (state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE)
    end_gathering (self);
}

static void
on_gathering_state (GObject *webrtc, GParamSpec *pspec, GenosHome *home)
{
  genos_home_post (home, look_at_gathering, NULL, NULL);
}

/* --- what the remote says */

static void
update_gate (GenosWebrtcNegotiator *self)
{
  g_autoptr (GArray) stand_ins = genos_sdp_map_dup_stand_ins (self->map);

  genos_ssrc_gate_set (self->gate, genos_sdp_map_dup_ssrcs (self->map));
  genos_ssrc_gate_set_stand_ins (self->gate, stand_ins);
  genos_webrtc_payloads_set (self->payloads, FALSE, genos_sdp_map_dup_routes (self->map, FALSE));
}

/* After every description that webrtcbin has taken: it tells its own. */
static void
update_repairs (GenosWebrtcNegotiator *self)
{
  for (guint sent = 0; sent < 2; sent++) {
    g_autoptr (GArray) repairs = genos_sdp_map_dup_repairs (self->map, sent);

    genos_webrtc_payloads_set_repairs (self->payloads, sent, repairs);
  }
}

/* The remote's numbers hold for what we send once both know that they do. */
static void
renumber_sent (GenosWebrtcNegotiator *self)
{
  genos_webrtc_payloads_set (self->payloads, TRUE, genos_sdp_map_dup_routes (self->map, TRUE));
}

static void
apply_remote (GenosWebrtcNegotiator *self)
{
  genos_sdp_map_remote_applied (self->map);
  update_gate (self);
}

static void
on_remote_answer_set (gpointer object, const char *sdp, const GError *error)
{
  GenosWebrtcNegotiator *self = object;

  if (self->owner == NULL)
    return;
  if (error == NULL) {
    self->first_done = TRUE;
    apply_remote (self);
    renumber_sent (self);
    update_repairs (self);
    self->events->lines_changed (self->owner);
    if (genos_sdp_map_take_follow_up (self->map))
      feed (self, GENOS_NEGOTIATION_DIRTY, NULL, NULL);
  }
  finish (self, error);
}

static void
on_remote_offer_set (gpointer object, const char *sdp, const GError *error)
{
  GenosWebrtcNegotiator *self = object;

  if (self->owner == NULL)
    return;
  if (error == NULL)
    apply_remote (self);
  else
    genos_sdp_map_remote_failed (self->map);
  finish (self, error);
}

static void
on_done (gpointer object, const char *sdp, const GError *error)
{
  finish (object, error);
}

/* @internal (nullable) (transfer full): what the map made of a description, or @error. */
static void
set_remote (GenosWebrtcNegotiator *self, GenosSdpKind kind, char *internal, const GError *error,
    GenosWebrtcReplyFunc reply)
{
  if (internal == NULL)
    finish (self, error);
  else
    genos_webrtc_set_description (self->webrtc, FALSE, kind, internal, self->home, reply);
  g_free (internal);
}

/* --- answers of ours */

static void
on_answer_created (gpointer object, const char *sdp, const GError *error)
{
  GenosWebrtcNegotiator *self = object;
  g_autoptr (GError) reason = NULL;

  if (self->owner == NULL)
    return;
  if (error == NULL) {
    g_free (self->answer);
    g_free (self->local_answer);
    self->answer = g_strdup (sdp);
    self->local_answer = genos_sdp_map_local_answer (self->map, sdp, &reason);
  }
  finish (self, error != NULL ? error : reason);
}

static void
send_answer (GenosWebrtcNegotiator *self)
{
  g_autofree char *gathered = NULL;
  g_autofree char *wire = NULL;
  g_autoptr (GError) error = NULL;

  if (!self->first_done)
    gathered = genos_webrtc_get_local_description (self->webrtc);
  wire = genos_sdp_map_out_answer (self->map, gathered != NULL ? gathered : self->answer, &error);
  if (wire == NULL) {
    self->events->refused (self->owner, error);
    return;
  }
  self->first_done = TRUE;
  update_gate (self);
  update_repairs (self);
  self->events->send (self->owner, GENOS_SDP_ANSWER, wire);
  renumber_sent (self);
  if (self->owner != NULL)
    self->events->lines_changed (self->owner);
}

/* --- the machine's actions */

static gboolean
on_timer (gpointer data)
{
  GenosWebrtcNegotiator *self = data;

  genos_home_cancel (&self->timer);
  feed (self, GENOS_NEGOTIATION_TIMER, NULL, NULL);
  pump (self);
  return G_SOURCE_REMOVE;
}

static void
run (GenosWebrtcNegotiator *self, const GenosNegotiationAction *action)
{
  g_autoptr (GError) error = NULL;
  char *internal;

  switch (action->type) {
    case GENOS_NEGOTIATION_CREATE_OFFER:
      create_offer (self);
      break;
    case GENOS_NEGOTIATION_SET_LOCAL_OFFER:
      begin_candidates (self);
      genos_webrtc_set_description (
          self->webrtc, TRUE, GENOS_SDP_OFFER, self->offer, self->home, on_done);
      break;
    case GENOS_NEGOTIATION_GATHER:
      gather (self);
      break;
    case GENOS_NEGOTIATION_SEND_OFFER:
      self->events->send (self->owner, GENOS_SDP_OFFER, self->wire_offer);
      break;
    case GENOS_NEGOTIATION_CHECK_ANSWER:
      genos_sdp_map_check_answer (self->map, action->text, &error);
      finish (self, error);
      break;
    case GENOS_NEGOTIATION_SET_REMOTE_ANSWER:
      internal = genos_sdp_map_in_answer (self->map, action->text, &error);
      set_remote (self, GENOS_SDP_ANSWER, internal, error, on_remote_answer_set);
      break;
    case GENOS_NEGOTIATION_SET_SELF_ANSWER:
      internal = genos_sdp_map_self_answer (self->map, &error);
      set_remote (self, GENOS_SDP_ANSWER, internal, error, on_done);
      break;
    case GENOS_NEGOTIATION_CHECK_OFFER:
      genos_sdp_map_check_offer (self->map, action->text, &error);
      finish (self, error);
      break;
    case GENOS_NEGOTIATION_SET_REMOTE_OFFER:
      internal = genos_sdp_map_in_offer (self->map, action->text, &error);
      set_remote (self, GENOS_SDP_OFFER, internal, error, on_remote_offer_set);
      break;
    case GENOS_NEGOTIATION_CREATE_ANSWER:
      genos_webrtc_create_description (
          self->webrtc, GENOS_SDP_ANSWER, self->home, on_answer_created);
      break;
    case GENOS_NEGOTIATION_SET_LOCAL_ANSWER:
      begin_candidates (self);
      genos_webrtc_set_description (
          self->webrtc, TRUE, GENOS_SDP_ANSWER, self->local_answer, self->home, on_done);
      break;
    case GENOS_NEGOTIATION_SEND_ANSWER:
      send_answer (self);
      break;
    case GENOS_NEGOTIATION_ARM_TIMER:
      genos_home_cancel (&self->timer);
      self->timer = genos_home_add_timer (self->home, action->delay_ms, on_timer, self);
      break;
    case GENOS_NEGOTIATION_DISARM_TIMER:
      genos_home_cancel (&self->timer);
      break;
    case GENOS_NEGOTIATION_REFUSE:
      self->events->refused (self->owner, action->error);
      break;
    case GENOS_NEGOTIATION_ABORT:
      self->events->failed (self->owner, action->error);
      break;
  }
}

/* Actions feed the machine, and so come back here: the outermost call does the work. */
static void
pump (GenosWebrtcNegotiator *self)
{
  if (self->pumping)
    return;
  self->pumping = TRUE;
  g_object_ref (self);
  while (self->owner != NULL) {
    g_auto (GenosNegotiationAction) action = { 0 };

    if (!genos_negotiation_next (self->negotiation, &action))
      break;
    run (self, &action);
  }
  self->pumping = FALSE;
  g_object_unref (self);
}

static void
tell (GenosWebrtcNegotiator *self, GenosNegotiationEvent event, const char *text)
{
  if (self->owner == NULL)
    return;
  feed (self, event, text, NULL);
  pump (self);
}

void
genos_webrtc_negotiator_start (GenosWebrtcNegotiator *self)
{
  tell (self, GENOS_NEGOTIATION_START, NULL);
}

void
genos_webrtc_negotiator_take (GenosWebrtcNegotiator *self, GenosSdpKind kind, const char *sdp)
{
  tell (self,
      kind == GENOS_SDP_OFFER ? GENOS_NEGOTIATION_REMOTE_OFFER : GENOS_NEGOTIATION_REMOTE_ANSWER,
      sdp);
}

void
genos_webrtc_negotiator_opened (GenosWebrtcNegotiator *self)
{
  tell (self, GENOS_NEGOTIATION_OPENED, NULL);
}

void
genos_webrtc_negotiator_mark_dirty (GenosWebrtcNegotiator *self)
{
  tell (self, GENOS_NEGOTIATION_DIRTY, NULL);
}

void
genos_webrtc_negotiator_expect_relayed (GenosWebrtcNegotiator *self)
{
  self->wants_relayed = TRUE;
}

GenosSdpMap *
genos_webrtc_negotiator_get_map (GenosWebrtcNegotiator *self)
{
  return self->map;
}

/* Drops the element too: its owner hands it to the reaper. */
void
genos_webrtc_negotiator_close (GenosWebrtcNegotiator *self)
{
  if (self->owner == NULL)
    return;
  feed (self, GENOS_NEGOTIATION_CLOSE, NULL, NULL);
  self->owner = NULL;
  genos_home_cancel (&self->timer);
  genos_home_cancel (&self->deadline);
  genos_home_leave (self->home);
  g_clear_object (&self->webrtc);
}

static void
genos_webrtc_negotiator_dispose (GObject *object)
{
  genos_webrtc_negotiator_close (GENOS_WEBRTC_NEGOTIATOR (object));
  G_OBJECT_CLASS (genos_webrtc_negotiator_parent_class)->dispose (object);
}

static void
genos_webrtc_negotiator_finalize (GObject *object)
{
  GenosWebrtcNegotiator *self = GENOS_WEBRTC_NEGOTIATOR (object);

  g_clear_pointer (&self->home, genos_home_unref);
  g_clear_pointer (&self->gate, genos_ssrc_gate_unref);
  g_clear_pointer (&self->payloads, genos_webrtc_payloads_unref);
  g_clear_pointer (&self->negotiation, genos_negotiation_free);
  g_clear_pointer (&self->map, genos_sdp_map_free);
  g_free (self->offer);
  g_free (self->wire_offer);
  g_free (self->answer);
  g_free (self->local_answer);
  G_OBJECT_CLASS (genos_webrtc_negotiator_parent_class)->finalize (object);
}

static void
genos_webrtc_negotiator_class_init (GenosWebrtcNegotiatorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = genos_webrtc_negotiator_dispose;
  object_class->finalize = genos_webrtc_negotiator_finalize;
}

static void
genos_webrtc_negotiator_init (GenosWebrtcNegotiator *self)
{
  self->home = genos_home_new (G_OBJECT (self));
}

GenosWebrtcNegotiator *
genos_webrtc_negotiator_new (GstElement *webrtc, gboolean offerer, GenosSsrcGate *gate,
    const GenosWebrtcNegotiatorEvents *events, gpointer owner)
{
  GenosWebrtcNegotiator *self = g_object_new (GENOS_TYPE_WEBRTC_NEGOTIATOR, NULL);

  self->webrtc = g_object_ref (webrtc);
  self->gate = genos_ssrc_gate_ref (gate);
  self->payloads = genos_webrtc_payloads_new (webrtc);
  self->negotiation = genos_negotiation_new (offerer);
  self->map = genos_sdp_map_new (offerer);
  self->events = events;
  self->owner = owner;
  g_signal_connect_data (webrtc, "on-ice-candidate", G_CALLBACK (on_ice_candidate),
      genos_home_ref (self->home), genos_home_closure_unref, 0);
  g_signal_connect_data (webrtc, "notify::ice-gathering-state", G_CALLBACK (on_gathering_state),
      genos_home_ref (self->home), genos_home_closure_unref, 0);
  return self;
}
