/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Sealed messages between rooms, and whoever might stand in between. */

#include "room-duo.h"

#include "../../common/test-wait.h"

#include <string.h>

#include <genos/room/media/peer-media-struct.h>
#include <genos/room/room-private.h>
#include <genos/wire/channel-frame.h>

/* --- sealed or not --- */

static GBytes *
look_for_secret (GBytes *frame, gpointer user_data)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (frame, &size);

  if (memmem (data, size, "attack at dawn", strlen ("attack at dawn")) != NULL)
    ++*(guint *) user_data;
  return g_bytes_ref (frame);
}

static void
test_sealed (Duo *duo, gconstpointer data)
{
  guint n_seen = 0;

  duo_meet (duo, "secret", NULL, "required", TRUE);
  duo_wait_until_met (duo);
  g_assert_true (duo_is_encrypted (&duo->alice, "bob") && duo_is_encrypted (&duo->bob, "alice"));
  duo_stand_in_between (&duo->alice, look_for_secret, &n_seen);
  duo_say (&duo->alice, "attack at dawn");
  duo_say (&duo->bob, "understood");
  duo_check_heard (&duo->bob, 1, "attack at dawn", TRUE);
  duo_check_heard (&duo->alice, 1, "understood", TRUE);
  g_assert_cmpuint (n_seen, ==, 0);
}

static void
test_off (Duo *duo, gconstpointer data)
{
  guint n_seen = 0;

  duo_meet (duo, "secret", NULL, "off", TRUE);
  duo_wait_until_met (duo);
  g_assert_false (duo_is_encrypted (&duo->alice, "bob"));
  duo_stand_in_between (&duo->alice, look_for_secret, &n_seen);
  duo_say (&duo->alice, "attack at dawn");
  duo_check_heard (&duo->bob, 1, "attack at dawn", FALSE);
  g_assert_cmpuint (n_seen, ==, 1);
}

static void
test_no_password (Duo *duo, gconstpointer data)
{
  duo_meet (duo, NULL, NULL, NULL, TRUE);
  duo_wait_until_met (duo);
  g_assert_false (duo_is_encrypted (&duo->alice, "bob"));
  duo_say (&duo->alice, "hello");
  duo_check_heard (&duo->bob, 1, "hello", FALSE);
}

static void
test_browser (Duo *duo, gconstpointer data)
{
  duo_meet (duo, "secret", NULL, "off", FALSE);
  duo_wait_until_met (duo);
  g_assert_false (duo_is_encrypted (&duo->alice, "bob"));
  duo_say (&duo->alice, "hello");
  duo_check_heard (&duo->bob, 1, "hello", FALSE);
}

static void
test_required_refuses (Duo *duo, gconstpointer data)
{
  gboolean ours = GPOINTER_TO_INT (data);

  duo_meet (duo, "secret", "required", "off", ours);
  genos_test_wait_until (duo->alice.n_errors > 0);
  g_assert_cmpint (duo->alice.error, ==, GENOS_REASON_NOT_ENCRYPTED);
  g_assert_cmpuint (duo->alice.n_joined, ==, 0);
}

