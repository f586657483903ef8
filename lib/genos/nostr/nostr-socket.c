/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-socket.h>

typedef struct {
  gboolean done; /* closed by either side: nothing more to tell */
} GenosNostrSocketPrivate;

enum { SIGNAL_OPENED, SIGNAL_MESSAGE, SIGNAL_CLOSED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (GenosNostrSocket, genos_nostr_socket, G_TYPE_OBJECT)

static void
genos_nostr_socket_class_init (GenosNostrSocketClass *klass)
{
  signals[SIGNAL_OPENED] = g_signal_new (
      "opened", GENOS_TYPE_NOSTR_SOCKET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_MESSAGE] = g_signal_new ("message", GENOS_TYPE_NOSTR_SOCKET, G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BYTES);
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", GENOS_TYPE_NOSTR_SOCKET, G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
genos_nostr_socket_init (GenosNostrSocket *self)
{
}

static GenosNostrSocketPrivate *
get_private (GenosNostrSocket *self)
{
  return genos_nostr_socket_get_instance_private (self);
}

void
genos_nostr_socket_open (GenosNostrSocket *self)
{
  g_return_if_fail (GENOS_IS_NOSTR_SOCKET (self));

  GENOS_NOSTR_SOCKET_GET_CLASS (self)->open (self);
}

gboolean
genos_nostr_socket_send (GenosNostrSocket *self, const char *text)
{
  g_return_val_if_fail (GENOS_IS_NOSTR_SOCKET (self), FALSE);

  if (get_private (self)->done)
    return FALSE;
  return GENOS_NOSTR_SOCKET_GET_CLASS (self)->send (self, text);
}

void
genos_nostr_socket_close (GenosNostrSocket *self)
{
  g_return_if_fail (GENOS_IS_NOSTR_SOCKET (self));

  get_private (self)->done = TRUE;
  GENOS_NOSTR_SOCKET_GET_CLASS (self)->close (self);
}

gboolean
genos_nostr_socket_is_stranded (GenosNostrSocket *self)
{
  GenosNostrSocketClass *klass;

  g_return_val_if_fail (GENOS_IS_NOSTR_SOCKET (self), FALSE);

  klass = GENOS_NOSTR_SOCKET_GET_CLASS (self);
  return klass->is_stranded != NULL && klass->is_stranded (self);
}

void
genos_nostr_socket_emit_opened (GenosNostrSocket *self)
{
  if (!get_private (self)->done)
    g_signal_emit (self, signals[SIGNAL_OPENED], 0);
}

void
genos_nostr_socket_emit_message (GenosNostrSocket *self, GBytes *text)
{
  if (!get_private (self)->done)
    g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, text);
}

void
genos_nostr_socket_emit_closed (GenosNostrSocket *self, const GError *error)
{
  if (get_private (self)->done)
    return;
  get_private (self)->done = TRUE;
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0, error);
}
