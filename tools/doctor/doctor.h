/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/genos.h>

#include "report.h"

G_BEGIN_DECLS

/* One examination. Everything runs on the default main context, side by side; each check ends by
 * itself, at the latest after the timeout. */
typedef struct {
  const char *room;     /* nullable */
  const char *password; /* nullable */
  const char *app_id;   /* nullable */
  const char *dialect;  /* nullable */
  GStrv relays; /* owned */
  gboolean lan; /* those of the local network too */
  const char *stun; /* nullable: none */
  GStrv turn;
  guint timeout_ms;

  DoctorReport *report;
  GMainLoop *loop;
  guint n_running;
} Doctor;

/* Runs every check, until the last has ended. */
void doctor_examine (Doctor *self);

/* Looks for the relays of the local network, a few seconds at most, adds them to those that are
 * examined, and reports what was found. Before anything else. */
void doctor_find_lan (Doctor *self);

/* A check that has begun, and its end. */
void doctor_hold (Doctor *self);
void doctor_release (Doctor *self);

/* (transfer full): a room as the options say, which contacts nobody yet. */
GenosRoom *doctor_make_room (Doctor *self, const char *name);

/* The checks, one file each. */
void doctor_check_plugins (Doctor *self);
void doctor_check_dns (Doctor *self);
void doctor_check_relays (Doctor *self);
void doctor_check_stun (Doctor *self);
void doctor_check_turn (Doctor *self);
void doctor_check_candidates (Doctor *self);
void doctor_check_loopback (Doctor *self);
void doctor_check_room (Doctor *self);

G_END_DECLS
