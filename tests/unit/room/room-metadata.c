/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What peers say of themselves, on the way to each other. */

#include "room-duo.h"

#include "../../common/test-wait.h"

#include <string.h>

#include <genos/wire/channel-frame.h>

static char *
dup_metadata (DuoMember *member, const char *peer_id)
{
  char *metadata;

  g_object_get (genos_room_get_peer (member->room, peer_id), "metadata", &metadata, NULL);
  return metadata;
}

static void
count (GenosRoom *room, GenosPeer *peer, guint *n)
{
  ++*n;
}

static void
test_metadata (Duo *duo, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *none = NULL;
  guint n = 0;

  duo_member_init (&duo->alice, duo->hub, "alice", NULL, NULL);
  duo_member_init (&duo->bob, duo->hub, "bob", NULL, NULL);
  g_object_set (duo->alice.room, "metadata", "{\"name\":\"door\"}", NULL);
  g_signal_connect (duo->bob.room, "peer-metadata", G_CALLBACK (count), &n);
  duo_member_join (&duo->alice, TRUE);
  duo_member_join (&duo->bob, TRUE);
  duo_wait_until_met (duo);
  genos_test_wait_until (n == 1);
  g_assert_cmpstr ((first = dup_metadata (&duo->bob, "alice")), ==, "{\"name\":\"door\"}");

  g_object_set (duo->alice.room, "metadata", "{\"name\":\"roof\"}", NULL);
  genos_test_wait_until (n == 2);
  g_assert_cmpstr ((second = dup_metadata (&duo->bob, "alice")), ==, "{\"name\":\"roof\"}");

  g_object_set (duo->alice.room, "metadata", "{", NULL);
  g_assert_cmpuint (duo->alice.n_warnings, ==, 1);
  g_object_set (duo->alice.room, "metadata", NULL, NULL);
  genos_test_wait_until (n == 3);
  g_assert_null ((none = dup_metadata (&duo->bob, "alice")));
}

static GBytes *
count_frames (GBytes *frame, gpointer user_data)
{
  ++*(guint *) user_data;
  return g_bytes_ref (frame);
}

/* Whoever changes it all the time says the latest, now and then. */
static void
test_metadata_flood (Duo *duo, gconstpointer data)
{
  guint n_frames = 0;
  guint n = 0;
  g_autofree char *last = NULL;

  duo_meet (duo, NULL, NULL, NULL, TRUE);
  duo_wait_until_met (duo);
  g_signal_connect (duo->bob.room, "peer-metadata", G_CALLBACK (count), &n);
  duo_stand_in_between (&duo->alice, count_frames, &n_frames);
  for (guint i = 0; i < 1000; i++) {
    g_autofree char *metadata = g_strdup_printf ("%u", i);

    g_object_set (duo->alice.room, "metadata", metadata, NULL);
  }
  genos_test_wait_until (n == 2);
  g_assert_cmpstr ((last = dup_metadata (&duo->bob, "alice")), ==, "999");
  g_assert_cmpuint (n_frames, <, 100);
}

static guint n_told;

static GBytes *
multiply (GBytes *frame, gpointer user_data)
{
  g_autofree char *metadata = g_strdup_printf ("%u", n_told++);

  return genos_channel_frame_build ("@_gmeta", 0, GENOS_FRAME_LAST | GENOS_FRAME_JSON, 255,
      (const guint8 *) metadata, strlen (metadata));
}

/* A peer that keeps to no pace is heard now and then all the same. */
static void
test_metadata_hostile (Duo *duo, gconstpointer data)
{
  g_autoptr (GenosMessage) message = genos_message_new_string ("x");
  guint n = 0;

  duo_meet (duo, NULL, NULL, NULL, TRUE);
  duo_wait_until_met (duo);
  g_signal_connect (duo->bob.room, "peer-metadata", G_CALLBACK (count), &n);
  duo_stand_in_between (&duo->alice, multiply, NULL);
  for (guint i = 0; i < 500; i++)
    genos_channel_send (duo->alice.channel, message, NULL, NULL);
  genos_test_wait_until (n_told >= 500);
  duo_stand_in_between (&duo->alice, NULL, NULL);
  duo_say (&duo->alice, "done");
  duo_check_heard (&duo->bob, 1, "done", FALSE);
  g_assert_cmpuint (n, >=, 1);
  g_assert_cmpuint (n, <, 250);
}

static void
test_metadata_refused (Duo *duo, gconstpointer data)
{
  g_autofree char *large = g_strnfill (20000, '1');
  g_autoptr (GError) error = NULL;

  duo_member_init (&duo->alice, duo->hub, "alice", NULL, NULL);
  duo_member_init (&duo->bob, duo->hub, "bob", NULL, NULL);
  g_object_set (duo->alice.room, "metadata", large, NULL);
  g_assert_false (genos_room_join (duo->alice.room, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_object_set (duo->alice.room, "metadata", "{\"a\":}", NULL);
  g_assert_false (genos_room_join (duo->alice.room, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
}

#define add(name, data, function)                                                                  \
  g_test_add ("/room/room-metadata/" name, Duo, data, duo_set_up, function, duo_tear_down)

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  add ("told", NULL, test_metadata);
  add ("flood", NULL, test_metadata_flood);
  add ("hostile", NULL, test_metadata_hostile);
  add ("refused", NULL, test_metadata_refused);
  return g_test_run ();
}
