/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-log.h>

#include <genos/transport/link-receiver.h>

GST_DEBUG_CATEGORY_STATIC (genos_link_debug);
#define GST_CAT_DEFAULT genos_link_debug

static void
dump (GWeakRef *weak, const char *when)
{
  g_autoptr (GstElement) pipeline = g_weak_ref_get (weak);
  g_autofree char *name = NULL;

  if (pipeline == NULL)
    return;
  name = g_strdup_printf ("genos-link-%s.%s", GST_OBJECT_NAME (pipeline), when);
  GST_DEBUG_BIN_TO_DOT_FILE_WITH_TS (GST_BIN (pipeline), GST_DEBUG_GRAPH_SHOW_ALL, name);
}

static void
on_description (GenosPeerLink *link, GenosSdpKind kind, const char *sdp, GWeakRef *pipeline)
{
  GST_DEBUG ("%p: our %s is ready", link, kind == GENOS_SDP_OFFER ? "offer" : "answer");
}

static void
on_opened (GenosPeerLink *link, GWeakRef *pipeline)
{
  GST_INFO ("%p: open", link);
  dump (pipeline, "opened");
}

static void
on_closed (GenosPeerLink *link, const GError *error, GWeakRef *pipeline)
{
  GST_INFO ("%p: closed: %s", link, error != NULL ? error->message : "");
  dump (pipeline, "closed");
}

static void
on_receiver_added (GenosPeerLink *link, GenosLinkReceiver *receiver, GWeakRef *pipeline)
{
  GST_INFO ("%p: m-line %s comes in: %" GST_PTR_FORMAT, link,
      genos_link_receiver_get_mid (receiver), genos_link_receiver_get_caps (receiver));
  dump (pipeline, "receiver-added");
}

static void
on_receiver_removed (GenosPeerLink *link, GenosLinkReceiver *receiver, GWeakRef *pipeline)
{
  GST_INFO ("%p: m-line %s comes in no more", link, genos_link_receiver_get_mid (receiver));
  dump (pipeline, "receiver-removed");
}

static void
on_warning (GenosPeerLink *link, const GError *error, GWeakRef *pipeline)
{
  GST_WARNING ("%p: %s", link, error != NULL ? error->message : "");
}

static void
free_weak_ref (gpointer data, GClosure *closure)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static void
watch (GenosPeerLink *link, const char *signal, GCallback callback, GstElement *pipeline)
{
  GWeakRef *weak = g_new (GWeakRef, 1);

  g_weak_ref_init (weak, pipeline);
  g_signal_connect_data (link, signal, callback, weak, free_weak_ref, 0);
}

static void
init_category (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (genos_link_debug, "genoslink", 0, "links to peers");
    g_once_init_leave (&once, 1);
  }
}

void
genos_webrtc_log_watch (GenosPeerLink *link, GstElement *pipeline)
{
  init_category ();
  GST_DEBUG ("%p: we %s; %s", link, genos_peer_link_is_offerer (link) ? "dial" : "answer",
      GST_OBJECT_NAME (pipeline));
  watch (link, "description", G_CALLBACK (on_description), pipeline);
  watch (link, "opened", G_CALLBACK (on_opened), pipeline);
  watch (link, "closed", G_CALLBACK (on_closed), pipeline);
  watch (link, "receiver-added", G_CALLBACK (on_receiver_added), pipeline);
  watch (link, "receiver-removed", G_CALLBACK (on_receiver_removed), pipeline);
  watch (link, "warning", G_CALLBACK (on_warning), pipeline);
}
