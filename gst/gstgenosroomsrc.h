/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosdecodechain.h"

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_GENOS_ROOM_SRC (gst_genos_room_src_get_type ())
G_DECLARE_FINAL_TYPE (GstGenosRoomSrc, gst_genos_room_src, GST, GENOS_ROOM_SRC, GstBin)

G_END_DECLS
