/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/secret.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <genos/crypto/link-secrets.h>
#include <genos/wire/hex.h>

#include "../wire/vectors.h"

static void
check_hex (const GenosSecret *secret, const char *expected)
{
  char hex[2 * GENOS_SECRET_SIZE + 1];

  genos_hex_encode (genos_secret_get_bytes (secret), GENOS_SECRET_SIZE, hex);
  g_assert_cmpstr (hex, ==, expected);
}

static void
test_from_password (void)
{
  g_autoptr (JsonNode) root = vectors_load ("sealed-messages.json");
  JsonArray *cases = json_object_get_array_member (json_node_get_object (root), "roomKeys");

  g_assert_cmpuint (json_array_get_length (cases), ==, 3);
  for (guint i = 0; i < json_array_get_length (cases); i++) {
    JsonObject *item = json_array_get_object_element (cases, i);
    g_autoptr (GError) error = NULL;
    g_autoptr (GenosSecret) key =
        genos_secret_new_from_password (json_object_get_string_member (item, "password"),
            json_object_get_string_member (item, "roomPath"), &error);

    g_assert_no_error (error);
    check_hex (key, json_object_get_string_member (item, "key"));
  }
}

static void
test_derive (void)
{
  g_autoptr (JsonNode) root = vectors_load ("sealed-messages.json");
  JsonArray *cases = json_object_get_array_member (json_node_get_object (root), "derived");

  g_assert_cmpuint (json_array_get_length (cases), ==, 3);
  for (guint i = 0; i < json_array_get_length (cases); i++) {
    JsonObject *item = json_array_get_object_element (cases, i);
    guint8 bytes[GENOS_SECRET_SIZE];
    g_autoptr (GenosSecret) key = NULL;
    g_autoptr (GenosSecret) derived = NULL;

    g_assert_true (genos_hex_decode (json_object_get_string_member (item, "key"), bytes, 32));
    key = genos_secret_new (bytes);
    derived = genos_secret_derive (key, json_object_get_string_member (item, "context"),
        (guint64) json_object_get_int_member (item, "id"));
    check_hex (derived, json_object_get_string_member (item, "derived"));
  }
}

static void
test_random (void)
{
  g_autoptr (GenosSecret) a = genos_secret_new_random ();
  g_autoptr (GenosSecret) b = genos_secret_new_random ();

  g_assert_cmpint (
      memcmp (genos_secret_get_bytes (a), genos_secret_get_bytes (b), GENOS_SECRET_SIZE), !=, 0);
}

/* --- what stays of a key */

/* One line of /proc/self/smaps and what follows it. */
typedef struct {
  guint64 start;
  guint64 end;
  char access[5];
  gboolean has_flags;
  gboolean is_dumped;
} Mapping;

static GArray *
read_mappings (void)
{
  GArray *mappings = g_array_new (FALSE, TRUE, sizeof (Mapping));
  FILE *file = fopen ("/proc/self/smaps", "re");
  char line[4096];

  g_assert_nonnull (file);
  while (fgets (line, sizeof line, file) != NULL) {
    Mapping mapping = { .is_dumped = TRUE };

    if (sscanf (line, "%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x %4s", &mapping.start,
            &mapping.end, mapping.access)
        == 3) {
      g_array_append_val (mappings, mapping);
    } else if (g_str_has_prefix (line, "VmFlags:") && mappings->len > 0) {
      Mapping *last = &g_array_index (mappings, Mapping, mappings->len - 1);

      last->has_flags = TRUE;
      last->is_dumped = strstr (line, " dd") == NULL;
    }
  }
  fclose (file);
  return mappings;
}

/* (nullable) */
static const Mapping *
find_mapping (GArray *mappings, gconstpointer address)
{
  for (guint i = 0; i < mappings->len; i++) {
    const Mapping *mapping = &g_array_index (mappings, Mapping, i);

    if ((guintptr) address >= mapping->start && (guintptr) address < mapping->end)
      return mapping;
  }
  return NULL;
}

/* Nobody writes to it, a read beyond its end hits a page without access, and no core dump has it. */
static void
test_guarded (void)
{
  g_autoptr (GenosSecret) secret = genos_secret_new_random ();
  const guint8 *bytes = genos_secret_get_bytes (secret);
  g_autoptr (GArray) mappings = read_mappings ();
  const Mapping *mapping = find_mapping (mappings, bytes);
  const Mapping *next = find_mapping (mappings, bytes + GENOS_SECRET_SIZE);

  g_assert_nonnull (mapping);
  g_assert_cmpstr (mapping->access, ==, "r--p");
  g_assert_true (!mapping->has_flags || !mapping->is_dumped);
  g_assert_nonnull (next);
  g_assert_cmpstr (next->access, ==, "---p");
}

