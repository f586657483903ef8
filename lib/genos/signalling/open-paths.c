/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/open-paths.h>

struct _GenosOpenPaths {
  GPtrArray *urls; /* of char * */
};

GenosOpenPaths *
genos_open_paths_new (void)
{
  GenosOpenPaths *self = g_new0 (GenosOpenPaths, 1);

  self->urls = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
genos_open_paths_free (GenosOpenPaths *self)
{
  g_ptr_array_unref (self->urls);
  g_free (self);
}

static gboolean
find (GenosOpenPaths *self, const char *via, guint *index)
{
  return via != NULL && g_ptr_array_find_with_equal_func (self->urls, via, g_str_equal, index);
}

void
genos_open_paths_opened (GenosOpenPaths *self, const char *via)
{
  if (!find (self, via, NULL))
    g_ptr_array_add (self->urls, g_strdup (via));
}

void
genos_open_paths_closed (GenosOpenPaths *self, const char *via)
{
  guint index;

  if (find (self, via, &index))
    g_ptr_array_remove_index (self->urls, index);
}

gboolean
genos_open_paths_has (GenosOpenPaths *self, const char *via)
{
  return find (self, via, NULL);
}

const char *
genos_open_paths_choose (GenosOpenPaths *self, const char *via)
{
  guint index = 0;

  if (find (self, via, &index) || self->urls->len > 0)
    return g_ptr_array_index (self->urls, index);
  return NULL;
}
