/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosbranch.h"
#include "gstgenosdatasrc.h"

G_BEGIN_DECLS

/* A branch of what a peer sends on a channel. */
GstGenosBranch *gst_genos_data_branch_new (GstElement *owner, GstGenosDataSrc *source,
    GstGenosBranchNameFunc make_name, GstGenosBranchFunc ended);

G_END_DECLS
