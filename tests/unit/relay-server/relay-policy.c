/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-policy.h>

#include <string.h>

#define NOW 1795372095
#define KIND 22650

static GenosNip01Event *
event_with_id (guint kind, gint64 created_at, const char *id)
{
  GenosNip01Event *event = genos_nip01_event_new (kind, created_at, "");

  g_strlcpy (event->id, id, sizeof event->id);
  return event;
}

static void
assert_refused (const GenosRelayLimits *limits, const GenosNip01Event *event, const char *prefix)
{
  GenosRelayDrop drop;
  g_autofree char *reason = genos_relay_policy_refuse (limits, event, NOW, &drop);

  g_test_message ("%s", reason);
  if (prefix == NULL)
    g_assert_null (reason);
  else
    g_assert_true (reason != NULL && g_str_has_prefix (reason, prefix));
}

static void
test_kinds (void)
{
  static const struct {
    guint kind;
    const char *prefix;
  } rows[] = { { 0, "blocked: " }, { 1, "blocked: " }, { 19999, "blocked: " }, { 20000, NULL },
    { 22242, "blocked: " }, { 29999, NULL }, { 30000, "blocked: " }, { 65535, "blocked: " } };
  GenosRelayLimits limits;

  genos_relay_limits_init (&limits);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GenosNip01Event) event = genos_nip01_event_new (rows[i].kind, NOW, "");

    assert_refused (&limits, event, rows[i].prefix);
  }
}

static void
test_window (void)
{
  static const struct {
    gint64 created_at;
    const char *prefix;
  } rows[] = { { NOW, NULL }, { NOW - 60, NULL },
    { NOW - 61, "invalid: created_at is 61 seconds behind" }, { NOW + 30, NULL },
    { NOW + 31, "invalid: created_at is 31 seconds ahead" }, { 0, "invalid: " },
    { G_GINT64_CONSTANT (9007199254740991), "invalid: " } };
  GenosRelayLimits limits;

  genos_relay_limits_init (&limits);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GenosNip01Event) event = genos_nip01_event_new (KIND, rows[i].created_at, "");

    limits.created_at_lower_limit = 60;
    limits.created_at_upper_limit = 30;
    assert_refused (&limits, event, rows[i].prefix);
    limits.created_at_lower_limit = limits.created_at_upper_limit = 0;
    assert_refused (&limits, event, NULL);
  }
}

static void
test_expiration (void)
{
  static const struct {
    const char *value;
    const char *prefix;
  } rows[] = { { "1795372096", NULL }, { "1795372095", "invalid: the event has expired" },
    { "0", "invalid: the event has expired" }, { "", NULL }, { "soon", NULL },
    { "99999999999999999999999", NULL } };
  GenosRelayLimits limits;

  genos_relay_limits_init (&limits);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GenosNip01Event) event = genos_nip01_event_new (KIND, NOW, "");

    genos_nip01_event_add_tag (event, "expiration", rows[i].value, NULL);
    assert_refused (&limits, event, rows[i].prefix);
  }
}

/* The example of NIP-13, and the edges of a nibble. */
static void
test_difficulty (void)
{
  static const struct {
    const char *id;
    guint bits;
  } rows[] = {
    { "000000000e9d97a1ab09fc381030b346cdd7a142ad57e6df0b46dc9bef6c7e2d", 36 },
    { "000006d8c378af1779d2feebc7603a125d99eca0ccf1085959b307f64e5dd358", 21 },
    { "8000000000000000000000000000000000000000000000000000000000000000", 0 },
    { "4000000000000000000000000000000000000000000000000000000000000000", 1 },
    { "2fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 2 },
    { "1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 3 },
    { "0fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 4 },
    { "0000000000000000000000000000000000000000000000000000000000000000", 256 },
    { "", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpuint (genos_relay_policy_difficulty (rows[i].id), ==, rows[i].bits);
}

static void
test_work (void)
{
  static const char *const id = "000006d8c378af1779d2feebc7603a125d99eca0ccf1085959b307f64e5dd358";
  g_autoptr (GenosNip01Event) plain = event_with_id (KIND, NOW, id);
  g_autoptr (GenosNip01Event) lucky = event_with_id (KIND, NOW, id);
  g_autoptr (GenosNip01Event) meant = event_with_id (KIND, NOW, id);
  GenosRelayLimits limits;

  genos_nip01_event_add_tag (lucky, "nonce", "776797", "8", NULL);
  genos_nip01_event_add_tag (meant, "nonce", "776797", "20", NULL);
  genos_relay_limits_init (&limits);
  assert_refused (&limits, lucky, NULL);
  limits.min_pow = 20;
  assert_refused (&limits, plain, NULL);
  assert_refused (&limits, meant, NULL);
  assert_refused (&limits, lucky, "pow: the target is 8, less than 20");
  limits.min_pow = 22;
  assert_refused (&limits, plain, "pow: difficulty 21 is less than 22");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay-server/relay-policy/kinds", test_kinds);
  g_test_add_func ("/relay-server/relay-policy/window", test_window);
  g_test_add_func ("/relay-server/relay-policy/expiration", test_expiration);
  g_test_add_func ("/relay-server/relay-policy/difficulty", test_difficulty);
  g_test_add_func ("/relay-server/relay-policy/work", test_work);
  return g_test_run ();
}
