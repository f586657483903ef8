/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-health.h>

#define MS G_TIME_SPAN_MILLISECOND

typedef struct {
  GenosNostrHealth health;
  gint64 now;
  guint serial;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  genos_nostr_health_init (&f->health);
  f->now = 1000 * G_USEC_PER_SEC;
}

static void
connect (Fixture *f, guint ms)
{
  genos_nostr_health_opening (&f->health, f->now);
  f->now += ms * MS;
  genos_nostr_health_opened (&f->health, f->now);
}

static char *
publish (Fixture *f)
{
  char *id = g_strdup_printf ("%064u", f->serial++);

  genos_nostr_health_published (&f->health, id, f->now);
  return id;
}

static void
echo_after (Fixture *f, guint ms)
{
  g_autofree char *id = publish (f);

  f->now += ms * MS;
  g_assert_true (genos_nostr_health_echoed (&f->health, id, f->now));
  g_assert_false (genos_nostr_health_echoed (&f->health, id, f->now));
}

static GenosNostrHealthState
judge (Fixture *f)
{
  return genos_nostr_health_judge (&f->health, f->now);
}

static guint
score (Fixture *f)
{
  return genos_nostr_health_get_score (&f->health);
}

static void
test_echo (Fixture *f, gconstpointer data)
{
  g_assert_cmpint (judge (f), ==, GENOS_NOSTR_HEALTH_UNKNOWN);
  connect (f, 120);
  g_assert_cmpuint (f->health.connect_ms, ==, 120);
  g_assert_cmpint (f->health.echo_us, ==, -1);
  echo_after (f, 80);
  g_assert_cmpint (f->health.echo_us, ==, 80 * MS);
  g_assert_cmpfloat (f->health.smoothed_echo_us, ==, 80.0 * MS);
  echo_after (f, 160);
  g_assert_cmpint (f->health.echo_us, ==, 160 * MS);
  g_assert_cmpfloat (f->health.smoothed_echo_us, ==, 90.0 * MS);
  g_assert_cmpint (judge (f), ==, GENOS_NOSTR_HEALTH_FINE);
}

static void
test_foreign_is_no_echo (Fixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  g_assert_false (genos_nostr_health_echoed (&f->health, "", f->now));
  connect (f, 1);
  id = publish (f);
  g_assert_false (genos_nostr_health_echoed (&f->health, "ab", f->now));
  g_assert_cmpuint (f->health.n_echoes, ==, 0);
}

static void
test_deaf (Fixture *f, gconstpointer data)
{
  connect (f, 1);
  for (guint i = 0; i < GENOS_NOSTR_HEALTH_MAX_UNECHOED; i++) {
    g_autofree char *id = publish (f);

    g_assert_cmpint (judge (f), ==, GENOS_NOSTR_HEALTH_UNKNOWN);
    f->now += GENOS_NOSTR_HEALTH_ECHO_TIMEOUT + 1;
  }
  g_assert_cmpint (judge (f), ==, GENOS_NOSTR_HEALTH_DEAF);
  g_assert_cmpuint (score (f), ==, 0);
  /* One echo and all is well. */
  echo_after (f, 20);
  g_assert_cmpint (judge (f), ==, GENOS_NOSTR_HEALTH_FINE);
}

/* Announced without end and without a pause, each of them is waited for or given up. */
static void
test_deaf_to_many (Fixture *f, gconstpointer data)
{
  connect (f, 1);
  for (guint i = 0; i < 20; i++)
    g_free (publish (f));
  g_assert_cmpint (judge (f), ==, GENOS_NOSTR_HEALTH_DEAF);
}

/* What a lost connection swallowed was not ignored. */
static void
test_lost_is_not_deaf (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 3; i++) {
    connect (f, 1);
    g_free (publish (f));
    g_free (publish (f));
    genos_nostr_health_closed (&f->health, TRUE);
    f->now += 60 * G_USEC_PER_SEC;
  }
  g_assert_cmpint (judge (f), ==, GENOS_NOSTR_HEALTH_UNKNOWN);
  g_assert_cmpuint (f->health.n_unechoed, ==, 0);
}

static void
test_failing (Fixture *f, gconstpointer data)
{
  guint before = score (f);

  for (guint i = 0; i < GENOS_NOSTR_HEALTH_MAX_FAILURES; i++) {
    g_assert_cmpint (judge (f), ==, GENOS_NOSTR_HEALTH_UNKNOWN);
    genos_nostr_health_opening (&f->health, f->now);
    genos_nostr_health_closed (&f->health, FALSE);
    g_assert_cmpuint (score (f), <, before);
    before = score (f);
  }
  g_assert_cmpint (judge (f), ==, GENOS_NOSTR_HEALTH_FAILING);
  connect (f, 5);
  echo_after (f, 5);
  g_assert_cmpint (judge (f), ==, GENOS_NOSTR_HEALTH_FINE);
}

