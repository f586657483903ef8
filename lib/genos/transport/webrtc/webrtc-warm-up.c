/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-warm-up.h>

#include <gst/gst.h>

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
    "dtlsdec",
    "webrtcbin",
    "nicesrc",
    "srtpdec",
    "sctpdec",
    "rtpbin",
    "appsrc",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (factories); i++)
    make_and_drop (factories[i]);
  return NULL;
}

void
genos_webrtc_warm_up_wait (void)
{
  GThread *running = g_atomic_pointer_exchange (&thread, NULL);

  if (running != NULL)
    g_thread_join (running);
}

void
genos_webrtc_warm_up (void)
{
  static gsize once;

  if (!g_once_init_enter (&once))
    return;
  g_atomic_pointer_set (&thread, g_thread_new ("genos-warm-up", run, NULL));
  g_once_init_leave (&once, 1);
}
