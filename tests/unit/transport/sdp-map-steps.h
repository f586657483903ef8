/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/sdp/sdp-map.h>

#include <genos/base/error.h>

#include "sdp-samples.h"

/* One exchange after the other, each with what comes of it. */

typedef char *(*Translation) (GenosSdpMap *map, const char *text, GError **error);

static inline char *
translate (GenosSdpMap *map, Translation translation, char who, const char *setup, const char *list)
{
  g_autofree char *text = sample_sdp (who, setup, list);
  g_autofree char *result = NULL;
  g_autoptr (GError) error = NULL;

  result = translation (map, text, &error);
  g_assert_no_error (error);
  g_assert_nonnull (result);
  g_assert_null (strstr (result, "ice-options:trickle") && who == 'L' ? result : NULL);
  return sample_summary (result);
}

#define expect(map, what, who, setup, list, expected)                                              \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *summary_ = translate (map, genos_sdp_map_##what, who, setup, list);           \
    g_assert_cmpstr (summary_, ==, expected);                                                      \
  }                                                                                                \
  G_STMT_END

#define out_offer(map, list, expected) expect (map, out_offer, 'L', "actpass", list, expected)
#define in_answer(map, setup, list, expected)                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    expect (map, in_answer, 'R', setup, list, expected);                                           \
    genos_sdp_map_remote_applied (map);                                                            \
  }                                                                                                \
  G_STMT_END
#define in_offer(map, list, expected)                                                              \
  G_STMT_START                                                                                     \
  {                                                                                                \
    expect (map, in_offer, 'R', "actpass", list, expected);                                        \
    genos_sdp_map_remote_applied (map);                                                            \
  }                                                                                                \
  G_STMT_END
#define out_answer(map, setup, list, expected) expect (map, out_answer, 'L', setup, list, expected)

static inline void
refused (GenosSdpMap *map, gboolean is_offer, char who, const char *setup, const char *list)
{
  g_autofree char *text = sample_sdp (who, setup, list);
  g_autofree char *result = NULL;
  g_autoptr (GError) error = NULL;

  result = is_offer ? genos_sdp_map_in_offer (map, text, &error)
                    : genos_sdp_map_in_answer (map, text, &error);
  g_assert_null (result);
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
}

static inline void
expect_line (GenosSdpMap *map, const char *mid, gboolean sending, gboolean receiving, gboolean dead)
{
  GenosSdpLine line;

  g_assert_true (genos_sdp_map_lookup (map, mid, &line));
  g_assert_cmpint (line.sending, ==, sending);
  g_assert_cmpint (line.receiving, ==, receiving);
  g_assert_cmpint (line.dead, ==, dead);
}

static inline gboolean
has_ssrc (GenosSdpMap *map, guint32 ssrc)
{
  g_autoptr (GArray) ssrcs = genos_sdp_map_dup_ssrcs (map);
  for (guint i = 0; i < ssrcs->len; i++) {
    if (g_array_index (ssrcs, guint32, i) == ssrc)
      return TRUE;
  }
  return FALSE;
}

static inline const char *
add (GenosSdpMap *map, GenosSdpMedia media, const char *stream_id, const char *track_id)
{
  g_autoptr (GError) error = NULL;
  const char *mid = genos_sdp_map_add_own (map, media, stream_id, track_id, &error);
  g_assert_no_error (error);
  return mid;
}

/* We dialled; the other side answered as DTLS client, as browsers do. */
static inline GenosSdpMap *
offerer (void)
{
  GenosSdpMap *map = genos_sdp_map_new (TRUE);
  out_offer (map, "c 0", "0:actpass [0]");
  in_answer (map, "active", "c 0", "0:active [0]");
  return map;
}

static inline GenosSdpMap *
answerer (void)
{
  GenosSdpMap *map = genos_sdp_map_new (FALSE);
  in_offer (map, "c 0", "0:actpass [0]");
  out_answer (map, "active", "c 0", "0:active [0]");
  return map;
}
