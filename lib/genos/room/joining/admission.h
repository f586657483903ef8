/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include <genos/base/error.h>
#include <genos/base/types.h>

G_BEGIN_DECLS

#define GENOS_TYPE_ADMISSION (genos_admission_get_type ())
GENOS_API
G_DECLARE_FINAL_TYPE (GenosAdmission, genos_admission, GENOS, ADMISSION, GObject)

GENOS_API
const char *genos_admission_get_peer_id (GenosAdmission *self);
GENOS_API
const char *genos_admission_get_kind (GenosAdmission *self);
GENOS_API
const char *genos_admission_get_key (GenosAdmission *self);
GENOS_API
const char *genos_admission_get_via (GenosAdmission *self);
GENOS_API
gboolean genos_admission_get_can_verify (GenosAdmission *self);

/* the decision */
GENOS_API
void genos_admission_allow (GenosAdmission *self);
GENOS_API
void genos_admission_deny (GenosAdmission *self);
GENOS_API
void genos_admission_defer (GenosAdmission *self);

G_END_DECLS
