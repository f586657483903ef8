/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/base/error.h>
#include <genos/transport/sdp/sdp-map.h>

#include "fuzz.h"

/* The gate and the map behind it: an offer to a link that has just begun, and the same again as the
 * next one. What would go on to webrtcbin must be readable. */
static void
offer (GenosSdpMap *map, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *internal = genos_sdp_map_in_offer (map, text, &error);
  g_autofree char *wire = NULL;

  g_assert_true ((internal == NULL) == (error != NULL));
  if (internal == NULL)
    return;
  genos_sdp_map_remote_applied (map);
  wire = genos_sdp_map_out_answer (map, internal, &error);
  /* What the translation adds may pass a bound that the offer itself kept. */
  g_assert_true (wire != NULL || g_error_matches (error, GENOS_ERROR, GENOS_ERROR_LIMIT));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = fuzz_text (data, size);
  g_autoptr (GenosSdpMap) map = genos_sdp_map_new (FALSE);

  offer (map, text);
  offer (map, text);
  return 0;
}
