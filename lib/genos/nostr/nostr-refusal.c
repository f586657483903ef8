/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-refusal.h>

#include <string.h>

#define MAX_POW_BITS 256
/* What is looked at of a text that may be half a megabyte. */
#define MAX_READ 512

static const struct {
  const char *prefix;
  GenosNostrRefusalReason reason;
} prefixes[] = {
  { "duplicate:", GENOS_NOSTR_REFUSAL_NONE },
  { "mute:", GENOS_NOSTR_REFUSAL_NONE },
  { "pow:", GENOS_NOSTR_REFUSAL_POW },
  { "blocked:", GENOS_NOSTR_REFUSAL_BLOCKED },
  { "rate-limited:", GENOS_NOSTR_REFUSAL_RATE_LIMITED },
  { "invalid:", GENOS_NOSTR_REFUSAL_INVALID },
  { "restricted:", GENOS_NOSTR_REFUSAL_RESTRICTED },
  { "auth-required:", GENOS_NOSTR_REFUSAL_AUTH_REQUIRED },
  { "unsupported:", GENOS_NOSTR_REFUSAL_UNSUPPORTED },
  { "error:", GENOS_NOSTR_REFUSAL_ERROR },
};

/* Words by which relays complain of an event's time, lower case. Those that say nothing about the
 * direction come last. */
static const struct {
  const char *words;
  gint clock;
} clock_words[] = {
  { "ephemeral event expired", -1 }, /* strfry */
  { "created_at too early", -1 },    /* strfry */
  { "created_at too late", 1 },      /* strfry */
  { "event too old", -1 }, { "event is too old", -1 }, { "too far in the past", -1 },
  { "too much in the past", -1 },
  { "too far in the future", 1 }, /* nostr-rs-relay's validation, nostream, khatru */
  { "too much in the future", 1 }, { "from the future", 1 },
  { "seconds in the past", -1 }, /* nostream: created_at is more than N … */
  { "seconds in the future", 1 }, { "created_at is too old", -1 },
  { "created_at is in the future", 1 },
  { "created_at field is out of", 0 }, /* nostr-rs-relay: … the acceptable range (+Ns) */
  { "created_at is out of", 0 }, { "invalid created_at", 0 }, { "timestamp out of range", 0 },
  { "creation date is too far off", 0 }, /* the example of NIP-01 */
};

static const char *const names[GENOS_NOSTR_N_REFUSALS] = {
  "none",
  "pow",
  "blocked",
  "rate-limited",
  "invalid",
  "restricted",
  "auth-required",
  "unsupported",
  "clock",
  "error",
  "other",
};

static gboolean
read_prefix (const char *text, GenosNostrRefusal *refusal)
{
  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++) {
    if (!g_str_has_prefix (text, prefixes[i].prefix))
      continue;
    refusal->reason = prefixes[i].reason;
    return TRUE;
  }
  return FALSE;
}

static void
read_clock (const char *text, GenosNostrRefusal *refusal)
{
  for (guint i = 0; i < G_N_ELEMENTS (clock_words); i++) {
    if (strstr (text, clock_words[i].words) == NULL)
      continue;
    refusal->reason = GENOS_NOSTR_REFUSAL_CLOCK;
    refusal->clock = clock_words[i].clock;
    return;
  }
}

/* "difficulty 26 is less than 30", "20 bits needed. (2)", "difficulty 12<20": what is wanted is the
 * largest number that can be a difficulty. */
static guint
read_bits (const char *text)
{
  guint bits = 0;

  while (*text != '\0') {
    char *end;
    guint64 number;

    if (!g_ascii_isdigit (*text)) {
      text++;
      continue;
    }
    number = g_ascii_strtoull (text, &end, 10);
    if (number <= MAX_POW_BITS)
      bits = MAX (bits, (guint) number);
    text = end;
  }
  return bits;
}

