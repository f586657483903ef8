/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-proxy.h>

struct _GenosNostrProxy {
  GObject parent_instance;

  GProxyResolver *inner;
};

static void genos_nostr_proxy_iface_init (GProxyResolverInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GenosNostrProxy, genos_nostr_proxy, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER, genos_nostr_proxy_iface_init))

static char *
as_http (const char *uri)
{
  if (g_ascii_strncasecmp (uri, "ws://", 5) == 0)
    return g_strconcat ("http://", uri + 5, NULL);
  if (g_ascii_strncasecmp (uri, "wss://", 6) == 0)
    return g_strconcat ("https://", uri + 6, NULL);
  return g_strdup (uri);
}

static gboolean
genos_nostr_proxy_is_supported (GProxyResolver *resolver)
{
  return g_proxy_resolver_is_supported (GENOS_NOSTR_PROXY (resolver)->inner);
}

static char **
genos_nostr_proxy_lookup (
    GProxyResolver *resolver, const char *uri, GCancellable *cancellable, GError **error)
{
  g_autofree char *asked = as_http (uri);

  return g_proxy_resolver_lookup (GENOS_NOSTR_PROXY (resolver)->inner, asked, cancellable, error);
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  char **proxies = g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (source), result, &error);

  if (proxies == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, proxies, (GDestroyNotify) g_strfreev);
}

static void
genos_nostr_proxy_lookup_async (GProxyResolver *resolver, const char *uri,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *asked = as_http (uri);
  GTask *task = g_task_new (resolver, cancellable, callback, user_data);

  g_task_set_source_tag (task, genos_nostr_proxy_lookup_async);
  g_proxy_resolver_lookup_async (
      GENOS_NOSTR_PROXY (resolver)->inner, asked, cancellable, on_looked_up, task);
}

static char **
genos_nostr_proxy_lookup_finish (GProxyResolver *resolver, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, resolver), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
genos_nostr_proxy_iface_init (GProxyResolverInterface *iface)
{
  iface->is_supported = genos_nostr_proxy_is_supported;
  iface->lookup = genos_nostr_proxy_lookup;
  iface->lookup_async = genos_nostr_proxy_lookup_async;
  iface->lookup_finish = genos_nostr_proxy_lookup_finish;
}

static void
genos_nostr_proxy_finalize (GObject *object)
{
  g_object_unref (GENOS_NOSTR_PROXY (object)->inner);

  G_OBJECT_CLASS (genos_nostr_proxy_parent_class)->finalize (object);
}

static void
genos_nostr_proxy_class_init (GenosNostrProxyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = genos_nostr_proxy_finalize;
}

static void
genos_nostr_proxy_init (GenosNostrProxy *self)
{
}

GProxyResolver *
genos_nostr_proxy_new (GProxyResolver *inner)
{
  GenosNostrProxy *self = g_object_new (GENOS_TYPE_NOSTR_PROXY, NULL);

  self->inner = g_object_ref (inner != NULL ? inner : g_proxy_resolver_get_default ());
  return G_PROXY_RESOLVER (self);
}
