/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/send-window.h>

#define FRAME 16384
#define MS 1000
#define SECOND (1000 * MS)

/* A path that takes so many bytes a second one after the other, and answers after a time. */
typedef struct {
  GenosSendWindow *window;
  gint64 now;
  guint64 rate;    /* bytes a second */
  gint64 path;     /* µs, there and back */
  guint64 sent;    /* bytes */
  guint64 arrived; /* bytes, acknowledged */
  gint64 free_at;  /* when the path has taken all that was sent */
  GQueue acks;     /* Ack */
  gint64 worst;    /* what a message waited for its turn, since it was looked at */
} Path;

typedef struct {
  gint64 at;
  guint64 end;
} Ack;

static void
path_init (Path *self, guint64 rate, gint64 path)
{
  *self = (Path){ .window = genos_send_window_new (), .now = 1, .rate = rate, .path = path };
}

static void
path_clear (Path *self)
{
  genos_send_window_free (self->window);
  g_queue_clear_full (&self->acks, g_free);
}

static void
send_frame (Path *self)
{
  Ack *ack = g_new (Ack, 1);
  gint64 begins = MAX (self->free_at, self->now);

  self->worst = MAX (self->worst, begins - self->now);
  self->sent += FRAME;
  self->free_at = begins + (gint64) (FRAME * (guint64) SECOND / self->rate);
  *ack = (Ack){ self->free_at + self->path, self->sent };
  g_queue_push_tail (&self->acks, ack);
  genos_send_window_add (self->window, FRAME, self->now);
}

/* Sends whatever there is room for. */
static void
run (Path *self, gint64 duration)
{
  gint64 until = self->now + duration;

  self->worst = 0;
  while (TRUE) {
    Ack *ack;

    while (genos_send_window_has_room (self->window))
      send_frame (self);
    ack = g_queue_pop_head (&self->acks);
    self->now = ack->at;
    self->arrived = ack->end;
    genos_send_window_ack (self->window, ack->end, self->now);
    g_free (ack);
    if (self->now >= until)
      return;
  }
}

typedef struct {
  guint64 rate;
  gint64 path;
  gint64 wait; /* at most */
} Case;

static const Case cases[] = {
  /* loopback; a network; the same far away; a home's uplink, near and far; a bad one */
  { 100 * 1000 * 1000, 1 * MS, 10 * MS },
  { 12 * 1000 * 1000, 1 * MS, 14 * MS },
  { 5 * 1000 * 1000, 50 * MS, 20 * MS },
  { 1250 * 1000, 10 * MS, 40 * MS },
  { 1250 * 1000, 80 * MS, 40 * MS },
  { 125 * 1000, 40 * MS, 400 * MS },
};

/* It is found out, and kept: the path is never idle, and nobody waits long. */
static void
test_settles (gconstpointer data)
{
  const Case *c = data;
  guint64 before;
  Path path;

  path_init (&path, c->rate, c->path);
  run (&path, 10 * SECOND);
  before = path.arrived;
  run (&path, 10 * SECOND);
  g_assert_cmpint (path.worst, <=, c->wait);
  g_assert_cmpuint (path.arrived - before, >=, c->rate * 10 * 9 / 10);
  path_clear (&path);
}

/* A path that becomes slower, and longer, and fast again. */
static void
test_follows (void)
{
  guint64 before;
  Path path;

  path_init (&path, 20 * 1000 * 1000, 2 * MS);
  run (&path, 2 * SECOND);
  path.rate = 1250 * 1000;
  run (&path, 5 * SECOND);
  run (&path, 5 * SECOND);
  g_assert_cmpint (path.worst, <=, 60 * MS);

  path.path = 120 * MS;
  run (&path, 20 * SECOND);
  before = path.arrived;
  run (&path, 10 * SECOND);
  g_assert_cmpuint (path.arrived - before, >=, path.rate * 10 * 8 / 10);

  path.rate = 20 * 1000 * 1000;
  path.path = 2 * MS;
  run (&path, 5 * SECOND);
  before = path.arrived;
  run (&path, 5 * SECOND);
  g_assert_cmpuint (path.arrived - before, >=, path.rate * 5 * 9 / 10);
  path_clear (&path);
}

/* However fast the path, and whatever the sizes, an association of webrtcbin is never full. */
static void
test_never_full (void)
{
  GenosSendWindow *window;
  guint n = 0;
  Path path;

  path_init (&path, 1000 * 1000 * 1000, 1);
  run (&path, 5 * SECOND);
  g_assert_cmpuint (genos_send_window_get_size (path.window), ==, GENOS_SEND_WINDOW_MAX);
  g_assert_cmpuint (
      genos_send_window_get_under_way (path.window), <=, GENOS_SEND_WINDOW_MAX + FRAME);
  path_clear (&path);

  window = genos_send_window_new ();
  while (genos_send_window_has_room (window)) {
    genos_send_window_add (window, 80, 1);
    n++;
  }
  g_assert_cmpuint (n, ==, GENOS_SEND_WINDOW_MAX_CHUNKS);
  g_assert_false (genos_send_window_has_much_room (window));
  genos_send_window_ack (window, 80 * (n / 2), 2);
  g_assert_true (genos_send_window_has_much_room (window));
  g_assert_true (genos_send_window_has_room (window));
  genos_send_window_free (window);
}

/* One who sends little is no reason for a larger window, and late answers to single messages (an SCTP
 * waits up to 200 ms for a second one) none for a smaller one. */
static void
test_idle (void)
{
  g_autoptr (GenosSendWindow) window = genos_send_window_new ();
  gint64 now = 1;

  for (guint i = 1; i <= 500; i++) {
    genos_send_window_add (window, 100, now);
    now += i % 2 != 0 ? 200 * MS : 1 * MS;
    genos_send_window_ack (window, 100 * i, now);
  }
  g_assert_cmpuint (genos_send_window_get_size (window), ==, GENOS_SEND_WINDOW_START);
}

/* Acks of more than was sent, and of less than before. */
static void
test_odd_acks (void)
{
  g_autoptr (GenosSendWindow) window = genos_send_window_new ();

  genos_send_window_ack (window, 50, 1);
  g_assert_cmpuint (genos_send_window_get_under_way (window), ==, 0);
  /* One that is acknowledged before it is added. */
  genos_send_window_add (window, 50, 2);
  g_assert_cmpuint (genos_send_window_get_under_way (window), ==, 0);
  genos_send_window_add (window, 100, 2);
  genos_send_window_add (window, 100, 2);
  genos_send_window_ack (window, 150, 3);
  genos_send_window_ack (window, 40, 4);
  g_assert_cmpuint (genos_send_window_get_under_way (window), ==, 100);
  genos_send_window_ack (window, G_MAXUINT64, 5);
  g_assert_cmpuint (genos_send_window_get_under_way (window), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *name = g_strdup_printf ("/transport/send-window/settles/%u", i);

    g_test_add_data_func (name, &cases[i], test_settles);
  }
  g_test_add_func ("/transport/send-window/follows", test_follows);
  g_test_add_func ("/transport/send-window/never-full", test_never_full);
  g_test_add_func ("/transport/send-window/idle", test_idle);
  g_test_add_func ("/transport/send-window/odd-acks", test_odd_acks);
  return g_test_run ();
}