static GenosNostrRefusal
read_as (const char *text, GenosNostrRefusalReason otherwise)
{
  GenosNostrRefusal refusal = { .reason = otherwise };
  g_autofree char *start = g_strndup (text != NULL ? text : "", MAX_READ);
  g_autofree char *lower = g_ascii_strdown (start, -1);
  gboolean known = read_prefix (lower, &refusal);

  if (!known || refusal.reason == GENOS_NOSTR_REFUSAL_INVALID
      || refusal.reason == GENOS_NOSTR_REFUSAL_BLOCKED
      || refusal.reason == GENOS_NOSTR_REFUSAL_ERROR)
    read_clock (lower, &refusal);
  if (refusal.reason == GENOS_NOSTR_REFUSAL_POW)
    refusal.pow_bits = read_bits (lower);
  return refusal;
}

GenosNostrRefusal
genos_nostr_refusal_read (const char *text)
{
  return read_as (text, GENOS_NOSTR_REFUSAL_OTHER);
}

GenosNostrRefusal
genos_nostr_refusal_read_notice (const char *text)
{
  return read_as (text, GENOS_NOSTR_REFUSAL_NONE);
}

const char *
genos_nostr_refusal_get_name (GenosNostrRefusalReason reason)
{
  g_return_val_if_fail ((guint) reason < GENOS_NOSTR_N_REFUSALS, NULL);

  return names[reason];
}

char *
genos_nostr_refusal_describe_skew (gint64 skew)
{
  const char *side = skew > 0 ? "behind" : "ahead";
  guint64 seconds = (guint64) ABS (skew);

  if (seconds < 180)
    return g_strdup_printf ("%" G_GUINT64_FORMAT " s %s", seconds, side);
  if (seconds < 3 * 3600)
    return g_strdup_printf ("%" G_GUINT64_FORMAT " min %s", seconds / 60, side);
  if (seconds < 3 * 86400)
    return g_strdup_printf ("%" G_GUINT64_FORMAT " h %s", seconds / 3600, side);
  return g_strdup_printf ("%" G_GUINT64_FORMAT " days %s", seconds / 86400, side);
}

static char *
advise_clock (gint clock, gint64 skew)
{
  g_autofree char *distance = NULL;

  if (skew != GENOS_NOSTR_SKEW_UNKNOWN && skew != 0 && (clock == 0 || (skew > 0) == (clock < 0))) {
    distance = genos_nostr_refusal_describe_skew (skew);
    return g_strdup_printf (
        "your clock is about %s: set it, as with 'timedatectl set-ntp true'", distance);
  }
  if (clock == 0)
    return g_strdup ("your clock is wrong, or the relay's: compare it with the true time");
  return g_strdup_printf (
      "your clock is %s, or the relay's is wrong: set yours, as with 'timedatectl set-ntp true'",
      clock < 0 ? "behind" : "ahead");
}

char *
genos_nostr_refusal_advise (const GenosNostrRefusal *self, gint64 skew)
{
  switch (self->reason) {
    case GENOS_NOSTR_REFUSAL_CLOCK:
      return advise_clock (self->clock, skew);
    case GENOS_NOSTR_REFUSAL_BLOCKED:
      return g_strdup ("the relay does not want us: use another one");
    case GENOS_NOSTR_REFUSAL_RESTRICTED:
      return g_strdup ("the relay is for its members: use another one, or ask who runs it");
    case GENOS_NOSTR_REFUSAL_RATE_LIMITED:
      return g_strdup ("announcing less often there");
    case GENOS_NOSTR_REFUSAL_UNSUPPORTED:
      return g_strdup ("the relay cannot do what a room needs: use another one");
    case GENOS_NOSTR_REFUSAL_NONE:
    case GENOS_NOSTR_REFUSAL_POW:
    case GENOS_NOSTR_REFUSAL_AUTH_REQUIRED:
    case GENOS_NOSTR_REFUSAL_INVALID:
    case GENOS_NOSTR_REFUSAL_ERROR:
    case GENOS_NOSTR_REFUSAL_OTHER:
    case GENOS_NOSTR_N_REFUSALS:
      break;
  }
  return NULL;
}