static void
refuse (Fixture *f, GenosNostrRefusalReason reason)
{
  g_autofree char *id = publish (f);

  genos_nostr_health_refused (&f->health, id, reason, reason == GENOS_NOSTR_REFUSAL_POW);
}

static void
test_refusing (Fixture *f, gconstpointer data)
{
  connect (f, 1);
  for (guint i = 0; i < GENOS_NOSTR_HEALTH_MAX_REFUSED - 1; i++)
    refuse (f, GENOS_NOSTR_REFUSAL_BLOCKED);
  genos_nostr_health_accepted (&f->health);
  for (guint i = 0; i < GENOS_NOSTR_HEALTH_MAX_REFUSED - 1; i++)
    refuse (f, GENOS_NOSTR_REFUSAL_BLOCKED);
  g_assert_cmpint (judge (f), ==, GENOS_NOSTR_HEALTH_UNKNOWN);
  refuse (f, GENOS_NOSTR_REFUSAL_CLOCK);
  g_assert_cmpint (judge (f), ==, GENOS_NOSTR_HEALTH_REFUSING);
  g_assert_cmpuint (f->health.n_refused[GENOS_NOSTR_REFUSAL_BLOCKED], ==, 8);
  g_assert_cmpuint (f->health.n_refused[GENOS_NOSTR_REFUSAL_CLOCK], ==, 1);
  /* Refused is not ignored. */
  g_assert_cmpuint (f->health.n_unechoed, ==, 0);
}

static void
test_met_is_no_refusal (Fixture *f, gconstpointer data)
{
  connect (f, 1);
  for (guint i = 0; i < 100; i++)
    refuse (f, GENOS_NOSTR_REFUSAL_POW);
  f->now += 60 * G_USEC_PER_SEC;
  g_assert_cmpint (judge (f), ==, GENOS_NOSTR_HEALTH_UNKNOWN);
}

/* We slow down first; a relay that is never content is of no use all the same. */
static void
test_limited (Fixture *f, gconstpointer data)
{
  connect (f, 1);
  for (guint i = 0; i < GENOS_NOSTR_HEALTH_MAX_LIMITED - 1; i++)
    refuse (f, GENOS_NOSTR_REFUSAL_RATE_LIMITED);
  g_assert_cmpint (judge (f), ==, GENOS_NOSTR_HEALTH_UNKNOWN);
  refuse (f, GENOS_NOSTR_REFUSAL_RATE_LIMITED);
  g_assert_cmpint (judge (f), ==, GENOS_NOSTR_HEALTH_REFUSING);
  genos_nostr_health_accepted (&f->health);
  g_assert_cmpint (judge (f), ==, GENOS_NOSTR_HEALTH_UNKNOWN);
}

/* Good before slow before unheard before untried before failing. */
static void
test_order (Fixture *f, gconstpointer data)
{
  Fixture good = { 0 }, slow = { 0 }, unheard = { 0 }, failing = { 0 };

  set_up (&good, NULL);
  connect (&good, 50);
  echo_after (&good, 30);
  set_up (&slow, NULL);
  connect (&slow, 900);
  echo_after (&slow, 800);
  set_up (&unheard, NULL);
  connect (&unheard, 50);
  set_up (&failing, NULL);
  genos_nostr_health_closed (&failing.health, FALSE);
  g_assert_cmpuint (score (&good), <=, GENOS_NOSTR_HEALTH_MAX_SCORE);
  g_assert_cmpuint (score (&good), >, score (&slow));
  g_assert_cmpuint (score (&slow), >, score (&unheard));
  g_assert_cmpuint (score (&unheard), >, score (f));
  g_assert_cmpuint (score (f), >, score (&failing));
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "/nostr/nostr-health/echo", test_echo },
    { "/nostr/nostr-health/foreign-is-no-echo", test_foreign_is_no_echo },
    { "/nostr/nostr-health/deaf", test_deaf },
    { "/nostr/nostr-health/deaf-to-many", test_deaf_to_many },
    { "/nostr/nostr-health/lost-is-not-deaf", test_lost_is_not_deaf },
    { "/nostr/nostr-health/failing", test_failing },
    { "/nostr/nostr-health/refusing", test_refusing },
    { "/nostr/nostr-health/met-is-no-refusal", test_met_is_no_refusal },
    { "/nostr/nostr-health/limited", test_limited },
    { "/nostr/nostr-health/order", test_order },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, NULL);
  return g_test_run ();
}
