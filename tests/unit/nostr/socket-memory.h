/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/nostr/nostr-socket.h>

/* A socket whose other side is the test. */
typedef struct {
  GenosNostrSocket parent_instance;
  char *url;
  GPtrArray *sent;              /* texts */
  gboolean is_open;
  gboolean closed;
  gboolean stranded;
} SocketMemory;

typedef struct {
  GenosNostrSocketClass parent_class;
} SocketMemoryClass;

GType socket_memory_get_type (void);
G_DEFINE_TYPE (SocketMemory, socket_memory, genos_nostr_socket_get_type ())

/* Every socket that was made, oldest first; cleared by the test. */
static GPtrArray *socket_memory_all;

static void
socket_memory_open (GenosNostrSocket *socket)
{
}

static gboolean
socket_memory_send (GenosNostrSocket *socket,
                    const char *text)
{
  SocketMemory *self = (SocketMemory *) socket;

  if (!self->is_open)
    return FALSE;
  g_ptr_array_add (self->sent, g_strdup (text));
  return TRUE;
}

static void
socket_memory_close (GenosNostrSocket *socket)
{
  ((SocketMemory *) socket)->closed = TRUE;
}

static gboolean
socket_memory_is_stranded (GenosNostrSocket *socket)
{
  return ((SocketMemory *) socket)->stranded;
}

static void
socket_memory_finalize (GObject *object)
{
  SocketMemory *self = (SocketMemory *) object;

  g_free (self->url);
  g_ptr_array_unref (self->sent);
  G_OBJECT_CLASS (socket_memory_parent_class)->finalize (object);
}

static void
socket_memory_class_init (SocketMemoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = socket_memory_finalize;
  klass->parent_class.open = socket_memory_open;
  klass->parent_class.send = socket_memory_send;
  klass->parent_class.close = socket_memory_close;
  klass->parent_class.is_stranded = socket_memory_is_stranded;
}

static void
socket_memory_init (SocketMemory *self)
{
  self->sent = g_ptr_array_new_with_free_func (g_free);
}

static GenosNostrSocket *
socket_memory_new (const char *url,
                   gpointer user_data)
{
  SocketMemory *self = g_object_new (socket_memory_get_type (), NULL);

  self->url = g_strdup (url);
  if (socket_memory_all == NULL)
    socket_memory_all = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (socket_memory_all, g_object_ref (self));
  return (GenosNostrSocket *) self;
}

static G_GNUC_UNUSED SocketMemory *
socket_memory_nth (guint n)
{
  g_assert_nonnull (socket_memory_all);
  g_assert_cmpuint (n, <, socket_memory_all->len);
  return g_ptr_array_index (socket_memory_all, n);
}

static guint G_GNUC_UNUSED
socket_memory_count (void)
{
  return socket_memory_all != NULL ? socket_memory_all->len : 0;
}

static void G_GNUC_UNUSED
socket_memory_opened (SocketMemory *self)
{
  self->is_open = TRUE;
  genos_nostr_socket_emit_opened (&self->parent_instance);
}

static void G_GNUC_UNUSED
socket_memory_say (SocketMemory *self,
                   const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  genos_nostr_socket_emit_message (&self->parent_instance, bytes);
}

static void G_GNUC_UNUSED
socket_memory_lost (SocketMemory *self,
                    GenosError code)
{
  g_autoptr (GError) error = g_error_new_literal (GENOS_ERROR, code, "lost");

  self->is_open = FALSE;
  genos_nostr_socket_emit_closed (&self->parent_instance, error);
}
