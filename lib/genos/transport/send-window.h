/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How much may be under way on a data channel at once: handed over, and not acknowledged. Whatever is
 * more waits with us, where a chat line overtakes a file; what is under way nobody overtakes.
 *
 * The least that keeps the link busy is looked for by the time that passes until a message is
 * acknowledged. If even the fastest of a round was slower than the path alone explains, then a queue
 * stands there, and the window gets smaller; if not, and if it was what stopped us, larger (as CoDel,
 * RFC 8289, judges a queue by its least delay, not by its bursts). Pure: the time (µs, monotonic) is
 * passed in; one thread at a time. */
typedef struct _GenosSendWindow GenosSendWindow;

/* Two frames. */
#define GENOS_SEND_WINDOW_MIN (32 * 1024)
#define GENOS_SEND_WINDOW_START (128 * 1024)
/* An association of webrtcbin takes 512 chunks of 1150 bytes, or messages. When it is full, it looks
 * only every 100 ms whether there is room again, unless something leaves meanwhile: and when all of it
 * has left already, nothing does. So it must never be full. */
#define GENOS_SEND_WINDOW_MAX (416 * 1024)
#define GENOS_SEND_WINDOW_MAX_CHUNKS 416
/* What messages may wait in line, µs. */
#define GENOS_SEND_WINDOW_DELAY 8000

GenosSendWindow *genos_send_window_new (void);
void genos_send_window_free (GenosSendWindow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosSendWindow, genos_send_window_free)

/* A message is handed over. */
void genos_send_window_add (GenosSendWindow *self, gsize size, gint64 now);
/* @acked: bytes, from the beginning. */
void genos_send_window_ack (GenosSendWindow *self, guint64 acked, gint64 now);

/* FALSE: wait for acks. */
gboolean genos_send_window_has_room (GenosSendWindow *self);
/* Whether so much is free that filling it again is worth waking somebody. */
gboolean genos_send_window_has_much_room (GenosSendWindow *self);

gsize genos_send_window_get_under_way (GenosSendWindow *self);
gsize genos_send_window_get_size (GenosSendWindow *self);

G_END_DECLS
