/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "doctor.h"
#include "turn-question.h"

/* An allocation on each TURN server, as a dial would make it; one that lends nothing is asked why. */

/* Of the time of the check, when the allocation took nearly all of it. */
#define LEAST_QUESTION_MS 1000

typedef struct {
  Doctor *doctor;
  const char *url; /* the doctor's */
  char *subject;
  GError *error; /* why it was not known in time whether it lends an address */
} Allocation;

/* Credentials stay out of what is shown. */
static char *
hide_credentials (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_NON_DNS, NULL);

  if (uri == NULL)
    return g_strdup ("(not a URL)");
  return g_uri_to_string_partial (uri, G_URI_HIDE_USERINFO);
}

static void
finish (Allocation *self)
{
  doctor_release (self->doctor);
  g_clear_error (&self->error);
  g_free (self->subject);
  g_free (self);
}

static void
on_answered (const TurnAnswer *answer, gpointer user_data)
{
  Allocation *self = user_data;
  DoctorRow *row;

  /* It does answer, and more cannot be said: it would refuse this question to anybody. */
  if (self->error != NULL && answer->reason == GENOS_REASON_TURN_REFUSED) {
    doctor_report_add_error (self->doctor->report, DOCTOR_CHECK_TURN, self->subject, self->error);
    finish (self);
    return;
  }
  row = doctor_report_add (self->doctor->report, DOCTOR_CHECK_TURN, self->subject, DOCTOR_FAILED,
      answer->reason, "%s", answer->evidence);

  if (answer->next != NULL)
    doctor_row_set_next (row, answer->next);
  finish (self);
}

static void
report (Allocation *self, const GstStructure *found)
{
  g_auto (GStrv) relayed = NULL;
  guint ms = 0;
  DoctorRow *row;

  gst_structure_get (found, "relay", G_TYPE_STRV, &relayed, "gather-ms", G_TYPE_UINT, &ms, NULL);
  if (relayed == NULL || relayed[0] == NULL) {
    turn_question_ask (
        self->url, MAX (self->doctor->timeout_ms, ms + LEAST_QUESTION_MS) - ms, on_answered, self);
    return;
  }
  row = doctor_report_add (self->doctor->report, DOCTOR_CHECK_TURN, self->subject, DOCTOR_OK,
      GENOS_REASON_UNKNOWN, "it lent %s (after %u ms)", relayed[0], ms);
  doctor_row_set_value (row, "allocation-ms", ms);
  finish (self);
}

static void
on_probed (GObject *room, GAsyncResult *result, gpointer user_data)
{
  Allocation *self = user_data;
  g_autoptr (GstStructure) found =
      genos_room_probe_ice_finish (GENOS_ROOM (room), result, &self->error);

  if (found != NULL)
    report (self, found);
  else
    turn_question_ask (self->url, LEAST_QUESTION_MS, on_answered, self);
}

void
doctor_check_turn (Doctor *self)
{
  if (self->turn[0] == NULL)
    doctor_report_add (self->report, DOCTOR_CHECK_TURN, NULL, DOCTOR_SKIPPED, GENOS_REASON_UNKNOWN,
        "no TURN server is set: peers behind some NATs cannot be linked");
  for (guint i = 0; self->turn[i] != NULL; i++) {
    g_autoptr (GenosRoom) room = doctor_make_room (self, "doctor");
    Allocation *allocation = g_new0 (Allocation, 1);

    g_object_set (room, "stun-server", "none", "turn-servers", self->turn[i], NULL);
    allocation->doctor = self;
    allocation->url = self->turn[i];
    allocation->subject = hide_credentials (self->turn[i]);
    doctor_hold (self);
    genos_room_probe_ice_async (room, self->timeout_ms, NULL, on_probed, allocation);
  }
}
