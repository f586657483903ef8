/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include <genos/genos.h>

G_BEGIN_DECLS

/* What the doctor found: rows, a table of them for people and a document for programs. Pure. */

typedef enum {
  DOCTOR_OK,
  DOCTOR_SKIPPED,
  DOCTOR_WARNING,
  DOCTOR_FAILED,
} DoctorVerdict;

/* In the order they are shown. */
typedef enum {
  DOCTOR_CHECK_PLUGINS,
  DOCTOR_CHECK_CLOCK,
  DOCTOR_CHECK_DNS,
  DOCTOR_CHECK_RELAY,
  DOCTOR_CHECK_STUN,
  DOCTOR_CHECK_TURN,
  DOCTOR_CHECK_CANDIDATES,
  DOCTOR_CHECK_LOOPBACK,
  DOCTOR_CHECK_ROOM,
  DOCTOR_N_CHECKS,
} DoctorCheck;

typedef struct _DoctorReport DoctorReport;
typedef struct _DoctorRow DoctorRow;

DoctorReport *doctor_report_new (void);
void doctor_report_free (DoctorReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DoctorReport, doctor_report_free)

/* (transfer none). @subject: which relay, server or host; nullable. The evidence is one line; whatever
 * strangers wrote into it is made printable. */
DoctorRow *doctor_report_add (DoctorReport *self, DoctorCheck check, const char *subject,
    DoctorVerdict verdict, GenosReason reason, const char *evidence, ...) G_GNUC_PRINTF (6, 7);
DoctorRow *doctor_report_add_error (
    DoctorReport *self, DoctorCheck check, const char *subject, const GError *error);

/* Instead of what the reason advises. */
void doctor_row_set_next (DoctorRow *row, const char *next);
/* A measure, for programs. */
void doctor_row_set_value (DoctorRow *row, const char *name, gint64 value);

/* Sorts, and sees the whole: one of several relays may be missing, or its host. */
void doctor_report_settle (DoctorReport *self);

/* The worst verdict; a skipped check is none. */
DoctorVerdict doctor_report_get_verdict (const DoctorReport *self);
guint doctor_report_count (const DoctorReport *self, DoctorCheck check, DoctorVerdict verdict);

char *doctor_report_to_text (const DoctorReport *self);
/* @room: nullable. The form is described in docs/reference/doctor.md. */
char *doctor_report_to_json (const DoctorReport *self, const char *room);

G_END_DECLS
