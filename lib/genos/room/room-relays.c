/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/room-relays.h>

#include <genos/relay-server/shared-relay.h>

struct _GenosRoomRelays {
  GenosSharedRelay *own;
};

static gboolean
is_set (const char *text)
{
  return text != NULL && *text != '\0';
}

gboolean
genos_room_relays_begin (
    const GenosRoomSettings *settings, GenosRoomRelays **relays, GError **error)
{
  GenosSharedRelay *own;

  if (!is_set (settings->relay_server))
    return TRUE;
  own = genos_shared_relay_acquire (settings->relay_server, error);
  if (own == NULL)
    return FALSE;
  *relays = g_new0 (GenosRoomRelays, 1);
  (*relays)->own = own;
  return TRUE;
}

void
genos_room_relays_end (GenosRoomRelays *self)
{
  genos_shared_relay_release (self->own);
  g_free (self);
}

GenosSignaller *
genos_room_relays_make_signaller (
    GenosRoomRelays *self, const GenosRoomSettings *settings, GError **error)
{
  GenosRoomSettings with_own = *settings;
  g_autofree char *list = NULL;

  if (self == NULL)
    return genos_room_settings_make_signaller (settings, error);
  list = g_strjoin (",", genos_shared_relay_get_url (self->own),
      is_set (settings->relays) ? settings->relays : NULL, NULL);
  /* Only a view: nothing of it is freed. */
  with_own.relays = list;
  return genos_room_settings_make_signaller (&with_own, error);
}

const char *
genos_room_relays_get_own_url (GenosRoomRelays *self)
{
  return self != NULL ? genos_shared_relay_get_url (self->own) : NULL;
}
