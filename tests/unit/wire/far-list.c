/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/far-list.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/wire/json-text.h>

static const char sample[] =
    "{\"offers\":[{\"origin\":\"alice\",\"path\":[],\"is\":{\"stream\":\"s\",\"track\":\"v\","
    "\"kind\":\"video\",\"muted\":true,\"metadata\":\"{\\\"name\\\":\\\"door\\\"}\"}},"
    "{\"origin\":\"bob\",\"path\":[\"carol\",\"dave\"],\"full\":true,\"ahead\":-1500000,\"is\":{"
    "\"stream\":\"s\","
    "\"track\":\"a\",\"kind\":\"audio\"}}]}";

static const char tiered[] =
    "{\"offers\":[{\"origin\":\"alice\",\"path\":[],\"tier\":\"second\",\"is\":{\"stream\":\"s\","
    "\"track\":\"v\",\"kind\":\"video\",\"tiers\":[450000,160000,20000],\"thin\":true}}]}";

static const char tier_watches[] =
    "{\"watch\":[[\"alice\",\"s\",\"v\"]],\"tiers\":[[\"alice\",\"s\",\"v\",1],"
    "[\"alice\",\"s\",\"v\",3]]}";

static const char watches[] = "{\"watch\":[[\"alice\",\"s\",\"v\"],[\"bob\",\"\\\"\",\"ä\"]]}";

static void
test_offers (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) offers = genos_far_offers_parse (sample, &error);
  g_autofree char *again = NULL;
  GenosFarOffer *offer;

  g_assert_no_error (error);
  g_assert_cmpuint (offers->len, ==, 2);
  offer = g_ptr_array_index (offers, 0);
  g_assert_cmpstr (offer->origin, ==, "alice");
  g_assert_cmpuint (g_strv_length (offer->path), ==, 0);
  g_assert_false (offer->full || offer->timed);
  g_assert_true (offer->entry->video && offer->entry->muted);
  g_assert_cmpstr (offer->entry->metadata, ==, "{\"name\":\"door\"}");
  offer = g_ptr_array_index (offers, 1);
  g_assert_cmpstr (offer->path[0], ==, "carol");
  g_assert_cmpstr (offer->path[1], ==, "dave");
  g_assert_true (offer->full && offer->timed);
  g_assert_cmpint (offer->ahead, ==, -1500000);
  again = genos_far_offers_build (offers);
  g_assert_cmpstr (again, ==, sample);
}

static void
test_watches (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) names = genos_far_watches_parse (watches, &error);
  g_autofree char *again = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (names->len, ==, 2);
  again = genos_far_watches_build (names);
  g_assert_cmpstr (again, ==, watches);
}

static void
test_tiers (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) offers = genos_far_offers_parse (tiered, &error);
  g_autoptr (GPtrArray) names = NULL;
  g_autofree char *again = NULL;
  g_autofree char *watched = NULL;
  GenosFarOffer *offer;

  g_assert_no_error (error);
  offer = g_ptr_array_index (offers, 0);
  g_assert_cmpstr (offer->tier, ==, "second");
  g_assert_cmpuint (offer->entry->n_tiers, ==, 3);
  g_assert_cmpuint (offer->entry->tiers[1], ==, 160000);
  g_assert_true (offer->entry->thin);
  again = genos_far_offers_build (offers);
  g_assert_cmpstr (again, ==, tiered);

  names = genos_far_watches_parse (tier_watches, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (names->len, ==, 3);
  g_assert_cmpuint (((GenosFarName *) g_ptr_array_index (names, 0))->tier, ==, 0);
  g_assert_cmpuint (((GenosFarName *) g_ptr_array_index (names, 2))->tier, ==, 3);
  watched = genos_far_watches_build (names);
  g_assert_cmpstr (watched, ==, tier_watches);
}

/* There is one encoding, then. */
static void
test_no_tiers (void)
{
  static const char *const tiers[] = { "null", "3", "[]", "[1]", "[1,2,3,4,5]", "[1,0]", "[1,-1]",
    "[1,\"2\"]", "[1.5,2.5]", "[1,2147483648]", "[[1],[2]]", "{}" };

  for (guint i = 0; i < G_N_ELEMENTS (tiers); i++) {
    g_autofree char *text = g_strdup_printf (
        "{\"offers\":[{\"origin\":\"a\",\"path\":[\"b\"],\"tier\":%s,\"is\":{\"stream\":\"s\","
        "\"track\":\"t\",\"kind\":\"video\",\"tiers\":%s,\"thin\":true}}]}",
        tiers[i], tiers[i]);
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) offers = genos_far_offers_parse (text, &error);
    GenosFarOffer *offer;

    g_assert_no_error (error);
    offer = g_ptr_array_index (offers, 0);
    g_assert_null (offer->tier);
    g_assert_cmpuint (offer->entry->n_tiers, ==, 0);
    g_assert_false (offer->entry->thin);
  }
}

