/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/track-list.h>

#include <string.h>

#include <genos/base/error.h>

static const char sample[] =
    "{\"tracks\":[{\"stream\":\"s\",\"track\":\"v\",\"kind\":\"video\",\"muted\":true,"
    "\"metadata\":\"{\\\"name\\\":\\\"door\\\"}\"},"
    "{\"stream\":\"s\",\"track\":\"a\",\"kind\":\"audio\",\"paused\":true,\"sealed\":true}]}";

static void
test_list (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = genos_track_list_parse (sample, &error);
  g_autofree char *text = NULL;
  GenosTrackEntry *entry;

  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 2);
  entry = genos_track_list_find (entries, "s", "v");
  g_assert_true (entry->video && entry->muted && !entry->paused && !entry->sealed);
  g_assert_cmpstr (entry->metadata, ==, "{\"name\":\"door\"}");
  entry = genos_track_list_find (entries, "s", "a");
  g_assert_true (!entry->video && !entry->muted && entry->paused && entry->sealed);
  g_assert_null (entry->metadata);
  g_assert_null (genos_track_list_find (entries, "x", "a"));
  text = genos_track_list_build (entries);
  g_assert_cmpstr (text, ==, sample);
}

static void
test_refusals (void)
{
  static const char text[] = "{\"not\":[[\"s\",\"v\"],[\"\\\"\",\"ä\"]]}";
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = genos_track_refusals_parse (text, &error);
  g_autofree char *again = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 2);
  g_assert_nonnull (genos_track_list_find (entries, "\"", "ä"));
  again = genos_track_refusals_build (entries);
  g_assert_cmpstr (again, ==, text);
}

/* Twice the same track is once; what later versions add is passed over. */
static void
test_tolerant (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries =
      genos_track_list_parse ("{\"v\":2,\"tracks\":[{\"stream\":\"s\",\"track\":\"v\",\"kind\":"
                              "\"video\",\"muted\":1,\"x\":{}},"
                              "{\"stream\":\"s\",\"track\":\"v\",\"kind\":\"audio\"}]}",
          &error);

  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 1);
  g_assert_false (((GenosTrackEntry *) g_ptr_array_index (entries, 0))->muted);
}

static void
assert_refused (const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (genos_track_list_parse (text, &error));
  g_assert_true (error != NULL && error->domain == GENOS_ERROR);
  g_clear_error (&error);
  g_assert_null (genos_track_refusals_parse (text, &error));
  g_assert_true (error != NULL && error->domain == GENOS_ERROR);
  g_assert_null (genos_track_list_parse (text, NULL));
}

static void
test_nonsense (void)
{
  g_autofree char *long_id = g_strnfill (GENOS_TRACK_LIST_MAX_ID + 1, 'x');
  g_autofree char *too_long = g_strdup_printf (
      "{\"tracks\":[{\"stream\":\"%s\",\"track\":\"v\",\"kind\":\"video\"}]}", long_id);
  g_autofree char *huge = g_strnfill (GENOS_TRACK_LIST_MAX_SIZE + 1, ' ');

  assert_refused ("");
  assert_refused ("[]");
  assert_refused ("{}");
  assert_refused ("{\"tracks\":{},\"not\":{}}");
  assert_refused ("{\"tracks\":[1],\"not\":[1]}");
  assert_refused ("{\"tracks\":[{}],\"not\":[[]]}");
  assert_refused ("{\"tracks\":[{\"stream\":\"\",\"track\":\"v\",\"kind\":\"video\"}],"
                  "\"not\":[[\"\",\"v\"]]}");
  assert_refused ("{\"tracks\":[{\"stream\":\"s\",\"track\":\"v\",\"kind\":\"smell\"}],"
                  "\"not\":[[\"s\",1]]}");
  assert_refused ("{\"tracks\":[{\"stream\":\"s\",\"track\":\"v\",\"kind\":\"video\","
                  "\"metadata\":\"{\"}],\"not\":[[\"s\",\"v\",\"w\"]]}");
  assert_refused (too_long);
  assert_refused (huge);
}

static void
test_bounds (void)
{
  g_autoptr (GPtrArray) entries =
      g_ptr_array_new_with_free_func ((GDestroyNotify) genos_track_entry_free);
  g_autoptr (GPtrArray) parsed = NULL;
  g_autofree char *text = NULL;
  g_autofree char *more = NULL;
  GString *many = g_string_new ("{\"not\":[");

  for (guint i = 0; i < GENOS_TRACK_LIST_MAX + 5; i++) {
    g_autofree char *id = g_strdup_printf ("%u", i);
    GenosTrackEntry *entry = genos_track_entry_new ("s", id);

    entry->metadata = g_strnfill (i == 0 ? GENOS_TRACK_LIST_MAX_METADATA + 1 : 5, '1');
    g_ptr_array_add (entries, entry);
    g_string_append_printf (many, "%s[\"s\",\"%u\"]", i > 0 ? "," : "", i);
  }
  text = genos_track_list_build (entries);
  parsed = genos_track_list_parse (text, NULL);
  g_assert_cmpuint (parsed->len, ==, GENOS_TRACK_LIST_MAX);
  g_assert_null (((GenosTrackEntry *) g_ptr_array_index (parsed, 0))->metadata);
  g_assert_nonnull (((GenosTrackEntry *) g_ptr_array_index (parsed, 1))->metadata);
  g_string_append (many, "]}");
  more = g_string_free (many, FALSE);
  g_assert_null (genos_track_refusals_parse (more, NULL));
}

/* Whatever bytes come, there is a list or an error. */
static void
take_anything (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = genos_track_list_parse (text, &error);

  g_assert_true ((entries == NULL) == (error != NULL));
}

static void
test_damaged (void)
{
  for (gsize n = 0; n < strlen (sample); n++) {
    g_autofree char *cut = g_strndup (sample, n);

    assert_refused (cut);
    for (guint bit = 0; bit < 8; bit++) {
      g_autofree char *flipped = g_strdup (sample);

      flipped[n] ^= 1 << bit;
      take_anything (flipped);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/track-list/list", test_list);
  g_test_add_func ("/wire/track-list/refusals", test_refusals);
  g_test_add_func ("/wire/track-list/tolerant", test_tolerant);
  g_test_add_func ("/wire/track-list/nonsense", test_nonsense);
  g_test_add_func ("/wire/track-list/bounds", test_bounds);
  g_test_add_func ("/wire/track-list/damaged", test_damaged);
  return g_test_run ();
}
