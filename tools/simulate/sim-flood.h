/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sim-config.h"
#include "sim-result.h"

G_BEGIN_DECLS

/* The same room by other rules, without churn, with nothing lost and everybody agreed.
 *
 * The browsers': the bridge of a cell is linked to the bridges and all members of the neighbouring cells;
 * whoever speaks says it to all members of its cell, a bridge also to those of the neighbouring ones; and each
 * bridge that gets a frame for the first time hands it to all members of its own cell and of all neighbouring
 * ones. What was seen is dropped. */
void sim_flood_run (const SimConfig *config, guint n_messages, SimResult *result);

/* Everybody is linked to everybody, and says all things itself. */
void sim_full_mesh_run (const SimConfig *config, SimResult *result);

G_END_DECLS
