/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* An encoder's pipeline: to the debug category genosmedia, and to GST_DEBUG_DUMP_DOT_DIR. */
void genos_media_log_encoder (GstElement *pipeline, const char *chain, const char *when);

G_END_DECLS
