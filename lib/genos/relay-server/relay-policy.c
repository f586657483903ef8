/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-policy.h>

#include <genos/relay-server/relay-auth.h>

/* "for kind n such that 20000 <= n < 30000, events are ephemeral" (NIP-01) */
#define FIRST_EPHEMERAL 20000
#define END_EPHEMERAL 30000

guint
genos_relay_policy_difficulty (const char *id)
{
  guint bits = 0;

  for (const char *c = id; *c != '\0'; c++) {
    int nibble = g_ascii_xdigit_value (*c);

    if (nibble < 0)
      break;
    if (nibble > 0)
      return bits + 4 - g_bit_storage (nibble);
    bits += 4;
  }
  return bits;
}

/* FALSE when there is no such tag, or no number in it. */
static gboolean
find_number (const GenosNip01Event *event, const char *name, guint position, gint64 *number)
{
  for (guint i = 0; i < event->tags->len; i++) {
    GStrv tag = g_ptr_array_index (event->tags, i);

    if (g_strcmp0 (tag[0], name) == 0)
      return g_strv_length (tag) > position
          && g_ascii_string_to_signed (tag[position], 10, 0, G_MAXINT64, number, NULL);
  }
  return FALSE;
}

static char *
refuse_time (const GenosRelayLimits *limits, const GenosNip01Event *event, gint64 now)
{
  gint64 expiration;

  if (limits->created_at_lower_limit != 0
      && event->created_at < now - (gint64) limits->created_at_lower_limit)
    return g_strdup_printf ("invalid: created_at is %" G_GINT64_FORMAT
                            " seconds behind the clock of this relay, %u are allowed",
        now - event->created_at, limits->created_at_lower_limit);
  if (limits->created_at_upper_limit != 0
      && event->created_at > now + (gint64) limits->created_at_upper_limit)
    return g_strdup_printf ("invalid: created_at is %" G_GINT64_FORMAT
                            " seconds ahead of the clock of this relay, %u are allowed",
        event->created_at - now, limits->created_at_upper_limit);
  /* "Relays SHOULD drop any events that are published to them if they are expired." (NIP-40) */
  if (find_number (event, "expiration", 1, &expiration) && expiration <= now)
    return g_strdup ("invalid: the event has expired");
  return NULL;
}

static char *
refuse_work (const GenosRelayLimits *limits, const GenosNip01Event *event)
{
  guint difficulty = genos_relay_policy_difficulty (event->id);
  gint64 target;

  if (difficulty < limits->min_pow)
    return g_strdup_printf ("pow: difficulty %u is less than %u", difficulty, limits->min_pow);
  /* Who aimed lower was lucky, and a flood is lucky often enough (NIP-13: "commit to a target"). */
  if (limits->min_pow > 0 && find_number (event, "nonce", 2, &target) && target < limits->min_pow)
    return g_strdup_printf (
        "pow: the target is %" G_GINT64_FORMAT ", less than %u", target, limits->min_pow);
  return NULL;
}

char *
genos_relay_policy_refuse (
    const GenosRelayLimits *limits, const GenosNip01Event *event, gint64 now, GenosRelayDrop *drop)
{
  char *reason;

  *drop = GENOS_RELAY_DROP_BLOCKED;
  if (event->kind < FIRST_EPHEMERAL || event->kind >= END_EPHEMERAL)
    return g_strdup (
        "blocked: this relay stores nothing and passes on ephemeral kinds (20000-29999) only");
  if (event->kind == GENOS_RELAY_AUTH_KIND)
    return g_strdup ("blocked: kind 22242 is for AUTH and never passed on");
  *drop = GENOS_RELAY_DROP_INVALID;
  reason = refuse_time (limits, event, now);
  if (reason != NULL)
    return reason;
  *drop = GENOS_RELAY_DROP_POW;
  return refuse_work (limits, event);
}
