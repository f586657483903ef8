/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/base/error.h>
#include <genos/base/types.h>

G_BEGIN_DECLS

/* Whether what a room is set to use works, tried with the room's own settings; the room need not be
 * joined, and notices nothing. */
GENOS_API
GStrv genos_room_list_relays (GenosRoom *self);

GENOS_API
void genos_room_probe_relay_async (GenosRoom *self, const char *url, guint timeout,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GENOS_API
GstStructure *genos_room_probe_relay_finish (GenosRoom *self, GAsyncResult *result, GError **error);

GENOS_API
void genos_room_probe_ice_async (GenosRoom *self, guint timeout, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);
GENOS_API
GstStructure *genos_room_probe_ice_finish (GenosRoom *self, GAsyncResult *result, GError **error);

G_END_DECLS