static void
test_no_tier_watches (void)
{
  static const char *const wanted[] = { "[[\"a\",\"s\",\"t\"]]", "[[\"a\",\"s\",\"t\",0]]",
    "[[\"a\",\"s\",\"t\",4]]", "[[\"a\",\"s\",\"t\",-1]]", "[[\"a\",\"s\",\"t\",\"1\"]]",
    "[[\"a\",\"s\",\"t\",1.5]]", "[[\"a\",\"s\",1,1]]", "[1]", "[[]]" };

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++) {
    g_autofree char *text = g_strdup_printf ("{\"watch\":[],\"tiers\":%s}", wanted[i]);
    g_autoptr (GError) error = NULL;

    g_assert_null (genos_far_watches_parse (text, &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
  }
}

static void
assert_refused (const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (genos_far_offers_parse (text, &error));
  g_assert_true (error != NULL && error->domain == GENOS_ERROR);
  g_clear_error (&error);
  g_assert_null (genos_far_watches_parse (text, &error));
  g_assert_true (error != NULL && error->domain == GENOS_ERROR);
}

static void
assert_offer_refused (const char *origin, const char *path, const char *is)
{
  g_autofree char *text = g_strdup_printf (
      "{\"offers\":[{\"origin\":%s,\"path\":%s,\"is\":%s}],\"watch\":[[%s,\"s\"]]}", origin, path,
      is, origin);

  assert_refused (text);
}

static void
test_nonsense (void)
{
  const char *track = "{\"stream\":\"s\",\"track\":\"t\",\"kind\":\"video\"}";
  g_autofree char *huge = g_strnfill (GENOS_FAR_MAX_SIZE + 1, ' ');
  g_autofree char *long_id = g_strnfill (GENOS_FAR_MAX_PEER_ID + 1, 'x');
  g_autofree char *quoted = g_strdup_printf ("\"%s\"", long_id);
  g_autoptr (GString) path = g_string_new ("[\"a\"");

  for (guint i = 0; i < GENOS_FAR_MAX_PATH; i++)
    g_string_append (path, ",\"a\"");
  g_string_append_c (path, ']');
  assert_refused ("");
  assert_refused ("[]");
  assert_refused ("{\"offers\":{},\"watch\":1}");
  assert_refused ("{\"offers\":[1],\"watch\":[1]}");
  assert_refused ("{\"offers\":[{}],\"watch\":[[]]}");
  assert_refused (huge);
  assert_offer_refused ("\"\"", "[]", track);
  assert_offer_refused ("\"a b\"", "[]", track);
  assert_offer_refused (quoted, "[]", track);
  assert_offer_refused ("1", "[]", track);
  assert_offer_refused ("\"a\"", "{}", track);
  assert_offer_refused ("\"a\"", "[1]", track);
  assert_offer_refused ("\"a\"", "[\"\"]", track);
  assert_offer_refused ("\"a\"", path->str, track);
  assert_offer_refused ("\"a\"", "[]", "{}");
  assert_offer_refused ("\"a\"", "[]", "[]");
}

/* It is not known, then. */
static void
test_no_clock (void)
{
  static const char *const clocks[] = { "null", "true", "1.5", "\"1\"", "[1]", "{}",
    "315532800000001", "-315532800000001", "9223372036854775807", "1e300" };

  for (guint i = 0; i < G_N_ELEMENTS (clocks); i++) {
    g_autofree char *text = g_strdup_printf (
        "{\"offers\":[{\"origin\":\"a\",\"path\":[\"b\"],\"ahead\":%s,\"is\":{\"stream\":\"s\","
        "\"track\":\"t\",\"kind\":\"video\"}}]}",
        clocks[i]);
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) offers = genos_far_offers_parse (text, &error);
    g_autofree char *again = NULL;

    g_assert_no_error (error);
    g_assert_false (((GenosFarOffer *) g_ptr_array_index (offers, 0))->timed);
    again = genos_far_offers_build (offers);
    g_assert_null (strstr (again, "ahead"));
  }
}

static GenosFarOffer *
make_offer (guint number, gsize metadata_size)
{
  g_autofree char *id = g_strdup_printf ("%u", number);
  GenosTrackEntry *entry = genos_track_entry_new ("s", id);

  entry->metadata = g_strnfill (metadata_size, '1');
  return genos_far_offer_new ("a", NULL, FALSE, entry);
}

