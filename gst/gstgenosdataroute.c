/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosdataroute.h"

GstGenosDataRoute *
gst_genos_data_route_new (const GstGenosDataRoute *from)
{
  GstGenosDataRoute *self = g_atomic_rc_box_new0 (GstGenosDataRoute);

  if (from == NULL) {
    self->channel = g_strdup (GST_GENOS_DATA_ROUTE_CHANNEL);
    self->priority = GENOS_PRIORITY_NORMAL;
    /* Whatever a peer does, the pipeline goes on, and what is new arrives. */
    self->overflow = GENOS_OVERFLOW_DROP_OLDEST;
    self->max_queued = GST_GENOS_DATA_ROUTE_MAX_QUEUED;
    return self;
  }
  *self = *from;
  self->channel = g_strdup (from->channel);
  self->targets = g_strdupv (from->targets);
  return self;
}

GstGenosDataRoute *
gst_genos_data_route_ref (GstGenosDataRoute *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  GstGenosDataRoute *self = data;

  g_free (self->channel);
  g_strfreev (self->targets);
}

void
gst_genos_data_route_unref (GstGenosDataRoute *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

GStrv
gst_genos_data_route_parse_targets (const char *text)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = g_strsplit (text != NULL ? text : "", ",", -1);
  g_auto (GStrv) targets = NULL;

  for (guint i = 0; parts[i] != NULL; i++) {
    if (*g_strstrip (parts[i]) != '\0')
      g_strv_builder_add (builder, parts[i]);
  }
  targets = g_strv_builder_end (builder);
  return targets[0] != NULL ? g_steal_pointer (&targets) : NULL;
}
