/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/room.h>

#include <genos/crypto/crypto-init.h>
#include <genos/transport/webrtc/webrtc-warm-up.h>

/**
 * genos_room_prepare:
 *
 * Begins in the background what the first link of a process would wait for: one
 * key for all links is made, which takes some 200 ms of a fast processor and
 * seconds of a small one, and GStreamer's plugins are loaded.
 *
 * [method@Room.join] does it too. Called earlier, while an application still
 * sets things up, it hides that time. Returns at once; may be called on any
 * thread and any number of times, after [func@Gst.init].
 */
void
genos_room_prepare (void)
{
  static gsize once;

  if (!g_once_init_enter (&once))
    return;
  genos_crypto_at_exit (genos_webrtc_warm_up_wait);
  genos_webrtc_warm_up ();
  g_once_init_leave (&once, 1);
}
