/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What goes wrong in a simulated room, every SIM_FAULT_EVERY from its first minute on, unless said otherwise. */
typedef enum {
  SIM_FAULT_NONE,
  SIM_FAULT_DIE,    /* a bridge is gone without a word */
  SIM_FAULT_FREEZE, /* a bridge hangs: its links stay open and take everything, nothing comes out */
  SIM_FAULT_LIE, /* one member in a hundred says things in the name of others, and passes nothing on */
  SIM_FAULT_SPLIT, /* once: two halves that see different relays, for SIM_SPLIT_SPAN */
  SIM_FAULT_CROWD, /* once: half as many again, 500 at most, come within 5 s */
} SimFault;

#define SIM_FAULT_EVERY (30 * G_TIME_SPAN_SECOND)
#define SIM_SPLIT_SPAN (150 * G_TIME_SPAN_SECOND)

typedef struct {
  guint n_peers;
  guint cell_size;
  double
      churn; /* share of the peers that goes, and as many come, in a minute; half of them say goodbye */
  double loss;        /* share of the packets */
  gint64 delay;       /* µs: of a link in one direction, on the average */
  gint64 relay_delay; /* µs: from one peer to all others */
  gint64 ramp;        /* µs in which all come, at the beginning */
  gint64 warm_up;     /* µs, ramp included; then it is measured */
  gint64 span;        /* µs: what is measured */
  double rate;        /* broadcasts a second, in the whole room */
  double directed;    /* messages for one peer a second, in the whole room */
  guint size;         /* bytes of a message */
  guint32 seed;
  SimFault fault;
} SimConfig;

extern const SimConfig sim_default_config;

const char *sim_fault_get_name (SimFault fault);
gboolean sim_fault_parse (const char *name, SimFault *fault);

G_END_DECLS
