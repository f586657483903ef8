/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* `genos doctor` as a program, with a relay and a peer to find in this one. */

#include "faulty-relay.h"

#include <string.h>

#include <genos/genos.h>

#define ROOM "doctor-test"
#define DEADLINE (60 * G_TIME_SPAN_SECOND)

static const char *program;

typedef struct {
  GenosRelayServer *relay;
  char *url;
  GenosRoom *alice;
} World;

static void
set_up (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  world->relay = genos_relay_server_new ();
  genos_relay_server_listen (world->relay, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
  world->url = genos_relay_server_dup_url (world->relay);
  world->alice = genos_room_new (ROOM);
  g_object_set (world->alice, "relays", world->url, "stun-server", "none", "password", "right",
      "peer-id", "alice", NULL);
  genos_room_join (world->alice, &error);
  g_assert_no_error (error);
}

static void
tear_down (World *world, gconstpointer data)
{
  genos_room_leave (world->alice);
  while (genos_room_get_state (world->alice) != GENOS_ROOM_IDLE)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (world->alice);
  genos_relay_server_stop (world->relay);
  g_object_unref (world->relay);
  g_free (world->url);
}

/* --- one run of it --- */

typedef struct {
  GSubprocess *process;
  char *output;
  gboolean ended;
  JsonNode *document;
} Run;

static void
on_ended (GObject *process, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_utf8_finish (G_SUBPROCESS (process), result, &run->output, NULL, &error);
  g_assert_no_error (error);
  run->ended = TRUE;
}

/* @line: the options, separated by blanks */
static void
run_start (Run *run, const char *line)
{
  g_autofree char *command = g_strdup_printf ("%s doctor %s", program, line);
  g_auto (GStrv) words = g_strsplit (command, " ", -1);
  g_autoptr (GError) error = NULL;

  *run = (Run){ 0 };
  run->process =
      g_subprocess_newv ((const char *const *) words, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8_async (run->process, NULL, NULL, on_ended, run);
}

static gboolean
on_wake (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
run_wait (Run *run, int exit_status)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE;
  guint tick = g_timeout_add (100, on_wake, NULL);

  while (!run->ended) {
    if (g_get_monotonic_time () > deadline)
      g_error ("the doctor does not come to an end");
    g_main_context_iteration (NULL, TRUE);
  }
  g_source_remove (tick);
  g_test_message ("%s", run->output);
  g_assert_true (g_subprocess_get_if_exited (run->process));
  g_assert_cmpint (g_subprocess_get_exit_status (run->process), ==, exit_status);
  run->document = json_from_string (run->output, NULL);
}

static void
run_clear (Run *run)
{
  g_clear_pointer (&run->document, json_node_unref);
  g_free (run->output);
  g_object_unref (run->process);
}

static JsonObject *
find_row (Run *run, const char *check, const char *subject)
{
  JsonArray *rows;

  g_assert_nonnull (run->document);
  rows = json_object_get_array_member (json_node_get_object (run->document), "checks");
  for (guint i = 0; i < json_array_get_length (rows); i++) {
    JsonObject *row = json_array_get_object_element (rows, i);

    if (g_str_equal (json_object_get_string_member (row, "check"), check)
        && g_strcmp0 (json_object_get_string_member_with_default (row, "subject", NULL), subject)
            == 0)
      return row;
  }
  g_error ("no row “%s” about “%s”", check, subject);
}

static void
assert_row (
    Run *run, const char *check, const char *subject, const char *verdict, const char *reason)
{
  JsonObject *row = find_row (run, check, subject);

  g_assert_cmpstr (json_object_get_string_member (row, "verdict"), ==, verdict);
  g_assert_cmpstr (json_object_get_string_member_with_default (row, "reason", NULL), ==, reason);
}

static gint64
get_value (Run *run, const char *check, const char *name)
{
  JsonObject *values = json_object_get_object_member (find_row (run, check, NULL), "values");

  return json_object_get_int_member (values, name);
}

/* --- what it finds --- */

static void
test_finds (World *world, gconstpointer data)
{
  g_autofree char *right = g_strdup_printf ("%s --relays %s,ws://127.0.0.1:1 --stun none "
                                            "--password right --json --timeout 12",
      ROOM, world->url);
  g_autofree char *wrong = g_strdup_printf (
      "%s --relays %s --stun none --password wrong --json --timeout 12", ROOM, world->url);
  Run member, stranger;

  run_start (&member, right);
  run_start (&stranger, wrong);

  run_wait (&member, 0);
  assert_row (&member, "relay", world->url, "ok", NULL);
  assert_row (&member, "relay", "ws://127.0.0.1:1", "warning", "unreachable");
  assert_row (&member, "clock", NULL, "ok", NULL);
  assert_row (&member, "stun", NULL, "skipped", NULL);
  assert_row (&member, "turn", NULL, "skipped", NULL);
  assert_row (&member, "loopback", NULL, "ok", NULL);
  assert_row (&member, "room", NULL, "ok", NULL);
  g_assert_cmpint (get_value (&member, "room", "linked"), >=, 1);
  g_assert_cmpint (get_value (&member, "loopback", "packets"), >=, 10);

  run_wait (&stranger, 1);
  assert_row (&stranger, "room", "alice", "failed", "wrong-password");
  g_assert_cmpint (get_value (&stranger, "room", "linked"), ==, 0);
  run_clear (&member);
  run_clear (&stranger);
}

/* Nothing works: each row says so, and it ends within its time. */
static void
test_nothing_there (World *world, gconstpointer data)
{
  Run run;

  run_start (&run,
      "--relays ws://127.0.0.1:1 --stun stun://127.0.0.1:1 "
      "--turn turn://user:secret@127.0.0.1:1 --json --timeout 8");
  run_wait (&run, 1);
  assert_row (&run, "relay", "ws://127.0.0.1:1", "failed", "unreachable");
  assert_row (&run, "stun", "127.0.0.1:1", "warning", "stun-silent");
  assert_row (&run, "turn", "turn://127.0.0.1:1", "failed", "unreachable");
  assert_row (&run, "room", NULL, "skipped", NULL);
  g_assert_null (strstr (run.output, "secret"));
  run_clear (&run);
}

/* Each fault by its name; what they all say about the time, too. */
static void
test_faulty_relays (World *world, gconstpointer data)
{
  static const struct {
    Fault fault;
    const char *reason;
  } cases[] = {
    { FAULT_SILENT, "relay-silent" },
    { FAULT_REFUSES, "relay-refused" },
    { FAULT_HALF_OPEN, "unreachable" },
    { FAULT_CLOSES_TCP, "unreachable" },
    { FAULT_CLOSES_ON_REQ, "relay-refused" },
    { FAULT_POW, "relay-wants-work" },
    { FAULT_RATE_LIMITED, "relay-busy" },
    { FAULT_BLOCKED, "relay-refused" },
    { FAULT_NOTICES, "relay-silent" },
    { FAULT_JUNK, "relay-silent" },
    { DEMAND_AUTH_REFUSED, "relay-wants-auth" },
    { DEMAND_CLOCK_AHEAD, "clock-skew" },
    { DEMAND_CLOCK_BEHIND, "clock-skew" },
  };
  FaultyRelay *relays[G_N_ELEMENTS (cases)];
  GString *line = g_string_new ("--stun none --json --timeout 6 --relays ");
  Run run;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    relays[i] = faulty_relay_new (cases[i].fault);
    g_string_append_printf (line, "%s%s", i > 0 ? "," : "", faulty_relay_get_url (relays[i]));
  }
  run_start (&run, line->str);
  run_wait (&run, 1);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", fault_name (cases[i].fault));
    assert_row (&run, "relay", faulty_relay_get_url (relays[i]), "failed", cases[i].reason);
    faulty_relay_free (relays[i]);
  }
  g_string_free (line, TRUE);
  run_clear (&run);
}

