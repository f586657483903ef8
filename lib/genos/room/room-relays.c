/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/room-relays.h>

#include <genos/lan/lan-browser.h>
#include <genos/relay-server/shared-relay.h>
#include <genos/signalling/default-relays.h>
#include <genos/signalling/signaller-nostr.h>

struct _GenosRoomRelays {
  GenosSharedRelay *own; /* NULL: none */
  gboolean lan;
  GenosLanBrowser *browser; /* NULL: nobody looks */
  GenosNostrPool *pool;
  GHashTable *found; /* set of char *: what we put into the pool, and may take out again */
  GenosRoomRelaysWarning warning;
  gpointer user_data;
};

static gboolean
is_set (const char *text)
{
  return text != NULL && *text != '\0';
}

static gboolean
names_lan (const char *relays)
{
  g_auto (GStrv) list = genos_relays_parse (relays);

  return g_strv_contains ((const char *const *) list, GENOS_ROOM_LAN);
}

gboolean
genos_room_relays_begin (
    const GenosRoomSettings *settings, GenosRoomRelays **relays, GError **error)
{
  GenosSharedRelay *own = NULL;
  gboolean lan = names_lan (settings->relays);

  if (is_set (settings->relay_server)) {
    own = genos_shared_relay_acquire (settings->relay_server, error);
    if (own == NULL)
      return FALSE;
  }
  if (own == NULL && !lan)
    return TRUE;
  *relays = g_new0 (GenosRoomRelays, 1);
  (*relays)->own = own;
  (*relays)->lan = lan;
  (*relays)->found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return TRUE;
}

void
genos_room_relays_end (GenosRoomRelays *self)
{
  if (self->browser != NULL)
    g_signal_handlers_disconnect_by_data (self->browser, self);
  g_clear_object (&self->browser);
  g_clear_object (&self->pool);
  g_clear_pointer (&self->own, genos_shared_relay_release);
  g_hash_table_unref (self->found);
  g_free (self);
}

/* the local network */

static void
on_found (GenosLanBrowser *browser, const char *url, GenosRoomRelays *self)
{
  if (genos_nostr_pool_add (self->pool, url))
    g_hash_table_add (self->found, g_strdup (url));
}

static void
on_lost (GenosLanBrowser *browser, const char *url, GenosRoomRelays *self)
{
  if (g_hash_table_remove (self->found, url))
    genos_nostr_pool_remove (self->pool, url);
}

static void
on_failed (GenosLanBrowser *browser, GError *error, GenosRoomRelays *self)
{
  self->warning (error, self->user_data);
}

static void
look_around (GenosRoomRelays *self, GenosSignaller *signaller)
{
  g_set_object (&self->pool, genos_signaller_nostr_get_pool (GENOS_SIGNALLER_NOSTR (signaller)));
  self->browser = genos_lan_browser_new ();
  g_signal_connect (self->browser, "found", G_CALLBACK (on_found), self);
  g_signal_connect (self->browser, "lost", G_CALLBACK (on_lost), self);
  g_signal_connect (self->browser, "failed", G_CALLBACK (on_failed), self);
}

GenosSignaller *
genos_room_relays_make_signaller (GenosRoomRelays *self, const GenosRoomSettings *settings,
    GenosRoomRelaysWarning warning, gpointer user_data, GError **error)
{
  GenosRoomSettings with_own = *settings;
  g_autofree char *list = NULL;
  GenosSignaller *signaller;

  if (self == NULL)
    return genos_room_settings_make_signaller (settings, error);
  self->warning = warning;
  self->user_data = user_data;
  /* Only a view: nothing of it is freed. */
  if (self->own != NULL)
    with_own.relays = list = g_strjoin (",", genos_shared_relay_get_url (self->own),
        is_set (settings->relays) ? settings->relays : NULL, NULL);
  signaller = genos_room_settings_make_signaller (&with_own, error);
  if (signaller != NULL && self->lan)
    look_around (self, signaller);
  return signaller;
}

const char *
genos_room_relays_get_own_url (GenosRoomRelays *self)
{
  return self != NULL && self->own != NULL ? genos_shared_relay_get_url (self->own) : NULL;
}