static void
check_build (guint n, gsize metadata_size, guint at_least)
{
  g_autoptr (GPtrArray) offers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) genos_far_offer_free);
  g_autoptr (GPtrArray) parsed = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (offers, make_offer (i, metadata_size));
  text = genos_far_offers_build (offers);
  g_assert_cmpuint (strlen (text), <=, GENOS_FAR_MAX_SIZE);
  parsed = genos_far_offers_parse (text, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (parsed->len, >=, at_least);
  g_assert_cmpuint (parsed->len, <=, GENOS_FAR_MAX);
}

static void
test_bounds (void)
{
  GString *many = g_string_new ("{\"watch\":[");
  g_autofree char *text = NULL;

  check_build (GENOS_FAR_MAX + 5, 5, GENOS_FAR_MAX);
  check_build (GENOS_FAR_MAX, GENOS_TRACK_LIST_MAX_METADATA, 100);
  for (guint i = 0; i <= GENOS_FAR_MAX; i++)
    g_string_append_printf (many, "%s[\"a\",\"s\",\"%u\"]", i > 0 ? "," : "", i);
  g_string_append (many, "]}");
  text = g_string_free (many, FALSE);
  g_assert_null (genos_far_watches_parse (text, NULL));
  many = g_string_new ("{\"watch\":[],\"tiers\":[");
  for (guint i = 0; i <= GENOS_FAR_MAX; i++)
    g_string_append_printf (many, "%s[\"a\",\"s\",\"%u\",1]", i > 0 ? "," : "", i);
  g_string_append (many, "]}");
  g_free (text);
  text = g_string_free (many, FALSE);
  g_assert_null (genos_far_watches_parse (text, NULL));
}

/* Whatever bytes come, there is a list or an error. */
static void
take_anything (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) offers = genos_far_offers_parse (text, &error);
  g_autoptr (GError) other = NULL;
  g_autoptr (GPtrArray) names = genos_far_watches_parse (text, &other);

  g_assert_true ((offers == NULL) == (error != NULL));
  g_assert_true ((names == NULL) == (other != NULL));
}

static void
damage (const char *text)
{
  for (gsize n = 0; n < strlen (text); n++) {
    g_autofree char *cut = g_strndup (text, n);

    assert_refused (cut);
    for (guint bit = 0; bit < 8; bit++) {
      g_autofree char *flipped = g_strdup (text);

      flipped[n] ^= 1 << bit;
      take_anything (flipped);
    }
  }
}

static void
test_damaged (void)
{
  damage (sample);
  damage (watches);
  damage (tiered);
  damage (tier_watches);
}

static void
test_names (void)
{
  g_autofree char *one = genos_far_track_id_new ("a", "bc", "d");
  g_autofree char *other = genos_far_track_id_new ("ab", "c", "d");
  g_autofree char *stream = genos_far_stream_id_new ("a", "bc");

  g_assert_cmpstr (one, !=, other);
  g_assert_cmpstr (stream, !=, one);
  g_assert_true (genos_far_stream_id_check (stream));
  g_assert_false (genos_far_stream_id_check ("g-far-"));
  g_assert_false (genos_far_stream_id_check ("camera"));
  g_assert_false (genos_far_stream_id_check (NULL));
}

static void
test_metadata (void)
{
  static const struct {
    const char *said, *text;
  } cases[] = {
    { NULL, "}" },
    { "not JSON", "}" },
    { "{}", "}" },
    { " { } ", "}" },
    { "{\"a\":1}", ",\"a\":1}" },
    { "\"gate\"", ",\"@_metadata\":\"gate\"}" },
    { "[1]", ",\"@_metadata\":[1]}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = genos_far_metadata_new ("o", "s", "t", cases[i].said);
    g_autofree char *expected = g_strdup_printf (
        "{\"@_origin\":{\"peer\":\"o\",\"stream\":\"s\",\"track\":\"t\"}%s", cases[i].text);

    g_assert_cmpstr (text, ==, expected);
    g_assert_true (genos_json_check (text, -1, NULL));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/far-list/offers", test_offers);
  g_test_add_func ("/wire/far-list/watches", test_watches);
  g_test_add_func ("/wire/far-list/tiers", test_tiers);
  g_test_add_func ("/wire/far-list/no-tiers", test_no_tiers);
  g_test_add_func ("/wire/far-list/no-tier-watches", test_no_tier_watches);
  g_test_add_func ("/wire/far-list/nonsense", test_nonsense);
  g_test_add_func ("/wire/far-list/no-clock", test_no_clock);
  g_test_add_func ("/wire/far-list/bounds", test_bounds);
  g_test_add_func ("/wire/far-list/damaged", test_damaged);
  g_test_add_func ("/wire/far-list/names", test_names);
  g_test_add_func ("/wire/far-list/metadata", test_metadata);
  return g_test_run ();
}
