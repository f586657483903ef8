/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosmemberuri.h"

#include "gstgenosroommember.h"

static GstURIType
get_uri_type (GType type)
{
  return GST_URI_SRC;
}

static const char *const *
get_protocols (GType type)
{
  static const char *const protocols[] = { "genos", NULL };

  return protocols;
}

static char *
get_uri (GstURIHandler *handler)
{
  GstGenosRoomMember *self = gst_genos_room_member_of (GST_ELEMENT (handler));
  char *uri;

  GST_OBJECT_LOCK (handler);
  uri = gst_genos_room_settings_dup_uri (&self->settings);
  GST_OBJECT_UNLOCK (handler);
  return uri;
}

static gboolean
set_uri (GstURIHandler *handler, const char *uri, GError **error)
{
  if (GST_STATE (handler) > GST_STATE_READY) {
    g_set_error_literal (error, GST_URI_ERROR, GST_URI_ERROR_BAD_STATE,
        "The room cannot be changed while the element is in it");
    return FALSE;
  }
  if (!gst_genos_room_handler_set_uri (G_OBJECT (handler), uri, error))
    return FALSE;
  GST_OBJECT_LOCK (handler);
  gst_genos_room_member_of (GST_ELEMENT (handler))->by_uri = TRUE;
  GST_OBJECT_UNLOCK (handler);
  return TRUE;
}

void
gst_genos_member_uri_init (gpointer iface, gpointer data)
{
  GstURIHandlerInterface *handler = iface;

  handler->get_type = get_uri_type;
  handler->get_protocols = get_protocols;
  handler->get_uri = get_uri;
  handler->set_uri = set_uri;
}
