/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosdatasinkpad.h"

#include "gstgenoselements.h"
#include "gstgenosfields.h"
#include "gstgenosmessage.h"

#define GST_CAT_DEFAULT gst_genos_debug

struct _GstGenosDataSinkPad {
  GstGhostPad parent;

  GstGenosDataSink *data_sink;
  /* object lock */
  GstGenosDataRoute *route;
  char *metadata;
};

G_DEFINE_TYPE (GstGenosDataSinkPad, gst_genos_data_sink_pad, GST_TYPE_GHOST_PAD)

enum {
  PROP_0,
  PROP_CHANNEL,
  PROP_TARGETS,
  PROP_PRIORITY,
  PROP_OVERFLOW,
  PROP_MAX_QUEUED,
  PROP_METADATA,
  PROP_STATS,
};

#define FIELD(id, member) GST_GENOS_FIELD (PROP_##id, GstGenosDataRoute, member)

/* Targets are a list. */
static const GstGenosField route_fields[] = {
  FIELD (CHANNEL, channel),
  FIELD (PRIORITY, priority),
  FIELD (OVERFLOW, overflow),
  FIELD (MAX_QUEUED, max_queued),
  { 0 },
};

GstGenosDataSink *
gst_genos_data_sink_pad_get_data_sink (GstGenosDataSinkPad *self)
{
  return self->data_sink;
}

/* What is wrong stays as it was, and is told. */
static void
warn (GstGenosDataSinkPad *self, const GError *error)
{
  g_autoptr (GstElement) element = gst_pad_get_parent_element (GST_PAD (self));

  if (element != NULL)
    GST_ELEMENT_WARNING (element, RESOURCE, SETTINGS, ("%s", error->message), (NULL));
  else
    GST_WARNING_OBJECT (self, "%s", error->message);
}

/* setting */

static void
set_metadata (GstGenosDataSinkPad *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  char *json = NULL;

  if (text != NULL && *text != '\0')
    json = gst_genos_metadata_to_json (text, &error);
  if (error != NULL) {
    warn (self, error);
    return;
  }
  gst_genos_data_sink_set_metadata (self->data_sink, json);
  GST_OBJECT_LOCK (self);
  g_free (self->metadata);
  self->metadata = json;
  GST_OBJECT_UNLOCK (self);
}

static void
change_route (GstGenosDataRoute *route, guint id, const GValue *value)
{
  if (gst_genos_fields_set (route_fields, route, id, value))
    return;
  g_strfreev (route->targets);
  route->targets = gst_genos_data_route_parse_targets (g_value_get_string (value));
}

static void
set_route (GstGenosDataSinkPad *self, guint id, const GValue *value)
{
  g_autoptr (GstGenosDataRoute) route = NULL;
  g_autoptr (GstGenosDataRoute) old = NULL;

  GST_OBJECT_LOCK (self);
  old = self->route;
  route = gst_genos_data_route_new (old);
  change_route (route, id, value);
  self->route = gst_genos_data_route_ref (route);
  GST_OBJECT_UNLOCK (self);
  gst_genos_data_sink_set_route (self->data_sink, route);
}

static gboolean
check_channel (GstGenosDataSinkPad *self, const char *name)
{
  g_autoptr (GError) error = NULL;

  if (genos_channel_check_name (name != NULL ? name : "", &error))
    return TRUE;
  g_prefix_error (&error, "The channel of a data pad cannot be \"%s\": ", name != NULL ? name : "");
  warn (self, error);
  return FALSE;
}

