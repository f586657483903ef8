/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* How long frames are in an encoder: from its sink pad to its source pad. Any thread. */
typedef struct _GenosEncodeMeter GenosEncodeMeter;

GenosEncodeMeter *genos_encode_meter_new (void);
void genos_encode_meter_unref (GenosEncodeMeter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosEncodeMeter, genos_encode_meter_unref)

/* Watches an encoder for as long as it lives; one after another, or several at once. */
void genos_encode_meter_watch (GenosEncodeMeter *self, GstElement *encoder);

/* @frames that came out, and the @time (µs) that they were inside, in sum. */
void genos_encode_meter_get (GenosEncodeMeter *self, guint64 *frames, gint64 *time);

G_END_DECLS