static void
on_given_up (GObject *room, GAsyncResult *result, gpointer user_data)
{
  guint *n_given_up = user_data;
  g_autoptr (GError) error = NULL;
  gpointer found = g_str_equal (g_task_get_name (G_TASK (result)), "genos_room_probe_relay")
      ? genos_room_probe_relay_finish (GENOS_ROOM (room), result, &error)
      : genos_room_probe_ice_finish (GENOS_ROOM (room), result, &error);

  g_assert_null (found);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  (*n_given_up)++;
}

/* What the doctor asks the library, given up in the middle; the room may go meanwhile. */
static void
test_given_up (World *world, gconstpointer data)
{
  GenosRoom *room = genos_room_new ("given-up");
  g_autoptr (FaultyRelay) relay = faulty_relay_new (FAULT_SILENT);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gint64 deadline = g_get_monotonic_time () + DEADLINE;
  guint n_given_up = 0;

  g_object_set (room, "stun-server", "stun://127.0.0.1:1", NULL);
  genos_room_probe_relay_async (
      room, faulty_relay_get_url (relay), 60000, cancellable, on_given_up, &n_given_up);
  genos_room_probe_ice_async (room, 60000, cancellable, on_given_up, &n_given_up);
  g_object_unref (room);
  g_cancellable_cancel (cancellable);
  while (n_given_up < 2) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_main_context_iteration (NULL, TRUE);
  }
}

static void
test_usage (World *world, gconstpointer data)
{
  static const char *const lines[] = { "one two", "--timeout 0", "--timeout x",
    "--password-file /nonexistent/file", "--no-such-option" };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    Run run;

    run_start (&run, lines[i]);
    run_wait (&run, 2);
    run_clear (&run);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  if (argc < 2)
    g_error ("usage: %s GENOS", argv[0]);
  program = argv[1];
  g_test_add ("/doctor/finds", World, NULL, set_up, test_finds, tear_down);
  g_test_add ("/doctor/nothing-there", World, NULL, set_up, test_nothing_there, tear_down);
  g_test_add ("/doctor/faulty-relays", World, NULL, set_up, test_faulty_relays, tear_down);
  g_test_add ("/doctor/given-up", World, NULL, set_up, test_given_up, tear_down);
  g_test_add ("/doctor/usage", World, NULL, set_up, test_usage, tear_down);
  return g_test_run ();
}
