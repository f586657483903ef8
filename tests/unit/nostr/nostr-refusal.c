/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-refusal.h>

#include <string.h>

#define N(x) GENOS_NOSTR_REFUSAL_##x

static const struct {
  const char *text;
  GenosNostrRefusalReason reason;
  guint pow_bits;
  gint clock;
} table[] = {
  /* The examples of NIP-01 and NIP-42. */
  { "duplicate: already have this event", N (NONE), 0, 0 },
  { "mute: no one was listening to your ephemeral event and it wasn't handled in any way, it was "
    "ignored",
      N (NONE), 0, 0 },
  { "blocked: you are banned from posting here", N (BLOCKED), 0, 0 },
  { "blocked: please register your pubkey at https://my-expensive-relay.example.com", N (BLOCKED),
      0, 0 },
  { "rate-limited: slow down there chief", N (RATE_LIMITED), 0, 0 },
  { "invalid: event creation date is too far off from the current time", N (CLOCK), 0, 0 },
  { "pow: difficulty 26 is less than 30", N (POW), 30, 0 },
  { "restricted: not allowed to write.", N (RESTRICTED), 0, 0 },
  { "error: could not connect to the database", N (ERROR), 0, 0 },
  { "unsupported: filter contains unknown elements", N (UNSUPPORTED), 0, 0 },
  { "auth-required: we only accept events from registered users", N (AUTH_REQUIRED), 0, 0 },
  /* Relays in the field. */
  { "pow: 28 bits needed. (2)", N (POW), 28, 0 },
  { "pow: difficulty 12<20", N (POW), 20, 0 },
  { "pow: 16 needed for kind 20123", N (POW), 16, 0 },
  { "pow: more", N (POW), 0, 0 },
  { "pow: 99999999999999999999999 300 257", N (POW), 0, 0 },
  { "POW: difficulty 4 is less than 8", N (POW), 8, 0 },
  { "invalid: ephemeral event expired", N (CLOCK), 0, -1 },
  { "invalid: created_at too early", N (CLOCK), 0, -1 },
  { "invalid: created_at too late", N (CLOCK), 0, 1 },
  { "invalid: created_at is too far in the future", N (CLOCK), 0, 1 },
  { "rejected: created_at is more than 600 seconds in the past", N (CLOCK), 0, -1 },
  { "rejected: created_at is more than 600 seconds in the future", N (CLOCK), 0, 1 },
  { "invalid: The event created_at field is out of the acceptable range (+30min) for this relay.",
      N (CLOCK), 0, 0 },
  { "event too old", N (CLOCK), 0, -1 },
  { "invalid: bad signature", N (INVALID), 0, 0 },
  { "no", N (OTHER), 0, 0 },
  { "", N (OTHER), 0, 0 },
  { NULL, N (OTHER), 0, 0 },
  { "powerful", N (OTHER), 0, 0 },
  /* A prefix that is no matter of time outweighs words that are. */
  { "rate-limited: event too old", N (RATE_LIMITED), 0, 0 },
};

static void
test_read (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    GenosNostrRefusal refusal = genos_nostr_refusal_read (table[i].text);

    g_test_message ("%s", table[i].text);
    g_assert_cmpint (refusal.reason, ==, table[i].reason);
    g_assert_cmpuint (refusal.pow_bits, ==, table[i].pow_bits);
    g_assert_cmpint (refusal.clock, ==, table[i].clock);
  }
}

static void
test_notice (void)
{
  g_assert_cmpint (genos_nostr_refusal_read_notice ("welcome").reason, ==, N (NONE));
  g_assert_cmpint (
      genos_nostr_refusal_read_notice ("rate-limited: x").reason, ==, N (RATE_LIMITED));
  g_assert_cmpint (genos_nostr_refusal_read_notice ("Event too old").reason, ==, N (CLOCK));
}

/* Nothing behind the first half kilobyte is looked at, and half a character does no harm. */
static void
test_bounded (void)
{
  g_autofree char *filler = g_strnfill (511, ' ');
  g_autofree char *late = g_strconcat ("pow:", filler, " 20", NULL);
  g_autofree char *cut = g_strconcat (filler, "\u00e9", NULL);

  g_assert_cmpuint (genos_nostr_refusal_read (late).pow_bits, ==, 0);
  g_assert_cmpint (genos_nostr_refusal_read (cut).reason, ==, N (OTHER));
}

static void
assert_advice (const char *text, gint64 skew, const char *words)
{
  GenosNostrRefusal refusal = genos_nostr_refusal_read (text);
  g_autofree char *advice = genos_nostr_refusal_advise (&refusal, skew);

  g_test_message ("%s: %s", text, advice);
  if (words == NULL)
    g_assert_null (advice);
  else
    g_assert_nonnull (strstr (advice, words));
}

static void
test_advise (void)
{
  const char *old = "invalid: ephemeral event expired";
  const char *early = "invalid: created_at too late";
  const char *off = "invalid created_at";

  assert_advice (old, 70, "your clock is about 70 s behind");
  assert_advice (old, 1200, "about 20 min behind");
  assert_advice (old, 7 * 3600, "about 7 h behind");
  assert_advice (old, 400 * 86400, "about 400 days behind");
  assert_advice (early, -70, "your clock is about 70 s ahead");
  assert_advice (off, -70, "about 70 s ahead");
  assert_advice (off, 70, "about 70 s behind");
  /* The two contradict each other: no number is made up. */
  assert_advice (old, -70, "your clock is behind, or the relay's is wrong");
  assert_advice (old, 0, "your clock is behind");
  assert_advice (old, GENOS_NOSTR_SKEW_UNKNOWN, "your clock is behind");
  assert_advice (early, GENOS_NOSTR_SKEW_UNKNOWN, "your clock is ahead");
  assert_advice (off, GENOS_NOSTR_SKEW_UNKNOWN, "your clock is wrong, or the relay's");
  assert_advice ("blocked: no", 0, "use another one");
  assert_advice ("restricted: no", 0, "members");
  assert_advice ("rate-limited: no", 0, "less often");
  assert_advice ("error: no", 0, NULL);
}

static void
test_names (void)
{
  for (guint i = 0; i < GENOS_NOSTR_N_REFUSALS; i++)
    g_assert_nonnull (genos_nostr_refusal_get_name (i));
  g_assert_cmpstr (genos_nostr_refusal_get_name (N (AUTH_REQUIRED)), ==, "auth-required");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nostr/nostr-refusal/read", test_read);
  g_test_add_func ("/nostr/nostr-refusal/notice", test_notice);
  g_test_add_func ("/nostr/nostr-refusal/bounded", test_bounded);
  g_test_add_func ("/nostr/nostr-refusal/advise", test_advise);
  g_test_add_func ("/nostr/nostr-refusal/names", test_names);
  return g_test_run ();
}
