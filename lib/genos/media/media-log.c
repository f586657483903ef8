/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/media-log.h>

GST_DEBUG_CATEGORY_STATIC (genos_media_debug);
#define GST_CAT_DEFAULT genos_media_debug

static void
init_category (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (genos_media_debug, "genosmedia", 0, "tracks and their encoders");
    g_once_init_leave (&once, 1);
  }
}

void
genos_media_log_encoder (GstElement *pipeline, const char *chain, const char *when)
{
  g_autofree char *name = g_strdup_printf ("genos-encoder-%s.%s", GST_OBJECT_NAME (pipeline), when);

  init_category ();
  GST_INFO ("encoder %s %s: %s", GST_OBJECT_NAME (pipeline), when, chain);
  GST_DEBUG_BIN_TO_DOT_FILE_WITH_TS (GST_BIN (pipeline), GST_DEBUG_GRAPH_SHOW_ALL, name);
}
