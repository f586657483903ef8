/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "doctor.h"

/* Under which addresses this machine offers to be reached, without the help of any server. */

static void
on_probed (GObject *room, GAsyncResult *result, gpointer user_data)
{
  Doctor *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstStructure) found = genos_room_probe_ice_finish (GENOS_ROOM (room), result, &error);
  g_auto (GStrv) addresses = NULL;

  if (found != NULL)
    gst_structure_get (found, "host", G_TYPE_STRV, &addresses, NULL);
  if (found == NULL) {
    doctor_report_add_error (self->report, DOCTOR_CHECK_CANDIDATES, NULL, error);
  } else if (addresses == NULL || addresses[0] == NULL) {
    doctor_row_set_next (
        doctor_report_add (self->report, DOCTOR_CHECK_CANDIDATES, NULL, DOCTOR_FAILED,
            GENOS_REASON_NO_PATH, "no interface of this machine has an address for peers"),
        "see whether a network is up");
  } else {
    g_autofree char *list = g_strjoinv (", ", addresses);

    doctor_row_set_value (doctor_report_add (self->report, DOCTOR_CHECK_CANDIDATES, NULL, DOCTOR_OK,
                              GENOS_REASON_UNKNOWN, "%s", list),
        "n", g_strv_length (addresses));
  }
  doctor_release (self);
}

void
doctor_check_candidates (Doctor *self)
{
  g_autoptr (GenosRoom) room = doctor_make_room (self, "doctor");

  g_object_set (room, "stun-server", "none", NULL);
  doctor_hold (self);
  genos_room_probe_ice_async (room, self->timeout_ms, NULL, on_probed, self);
}
