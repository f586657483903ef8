/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/link-secrets.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/wire/hex.h>

#include "../wire/vectors.h"

typedef struct {
  GenosSecret *own;
  guint8 public[GENOS_LINK_PUBLIC_SIZE];
} Side;

static void
read_bytes (JsonObject *item, const char *name, guint8 out[32])
{
  g_assert_true (genos_hex_decode (json_object_get_string_member (item, name), out, 32));
}

static GenosSecret *
read_secret (JsonObject *item, const char *name)
{
  guint8 bytes[GENOS_SECRET_SIZE];

  if (json_object_get_null_member (item, name))
    return NULL;
  read_bytes (item, name, bytes);
  return genos_secret_new (bytes);
}

static gboolean
equal (const GenosSecret *a, const GenosSecret *b)
{
  return memcmp (genos_secret_get_bytes (a), genos_secret_get_bytes (b), GENOS_SECRET_SIZE) == 0;
}

static void
agree (GenosLinkSecrets *secrets, const GenosSecret *own, const guint8 *remote,
    const GenosSecret *room_key, const guint8 *transcript, gboolean offerer)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
      genos_link_secrets_agree (secrets, own, remote, room_key, transcript, offerer, &error));
  g_assert_no_error (error);
}

static void
check_vector (JsonObject *item)
{
  g_autoptr (GenosSecret) room_key = read_secret (item, "roomKey");
  g_autoptr (GenosSecret) offerer = read_secret (item, "offererPrivate");
  g_autoptr (GenosSecret) answerer = read_secret (item, "answererPrivate");
  g_autoptr (GenosSecret) tx = read_secret (item, "tx");
  g_autoptr (GenosSecret) rx = read_secret (item, "rx");
  g_auto (GenosLinkSecrets) at_offerer = { NULL, NULL };
  g_auto (GenosLinkSecrets) at_answerer = { NULL, NULL };
  guint8 transcript[32], offerer_public[32], answerer_public[32], made[32];

  read_bytes (item, "transcript", transcript);
  read_bytes (item, "offererPublic", offerer_public);
  read_bytes (item, "answererPublic", answerer_public);
  genos_link_secrets_get_public (offerer, made);
  g_assert_cmpmem (made, 32, offerer_public, 32);

  agree (&at_offerer, offerer, answerer_public, room_key, transcript, TRUE);
  agree (&at_answerer, answerer, offerer_public, room_key, transcript, FALSE);
  g_assert_true (equal (at_offerer.tx, tx) && equal (at_offerer.rx, rx));
  g_assert_true (equal (at_answerer.tx, rx) && equal (at_answerer.rx, tx));
}

static void
test_vectors (void)
{
  g_autoptr (JsonNode) root = vectors_load ("sealed-messages.json");
  JsonArray *cases = json_object_get_array_member (json_node_get_object (root), "links");

  g_assert_cmpuint (json_array_get_length (cases), ==, 2);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    check_vector (json_array_get_object_element (cases, i));
}

static Side
new_side (void)
{
  Side side = { genos_secret_new_random (), { 0 } };

  genos_link_secrets_get_public (side.own, side.public);
  return side;
}

/* Whoever differs in one thing has agreed on something else, in both directions. */
static void
test_differences (void)
{
  g_autoptr (GenosSecret) room_key = genos_secret_new_random ();
  g_autoptr (GenosSecret) other_key = genos_secret_new_random ();
  Side a = new_side ();
  Side b = new_side ();
  guint8 transcript[32] = { 1 };
  guint8 other_transcript[32] = { 2 };
  g_auto (GenosLinkSecrets) ours = { NULL, NULL };
  g_auto (GenosLinkSecrets) theirs = { NULL, NULL };

  agree (&ours, a.own, b.public, room_key, transcript, TRUE);
  g_assert_false (equal (ours.tx, ours.rx));
  agree (&theirs, b.own, a.public, other_key, transcript, FALSE);
  g_assert_false (equal (ours.tx, theirs.rx) || equal (ours.rx, theirs.tx));
  agree (&theirs, b.own, a.public, NULL, transcript, FALSE);
  g_assert_false (equal (ours.tx, theirs.rx) || equal (ours.rx, theirs.tx));
  agree (&theirs, b.own, a.public, room_key, other_transcript, FALSE);
  g_assert_false (equal (ours.tx, theirs.rx) || equal (ours.rx, theirs.tx));
  agree (&theirs, b.own, a.public, room_key, transcript, FALSE);
  g_assert_true (equal (ours.tx, theirs.rx) && equal (ours.rx, theirs.tx));
  genos_secret_unref (a.own);
  genos_secret_unref (b.own);
}

/* Points of small order (RFC 7748, section 6.1): the secret would be zero whatever ours is. */
static void
test_small_order (void)
{
  static const guint8 points[][32] = {
    { 0 },
    { 1 },
    { 0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4,
        0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49,
        0xb8, 0x00 },
  };
  g_autoptr (GenosSecret) own = genos_secret_new_random ();
  guint8 transcript[32] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (points); i++) {
    g_auto (GenosLinkSecrets) secrets = { NULL, NULL };
    g_autoptr (GError) error = NULL;

    g_assert_false (
        genos_link_secrets_agree (&secrets, own, points[i], NULL, transcript, TRUE, &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION);
    g_assert_null (secrets.tx);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/link-secrets/vectors", test_vectors);
  g_test_add_func ("/crypto/link-secrets/differences", test_differences);
  g_test_add_func ("/crypto/link-secrets/small-order", test_small_order);
  return g_test_run ();
}
