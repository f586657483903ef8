/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "doctor.h"

void
doctor_hold (Doctor *self)
{
  self->n_running++;
}

void
doctor_release (Doctor *self)
{
  if (--self->n_running == 0)
    g_main_loop_quit (self->loop);
}

GenosRoom *
doctor_make_room (Doctor *self, const char *name)
{
  GenosRoom *room = genos_room_new (name);

  g_object_set (room, "stun-server", self->stun != NULL ? self->stun : "none", NULL);
  if (self->password != NULL)
    g_object_set (room, "password", self->password, NULL);
  if (self->app_id != NULL)
    g_object_set (room, "app-id", self->app_id, NULL);
  if (self->dialect != NULL)
    g_object_set (room, "dialect", self->dialect, NULL);
  return room;
}

void
doctor_examine (Doctor *self)
{
  static void (*const checks[]) (Doctor *) = {
    doctor_check_plugins,
    doctor_check_dns,
    doctor_check_relays,
    doctor_check_stun,
    doctor_check_turn,
    doctor_check_candidates,
    doctor_check_loopback,
    doctor_check_room,
  };

  if (self->lan)
    doctor_find_lan (self);
  self->loop = g_main_loop_new (NULL, FALSE);
  doctor_hold (self);
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    checks[i](self);
  doctor_release (self);
  if (self->n_running > 0)
    g_main_loop_run (self->loop);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  doctor_report_settle (self->report);
}
