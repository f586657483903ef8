/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The paths (relays) that are open, in the order in which they opened. Pure. */
typedef struct _GenosOpenPaths GenosOpenPaths;

GenosOpenPaths *genos_open_paths_new (void);
void genos_open_paths_free (GenosOpenPaths *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosOpenPaths, genos_open_paths_free)

void genos_open_paths_opened (GenosOpenPaths *self, const char *via);
void genos_open_paths_closed (GenosOpenPaths *self, const char *via);

/* (transfer none) (nullable): @via (nullable) if it is open, else the one that has been open longest */
const char *genos_open_paths_choose (GenosOpenPaths *self, const char *via);
/* @via (nullable) */
gboolean genos_open_paths_has (GenosOpenPaths *self, const char *via);

G_END_DECLS