static void
gst_genos_data_sink_pad_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstGenosDataSinkPad *self = GST_GENOS_DATA_SINK_PAD (object);

  switch (id) {
    case PROP_CHANNEL:
      if (check_channel (self, g_value_get_string (value)))
        set_route (self, id, value);
      break;
    case PROP_TARGETS:
    case PROP_PRIORITY:
    case PROP_OVERFLOW:
    case PROP_MAX_QUEUED:
      set_route (self, id, value);
      break;
    case PROP_METADATA:
      set_metadata (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

/* getting */

static void
get_route (const GstGenosDataRoute *route, guint id, GValue *value)
{
  if (!gst_genos_fields_get (route_fields, route, id, value) && route->targets != NULL)
    g_value_take_string (value, g_strjoinv (",", route->targets));
}

static void
gst_genos_data_sink_pad_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstGenosDataSinkPad *self = GST_GENOS_DATA_SINK_PAD (object);

  switch (id) {
    case PROP_CHANNEL:
    case PROP_TARGETS:
    case PROP_PRIORITY:
    case PROP_OVERFLOW:
    case PROP_MAX_QUEUED:
      GST_OBJECT_LOCK (self);
      get_route (self->route, id, value);
      GST_OBJECT_UNLOCK (self);
      break;
    case PROP_METADATA:
      GST_OBJECT_LOCK (self);
      g_value_set_string (value, self->metadata);
      GST_OBJECT_UNLOCK (self);
      break;
    case PROP_STATS:
      g_value_take_boxed (value, gst_genos_data_sink_get_stats (self->data_sink));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

/* object */

static void
gst_genos_data_sink_pad_finalize (GObject *object)
{
  GstGenosDataSinkPad *self = GST_GENOS_DATA_SINK_PAD (object);

  gst_genos_data_route_unref (self->route);
  g_free (self->metadata);
  gst_clear_object (&self->data_sink);
  G_OBJECT_CLASS (gst_genos_data_sink_pad_parent_class)->finalize (object);
}

static void
gst_genos_data_sink_pad_class_init (GstGenosDataSinkPadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = gst_genos_data_sink_pad_set_property;
  object_class->get_property = gst_genos_data_sink_pad_get_property;
  object_class->finalize = gst_genos_data_sink_pad_finalize;
  g_object_class_install_property (object_class, PROP_CHANNEL,
      g_param_spec_string ("channel", "Channel",
          "Name of the channel: 1 to 12 bytes of UTF-8, not starting with @_",
          GST_GENOS_DATA_ROUTE_CHANNEL, flags));
  g_object_class_install_property (object_class, PROP_TARGETS,
      g_param_spec_string ("targets", "Targets",
          "Ids of the peers that are to have it, separated by commas (empty: everybody)", NULL,
          flags));
  g_object_class_install_property (object_class, PROP_PRIORITY,
      g_param_spec_enum ("priority", "Priority",
          "Whether these messages overtake those of other channels", GENOS_TYPE_PRIORITY,
          GENOS_PRIORITY_NORMAL, flags));
  g_object_class_install_property (object_class, PROP_OVERFLOW,
      g_param_spec_enum ("overflow", "Overflow",
          "What happens when a peer does not keep up (wait holds up the pad's streaming thread)",
          GENOS_TYPE_OVERFLOW, GENOS_OVERFLOW_DROP_OLDEST, flags));
  g_object_class_install_property (object_class, PROP_MAX_QUEUED,
      g_param_spec_uint64 ("max-queued", "Max queued",
          "How much of the channel may wait for one peer (bytes, 0: 64 MiB)", 0,
          GST_GENOS_DATA_ROUTE_MOST_QUEUED, GST_GENOS_DATA_ROUTE_MAX_QUEUED, flags));
  g_object_class_install_property (object_class, PROP_METADATA,
      g_param_spec_string ("metadata", "Metadata",
          "What goes with each message: JSON, or a GstStructure's text, which becomes a "
          "JSON object",
          NULL, flags));
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "messages-in, bytes-in, invalid, waiting; messages-out and dropped, counted for each "
          "peer (NULL: below PAUSED)",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
gst_genos_data_sink_pad_init (GstGenosDataSinkPad *self)
{
  self->route = gst_genos_data_route_new (NULL);
}

GstGenosDataSinkPad *
gst_genos_data_sink_pad_new (const char *name, GstPadTemplate *templ, GstGenosDataSink *data_sink)
{
  GstGenosDataSinkPad *self = g_object_new (GST_TYPE_GENOS_DATA_SINK_PAD, "name", name, "direction",
      GST_PAD_SINK, "template", templ, NULL);
  g_autoptr (GstPad) target = gst_element_get_static_pad (GST_ELEMENT (data_sink), "sink");

  self->data_sink = gst_object_ref (data_sink);
  gst_ghost_pad_set_target (GST_GHOST_PAD (self), target);
  return self;
}
