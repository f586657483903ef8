/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc-warm-up.h>

#include <gst/gst.h>
#include <stdlib.h>

static GThread *thread;

static void
make_and_drop (const char *factory)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  if (element != NULL)
    gst_object_unref (gst_object_ref_sink (element));
}

/* A dtlsdec begins with the key that all of them have in common. */
static gpointer
run (gpointer data)
{
  static const char *const factories[] = {
    "dtlsdec", "webrtcbin", "nicesrc", "srtpdec", "sctpdec", "rtpbin", "appsrc",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (factories); i++)
    make_and_drop (factories[i]);
  return NULL;
}

/* A process that ends at once must not take libcrypto away from under the thread. */
static void
wait_at_exit (void)
{
  g_thread_join (g_steal_pointer (&thread));
}

void
genos_webrtc_warm_up (void)
{
  static gsize once;

  if (!g_once_init_enter (&once))
    return;
  thread = g_thread_new ("genos-warm-up", run, NULL);
  atexit (wait_at_exit);
  g_once_init_leave (&once, 1);
}
