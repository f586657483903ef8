/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* The element that shows a whole room as one picture and one sound. */
#define GST_TYPE_GENOS_ROOM_MIX (gst_genos_room_mix_get_type ())
G_DECLARE_FINAL_TYPE (GstGenosRoomMix, gst_genos_room_mix, GST, GENOS_ROOM_MIX, GstBin)

G_END_DECLS
