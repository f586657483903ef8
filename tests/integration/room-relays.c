/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/room.h>

#include "../common/test-wait.h"

/* Rooms that bring their relay along. */

typedef struct {
  GenosRoom *room;
  char *relay; /* the last that opened */
  guint joined;
  guint left;
} Member;

static void
on_relay_changed (GenosRoom *room, const char *url, gboolean open, const char *reason, Member *self)
{
  if (!open)
    return;
  g_free (self->relay);
  self->relay = g_strdup (url);
}

static void
on_joined (GenosRoom *room, GenosPeer *peer, Member *self)
{
  self->joined++;
}

static void
on_left (GenosRoom *room, GenosPeer *peer, GError *error, Member *self)
{
  self->left++;
}

static Member *
member_new (const char *relay_server)
{
  Member *self = g_new0 (Member, 1);

  self->room = genos_room_new ("relays");
  g_object_set (self->room, "relay-server", relay_server, "stun-server", "none", NULL);
  g_signal_connect (self->room, "relay-changed", G_CALLBACK (on_relay_changed), self);
  g_signal_connect (self->room, "peer-joined", G_CALLBACK (on_joined), self);
  g_signal_connect (self->room, "peer-left", G_CALLBACK (on_left), self);
  return self;
}

static void
member_join (Member *self)
{
  g_autoptr (GError) error = NULL;

  genos_room_join (self->room, &error);
  g_assert_no_error (error);
}

static void
member_leave (Member *self)
{
  genos_room_leave (self->room);
  genos_test_wait_for (genos_room_get_state (self->room) == GENOS_ROOM_IDLE, 60);
}

static void
member_free (Member *self)
{
  g_signal_handlers_disconnect_by_data (self->room, self);
  g_object_unref (self->room);
  g_free (self->relay);
  g_free (self);
}

static char *
dup_own_url (Member *self)
{
  char *url = NULL;

  g_object_get (self->room, "relay-server-url", &url, NULL);
  return url;
}

/* Two rooms share one, which is told and is there until the second has left; then it begins anew. */
static void
test_meet (void)
{
  Member *a = member_new ("127.0.0.1:0");
  Member *b = member_new ("127.0.0.1:0");
  g_autofree char *url = NULL;
  g_autofree char *other = NULL;

  g_assert_null (dup_own_url (a));
  member_join (a);
  member_join (b);
  url = dup_own_url (a);
  other = dup_own_url (b);
  g_assert_true (g_str_has_prefix (url, "ws://127.0.0.1:"));
  g_assert_cmpstr (url, ==, other);
  genos_test_wait_for (a->joined == 1 && b->joined == 1, 60);
  g_assert_cmpstr (a->relay, ==, url);
  member_leave (a);
  g_assert_null (dup_own_url (a));
  genos_test_wait_for (b->left == 1, 60);
  member_join (a);
  genos_test_wait_for (a->joined == 2 && b->joined == 2, 60);
  member_leave (a);
  member_leave (b);
  member_free (a);
  member_free (b);
}

/* By the other's address, as another process would: what is there is used. */
static void
test_other_relay (void)
{
  Member *a = member_new ("0.0.0.0:0");
  g_autoptr (GUri) uri = NULL;
  g_autofree char *url = NULL;
  g_autofree char *address = NULL;
  Member *b;

  member_join (a);
  url = dup_own_url (a);
  uri = g_uri_parse (url, 0, NULL);
  address = g_strdup_printf ("%u", g_uri_get_port (uri));
  b = member_new (address);
  member_join (b);
  genos_test_wait_for (a->joined == 1 && b->joined == 1, 60);
  member_leave (b);
  member_leave (a);
  member_free (a);
  member_free (b);
}

static void
test_unusable (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *taken = g_strdup_printf ("127.0.0.1:%u", port);
  Member *member = member_new ("relay.example:7777");
  g_autoptr (GError) error = NULL;

  g_assert_false (genos_room_join (member->room, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_object_set (member->room, "relay-server", taken, NULL);
  g_assert_false (genos_room_join (member->room, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_cmpint (genos_room_get_state (member->room), ==, GENOS_ROOM_IDLE);
  g_object_set (member->room, "relay-server", "0", NULL);
  member_join (member);
  member_leave (member);
  member_free (member);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/room-relays/meet", test_meet);
  g_test_add_func ("/room-relays/other-relay", test_other_relay);
  g_test_add_func ("/room-relays/unusable", test_unusable);
  return g_test_run ();
}
