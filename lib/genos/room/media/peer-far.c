/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A peer and the tracks that come by way of others. */

#include <genos/room/peer-struct.h>

#include <genos/wire/hello-message.h>

GenosPeer *
genos_peer_new_far (const char *peer_id)
{
  GenosPeer *self = g_object_new (GENOS_TYPE_PEER, NULL);

  self->id = g_strdup (peer_id);
  self->gone = TRUE;
  return self;
}

void
genos_peer_set_far_clock (GenosPeer *self, gint64 offset)
{
  if (self->linked || self->clock != NULL)
    return;
  self->far_clock = TRUE;
  genos_peer_set_clock_offset (self, offset);
}

gboolean
genos_peer_knows_far (GenosPeer *self)
{
  return self->capabilities != NULL
      && g_strv_contains ((const char *const *) self->capabilities, GENOS_FEATURE_FAR);
}

gboolean
genos_peer_opens_sealed (GenosPeer *self)
{
  return self->capabilities != NULL
      && g_strv_contains ((const char *const *) self->capabilities, GENOS_FEATURE_SEALED);
}

void
genos_peer_set_far (GenosPeer *self, const GenosPeerFar *far)
{
  self->far = *far;
  if (self->media != NULL)
    genos_peer_media_set_far (self->media, far, !genos_peer_knows_far (self));
}

gboolean
genos_peer_take_far (GenosPeer *self, const char *type, GenosMessage *message, GError **error)
{
  const char *text = genos_message_get_text (message);

  if (text == NULL || !genos_peer_knows_far (self)) {
    g_set_error_literal (
        error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "an unexpected list of far tracks");
    return FALSE;
  }
  return self->far.funcs == NULL
      || self->far.funcs->take (self->id, type, text, error, self->far.data);
}
