/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/mesh/mesh-overlay.h>
#include <genos/signalling/announcer.h>

#include "sim-heap.h"
#include "sim-room.h"

G_BEGIN_DECLS

/* For the files that a room is written in: sim-room.c has who is there, sim-relay.c what is announced,
 * sim-links.c links and frames, sim-traffic.c what is said, sim-faults.c what goes wrong. */

#define SIM_STEP (250 * G_TIME_SPAN_MILLISECOND) /* how often a peer looks what came from relays */
#define SIM_STEPS_PER_TICK 8
#define SIM_VERDICT (30 * G_TIME_SPAN_SECOND) /* that long a message may take */
#define SIM_POINT (10 * G_TIME_SPAN_SECOND)
#define SIM_NO_INDEX G_MAXUINT32
#define SIM_BOTH_RELAYS 3
#define SIM_HALF(index) (1 << (index) % 2) /* the relay of its half, when the room is split */

typedef enum {
  SIM_STEP_PEER, /* a */
  SIM_FRAME,     /* a → b */
  SIM_OFFER,     /* a → b */
  SIM_OPEN,      /* a, b: the link between them */
  SIM_CLOSED,    /* at a, to b; flag: a SimEnd */
  SIM_JOIN,
  SIM_LEAVE,
  SIM_SAY,
  SIM_SAY_ONE,
  SIM_JUDGE, /* a: message */
  SIM_FAULT,
  SIM_TAKE_POINT,
} SimEventKind;

typedef enum {
  SIM_END_CLOSED, /* by the other side, which does not want it */
  SIM_END_LEFT,   /* the other side has left */
  SIM_END_BROKEN,
} SimEnd;

typedef struct {
  guint32 index; /* of the other */
  guint32 serial;
  gint64 delay;
  gint64 arrived; /* when the last frame that we sent arrives: the next one not before */
} SimLink;

typedef struct {
  guint32 number;
  gint64 until;
} SimDial;

typedef struct {
  SimRoom *room;
  guint32 index;
  guint32 number;            /* in the topology */
  GenosMeshOverlay *overlay; /* NULL: it has left */
  GArray *links;             /* of SimLink */
  GArray *dials;             /* of SimDial: not to be tried again before */
  GenosAnnouncer announcer;
  guint64 heard; /* entries of the relays' log */
  guint8 relays; /* bits: where it is connected */
  gint64 joined; /* or when measuring began */
  guint n_steps;
  gboolean hangs;
  gint64 gone; /* when it left without a word, or began to hang; 0: it has not */
  gboolean lies;
  guint64 n_bytes;          /* sent */
  GenosMeshCounters before; /* its counters when measuring began */
} SimPeer;

typedef struct {
  gint64 at;
  guint32 index;
  guint8 relays;
  gboolean bye;
} SimNotice;

typedef struct {
  gint64 at;
  guint32 origin, target; /* index; target SIM_NO_INDEX: everybody */
  guint8 *hops;           /* of each index: 0: it has not got it; NULL: judged */
  guint n_peers;
  guint8 relays; /* the sender's */
  guint n_got;
  guint64 latency; /* µs, sum */
} SimMessage;

typedef struct {
  gint64 at;
  guint32 number; /* held */
  GArray *beside; /* of guint32: indices of those who have to notice */
} SimAccident;

struct _SimRoom {
  SimConfig config;
  GRand *random;
  GenosMeshTopology *topology;
  SimHeap heap;
  gint64 now;

  GPtrArray *peers;  /* of SimPeer, all that ever were */
  GArray *by_number; /* of guint32: index */
  GArray *present;   /* of guint32: indices of those who are there */
  guint32 n_serials;

  GArray *log;      /* of SimNotice */
  guint64 log_base; /* the index of its first entry, since the beginning */

  GArray *messages;         /* of SimMessage */
  GPtrArray *accidents;     /* of SimAccident */
  GArray *watched;          /* of guint32: for sim_links_watch() */
  guint32 from;             /* index of whom the frame comes from that is being received */
  GenosMeshFrame *measured; /* the frame whose size is known */
  guint measured_size;

  gint64 begun; /* of what is measured */
  gboolean measuring;
  guint64 n_events, n_heard, n_joined, n_left, n_forged, n_twice, n_said;
  guint64 n_expected, n_delivered;
  guint64 n_directed, n_arrived;
  guint64 frames[3]; /* broadcast, control, directed */
  guint64 deliveries;
  SimTally hops, latency, reseal, links, bridge_links;
  gint64 disturbed; /* since when there is more than one layout, after a split or a crowd; 0: not */
  gint64 healed;    /* µs it took; -1: not yet */
  gboolean split;
  GArray *points;       /* of SimPoint */
  guint first_of_point; /* message */
  guint64 events_of_point;
};

static inline SimPeer *
sim_room_get_peer (SimRoom *self, guint32 index)
{
  return g_ptr_array_index (self->peers, index);
}

/* NULL: there is no such peer. */
SimPeer *sim_room_find_number (SimRoom *self, guint32 number);
/* One of those who are there; NULL: nobody */
SimPeer *sim_room_pick (SimRoom *self);
SimPeer *sim_room_join (SimRoom *self);
void sim_room_leave (SimRoom *self, SimPeer *peer, gboolean bye);
void sim_room_push (SimRoom *self, gint64 after, SimEventKind kind, guint32 a, guint32 b);
/* Around @mean, as things that happen independently of each other. */
gint64 sim_room_next_of_rate (SimRoom *self, double per_second);

/* --- sim-relay.c --- */
void sim_relay_publish (SimRoom *self, SimPeer *peer, gboolean bye);
/* What the relays have for it. */
void sim_relay_hear (SimRoom *self, SimPeer *peer);
/* Forgets what everybody has heard. */
void sim_relay_trim (SimRoom *self);

/* --- sim-links.c --- */
extern const GenosMeshEvents sim_link_events;
void sim_links_dial (SimRoom *self, SimPeer *peer, guint32 number);
void sim_links_dial_wanted (SimRoom *self, SimPeer *peer);
void sim_links_prune (SimRoom *self, SimPeer *peer);
/* Doubts those who should have answered by now. */
void sim_links_watch (SimRoom *self, SimPeer *peer);
void sim_links_take_offer (SimRoom *self, const SimEvent *event);
void sim_links_open (SimRoom *self, const SimEvent *event);
void sim_links_closed (SimRoom *self, const SimEvent *event);
/* Tells the other ends; @end is what they see. */
void sim_links_end_all (SimRoom *self, SimPeer *peer, SimEnd end);
void sim_links_take_frame (SimRoom *self, const SimEvent *event);
/* One frame over a link, whoever made it. */
void sim_links_send (
    SimRoom *self, SimPeer *from, SimLink *link, guint cell, GenosMeshFrame *frame, guint ttl);

/* --- sim-traffic.c --- */
void sim_traffic_say (SimRoom *self, gboolean directed);
void sim_traffic_delivered (SimRoom *self, SimPeer *peer, GenosMeshFrame *frame);
void sim_traffic_judge (SimRoom *self, guint32 message);

/* --- sim-faults.c --- */
void sim_faults_begin (SimRoom *self);
void sim_faults_happen (SimRoom *self);
/* A peer has sealed another layout. */
void sim_faults_sealed (SimRoom *self, SimPeer *peer);
/* A peer that lies had a step. */
void sim_faults_lie (SimRoom *self, SimPeer *peer);
void sim_faults_check_healed (SimRoom *self);
void sim_accident_free (gpointer data);

G_END_DECLS
