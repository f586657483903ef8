/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/joining/admission.h>

G_BEGIN_DECLS

/* What was heard of a peer that is not in, to be heard again when it is admitted. */
typedef struct {
  char *peer_id;
  char *kind; /* (nullable) */
  char *via;
  char *key; /* (nullable) */
  gboolean extended;
  char *offer;               /* (nullable): NULL of an announce */
  gint64 heard;              /* µs, monotonic */
  gint64 deadline;           /* of the decision */
  GenosAdmission *admission; /* (nullable): the decision, if one was put off */
  gulong handler;            /* to it */
} GenosCaller;

/* Without the decision. */
GenosCaller *genos_caller_copy (const GenosCaller *self);
void genos_caller_free (gpointer self);

G_END_DECLS
