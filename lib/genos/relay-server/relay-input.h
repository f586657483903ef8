/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Reads ahead from a pollable stream, one fill at a time, and ends the stream with an error when a
 * WebSocket message in it is too large. */
#define GENOS_TYPE_RELAY_INPUT (genos_relay_input_get_type ())
G_DECLARE_FINAL_TYPE (GenosRelayInput, genos_relay_input, GENOS, RELAY_INPUT, GFilterInputStream)

GInputStream *genos_relay_input_new (GInputStream *base, guint64 max_message);

G_END_DECLS
