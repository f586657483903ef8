/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "room-duo.h"

#include "../../common/test-wait.h"

#include <genos/room/room-private.h>

static GBytes *
pass (GBytes *frame, gpointer user_data)
{
  DuoMember *member = user_data;

  return member->filter != NULL ? member->filter (frame, member->filter_data) : g_bytes_ref (frame);
}

static GenosPeerLink *
make_link (gboolean offerer, gpointer user_data, GError **error)
{
  GenosPeerLink *link = peer_link_local_new (offerer);

  peer_link_local_set_filter (PEER_LINK_LOCAL (link), pass, user_data);
  return link;
}

void
duo_stand_in_between (DuoMember *member, PeerLinkLocalFilter filter, gpointer user_data)
{
  member->filter = filter;
  member->filter_data = user_data;
}

static void
on_joined (GenosRoom *room, GenosPeer *peer, DuoMember *member)
{
  member->n_joined++;
}

static void
on_error (GenosRoom *room, const char *peer_id, GError *error, DuoMember *member)
{
  member->n_errors++;
  member->error = genos_reason_from_error (error);
}

static void
on_warning (GenosRoom *room, GError *error, DuoMember *member)
{
  member->n_warnings++;
  g_clear_error (&member->warning);
  member->warning = g_error_copy (error);
}

static void
on_message (GenosChannel *channel, const char *peer_id, GenosMessage *message, DuoMember *member)
{
  g_ptr_array_add (member->texts, g_strdup (genos_message_get_text (message)));
  member->sealed = genos_message_is_sealed (message);
}

static gboolean
on_request (GenosChannel *channel, GenosRequest *request, DuoMember *member)
{
  if (member->deaf)
    return FALSE;
  g_set_object (&member->asked, request);
  return TRUE;
}

void
duo_member_init (DuoMember *member, SignalHub *hub, const char *peer_id, const char *password,
    const char *encryption)
{
  g_autoptr (GTypeClass) type = g_type_class_ref (GENOS_TYPE_ENCRYPTION);
  GEnumClass *klass = (GEnumClass *) type;

  member->signaller = signaller_local_new (hub, peer_id);
  member->texts = g_ptr_array_new_with_free_func (g_free);
  member->room = genos_room_new ("test");
  g_object_set (member->room, "peer-id", peer_id, "password", password, NULL);
  if (encryption != NULL)
    g_object_set (
        member->room, "encryption", g_enum_get_value_by_nick (klass, encryption)->value, NULL);
  genos_room_set_signaller (member->room, member->signaller);
  genos_room_set_link_factory (member->room, make_link, member);
  g_signal_connect (member->room, "peer-joined", G_CALLBACK (on_joined), member);
  g_signal_connect (member->room, "join-error", G_CALLBACK (on_error), member);
  g_signal_connect (member->room, "warning", G_CALLBACK (on_warning), member);
  member->channel = genos_room_open_channel (member->room, "chat", NULL);
  g_signal_connect (member->channel, "message", G_CALLBACK (on_message), member);
  g_signal_connect (member->channel, "request", G_CALLBACK (on_request), member);
}

static void
member_clear (DuoMember *member)
{
  g_clear_object (&member->asked);
  g_clear_object (&member->channel);
  g_clear_object (&member->room);
  g_clear_object (&member->signaller);
  g_clear_error (&member->warning);
  g_ptr_array_unref (member->texts);
}

void
duo_member_join (DuoMember *member, gboolean ours)
{
  g_autoptr (GError) error = NULL;

  genos_room_join (member->room, &error);
  g_assert_no_error (error);
  if (ours)
    signaller_local_set_key (
        TEST_SIGNALLER_LOCAL (member->signaller), genos_room_get_key (member->room));
}

void
duo_set_up (Duo *duo, gconstpointer data)
{
  duo->hub = signal_hub_new ();
}

void
duo_tear_down (Duo *duo, gconstpointer data)
{
  member_clear (&duo->alice);
  member_clear (&duo->bob);
  g_clear_pointer (&duo->hub, signal_hub_unref);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

void
duo_meet (Duo *duo, const char *password, const char *alice, const char *bob, gboolean ours)
{
  duo_member_init (&duo->alice, duo->hub, "alice", password, alice);
  duo_member_init (&duo->bob, duo->hub, "bob", password, bob);
  duo_member_join (&duo->alice, TRUE);
  duo_member_join (&duo->bob, ours);
}

void
duo_wait_until_met (Duo *duo)
{
  genos_test_wait_until (duo->alice.n_joined == 1 && duo->bob.n_joined == 1);
}

gboolean
duo_is_encrypted (DuoMember *member, const char *peer_id)
{
  gboolean encrypted;

  g_object_get (genos_room_get_peer (member->room, peer_id), "encrypted", &encrypted, NULL);
  return encrypted;
}

void
duo_say (DuoMember *member, const char *text)
{
  g_autoptr (GenosMessage) message = genos_message_new_string (text);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (genos_channel_send (member->channel, message, NULL, &error), ==, 1);
  g_assert_no_error (error);
}

void
duo_check_heard (DuoMember *member, guint n, const char *text, gboolean sealed)
{
  genos_test_wait_until (member->texts->len >= n);
  g_assert_cmpuint (member->texts->len, ==, n);
  g_assert_cmpstr (g_ptr_array_index (member->texts, n - 1), ==, text);
  g_assert_true (member->sealed == sealed);
}
