/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/speaker-picker.h>

#define STEP (20 * GST_MSECOND)
#define VOICE 0.01
#define LOUDER 0.1
#define ROOM_NOISE 1e-6

typedef struct {
  GenosSpeakerPicker *speaker;
  GstClockTime now;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->speaker = genos_speaker_picker_new ();
  fixture->now = 1000 * GST_SECOND;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  genos_speaker_picker_free (fixture->speaker);
}

/* Both for some ms; how often the floor changed hands. */
static guint
talk (Fixture *fixture, double anna, double ben, guint ms)
{
  guint n = 0;

  for (GstClockTime end = fixture->now + ms * GST_MSECOND; fixture->now < end;
       fixture->now += STEP) {
    n += genos_speaker_picker_take (fixture->speaker, "anna", anna, STEP, fixture->now);
    n += genos_speaker_picker_take (fixture->speaker, "ben", ben, STEP, fixture->now);
  }
  return n;
}

static void
check_floor (Fixture *fixture, const char *peer_id)
{
  g_assert_cmpstr (genos_speaker_picker_get (fixture->speaker), ==, peer_id);
}

static void
test_silence (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (talk (fixture, ROOM_NOISE, 0.0, 5000), ==, 0);
  check_floor (fixture, NULL);
}

static void
test_takes_turns (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (talk (fixture, VOICE, ROOM_NOISE, 1000), ==, 1);
  check_floor (fixture, "anna");
  talk (fixture, ROOM_NOISE, ROOM_NOISE, 3000);
  check_floor (fixture, "anna");
  g_assert_cmpuint (talk (fixture, ROOM_NOISE, VOICE, 1000), ==, 1);
  check_floor (fixture, "ben");
}

static void
test_cough (Fixture *fixture, gconstpointer data)
{
  talk (fixture, VOICE, 0.0, 3000);
  g_assert_cmpuint (talk (fixture, VOICE, LOUDER, 200), ==, 0);
  g_assert_cmpuint (talk (fixture, VOICE, 0.0, 1000), ==, 0);
  check_floor (fixture, "anna");
}

static void
test_equally_loud (Fixture *fixture, gconstpointer data)
{
  talk (fixture, VOICE, 0.0, 3000);
  g_assert_cmpuint (talk (fixture, VOICE, VOICE * 1.5, 10000), ==, 0);
  g_assert_cmpuint (talk (fixture, VOICE, LOUDER, 1000), ==, 1);
  check_floor (fixture, "ben");
}

/* Two who shout at each other do not have the picture flicker. */
static void
test_no_flicker (Fixture *fixture, gconstpointer data)
{
  guint n = 0;

  talk (fixture, VOICE, 0.0, 3000);
  for (guint i = 0; i < 20; i++)
    n += talk (fixture, i % 2 ? VOICE : 0.0, i % 2 ? 0.0 : VOICE, 500);
  g_assert_cmpuint (n, <=, 7);
}

static void
test_frozen (Fixture *fixture, gconstpointer data)
{
  talk (fixture, 0.9, 0.0, 2000);
  /* Nothing more comes of anna. */
  for (guint i = 0; i < 500; i++, fixture->now += STEP)
    genos_speaker_picker_take (fixture->speaker, "ben", VOICE, STEP, fixture->now);
  check_floor (fixture, "ben");
}

static void
test_leaves (Fixture *fixture, gconstpointer data)
{
  talk (fixture, VOICE, VOICE / 2, 3000);
  check_floor (fixture, "anna");
  g_assert_false (genos_speaker_picker_remove (fixture->speaker, "nobody"));
  g_assert_true (genos_speaker_picker_remove (fixture->speaker, "anna"));
  check_floor (fixture, NULL);
  for (guint i = 0; i < 50; i++, fixture->now += STEP)
    genos_speaker_picker_take (fixture->speaker, "ben", VOICE / 2, STEP, fixture->now);
  check_floor (fixture, "ben");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/media/speaker-picker/silence", test_silence);
  ADD ("/media/speaker-picker/takes-turns", test_takes_turns);
  ADD ("/media/speaker-picker/cough", test_cough);
  ADD ("/media/speaker-picker/equally-loud", test_equally_loud);
  ADD ("/media/speaker-picker/no-flicker", test_no_flicker);
  ADD ("/media/speaker-picker/frozen", test_frozen);
  ADD ("/media/speaker-picker/leaves", test_leaves);
  return g_test_run ();
}
