/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* Signals and action signals of a type whose instances have a GstGenosRoomMember. */
void gst_genos_member_actions_install (GType type);

G_END_DECLS
