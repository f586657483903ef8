/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/peer-seal.h>

#include <genos/crypto/sealed-message.h>

/* The first byte of a sealed message is its version; of a plain one it is zero. */
#define SEALED 1

struct _GenosPeerSeal {
  GenosMessageSealer *sealer;
  GenosMessageOpener *opener;
};

GenosPeerSeal *
genos_peer_seal_agree (GenosPeerIdentity *identity, GError **error)
{
  g_auto (GenosLinkSecrets) secrets = { NULL, NULL };

  if (!genos_peer_identity_agree (identity, &secrets, error))
    return NULL;
  return genos_peer_seal_new (&secrets);
}

GenosPeerSeal *
genos_peer_seal_new (const GenosLinkSecrets *secrets)
{
  GenosPeerSeal *self = g_new0 (GenosPeerSeal, 1);

  self->sealer = genos_message_sealer_new (secrets->tx);
  self->opener = genos_message_opener_new (secrets->rx);
  return self;
}

void
genos_peer_seal_free (GenosPeerSeal *self)
{
  if (self == NULL)
    return;
  genos_message_sealer_free (self->sealer);
  genos_message_opener_free (self->opener);
  g_free (self);
}

gboolean
genos_peer_seal_is_sealed (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return size > 0 && data[0] == SEALED;
}

GBytes *
genos_peer_seal_seal (GenosPeerSeal *self, const char *channel, const GenosExtendedMessage *message)
{
  g_autoptr (GBytes) body = genos_extended_message_dup_body (message);

  return genos_message_sealer_seal (self->sealer, channel,
      genos_extended_message_get_kind_byte (message), message->metadata, body);
}

gboolean
genos_peer_seal_open (GenosPeerSeal *self, const char *channel, GBytes *sealed,
    GenosExtendedMessage *message, GError **error)
{
  g_auto (GenosOpenedMessage) opened = { 0, NULL, NULL };

  return genos_message_opener_open (self->opener, channel, sealed, &opened, error)
      && genos_extended_message_read (
          message, opened.kind, g_steal_pointer (&opened.metadata), opened.payload, error);
}

guint64
genos_peer_seal_get_n_missing (GenosPeerSeal *self)
{
  return genos_message_opener_get_n_missing (self->opener);
}
