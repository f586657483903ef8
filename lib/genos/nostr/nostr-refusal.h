/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Why a relay refuses, read from the words of OK, CLOSED and NOTICE: pure. NIP-01: "the message
 * should start with a machine-readable prefix"; what relays in the field write behind it, above all
 * about clocks, is known too. */
typedef enum {
  GENOS_NOSTR_REFUSAL_NONE,     /* none: "duplicate:" is a success, "mute:" means nobody listened */
  GENOS_NOSTR_REFUSAL_POW,
  GENOS_NOSTR_REFUSAL_BLOCKED,
  GENOS_NOSTR_REFUSAL_RATE_LIMITED,
  GENOS_NOSTR_REFUSAL_INVALID,
  GENOS_NOSTR_REFUSAL_RESTRICTED,
  GENOS_NOSTR_REFUSAL_AUTH_REQUIRED,
  GENOS_NOSTR_REFUSAL_UNSUPPORTED,
  GENOS_NOSTR_REFUSAL_CLOCK,    /* the event's time does not please */
  GENOS_NOSTR_REFUSAL_ERROR,
  GENOS_NOSTR_REFUSAL_OTHER,    /* refused, in words that no NIP knows */
  GENOS_NOSTR_N_REFUSALS,
} GenosNostrRefusalReason;

typedef struct {
  GenosNostrRefusalReason reason;
  guint pow_bits;       /* POW: what is wanted; 0 when the words do not say */
  gint clock;           /* CLOCK: -1 ours is behind, 1 ours is ahead, 0 unknown */
} GenosNostrRefusal;

/* We do not know how far our clock is from the relay's. */
#define GENOS_NOSTR_SKEW_UNKNOWN G_MAXINT64

/* @text: of an OK that is false, or a CLOSED. */
GenosNostrRefusal genos_nostr_refusal_read (const char *text);

/* A NOTICE is for people: one without a known prefix, that speaks of nobody's clock, is none. */
GenosNostrRefusal genos_nostr_refusal_read_notice (const char *text);

/* A word for statistics, "rate-limited" and the like. */
const char *genos_nostr_refusal_get_name (GenosNostrRefusalReason reason);

/* (transfer full) (nullable): what a person can do about it. @skew: seconds by which the relay's
 * clock is ahead of ours, or GENOS_NOSTR_SKEW_UNKNOWN. */
char *genos_nostr_refusal_advise (const GenosNostrRefusal *self, gint64 skew);

/* (transfer full): "70 s behind", "3 min ahead". */
char *genos_nostr_refusal_describe_skew (gint64 skew);

G_END_DECLS
