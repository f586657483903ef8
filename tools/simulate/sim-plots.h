/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sim-room.h"

G_BEGIN_DECLS

#define SIM_N_RULES 3 /* ours, the browsers', a full mesh */

/* (transfer full): SVG. One room as time goes by; @points: of SimPoint */
char *sim_plots_of_room (const SimConfig *config, const GArray *points);
/* (transfer full): SVG. Rooms of many sizes; @results: SIM_N_RULES for each size, in that order */
char *sim_plots_of_sweep (const SimConfig *config, const SimResult *results, guint n_sizes);

G_END_DECLS
