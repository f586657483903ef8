/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/channel-assembler.h>

#include "fuzz.h"

static const GenosAssemblerLimits limits = { 4096, 8192, 8, 256 };

/* The input is frames, each behind its length in two bytes. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GenosChannelAssembler) assembler = genos_channel_assembler_new (&limits);

  while (size >= 2) {
    gsize n = MIN ((gsize) data[0] << 8 | data[1], size - 2);
    g_autoptr (GenosAssembledMessage) message = NULL;
    g_autoptr (GError) error = NULL;
    GenosChannelFrame frame;

    if (genos_channel_frame_parse (data + 2, n, &frame, NULL)
        && !genos_channel_assembler_push (assembler, &frame, &message, NULL, &error))
      g_assert_nonnull (error);
    g_assert_cmpuint (genos_channel_assembler_get_buffered (assembler), <=, limits.max_buffered);
    g_assert_true (message == NULL || g_bytes_get_size (message->payload) <= limits.max_message);
    data += 2 + n;
    size -= 2 + n;
  }
  return 0;
}
