/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/relay-server/relay-counters.h>
#include <genos/relay-server/relay-limits.h>
#include <genos/wire/nip01-event.h>

G_BEGIN_DECLS

/* Whether an event may be passed on, as far as that can be told without its signature. Pure.
 *
 * NULL when it may; else (transfer full) what the client is told, with a prefix of NIP-01, and why
 * in @drop. @now: seconds since the epoch. */
char *genos_relay_policy_refuse (const GenosRelayLimits *limits, const GenosNip01Event *event,
    gint64 now, GenosRelayDrop *drop) G_GNUC_WARN_UNUSED_RESULT;

/* "the number of leading zero bits in the NIP-01 id" (NIP-13); @id: 64 hex digits */
guint genos_relay_policy_difficulty (const char *id);

G_END_DECLS
