/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/picture-gate.h>

/* A packet a letter: K the first of a key frame, d the first of another picture, - one more of the same. What
 * goes out as it came, what follows on something left out in the other case (k, D, _), the rest as dots. */
static char *
pass (GenosPictureGate *gate, const char *packets)
{
  GString *out = g_string_new (NULL);
  static guint32 timestamp = 0xfffffff0;

  for (; *packets != '\0'; packets++) {
    gboolean after_gap;

    timestamp += *packets != '-' ? 3000 : 0;
    if (!genos_picture_gate_take (gate, timestamp, *packets == 'K', &after_gap))
      g_string_append_c (out, '.');
    else if (after_gap)
      g_string_append_c (out, *packets == 'K' ? 'k' : *packets == 'd' ? 'D' : '_');
    else
      g_string_append_c (out, *packets);
  }
  return g_string_free (out, FALSE);
}

static void
assert_passes (GenosPictureGate *gate, GenosPictures let, const char *packets, const char *out)
{
  gate->let = let;
  g_autofree char *passed = pass (gate, packets);
  g_assert_cmpstr (passed, ==, out);
}

static void
test_all (void)
{
  GenosPictureGate gate = { 0 };

  assert_passes (&gate, GENOS_PICTURES_ALL, "K--dd-dK-d", "K--dd-dK-d");
}

/* Also what begins in the middle: others look after that. */
static void
test_all_from_the_middle (void)
{
  GenosPictureGate gate = { 0 };

  assert_passes (&gate, GENOS_PICTURES_ALL, "d-dK-d", "d-dK-d");
}

/* The picture that has begun is finished. */
static void
test_cut (void)
{
  GenosPictureGate gate = { 0 };

  assert_passes (&gate, GENOS_PICTURES_ALL, "K-d", "K-d");
  gate.cut = TRUE;
  assert_passes (&gate, GENOS_PICTURES_ALL, "-d-dK-", "-...k-");
  gate.cut = FALSE;
  assert_passes (&gate, GENOS_PICTURES_ALL, "dd", "dd");
}

static void
test_restart (void)
{
  GenosPictureGate gate = { 0 };

  assert_passes (&gate, GENOS_PICTURES_ALL, "K-d", "K-d");
  genos_picture_gate_restart (&gate);
  assert_passes (&gate, GENOS_PICTURES_ALL, "-d-dK-d", "....k-d");
}

static void
test_key_only (void)
{
  GenosPictureGate gate = { 0 };

  assert_passes (&gate, GENOS_PICTURES_ALL, "K-d-", "K-d-");
  /* The picture that has begun is finished. */
  assert_passes (&gate, GENOS_PICTURES_KEY, "--d-dK--d-dK-", "--...k--...k-");
  /* What comes next builds upon the key frame that went out. */
  assert_passes (&gate, GENOS_PICTURES_ALL, "-d-d", "-d-d");
}

static void
test_back_to_all_waits (void)
{
  GenosPictureGate gate = { 0 };

  assert_passes (&gate, GENOS_PICTURES_ALL, "Kd", "Kd");
  assert_passes (&gate, GENOS_PICTURES_KEY, "d-", "..");
  assert_passes (&gate, GENOS_PICTURES_ALL, "-dd-K-d", "....k-d");
}

static void
test_none (void)
{
  GenosPictureGate gate = { 0 };

  assert_passes (&gate, GENOS_PICTURES_ALL, "K-", "K-");
  assert_passes (&gate, GENOS_PICTURES_NONE, "-dK-d", "-....");
  assert_passes (&gate, GENOS_PICTURES_KEY, "-dK-d", "..k-.");
  assert_passes (&gate, GENOS_PICTURES_NONE, "K-", "..");
  assert_passes (&gate, GENOS_PICTURES_ALL, "dK-d", ".k-d");
}

/* Two key frames with one time stamp are two pictures. */
static void
test_same_time (void)
{
  GenosPictureGate gate = { 0 };
  gboolean after_gap;

  g_assert_true (genos_picture_gate_take (&gate, 5, TRUE, &after_gap));
  gate.let = GENOS_PICTURES_NONE;
  g_assert_true (genos_picture_gate_take (&gate, 5, FALSE, &after_gap));
  g_assert_false (genos_picture_gate_take (&gate, 5, TRUE, &after_gap));
  g_assert_false (genos_picture_gate_take (&gate, 5, FALSE, &after_gap));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/picture-gate/all", test_all);
  g_test_add_func ("/media/picture-gate/all-from-the-middle", test_all_from_the_middle);
  g_test_add_func ("/media/picture-gate/cut", test_cut);
  g_test_add_func ("/media/picture-gate/restart", test_restart);
  g_test_add_func ("/media/picture-gate/key-only", test_key_only);
  g_test_add_func ("/media/picture-gate/back-to-all-waits", test_back_to_all_waits);
  g_test_add_func ("/media/picture-gate/none", test_none);
  g_test_add_func ("/media/picture-gate/same-time", test_same_time);
  return g_test_run ();
}
