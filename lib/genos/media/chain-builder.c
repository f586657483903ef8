/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/chain-builder.h>

static gboolean
is_installed (const char *factory)
{
  g_autoptr (GstElementFactory) found = gst_element_factory_find (factory);
  return found != NULL;
}

void
genos_chain_builder_add (GenosChainBuilder *self, const char *format, ...)
{
  va_list args;
  if (self->text->len > 0)
    g_string_append (self->text, " ! ");
  va_start (args, format);
  g_string_append_vprintf (self->text, format, args);
  va_end (args);
}

void
genos_chain_builder_lack (GenosChainBuilder *self, const char *factory, const char *package)
{
  if (self->error == NULL)
    self->error = g_error_new (GENOS_ERROR, GENOS_ERROR_MISSING_PLUGIN,
        "the GStreamer element “%s” is not installed; it is in %s", factory, package);
}

void
genos_chain_builder_fail (GenosChainBuilder *self, const char *message)
{
  if (self->error == NULL)
    self->error = g_error_new_literal (GENOS_ERROR, GENOS_ERROR_UNSUPPORTED, message);
}

void
genos_chain_builder_add_element (
    GenosChainBuilder *self, const char *factory, const char *package, const char *properties)
{
  if (!is_installed (factory))
    genos_chain_builder_lack (self, factory, package);
  genos_chain_builder_add (self, "%s %s", factory, properties);
}

char *
genos_chain_builder_end (GenosChainBuilder *self, GError **error)
{
  g_autoptr (GString) text = g_steal_pointer (&self->text);
  if (self->error == NULL)
    return g_strdup (text->str);
  g_propagate_error (error, g_steal_pointer (&self->error));
  return NULL;
}
