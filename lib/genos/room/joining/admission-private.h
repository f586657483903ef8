/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/joining/admission.h>
#include <genos/signalling/signaller.h>

G_BEGIN_DECLS

typedef enum {
  GENOS_ADMISSION_OPEN,
  GENOS_ADMISSION_DEFERRED,
  GENOS_ADMISSION_ALLOWED,
  GENOS_ADMISSION_DENIED,
} GenosAdmissionState;

GenosAdmission *genos_admission_new (
    const char *peer_id, const char *kind, const char *via, const GenosSignalOrigin *origin);
GenosAdmissionState genos_admission_get_state (GenosAdmission *self);

/* ::decided () once, when a decision put off is made. */

G_END_DECLS
