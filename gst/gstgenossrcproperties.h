/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosroomhandler.h"

G_BEGIN_DECLS

/* Room for one retransmission at round trips of up to about 80 ms: half of what players on the
 * web commonly start from, and little enough to talk to each other. */
#define GST_GENOS_SRC_DEFAULT_LATENCY 100

/* Those of genosroomsrc, beside what both elements have. */
enum {
  PROP_LATENCY = GST_GENOS_PROP_LAST,
  PROP_OUTPUT,
  PROP_DATA_CHANNELS,
  PROP_COMMON_TIME,
  PROP_SUBSCRIBE,
  PROP_PAD_LINGER,
  PROP_NAVIGATION,
  PROP_FILL,
};

void gst_genos_src_properties_install (GObjectClass *klass);

G_END_DECLS
