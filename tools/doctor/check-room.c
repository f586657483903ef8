/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "doctor.h"

/* The room itself: who is there, and whether the password and the network let us link. It sends no
 * media, and leaves again. */

/* Peers announce themselves at once when they hear a newcomer. */
#define LISTEN_MS 8000
#define FAREWELL_TICK_MS 20

typedef struct {
  Doctor *doctor;
  GenosRoom *room;
  GHashTable *peers; /* id → GenosReason, or LINKED */
  guint timeout;
} Stay;

#define SEEN 0
#define LINKED (-1)

static void
note (Stay *self, const char *peer_id, int state)
{
  if (g_hash_table_contains (self->peers, peer_id) && state == SEEN)
    return;
  /* Somebody who was linked once can be linked. */
  if (GPOINTER_TO_INT (g_hash_table_lookup (self->peers, peer_id)) == LINKED)
    return;
  g_hash_table_insert (self->peers, g_strdup (peer_id), GINT_TO_POINTER (state));
}

static guint
count_state (Stay *self, int state)
{
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n += GPOINTER_TO_INT (value) == state;
  return n;
}

/* Whoever has another password is wrong, when somebody else has ours. */
static void
report_each (Stay *self, DoctorVerdict verdict)
{
  GHashTableIter iter;
  gpointer id, value;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, &id, &value)) {
    int state = GPOINTER_TO_INT (value);

    if (state == LINKED)
      continue;
    if (state == SEEN)
      doctor_report_add (self->doctor->report, DOCTOR_CHECK_ROOM, id, DOCTOR_WARNING,
          GENOS_REASON_NO_ANSWER, "announces itself, but was not linked in this time");
    else
      doctor_report_add (self->doctor->report, DOCTOR_CHECK_ROOM, id, verdict, (GenosReason) state,
          "is there, but cannot be linked: %s", genos_reason_get_text ((GenosReason) state));
  }
}

static void
report (Stay *self)
{
  DoctorReport *rows = self->doctor->report;
  guint n = g_hash_table_size (self->peers), n_linked = count_state (self, LINKED);
  DoctorRow *row;

  if (n == 0)
    row = doctor_report_add (rows, DOCTOR_CHECK_ROOM, NULL, DOCTOR_SKIPPED, GENOS_REASON_UNKNOWN,
        "nobody is there to try the password with; if somebody should be, room, application id and "
        "relays have to be the same");
  else
    row =
        doctor_report_add (rows, DOCTOR_CHECK_ROOM, NULL, n_linked > 0 ? DOCTOR_OK : DOCTOR_WARNING,
            n_linked > 0 ? GENOS_REASON_UNKNOWN : GENOS_REASON_NO_ANSWER, "%u of %u peers linked%s",
            n_linked, n, n_linked > 0 ? ": the password is right" : "");
  doctor_row_set_value (row, "seen", n);
  doctor_row_set_value (row, "linked", n_linked);
  report_each (self, n_linked > 0 ? DOCTOR_WARNING : DOCTOR_FAILED);
}

/* --- what the room says --- */

static void
on_seen (GenosRoom *room, const char *peer_id, const char *kind, Stay *self)
{
  note (self, peer_id, SEEN);
}

static void
on_joined (GenosRoom *room, GenosPeer *peer, Stay *self)
{
  note (self, genos_peer_get_id (peer), LINKED);
}

static void
on_join_error (GenosRoom *room, const char *peer_id, const GError *error, Stay *self)
{
  note (self, peer_id, (int) genos_reason_from_error (error));
}

static gboolean
on_left (gpointer user_data)
{
  Stay *self = user_data;
  Doctor *doctor = self->doctor;

  if (genos_room_get_state (self->room) != GENOS_ROOM_IDLE)
    return G_SOURCE_CONTINUE;
  g_object_unref (self->room);
  g_hash_table_unref (self->peers);
  g_free (self);
  doctor_release (doctor);
  return G_SOURCE_REMOVE;
}

static gboolean
on_time_over (gpointer user_data)
{
  Stay *self = user_data;

  g_signal_handlers_disconnect_by_data (self->room, self);
  report (self);
  genos_room_leave (self->room);
  g_timeout_add (FAREWELL_TICK_MS, on_left, self);
  return G_SOURCE_REMOVE;
}

void
doctor_check_room (Doctor *doctor)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *relays = g_strjoinv (",", doctor->relays);
  g_autofree char *turn = g_strjoinv (",", doctor->turn);
  Stay *self;

  if (doctor->room == NULL) {
    doctor_report_add (doctor->report, DOCTOR_CHECK_ROOM, NULL, DOCTOR_SKIPPED,
        GENOS_REASON_UNKNOWN, "no room is given");
    return;
  }
  self = g_new0 (Stay, 1);
  self->doctor = doctor;
  self->peers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->room = doctor_make_room (doctor, doctor->room);
  g_object_set (self->room, "relays", relays, "turn-servers", turn, "kind", "doctor", NULL);
  g_signal_connect (self->room, "peer-seen", G_CALLBACK (on_seen), self);
  g_signal_connect (self->room, "peer-joined", G_CALLBACK (on_joined), self);
  g_signal_connect (self->room, "join-error", G_CALLBACK (on_join_error), self);
  doctor_hold (doctor);
  if (!genos_room_join (self->room, &error)) {
    doctor_report_add_error (doctor->report, DOCTOR_CHECK_ROOM, NULL, error);
    on_left (self);
    return;
  }
  g_timeout_add (MIN (doctor->timeout_ms, LISTEN_MS), on_time_over, self);
}
