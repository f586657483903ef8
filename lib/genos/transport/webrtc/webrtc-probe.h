/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* For the callback of a probe on buffers and lists of them: calls @func for each packet, which it may change or drop by
 * setting it to NULL (GstBufferListFunc), and returns what the callback returns. On the pad's streaming thread. */
GstPadProbeReturn
genos_webrtc_probe_packets (GstPadProbeInfo *info, GstBufferListFunc func, gpointer data);

G_END_DECLS
