/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "doctor.h"

/* Whoever answers later than that will be too late for a person as well. */
#define LONGEST_MS 3000
/* After the first one: the others of the same network answer at about the same time. */
#define OTHERS_MS 500

/* The relays that announce themselves on the local network, as a room sees them. */
typedef struct {
  Doctor *doctor;
  GPtrArray *urls;
  GError *warning; /* (nullable): why nothing can be found */
  GMainLoop *loop;
  guint timeout;
} Search;

static gboolean
on_timeout (gpointer user_data)
{
  Search *self = user_data;

  self->timeout = 0;
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static void
wait_for (Search *self, guint ms)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  self->timeout = g_timeout_add (ms, on_timeout, self);
}

static void
on_relay (GenosRoom *room, const char *url, gboolean open, const char *reason, Search *self)
{
  if (g_ptr_array_find_with_equal_func (self->urls, url, g_str_equal, NULL))
    return;
  g_ptr_array_add (self->urls, g_strdup (url));
  if (self->urls->len == 1)
    wait_for (self, OTHERS_MS);
}

static void
on_warning (GenosRoom *room, GError *error, Search *self)
{
  if (self->warning != NULL || genos_reason_from_error (error) == GENOS_REASON_NO_RELAY)
    return;
  self->warning = g_error_copy (error);
  g_main_loop_quit (self->loop);
}

static void
report (Search *self)
{
  DoctorReport *report = self->doctor->report;
  DoctorRow *row;

  if (self->urls->len > 0) {
    row = doctor_report_add (report, DOCTOR_CHECK_RELAY, "lan", DOCTOR_OK, GENOS_REASON_UNKNOWN,
        "%u found on the local network", self->urls->len);
    doctor_row_set_value (row, "found", self->urls->len);
  } else if (self->warning != NULL) {
    doctor_report_add_error (report, DOCTOR_CHECK_RELAY, "lan", self->warning);
  } else {
    row = doctor_report_add (report, DOCTOR_CHECK_RELAY, "lan", DOCTOR_FAILED,
        GENOS_REASON_NO_RELAY, "no relay announces itself on the local network");
    doctor_row_set_next (row, "start one on any machine of it: genos relay --lan");
  }
}

static void
add_found (Search *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  Doctor *doctor = self->doctor;

  g_strv_builder_addv (builder, (const char **) doctor->relays);
  for (guint i = 0; i < self->urls->len; i++)
    g_strv_builder_add (builder, g_ptr_array_index (self->urls, i));
  g_strfreev (doctor->relays);
  doctor->relays = g_strv_builder_end (builder);
}

void
doctor_find_lan (Doctor *doctor)
{
  g_autoptr (GenosRoom) room = doctor_make_room (doctor, "doctor");
  Search self = { .doctor = doctor,
    .urls = g_ptr_array_new_with_free_func (g_free),
    .loop = g_main_loop_new (NULL, FALSE) };

  g_object_set (room, "relays", "lan", "stun-server", "none", NULL);
  g_signal_connect (room, "relay-changed", G_CALLBACK (on_relay), &self);
  g_signal_connect (room, "warning", G_CALLBACK (on_warning), &self);
  wait_for (&self, MIN (doctor->timeout_ms, LONGEST_MS));
  if (genos_room_join (room, &self.warning))
    g_main_loop_run (self.loop);
  g_clear_handle_id (&self.timeout, g_source_remove);
  g_signal_handlers_disconnect_by_data (room, &self);
  genos_room_leave (room);
  report (&self);
  add_found (&self);
  g_clear_error (&self.warning);
  g_ptr_array_unref (self.urls);
  g_main_loop_unref (self.loop);
}
