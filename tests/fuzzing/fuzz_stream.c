/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/stream-receiver.h>
#include <genos/room/transfer/stream-sender.h>

#include "fuzz.h"

/* The input is frames, each behind its length in two bytes; each is told to either side, which reads
 * and writes now and then. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GenosStreamSender) sender = genos_stream_sender_new ("{}", 5000, 0);
  g_autoptr (GenosStreamReceiver) receiver = genos_stream_receiver_new (GENOS_STREAM_SIZE_UNKNOWN);
  static guint8 buffer[4096];

  genos_stream_receiver_accept (receiver, 0, NULL);
  while (size >= 2) {
    gsize n = MIN ((gsize) data[0] << 8 | data[1], size - 2);
    g_autoptr (GBytes) bytes = g_bytes_new (data + 2, n);
    g_auto (GenosStreamFrame) frame = { 0 };
    GBytes *said;

    if (genos_stream_frame_parse (bytes, &frame, NULL)) {
      genos_stream_sender_take (sender, &frame, 0);
      genos_stream_receiver_take (receiver, &frame);
    }
    genos_stream_sender_begin (sender, 0, NULL);
    genos_stream_sender_write (sender, buffer, sizeof buffer);
    for (guint i = 0; i < 4 && (said = genos_stream_sender_next (sender)) != NULL; i++)
      g_bytes_unref (said);
    while ((said = genos_stream_receiver_next (receiver)) != NULL)
      g_bytes_unref (said);
    g_assert_cmpuint (genos_stream_receiver_get_available (receiver), <=, GENOS_STREAM_WINDOW);
    genos_stream_receiver_read (receiver, buffer, sizeof buffer);
    data += 2 + n;
    size -= 2 + n;
  }
  return 0;
}