/* Larger ones are the shadows that sanitizers keep. */
#define MAX_MAPPING (G_GUINT64_CONSTANT (256) << 20)

/* Holds what is looked for turned over, so as not to find itself. */
static guint8 turned[GENOS_SECRET_SIZE];
static guint8 window[(1 << 20) + GENOS_SECRET_SIZE];

/* memchr, since sanitizers make every read of a loop of ours a slow one. */
static guint
count_in_window (gsize size)
{
  const guint8 *end = window + size;
  const guint8 *at = window;
  guint n = 0;

  while ((at = memchr (at, turned[0] ^ 0xff, (gsize) (end - at))) != NULL) {
    gsize k = 1;

    while (k < GENOS_SECRET_SIZE && at + k < end && (at[k] ^ 0xff) == turned[k])
      k++;
    n += k == GENOS_SECRET_SIZE;
    at++;
  }
  return n;
}

static guint
count_in_mapping (int memory, const Mapping *mapping)
{
  guint n = 0;

  for (guint64 at = mapping->start; at < mapping->end; at += 1 << 20) {
    ssize_t size = pread (memory, window, sizeof window, (off_t) at);

    if (size > 0)
      n += count_in_window ((gsize) MIN ((guint64) size, mapping->end - at));
  }
  return n;
}

/* How often the key stands in the memory of this process. */
static guint
count_in_memory (void)
{
  g_autoptr (GArray) mappings = read_mappings ();
  int memory = open ("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  guint n = 0;

  g_assert_cmpint (memory, >=, 0);
  for (guint i = 0; i < mappings->len; i++) {
    const Mapping *mapping = &g_array_index (mappings, Mapping, i);

    if (mapping->access[0] == 'r' && mapping->end - mapping->start <= MAX_MAPPING
        && (guintptr) window - mapping->start >= mapping->end - mapping->start)
      n += count_in_mapping (memory, mapping);
  }
  close (memory);
  memset (window, 0, sizeof window);
  return n;
}

static void
remember (const GenosSecret *secret)
{
  for (gsize i = 0; i < GENOS_SECRET_SIZE; i++)
    turned[i] = genos_secret_get_bytes (secret)[i] ^ 0xff;
}

static void
check_leaves_nothing (GenosSecret *secret)
{
  remember (secret);
  g_assert_cmpuint (count_in_memory (), ==, 1);
  genos_secret_unref (secret);
  g_assert_cmpuint (count_in_memory (), ==, 0);
}

static void
test_wiped (void)
{
  g_autoptr (GenosSecret) room_key = NULL;
  g_autoptr (GenosSecret) own = genos_secret_new_random ();
  g_autoptr (GenosSecret) other = genos_secret_new_random ();
  g_auto (GenosLinkSecrets) link = { NULL, NULL };
  const guint8 transcript[GENOS_LINK_TRANSCRIPT_SIZE] = { 1 };
  guint8 remote[GENOS_LINK_PUBLIC_SIZE];
  g_autoptr (GError) error = NULL;

  check_leaves_nothing (genos_secret_new_random ());
  room_key = genos_secret_new_from_password ("a password", "GenosRTC@1234@r", &error);
  g_assert_no_error (error);
  check_leaves_nothing (genos_secret_derive (room_key, "GRtest_1", 1));

  genos_link_secrets_get_public (other, remote);
  g_assert_true (genos_link_secrets_agree (&link, own, remote, room_key, transcript, TRUE, &error));
  check_leaves_nothing (g_steal_pointer (&link.tx));
  check_leaves_nothing (g_steal_pointer (&link.rx));
  check_leaves_nothing (g_steal_pointer (&own));
  check_leaves_nothing (g_steal_pointer (&room_key));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/secret/from-password", test_from_password);
  g_test_add_func ("/crypto/secret/derive", test_derive);
  g_test_add_func ("/crypto/secret/random", test_random);
  g_test_add_func ("/crypto/secret/guarded", test_guarded);
  g_test_add_func ("/crypto/secret/wiped", test_wiped);
  return g_test_run ();
}
