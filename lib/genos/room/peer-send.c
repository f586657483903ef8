/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* In which form a message goes to a peer. */

#include <string.h>

#include <genos/room/peer-private.h>
#include <genos/wire/hello-message.h>

/* What a browser's message can be, without looking closer: over it the extended form is tried. */
#define BROWSER_MAX ((gsize) 90 * GENOS_FRAME_PAYLOAD)

static guint64
send_as (GenosPeer *self, const GenosOutgoing *outgoing, GenosPayloadKind kind, GBytes *payload,
    const char *metadata, GError **error)
{
  GenosOutgoing complete = *outgoing;

  complete.kind = kind;
  complete.payload = payload;
  complete.metadata = metadata;
  return genos_messenger_send (genos_peer_get_messenger (self), &complete, error);
}

static guint64
refuse (GenosPeer *self, const GenosOutgoing *outgoing, GError **error)
{
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED,
      "peer %s is a browser, or an older program: it knows no requests and no streams",
      genos_peer_get_id (self));
  if (outgoing->destroy != NULL)
    outgoing->destroy (outgoing->user_data);
  return 0;
}

/* A browser's form says it as well, in fewer bytes and a form that everybody can read. */
static gboolean
needs_extension (const GenosExtendedMessage *message)
{
  return message->role != GENOS_ROLE_MESSAGE || message->ntp_time != 0
      || (message->metadata != NULL && message->kind != GENOS_PAYLOAD_BINARY)
      || g_bytes_get_size (message->payload) > BROWSER_MAX;
}

guint64
genos_peer_send (GenosPeer *self, const GenosOutgoing *outgoing,
    const GenosExtendedMessage *message, GError **error)
{
  GenosPeerSeal *seal = genos_peer_get_seal (self);
  g_autoptr (GBytes) bytes = NULL;

  if (seal != NULL)
    bytes = genos_peer_seal_seal (seal, outgoing->type, message);
  else if (genos_peer_is_extended (self) && needs_extension (message))
    bytes = genos_extended_message_build (message);
  if (bytes != NULL)
    return send_as (self, outgoing, GENOS_PAYLOAD_EXTENDED, bytes, NULL, error);

  if (message->role != GENOS_ROLE_MESSAGE)
    return refuse (self, outgoing, error);
  /* A browser's form of text has no place for metadata, and the text is the message. */
  return send_as (self, outgoing, message->kind, message->payload,
      message->kind == GENOS_PAYLOAD_BINARY ? message->metadata : NULL, error);
}

void
genos_peer_send_metadata (GenosPeer *self, const char *metadata)
{
  g_autoptr (GBytes) payload = g_bytes_new (metadata, strlen (metadata));
  const GenosOutgoing outgoing = { GENOS_METADATA_TYPE, GENOS_PAYLOAD_JSON, payload };

  if (genos_peer_is_extended (self))
    genos_messenger_send (genos_peer_get_messenger (self), &outgoing, NULL);
}
