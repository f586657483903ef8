/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/genos.h>

#include <gst/gst.h>

G_BEGIN_DECLS

/* Messages of the room's channels as applications of the elements see and write them: a
 * GstStructure with one of the fields "text" (string), "json" (string) or "data" (GstBuffer or
 * GBytes), the latter with or without "metadata" (string, JSON). */

/* (transfer full) */
GenosMessage *gst_genos_message_from_structure (const GstStructure *structure, GError **error);
/* Adds those fields to @structure. */
void gst_genos_message_to_structure (GenosMessage *message, GstStructure *structure);

/* Without a copy; bytes that are none as well. (transfer full) */
GstBuffer *gst_genos_message_wrap_bytes (GenosMessage *message);

/* JSON text as it is; anything else that is a GstStructure's text becomes a JSON object. (transfer
 * full) (nullable): NULL and @error when it is neither. */
char *gst_genos_metadata_to_json (const char *text, GError **error);

G_END_DECLS
