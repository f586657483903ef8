/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is for one member and nobody else, whoever passes it on: letters that are sealed with what only the two can
 * work out, or not said at all. */

#include <genos/room/cells/mesh-private.h>

#define MEMBER "_s"
/* In the place of a channel's name, which it cannot be. */
#define CONTEXT "@_secret"

GenosSecret *
genos_mesh_make_letter_key (GenosMesh *self, const char *peer_id)
{
  if (genos_mesh_get_room_key (self) == NULL || self->key == NULL
      || genos_mesh_find_public_key (self, peer_id) == NULL)
    return NULL;
  return genos_mesh_make_key (self, peer_id, NULL);
}

gboolean
genos_mesh_send_letter (GenosMesh *self, const char *peer_id, const char *member,
    const char *occasion, GenosSecret *key, GBytes *inside)
{
  const char *context[] = { occasion, genos_mesh_overlay_get_self_id (self->overlay), peer_id,
    NULL };
  g_autoptr (GBytes) sealed =
      genos_sealed_letter_seal (key, context, g_get_real_time () / 1000, inside);
  gsize size;
  gconstpointer bytes = g_bytes_get_data (sealed, &size);
  g_autofree char *text = g_base64_encode (bytes, size);
  g_autofree char *json = g_strdup_printf ("{\"%s\":\"%s\",\"_t\":\"%s\"}", member, text, peer_id);

  return genos_mesh_overlay_send_acknowledged (
             self->overlay, peer_id, json, FALSE, g_get_monotonic_time ())
      != 0;
}

gboolean
genos_mesh_say_secret (GenosMesh *self, const char *peer_id, GBytes *inside)
{
  g_autoptr (GenosSecret) key = NULL;

  if (self->overlay == NULL || !genos_mesh_knows (self, peer_id)
      || !genos_mesh_is_ours (self, peer_id))
    return FALSE;
  key = genos_mesh_make_letter_key (self, peer_id);
  return key != NULL && genos_mesh_send_letter (self, peer_id, MEMBER, CONTEXT, key, inside);
}

void
genos_mesh_set_secret_func (GenosMesh *self, GenosMeshSecretFunc func, gpointer data)
{
  self->secret_func = func;
  self->secret_data = data;
}

static gboolean
fail (GError **error, const char *why)
{
  g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION, why);
  return FALSE;
}

static gboolean
take (GenosMesh *self, const char *origin, GBytes *sealed, GError **error)
{
  const char *context[] = { CONTEXT, origin, genos_mesh_overlay_get_self_id (self->overlay), NULL };
  g_autoptr (GenosSecret) key = genos_mesh_make_letter_key (self, origin);
  g_autoptr (GBytes) inside = NULL;
  guint64 ms;

  if (key == NULL)
    return fail (error, "there is no key to open it with");
  inside = genos_sealed_letter_open (key, context, sealed, &ms, error);
  if (inside == NULL)
    return FALSE;
  if (!genos_mesh_is_first_time (self, origin, sealed, ms))
    return fail (error, "it was sealed for another occasion");
  if (self->secret_func != NULL)
    self->secret_func (origin, inside, self->secret_data);
  return TRUE;
}

gboolean
genos_mesh_take_secret (GenosMesh *self, GenosMeshFrame *frame, GError **error)
{
  g_autoptr (GBytes) sealed = genos_mesh_dup_packet (frame, MEMBER);

  if (sealed == NULL)
    return FALSE;
  take (self, frame->origin, sealed, error);
  return TRUE;
}
