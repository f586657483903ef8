/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosdatasrcpad.h"

struct _GstGenosDataSrcPad {
  GstGhostPad parent;

  GstGenosDataSrc *source;
};

G_DEFINE_TYPE (GstGenosDataSrcPad, gst_genos_data_src_pad, GST_TYPE_GHOST_PAD)

enum {
  PROP_0,
  PROP_PEER_ID,
  PROP_CHANNEL,
  PROP_DROPPED,
};

static void
gst_genos_data_src_pad_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstGenosDataSrc *source = GST_GENOS_DATA_SRC_PAD (object)->source;

  if (source == NULL)
    return;
  switch (id) {
    case PROP_PEER_ID:
      g_value_set_string (value, gst_genos_data_src_get_peer_id (source));
      break;
    case PROP_CHANNEL:
      g_value_set_string (value, gst_genos_data_src_get_channel (source));
      break;
    case PROP_DROPPED:
      g_value_set_uint64 (value, gst_genos_queue_src_get_dropped (GST_GENOS_QUEUE_SRC (source)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
gst_genos_data_src_pad_finalize (GObject *object)
{
  gst_clear_object (&GST_GENOS_DATA_SRC_PAD (object)->source);
  G_OBJECT_CLASS (gst_genos_data_src_pad_parent_class)->finalize (object);
}

static void
gst_genos_data_src_pad_class_init (GstGenosDataSrcPadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = gst_genos_data_src_pad_get_property;
  object_class->finalize = gst_genos_data_src_pad_finalize;
  g_object_class_install_property (object_class, PROP_PEER_ID,
      g_param_spec_string ("peer-id", "Peer id", "The peer that sends the messages", NULL, flags));
  g_object_class_install_property (object_class, PROP_CHANNEL,
      g_param_spec_string ("channel", "Channel", "The channel that they are sent on", NULL, flags));
  g_object_class_install_property (object_class, PROP_DROPPED,
      g_param_spec_uint64 ("dropped", "Dropped",
          "Messages that were dropped because the pipeline did not keep up", 0, G_MAXUINT64, 0,
          flags));
}

static void
gst_genos_data_src_pad_init (GstGenosDataSrcPad *self)
{
}

GstGenosDataSrcPad *
gst_genos_data_src_pad_new (
    const char *name, GstPadTemplate *templ, GstGenosDataSrc *source, GstPad *target)
{
  GstGenosDataSrcPad *self = g_object_new (
      GST_TYPE_GENOS_DATA_SRC_PAD, "name", name, "direction", GST_PAD_SRC, "template", templ, NULL);

  self->source = gst_object_ref (source);
  gst_ghost_pad_set_target (GST_GHOST_PAD (self), target);
  return self;
}
