/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/error.h>

G_BEGIN_DECLS

/* What peers of this project ask each other to learn how far their wall clocks are apart, as NTP does
 * it (RFC 5905, section 8): the question says when it left (t1), the answer repeats that and says when
 * the question came (t2) and when the answer left (t3). All µs since 1970, big endian. */
#define GENOS_CLOCK_TYPE "@_gclock"

typedef struct {
  gboolean is_answer;
  gint64 asked;    /* t1 */
  gint64 received; /* t2, of an answer */
  gint64 answered; /* t3, of an answer */
} GenosClockMessage;

/* GENOS_ERROR_PROTOCOL: another size, times before 1970 or after 2099, or an answer that left
 * before its question came. */
gboolean genos_clock_message_parse (
    GBytes *bytes, GenosClockMessage *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full) */
GBytes *genos_clock_message_build (const GenosClockMessage *message);

G_END_DECLS
