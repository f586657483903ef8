/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/sframe-key-message.h>

#include <string.h>

static const guint8 bytes_of_key[GENOS_SECRET_SIZE] = "nobody else knows this, 32 bytes";
static const guint8 bytes_of_asker[GENOS_SECRET_SIZE] = "what the asker draws, 32 bytes..";

static void
fill_in (GenosSframeKeyMessage *message, GenosSframeKeyWhat what)
{
  g_autoptr (GenosSecret) key = genos_secret_new (bytes_of_key);
  g_autoptr (GenosSecret) asker = genos_secret_new (bytes_of_asker);
  GenosSframeKeyMessage ask = { 0 };

  *message = (GenosSframeKeyMessage){ what, (char *) "camera", (char *) "gate ü" };
  genos_sframe_key_message_ask (&ask, asker);
  if (what == GENOS_SFRAME_KEY_ASK)
    memcpy (message->public_key, ask.public_key, sizeof ask.public_key);
  else if (what == GENOS_SFRAME_KEY_GIVE)
    g_assert_true (
        genos_sframe_key_message_give (message, 0x0102030405060708, key, ask.public_key));
}

static GBytes *
build (GenosSframeKeyWhat what)
{
  GenosSframeKeyMessage message;

  fill_in (&message, what);
  return genos_sframe_key_message_build (&message);
}

static void
test_there_and_back (void)
{
  for (guint what = GENOS_SFRAME_KEY_ASK; what <= GENOS_SFRAME_KEY_REFUSE; what++) {
    g_autoptr (GBytes) built = build (what), again = NULL;
    g_auto (GenosSframeKeyMessage) message = { 0 };

    g_assert_true (genos_sframe_key_message_parse (&message, built));
    g_assert_cmpint (message.what, ==, what);
    g_assert_cmpstr (message.stream, ==, "camera");
    g_assert_cmpstr (message.track, ==, "gate ü");
    g_assert_cmpuint (message.kid, ==, what == GENOS_SFRAME_KEY_GIVE ? 0x0102030405060708 : 0);
    again = genos_sframe_key_message_build (&message);
    g_assert_true (g_bytes_equal (built, again));
  }
}

/* Nobody but who asked can take it, and it looks like something else each time. */
static void
test_wrapped (void)
{
  static const guint8 small_order[GENOS_SFRAME_KEY_PUBLIC_SIZE] = { 1 };
  g_autoptr (GenosSecret) own = genos_secret_new (bytes_of_asker);
  g_autoptr (GenosSecret) others = genos_secret_new_random ();
  g_autoptr (GenosSecret) taken = NULL;
  g_autoptr (GenosSecret) stolen = NULL;
  GenosSframeKeyMessage message, again;

  fill_in (&message, GENOS_SFRAME_KEY_GIVE);
  fill_in (&again, GENOS_SFRAME_KEY_GIVE);
  g_assert_true (memcmp (message.wrapped, again.wrapped, sizeof again.wrapped) != 0);
  g_assert_true (memcmp (message.public_key, again.public_key, sizeof again.public_key) != 0);
  taken = genos_sframe_key_message_take (&message, own);
  g_assert_cmpmem (
      genos_secret_get_bytes (taken), GENOS_SECRET_SIZE, bytes_of_key, GENOS_SECRET_SIZE);
  stolen = genos_sframe_key_message_take (&message, others);
  g_assert_true (memcmp (genos_secret_get_bytes (stolen), bytes_of_key, GENOS_SECRET_SIZE) != 0);

  memcpy (message.public_key, small_order, sizeof small_order);
  g_assert_null (genos_sframe_key_message_take (&message, own));
  g_assert_false (genos_sframe_key_message_give (&message, 1, own, small_order));
}

static gboolean
parses (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_auto (GenosSframeKeyMessage) message = { 0 };

  if (genos_sframe_key_message_parse (&message, bytes))
    return TRUE;
  g_assert_null (message.stream);
  g_assert_null (message.track);
  return FALSE;
}

static void
test_hostile (void)
{
  for (guint what = GENOS_SFRAME_KEY_ASK; what <= GENOS_SFRAME_KEY_REFUSE; what++) {
    g_autoptr (GBytes) built = build (what);
    gsize size;
    const guint8 *data = g_bytes_get_data (built, &size);
    g_autofree guint8 *longer = g_malloc0 (size + 1);

    memcpy (longer, data, size);
    g_assert_true (parses (longer, size));
    for (gsize n = 0; n < size; n++)
      g_assert_false (parses (longer, n));
    g_assert_false (parses (longer, size + 1));
    for (gsize bit = 0; bit < size * 8; bit++) {
      longer[bit / 8] ^= (guint8) (1 << bit % 8);
      parses (longer, size);
      longer[bit / 8] ^= (guint8) (1 << bit % 8);
    }
  }
}

static void
test_bounds (void)
{
  static const guint8 empty[] = { 3, 0, 0, 0, 1, 't' };
  static const guint8 no_text[] = { 3, 0, 1, 0xFF, 0, 1, 't' };
  static const guint8 with_nul[] = { 3, 0, 1, 0, 0, 1, 't' };
  static const guint8 unknown[] = { 4, 0, 1, 's', 0, 1, 't' };
  static const guint8 right[] = { 3, 0, 1, 's', 0, 1, 't' };
  guint8 huge[3 + GENOS_SFRAME_KEY_MAX_ID + 1 + 3] = { 3, 1, 1 };

  g_assert_true (parses (right, sizeof right));
  g_assert_false (parses (empty, sizeof empty));
  g_assert_false (parses (no_text, sizeof no_text));
  g_assert_false (parses (with_nul, sizeof with_nul));
  g_assert_false (parses (unknown, sizeof unknown));
  memset (huge + 3, 's', GENOS_SFRAME_KEY_MAX_ID + 1);
  memcpy (huge + sizeof huge - 3, (const guint8[]){ 0, 1, 't' }, 3);
  g_assert_false (parses (huge, sizeof huge));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/sframe-key-message/there-and-back", test_there_and_back);
  g_test_add_func ("/crypto/sframe-key-message/wrapped", test_wrapped);
  g_test_add_func ("/crypto/sframe-key-message/hostile", test_hostile);
  g_test_add_func ("/crypto/sframe-key-message/bounds", test_bounds);
  return g_test_run ();
}
