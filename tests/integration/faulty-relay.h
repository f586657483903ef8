/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include <genos/wire/nip01-event.h>

G_BEGIN_DECLS

/* A relay on loopback that does everything wrong, one way each. Lives on the thread-default main
 * context. */
typedef enum {
  FAULT_SILENT,         /* opens, then says nothing */
  FAULT_REFUSES,        /* 403 instead of a WebSocket */
  FAULT_NO_HTTP,        /* bytes that are no HTTP */
  FAULT_HALF_OPEN,      /* takes the connection, and says nothing at all */
  FAULT_CLOSES_TCP,     /* at once */
  FAULT_CLOSES_REQUEST, /* when it was asked for a WebSocket */
  FAULT_CLOSES_ANSWER,  /* in the middle of the answer to that */
  FAULT_CLOSES,         /* as soon as it is open */
  FAULT_CLOSES_ON_REQ,
  FAULT_CLOSES_ON_EVENT,
  FAULT_CLOSES_MID_FRAME, /* without a farewell */
  FAULT_STALLS_MID_FRAME,
  FAULT_CLOSES_SUBSCRIPTIONS,
  FAULT_HUGE_FRAME,
  FAULT_POW, /* OK false, with that word */
  FAULT_RATE_LIMITED,
  FAULT_AUTH_REQUIRED,
  FAULT_BLOCKED,
  FAULT_NOTICES, /* thousands of them */
  FAULT_JUNK,
  FAULT_FORGED,   /* gives our events back with one byte changed */
  FAULT_REPLAYED, /* gives each a hundred times */
  FAULT_FOREIGN,  /* well signed, nothing anybody asked for, or no signalling */
  N_FAULTS,
  /* What follows is no fault: a relay that works once its demand is met, and passes events on. */
  DEMAND_POW = N_FAULTS, /* NIP-13, FAULTY_RELAY_POW_BITS */
  DEMAND_AUTH,           /* NIP-42, of events and subscriptions */
  DEMAND_AUTH_REFUSED,   /* the same, and nobody is good enough */
  DEMAND_PACE,           /* FAULTY_RELAY_EVENTS_PER_SECOND, the rest is rate-limited: */
  DEMAND_CLOCK_AHEAD,    /* its clock is FAULTY_RELAY_SKEW ahead of ours, as strfry says it */
  DEMAND_CLOCK_BEHIND,
  DEMAND_PAYMENT,  /* NIP-11 says so, and every event is refused */
  DEMAND_SHORT,    /* NIP-11 allows FAULTY_RELAY_SUBID_LENGTH and _MESSAGE_LENGTH */
  DEMAND_MORE_POW, /* FAULTY_RELAY_MORE_POW_BITS */
  HABIT_SLOW,      /* everything FAULTY_RELAY_DELAY_MS late */
  HABIT_REPEATS,   /* gives every event thrice */
  HABIT_REORDERS,  /* collects events for a moment, and gives the last one first */
  HABIT_MEDDLES,   /* passes on what its meddler wants */
  N_DEMANDS,
} Fault;

#define FAULTY_RELAY_POW_BITS 10
#define FAULTY_RELAY_MORE_POW_BITS 16
#define FAULTY_RELAY_DELAY_MS 2000
#define FAULTY_RELAY_EVENTS_PER_SECOND 2
#define FAULTY_RELAY_SKEW 70 /* seconds */
#define FAULTY_RELAY_SUBID_LENGTH 16
#define FAULTY_RELAY_MESSAGE_LENGTH 600

typedef struct _FaultyRelay FaultyRelay;

FaultyRelay *faulty_relay_new (Fault fault);
void faulty_relay_free (FaultyRelay *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FaultyRelay, faulty_relay_free)

/* Called with each event instead of passing it on. */
typedef void (*FaultyRelayMeddler) (
    FaultyRelay *self, const GenosNip01Event *event, gpointer user_data);
void faulty_relay_set_meddler (FaultyRelay *self, FaultyRelayMeddler meddler, gpointer user_data);
/* Gives an event to whoever subscribed to its topic. */
void faulty_relay_pass_on (FaultyRelay *self, const GenosNip01Event *event);
/* Signs it with a key of the relay's own. */
void faulty_relay_sign (FaultyRelay *self, GenosNip01Event *event);

const char *faulty_relay_get_url (FaultyRelay *self);

/* Ends the fault: the port is free for a good relay then. */
guint faulty_relay_stop (FaultyRelay *self);

const char *fault_name (Fault fault);

/* What it got of clients so far. */
guint faulty_relay_get_n_events (FaultyRelay *self);
guint faulty_relay_get_n_passed (FaultyRelay *self); /* of those, passed on: its demand was met */
guint faulty_relay_get_n_auths (FaultyRelay *self);  /* AUTH events */

G_END_DECLS
