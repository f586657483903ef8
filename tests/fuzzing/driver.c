/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Feeds a fuzz target without libFuzzer: every file of its corpus, each cut off at every
 * length, and a fixed number of seeded mutations. The same input every time, so that a
 * failure here can be repeated. Takes the corpus folder as its only argument. */

#include "fuzz.h"

#define MUTATIONS_PER_FILE 2000
#define SEED 20260101

/* A copy of exact size: reading past its end is what sanitizers and valgrind see. */
static void
feed (const guint8 *data, gsize size)
{
  g_autofree guint8 *copy = g_malloc (MAX (size, 1));

  if (size > 0)
    memcpy (copy, data, size);
  LLVMFuzzerTestOneInput (copy, size);
}

static void
mutate_once (GByteArray *input, GRand *rand)
{
  guint at = (guint) g_rand_int_range (rand, 0, (gint) input->len);

  switch (g_rand_int_range (rand, 0, 5)) {
    case 0:
      input->data[at] ^= (guint8) (1 << g_rand_int_range (rand, 0, 8));
      break;
    case 1:
      input->data[at] = (guint8) g_rand_int_range (rand, 0, 256);
      break;
    case 2:
      g_byte_array_remove_range (
          input, at, (guint) g_rand_int_range (rand, 0, (gint) (input->len - at)));
      break;
    case 3: {
      /* A piece of the input once more, at its end. */
      guint n = MIN (input->len - at, 64);
      g_autofree guint8 *piece = g_memdup2 (input->data + at, n);

      g_byte_array_append (input, piece, n);
      break;
    }
    default:
      input->data[at] = (guint8) "\0\xff\"[]{},:\\"[g_rand_int_range (rand, 0, 10)];
  }
}

static void
feed_mutations (const guint8 *data, gsize size, GRand *rand)
{
  for (guint i = 0; size > 0 && i < MUTATIONS_PER_FILE; i++) {
    g_autoptr (GByteArray) input = g_byte_array_new ();
    gint changes = g_rand_int_range (rand, 1, 5);

    g_byte_array_append (input, data, (guint) size);
    while (changes-- > 0 && input->len > 0)
      mutate_once (input, rand);
    feed (input->data, input->len);
  }
}

static void
feed_file (const char *path, GRand *rand)
{
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  if (!g_file_get_contents (path, &data, &size, &error))
    g_error ("%s", error->message);
  for (gsize n = 0; n <= size; n += 1 + size / 4096)
    feed ((const guint8 *) data, n);
  feed ((const guint8 *) data, size);
  feed_mutations ((const guint8 *) data, size, rand);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
list_folder (const char *folder)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  const char *name;

  if (dir == NULL)
    g_error ("%s", error->message);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return names;
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED);

  if (argc != 2)
    g_error ("usage: %s CORPUS-FOLDER", argv[0]);
  names = list_folder (argv[1]);
  if (names->len == 0)
    g_error ("the corpus %s is empty", argv[1]);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_build_filename (argv[1], g_ptr_array_index (names, i), NULL);

    feed_file (path, rand);
  }
  return 0;
}
