/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/track-audience-private.h>

static const char *const one[] = { "a", NULL };
static const char *const nobody[] = { NULL };

static void
on_changed (GenosTrackAudience *audience, guint *n)
{
  (*n)++;
}

static void
test_targets (void)
{
  g_autoptr (GenosTrackAudience) audience = genos_track_audience_new ();
  g_auto (GStrv) targets = NULL;
  guint n_changed = 0;

  g_signal_connect (audience, "changed", G_CALLBACK (on_changed), &n_changed);
  g_assert_true (genos_track_audience_includes (audience, "a"));
  g_object_set (audience, "targets", one, NULL);
  g_object_set (audience, "targets", one, NULL);
  g_assert_cmpuint (n_changed, ==, 1);
  g_assert_true (genos_track_audience_includes (audience, "a"));
  g_assert_false (genos_track_audience_includes (audience, "b"));
  g_object_get (audience, "targets", &targets, NULL);
  g_assert_cmpstrv (targets, one);
  g_object_set (audience, "targets", nobody, NULL);
  g_assert_false (genos_track_audience_includes (audience, "a"));
  g_object_set (audience, "targets", NULL, NULL);
  g_assert_true (genos_track_audience_includes (audience, "b"));
  g_assert_cmpuint (n_changed, ==, 3);
}

static void
test_paused (void)
{
  g_autoptr (GenosTrackAudience) audience = genos_track_audience_new ();

  g_object_set (audience, "paused-peers", one, NULL);
  g_assert_true (genos_track_audience_is_paused_for (audience, "a"));
  g_assert_false (genos_track_audience_is_paused_for (audience, "b"));
  g_assert_true (genos_track_audience_includes (audience, "a"));
  g_object_set (audience, "paused", TRUE, NULL);
  g_assert_true (genos_track_audience_get_paused (audience));
  g_assert_true (genos_track_audience_is_paused_for (audience, "b"));
}

/* What cannot be made black is not sent. */
static void
test_muted (void)
{
  g_autoptr (GenosTrackAudience) audience = genos_track_audience_new ();
  guint n_changed = 0;

  g_signal_connect (audience, "changed", G_CALLBACK (on_changed), &n_changed);
  genos_track_audience_set_mute_pauses (audience, TRUE);
  g_assert_cmpuint (n_changed, ==, 0);
  g_object_set (audience, "muted", TRUE, NULL);
  g_assert_true (genos_track_audience_is_paused_for (audience, "a"));
  genos_track_audience_set_mute_pauses (audience, FALSE);
  g_assert_true (genos_track_audience_get_muted (audience));
  g_assert_false (genos_track_audience_is_paused_for (audience, "a"));
  g_assert_cmpuint (n_changed, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/track-audience/targets", test_targets);
  g_test_add_func ("/media/track-audience/paused", test_paused);
  g_test_add_func ("/media/track-audience/muted", test_muted);
  return g_test_run ();
}
