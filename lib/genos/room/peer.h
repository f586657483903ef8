/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/base/error.h>
#include <genos/base/types.h>

G_BEGIN_DECLS

#define GENOS_TYPE_PEER (genos_peer_get_type ())
GENOS_API
G_DECLARE_FINAL_TYPE (GenosPeer, genos_peer, GENOS, PEER, GObject)

GENOS_API
const char *genos_peer_get_id (GenosPeer *self);
GENOS_API
const char *genos_peer_get_kind (GenosPeer *self);
GENOS_API
const char *genos_peer_get_key (GenosPeer *self);
GENOS_API
GstElement *genos_peer_dup_pipeline (GenosPeer *self);
GENOS_API
gboolean genos_peer_get_clock_offset (GenosPeer *self, gint64 *offset, guint64 *error);

G_END_DECLS
