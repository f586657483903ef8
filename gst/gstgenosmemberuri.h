/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* genos://, for an element with a GstGenosRoomMember: its GInterfaceInitFunc of GstURIHandler. */
void gst_genos_member_uri_init (gpointer iface, gpointer data);

G_END_DECLS