static void
test_required_needs_password (Duo *duo, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  duo_member_init (&duo->alice, duo->hub, "alice", "", "required");
  duo_member_init (&duo->bob, duo->hub, "bob", NULL, NULL);
  g_assert_false (genos_room_join (duo->alice.room, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
}

/* Keys of media are handed on in what messages are sealed with. */
static void
test_media_needs_encryption (Duo *duo, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  duo_member_init (&duo->alice, duo->hub, "alice", "secret", "off");
  duo_member_init (&duo->bob, duo->hub, "bob", "", "preferred");
  g_object_set (duo->alice.room, "media-encryption", GENOS_ENCRYPTION_REQUIRED, NULL);
  g_object_set (duo->bob.room, "media-encryption", GENOS_ENCRYPTION_REQUIRED, NULL);
  g_assert_false (genos_room_join (duo->alice.room, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (genos_room_join (duo->bob.room, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
}

static void
meet_in_cells (Duo *duo, GenosEncryption media_encryption, gboolean ours)
{
  duo_member_init (&duo->alice, duo->hub, "alice", "secret", NULL);
  duo_member_init (&duo->bob, duo->hub, "bob", "secret", NULL);
  g_object_set (duo->alice.room, "cells", "auto", "media-encryption", media_encryption, NULL);
  g_object_set (duo->bob.room, "cells", "auto", NULL);
  duo_member_join (&duo->alice, TRUE);
  duo_member_join (&duo->bob, ours);
  duo_wait_until_met (duo);
}

static void
check_media (Duo *duo, gboolean offered, gboolean sealed)
{
  GenosPeerMedia *media = genos_peer_get_media (genos_room_get_peer (duo->alice.room, "bob"));
  g_autoptr (GenosLocalTrack) track =
      g_object_new (GENOS_TYPE_LOCAL_TRACK, "kind", GENOS_MEDIA_AUDIO, NULL);

  g_assert_cmpint (genos_peer_media_is_offered (media, track), ==, offered);
  g_assert_cmpint (genos_peer_media_get_sealer (media, track) != NULL, ==, sealed);
}

static void
test_media_for_ours (Duo *duo, gconstpointer media_encryption)
{
  meet_in_cells (duo, GPOINTER_TO_INT (media_encryption), TRUE);
  check_media (duo, TRUE, GPOINTER_TO_INT (media_encryption) != GENOS_ENCRYPTION_OFF);
}

/* Who could not open it gets it as it is, or, when sealing is required, not at all. */
static void
test_media_for_browser (Duo *duo, gconstpointer media_encryption)
{
  meet_in_cells (duo, GPOINTER_TO_INT (media_encryption), FALSE);
  check_media (duo, GPOINTER_TO_INT (media_encryption) != GENOS_ENCRYPTION_REQUIRED, FALSE);
}

/* --- in between --- */

typedef struct {
  GBytes *kept;
  guint n_frames;
} Attacker;

static gboolean
is_chat (GBytes *frame)
{
  gsize size;
  GenosChannelFrame parsed;
  const guint8 *data = g_bytes_get_data (frame, &size);

  return genos_channel_frame_parse (data, size, &parsed, NULL) && strcmp (parsed.type, "chat") == 0;
}

static GBytes *
change (GBytes *frame, gpointer user_data)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (frame, &size);
  guint8 *copy;

  if (!is_chat (frame))
    return g_bytes_ref (frame);
  copy = g_memdup2 (data, size);
  copy[size - 1] ^= 1;
  return g_bytes_new_take (copy, size);
}

/* Each chat frame is the first one again. */
static GBytes *
replay (GBytes *frame, gpointer user_data)
{
  Attacker *attacker = user_data;

  if (!is_chat (frame))
    return g_bytes_ref (frame);
  if (attacker->kept == NULL)
    attacker->kept = g_bytes_ref (frame);
  return g_bytes_ref (attacker->kept);
}

/* The second before the first. */
static GBytes *
reorder (GBytes *frame, gpointer user_data)
{
  Attacker *attacker = user_data;
  GBytes *held;

  if (!is_chat (frame))
    return g_bytes_ref (frame);
  if (attacker->kept == NULL) {
    attacker->kept = g_bytes_ref (frame);
    return NULL;
  }
  if (attacker->n_frames++ == 0)
    return g_bytes_ref (frame);
  held = attacker->kept;
  return g_bytes_ref (held);
}

/* The second one. */
static GBytes *
lose (GBytes *frame, gpointer user_data)
{
  Attacker *attacker = user_data;

  return is_chat (frame) && ++attacker->n_frames == 2 ? NULL : g_bytes_ref (frame);
}

/* A message of its own, in a form that needs no key. */
static GBytes *
downgrade (GBytes *frame, gpointer user_data)
{
  if (!is_chat (frame))
    return g_bytes_ref (frame);
  return genos_channel_frame_build (
      "chat", 0, GENOS_FRAME_LAST, 255, (const guint8 *) "retreat", strlen ("retreat"));
}

static GBytes *
downgrade_extended (GBytes *frame, gpointer user_data)
{
  static const guint8 plain[] = { 0, 0, 0, 0, 0, 0, 'r', 'u', 'n' };

  if (!is_chat (frame))
    return g_bytes_ref (frame);
  return genos_channel_frame_build ("chat", 0,
      GENOS_FRAME_LAST | GENOS_FRAME_BINARY | GENOS_FRAME_EXTENDED, 255, plain, sizeof plain);
}

/* What was meant for one channel on another. */
static GBytes *
redirect (GBytes *frame, gpointer user_data)
{
  gsize size;
  GenosChannelFrame parsed;
  const guint8 *data = g_bytes_get_data (frame, &size);

  if (!genos_channel_frame_parse (data, size, &parsed, NULL) || strcmp (parsed.type, "other") != 0)
    return g_bytes_ref (frame);
  return genos_channel_frame_build (
      "chat", 0, parsed.tag, 255, parsed.payload, parsed.payload_size);
}

static void
test_in_between (Duo *duo, gconstpointer data)
{
  PeerLinkLocalFilter filter = (PeerLinkLocalFilter) data;
  Attacker attacker = { NULL, 0 };
  guint n_heard;

  duo_meet (duo, "secret", NULL, NULL, TRUE);
  duo_wait_until_met (duo);
  duo_stand_in_between (&duo->alice, filter, &attacker);
  for (guint i = 0; i < 3; i++)
    duo_say (&duo->alice, "attack");
  genos_test_wait_until (duo->bob.n_warnings > 0);
  g_assert_error (duo->bob.warning, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION);
  n_heard = duo->bob.texts->len;
  g_assert_cmpuint (n_heard, <=, 1);
  for (guint i = 0; i < n_heard; i++)
    g_assert_cmpstr (g_ptr_array_index (duo->bob.texts, i), ==, "attack");

  /* What comes unharmed is taken again. */
  duo_stand_in_between (&duo->alice, NULL, NULL);
  duo_say (&duo->alice, "all clear");
  duo_check_heard (&duo->bob, n_heard + 1, "all clear", TRUE);
  g_clear_pointer (&attacker.kept, g_bytes_unref);
}

static guint64
count_missing (DuoMember *member, const char *peer_id)
{
  g_autoptr (GstStructure) stats =
      genos_peer_get_stats (genos_room_get_peer (member->room, peer_id));
  guint64 missing = 0;

  g_assert_true (gst_structure_get_uint64 (stats, "sealed-missing", &missing));
  return missing;
}

/* What never comes cannot be put together by anybody; that it is missing shows. */
static void
test_lost (Duo *duo, gconstpointer data)
{
  Attacker attacker = { NULL, 0 };

  duo_meet (duo, "secret", NULL, NULL, TRUE);
  duo_wait_until_met (duo);
  duo_stand_in_between (&duo->alice, lose, &attacker);
  for (guint i = 0; i < 3; i++)
    duo_say (&duo->alice, i < 2 ? "attack" : "at dawn");
  duo_check_heard (&duo->bob, 2, "at dawn", TRUE);
  g_assert_cmpuint (count_missing (&duo->bob, "alice"), ==, 1);
  g_assert_cmpuint (duo->bob.n_warnings, ==, 0);
}

static void
test_redirected (Duo *duo, gconstpointer data)
{
  g_autoptr (GenosChannel) other = NULL;
  g_autoptr (GenosMessage) message = genos_message_new_string ("delete it");

  duo_meet (duo, "secret", NULL, NULL, TRUE);
  duo_wait_until_met (duo);
  other = genos_room_open_channel (duo->alice.room, "other", NULL);
  duo_stand_in_between (&duo->alice, redirect, NULL);
  g_assert_cmpuint (genos_channel_send (other, message, NULL, NULL), ==, 1);
  genos_test_wait_until (duo->bob.n_warnings > 0);
  g_assert_error (duo->bob.warning, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION);
  g_assert_cmpuint (duo->bob.texts->len, ==, 0);
}

/* What we said ourselves comes back as if the peer had said it. */
static void
test_reflected (Duo *duo, gconstpointer data)
{
  Attacker attacker = { NULL, 0 };

  duo_meet (duo, "secret", NULL, NULL, TRUE);
  duo_wait_until_met (duo);
  duo_stand_in_between (&duo->alice, replay, &attacker);
  duo_say (&duo->alice, "who is there?");
  duo_check_heard (&duo->bob, 1, "who is there?", TRUE);
  duo_stand_in_between (&duo->bob, replay, &attacker);
  duo_say (&duo->bob, "me");
  genos_test_wait_until (duo->alice.n_warnings > 0);
  g_assert_error (duo->alice.warning, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION);
  g_assert_cmpuint (duo->alice.texts->len, ==, 0);
  g_clear_pointer (&attacker.kept, g_bytes_unref);
}

#define add(name, data, function)                                                                  \
  g_test_add ("/room/encryption/" name, Duo, data, duo_set_up, function, duo_tear_down)

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  add ("sealed", NULL, test_sealed);
  add ("off", NULL, test_off);
  add ("no-password", NULL, test_no_password);
  add ("browser", NULL, test_browser);
  add ("required-refuses-one-of-ours", GINT_TO_POINTER (TRUE), test_required_refuses);
  add ("required-refuses-browser", GINT_TO_POINTER (FALSE), test_required_refuses);
  add ("required-needs-password", NULL, test_required_needs_password);
  add ("media-needs-encryption", NULL, test_media_needs_encryption);
  add ("media/preferred", GINT_TO_POINTER (GENOS_ENCRYPTION_PREFERRED), test_media_for_ours);
  add ("media/required-browser", GINT_TO_POINTER (GENOS_ENCRYPTION_REQUIRED),
      test_media_for_browser);
  add ("in-between/change", (gconstpointer) change, test_in_between);
  add ("in-between/replay", (gconstpointer) replay, test_in_between);
  add ("in-between/reorder", (gconstpointer) reorder, test_in_between);
  add ("in-between/downgrade", (gconstpointer) downgrade, test_in_between);
  add ("in-between/downgrade-extended", (gconstpointer) downgrade_extended, test_in_between);
  add ("in-between/lose", NULL, test_lost);
  add ("in-between/redirect", NULL, test_redirected);
  add ("in-between/reflect", NULL, test_reflected);
  return g_test_run ();
}
