/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* A relay on loopback that does everything wrong, one way each. Lives on the thread-default main
 * context. */
typedef enum {
  FAULT_SILENT,         /* opens, then says nothing */
  FAULT_REFUSES,        /* 403 instead of a WebSocket */
  FAULT_NO_HTTP,        /* bytes that are no HTTP */
  FAULT_CLOSES,         /* as soon as it is open */
  FAULT_CLOSES_ON_REQ,
  FAULT_CLOSES_SUBSCRIPTIONS,
  FAULT_HUGE_FRAME,
  FAULT_POW,            /* OK false, with that word */
  FAULT_RATE_LIMITED,
  FAULT_AUTH_REQUIRED,
  FAULT_BLOCKED,
  FAULT_NOTICES,        /* thousands of them */
  FAULT_JUNK,
  FAULT_FORGED,         /* gives our events back with one byte changed */
  FAULT_REPLAYED,       /* gives each a hundred times */
  FAULT_FOREIGN,        /* well signed, nothing anybody asked for, or no signalling */
  N_FAULTS,
} Fault;

typedef struct _FaultyRelay FaultyRelay;

FaultyRelay *faulty_relay_new (Fault fault);
void faulty_relay_free (FaultyRelay *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FaultyRelay, faulty_relay_free)

const char *faulty_relay_get_url (FaultyRelay *self);

/* Ends the fault: the port is free for a good relay then. */
guint faulty_relay_stop (FaultyRelay *self);

const char *fault_name (Fault fault);

G_END_DECLS
