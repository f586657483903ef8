/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-config.h"

#include <genos/mesh/mesh-topology.h>

const SimConfig sim_default_config = {
  .n_peers = 100,
  .cell_size = GENOS_MESH_DEFAULT_CELL_SIZE,
  .delay = 30 * G_TIME_SPAN_MILLISECOND,
  .relay_delay = 100 * G_TIME_SPAN_MILLISECOND,
  .ramp = 10 * G_TIME_SPAN_SECOND,
  .warm_up = 75 * G_TIME_SPAN_SECOND,
  .span = G_TIME_SPAN_MINUTE,
  .rate = 1,
  .size = 100,
  .seed = 1,
};

static const char *const names[] = { "none", "die", "freeze", "lie", "split", "crowd" };

const char *
sim_fault_get_name (SimFault fault)
{
  return names[fault];
}

gboolean
sim_fault_parse (const char *name, SimFault *fault)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_str_equal (name, names[i])) {
      *fault = i;
      return TRUE;
    }
  }
  return FALSE;
}
