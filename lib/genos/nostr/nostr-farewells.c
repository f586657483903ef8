/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-farewells.h>

struct _GenosNostrFarewells {
  GPtrArray *all; /* Farewell */
};

typedef struct {
  GenosNostrFarewells *book;
  SoupWebsocketConnection *connection;
  GObject *owner;
} Farewell;

static void
farewell_free (gpointer data)
{
  Farewell *self = data;

  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_object_unref (self->connection);
  g_object_unref (self->owner);
  g_free (self);
}

GenosNostrFarewells *
genos_nostr_farewells_new (void)
{
  GenosNostrFarewells *self = g_new0 (GenosNostrFarewells, 1);

  self->all = g_ptr_array_new_with_free_func (farewell_free);
  return self;
}

/* The owner may be the one who holds the book: with the last of them both are gone. */
static void
on_closed (SoupWebsocketConnection *connection, Farewell *farewell)
{
  GPtrArray *all = farewell->book->all;
  guint i;

  if (g_ptr_array_find (all, farewell, &i))
    farewell_free (g_ptr_array_steal_index_fast (all, i));
}

void
genos_nostr_farewells_say (
    GenosNostrFarewells *self, SoupWebsocketConnection *connection, GObject *owner)
{
  Farewell *farewell = g_new (Farewell, 1);

  *farewell = (Farewell){ self, g_object_ref (connection), g_object_ref (owner) };
  g_ptr_array_add (self->all, farewell);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), farewell);
  soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

guint
genos_nostr_farewells_count (const GenosNostrFarewells *self)
{
  return self->all->len;
}

/* Beneath TLS, whose own goodbye might have to wait for room to write. */
static GIOStream *
dup_lowest (GIOStream *stream)
{
  GIOStream *lowest = g_object_ref (stream);

  while (G_IS_TLS_CONNECTION (lowest)) {
    GIOStream *base = NULL;

    g_object_get (lowest, "base-io-stream", &base, NULL);
    g_object_unref (lowest);
    lowest = base;
  }
  return lowest;
}

static void
cut (Farewell *farewell)
{
  GIOStream *stream = soup_websocket_connection_get_io_stream (farewell->connection);
  g_autoptr (GIOStream) lowest = stream != NULL ? dup_lowest (stream) : NULL;

  g_signal_handlers_disconnect_by_data (farewell->connection, farewell);
  if (lowest != NULL)
    g_io_stream_close (lowest, NULL, NULL);
}

void
genos_nostr_farewells_cut (GenosNostrFarewells *self)
{
  g_autoptr (GPtrArray) all = g_steal_pointer (&self->all);

  self->all = g_ptr_array_new_with_free_func (farewell_free);
  for (guint i = 0; i < all->len; i++)
    cut (g_ptr_array_index (all, i));
}

void
genos_nostr_farewells_free (GenosNostrFarewells *self)
{
  genos_nostr_farewells_cut (self);
  g_ptr_array_unref (self->all);
  g_free (self);
}
