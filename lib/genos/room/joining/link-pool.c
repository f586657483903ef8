/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/link-pool.h>

typedef struct {
  GenosLinkPool *pool; /* not owned; spares never outlive it */
  GenosPeerLink *link;
  char *offer; /* NULL while it gathers */
  gint64 made;
} Spare;

struct _GenosLinkPool {
  GObject parent_instance;

  GenosLinkFactory factory;
  gpointer factory_data;
  GPtrArray *spares; /* of Spare, oldest first */
  guint size;
};

G_DEFINE_FINAL_TYPE (GenosLinkPool, genos_link_pool, G_TYPE_OBJECT)

static void
spare_free (gpointer data)
{
  Spare *spare = data;

  if (spare->link != NULL) {
    g_signal_handlers_disconnect_by_data (spare->link, spare);
    genos_peer_link_close (spare->link);
    g_object_unref (spare->link);
  }
  g_free (spare->offer);
  g_free (spare);
}

static void
on_description (GenosPeerLink *link, GenosSdpKind kind, const char *sdp, Spare *spare)
{
  if (spare->offer == NULL)
    spare->offer = g_strdup (sdp);
}

static void
on_closed (GenosPeerLink *link, GError *error, Spare *spare)
{
  g_ptr_array_remove (spare->pool->spares, spare);
}

/* What fails here is told when a dial needs a link. */
static void
add_spare (GenosLinkPool *self, gint64 now)
{
  g_autoptr (GenosPeerLink) link = self->factory (TRUE, self->factory_data, NULL);
  Spare *spare;

  if (link == NULL)
    return;
  spare = g_new0 (Spare, 1);
  spare->pool = self;
  spare->link = g_object_ref (link);
  spare->made = now;
  g_ptr_array_add (self->spares, spare);
  g_signal_connect (link, "description", G_CALLBACK (on_description), spare);
  g_signal_connect (link, "closed", G_CALLBACK (on_closed), spare);
  genos_peer_link_start (link);
}

static void
drop_oldest (GenosLinkPool *self)
{
  g_ptr_array_remove_index (self->spares, 0);
}

static gint64
age_of_oldest (GenosLinkPool *self, gint64 now)
{
  return self->spares->len > 0 ? now - ((Spare *) g_ptr_array_index (self->spares, 0))->made : 0;
}

void
genos_link_pool_set_size (GenosLinkPool *self, guint size)
{
  self->size = size;
  while (self->spares->len > size)
    drop_oldest (self);
}

void
genos_link_pool_tick (GenosLinkPool *self, gint64 now)
{
  while (age_of_oldest (self, now) >= GENOS_LINK_POOL_AGE)
    drop_oldest (self);
  if (self->spares->len < self->size)
    add_spare (self, now);
}

void
genos_link_pool_flush (GenosLinkPool *self)
{
  g_ptr_array_set_size (self->spares, 0);
}

static Spare *
best_spare (GenosLinkPool *self)
{
  for (guint i = 0; i < self->spares->len; i++) {
    Spare *spare = g_ptr_array_index (self->spares, i);

    if (spare->offer != NULL)
      return spare;
  }
  /* It has at least begun. */
  return self->spares->len > 0 ? g_ptr_array_index (self->spares, 0) : NULL;
}

GenosPeerLink *
genos_link_pool_take (GenosLinkPool *self, char **offer)
{
  Spare *spare = best_spare (self);
  GenosPeerLink *link;

  *offer = NULL;
  if (spare == NULL)
    return NULL;
  link = g_steal_pointer (&spare->link);
  *offer = g_steal_pointer (&spare->offer);
  g_signal_handlers_disconnect_by_data (link, spare);
  g_ptr_array_remove (self->spares, spare);
  return link;
}

guint
genos_link_pool_get_n (GenosLinkPool *self)
{
  return self->spares->len;
}

static void
genos_link_pool_finalize (GObject *object)
{
  g_ptr_array_unref (GENOS_LINK_POOL (object)->spares);
  G_OBJECT_CLASS (genos_link_pool_parent_class)->finalize (object);
}

static void
genos_link_pool_class_init (GenosLinkPoolClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = genos_link_pool_finalize;
}

static void
genos_link_pool_init (GenosLinkPool *self)
{
  self->spares = g_ptr_array_new_with_free_func (spare_free);
}

GenosLinkPool *
genos_link_pool_new (GenosLinkFactory factory, gpointer user_data)
{
  GenosLinkPool *self = g_object_new (GENOS_TYPE_LINK_POOL, NULL);

  self->factory = factory;
  self->factory_data = user_data;
  return self;
}
