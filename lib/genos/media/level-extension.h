/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Telling peers how loud each packet of sound is (RFC 6464): the element that measures, before the
 * encoder, and the payloader's header extension. Where GStreamer lacks either, packets do not tell. */

/* (nullable): what to write before the encoder in a chain for gst_parse_launch() */
const char *genos_level_extension_get_element (void);

/* Before the payloader starts; does nothing where the extension is missing. */
void genos_level_extension_add (GstElement *payloader);

G_END_DECLS
