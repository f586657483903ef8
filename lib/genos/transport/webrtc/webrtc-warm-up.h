/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Begins, on a thread of its own, what the first link of a process would wait for: all links share
 * one DTLS key, whose making takes some 200 ms of a fast processor and seconds of a small one, and
 * the plugins have to be loaded. Later calls do nothing; any thread, after gst_init(). A link that
 * needs the key earlier waits for it as it always did. */
void genos_webrtc_warm_up (void);

/* Waits for that thread. A process that ends has to, before libcrypto is taken down. */
void genos_webrtc_warm_up_wait (void);

G_END_DECLS
