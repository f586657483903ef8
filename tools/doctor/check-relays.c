/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "doctor.h"

#include "clock-vote.h"

/* Each relay, by letting an announce pass through it; and what they all say about our clock. */
typedef struct {
  Doctor *doctor;
  GArray *votes; /* of gint64: by how many milliseconds relays are ahead of us */
  guint n_running;
  gboolean refused; /* one refused our events for their time */
} Round;

typedef struct {
  Round *round;
  char *url;
} Visit;

static void
report_clock (Round *round)
{
  DoctorReport *report = round->doctor->report;
  ClockVote vote;
  DoctorRow *row;

  clock_vote_count (&vote, (const gint64 *) round->votes->data, round->votes->len);
  if (vote.n_agreeing == 0 && !round->refused) {
    doctor_report_add (report, DOCTOR_CHECK_CLOCK, NULL, DOCTOR_SKIPPED, GENOS_REASON_UNKNOWN,
        "no relay told its time");
    return;
  }
  if (vote.n_agreeing == 0) {
    doctor_report_add (report, DOCTOR_CHECK_CLOCK, NULL, DOCTOR_FAILED, GENOS_REASON_CLOCK_SKEW,
        "a relay refuses events for their time");
    return;
  }
  if (vote.verdict == CLOCK_RIGHT)
    row = doctor_report_add (report, DOCTOR_CHECK_CLOCK, NULL, DOCTOR_OK, GENOS_REASON_UNKNOWN,
        "agrees with %u of %u relays that told their time", vote.n_agreeing, round->votes->len);
  else
    row = doctor_report_add (report, DOCTOR_CHECK_CLOCK, NULL,
        vote.verdict == CLOCK_OFF ? DOCTOR_WARNING : DOCTOR_FAILED, GENOS_REASON_CLOCK_SKEW,
        "%.0f s %s %u of %u relays that told their time", ABS (vote.offset_ms) / 1000.0,
        vote.offset_ms > 0 ? "behind" : "ahead of", vote.n_agreeing, round->votes->len);
  doctor_row_set_value (row, "offset-ms", vote.offset_ms);
}

static void
end_visit (Visit *visit)
{
  Round *round = visit->round;
  Doctor *doctor = round->doctor;

  g_free (visit->url);
  g_free (visit);
  if (--round->n_running == 0) {
    report_clock (round);
    g_array_unref (round->votes);
    g_free (round);
  }
  doctor_release (doctor);
}

static void
report_relay (Visit *visit, const GstStructure *found)
{
  const char *said = gst_structure_get_string (found, "said");
  const char *software = gst_structure_get_string (found, "software");
  guint connect_ms = 0, echo_ms = 0;
  gint64 offset;
  DoctorRow *row;

  gst_structure_get (
      found, "connect-ms", G_TYPE_UINT, &connect_ms, "echo-ms", G_TYPE_UINT, &echo_ms, NULL);
  row = doctor_report_add (visit->round->doctor->report, DOCTOR_CHECK_RELAY, visit->url, DOCTOR_OK,
      GENOS_REASON_UNKNOWN, "open after %u ms, an announce came through in %u ms%s%s%s%s%s",
      connect_ms, echo_ms, software != NULL ? ", runs " : "", software != NULL ? software : "",
      said != NULL ? ", says “" : "", said != NULL ? said : "", said != NULL ? "”" : "");
  doctor_row_set_value (row, "connect-ms", connect_ms);
  doctor_row_set_value (row, "echo-ms", echo_ms);
  if (gst_structure_get_int64 (found, "clock-offset-ms", &offset)) {
    doctor_row_set_value (row, "clock-offset-ms", offset);
    g_array_append_val (visit->round->votes, offset);
  }
}

static void
on_probed (GObject *room, GAsyncResult *result, gpointer user_data)
{
  Visit *visit = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstStructure) found =
      genos_room_probe_relay_finish (GENOS_ROOM (room), result, &error);

  if (found != NULL)
    report_relay (visit, found);
  else
    doctor_report_add_error (visit->round->doctor->report, DOCTOR_CHECK_RELAY, visit->url, error);
  if (genos_reason_from_error (error) == GENOS_REASON_CLOCK_SKEW)
    visit->round->refused = TRUE;
  end_visit (visit);
}

void
doctor_check_relays (Doctor *self)
{
  g_autoptr (GenosRoom) room = doctor_make_room (self, "doctor");
  Round *round = g_new0 (Round, 1);

  round->doctor = self;
  round->votes = g_array_new (FALSE, FALSE, sizeof (gint64));
  round->n_running = g_strv_length (self->relays);
  for (guint i = 0; self->relays[i] != NULL; i++) {
    Visit *visit = g_new0 (Visit, 1);

    visit->round = round;
    visit->url = g_strdup (self->relays[i]);
    doctor_hold (self);
    genos_room_probe_relay_async (room, visit->url, self->timeout_ms, NULL, on_probed, visit);
  }
}
