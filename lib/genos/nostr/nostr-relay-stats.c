/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is told of one relay. */

#include <genos/nostr/nostr-relay-private.h>

static const char *const states[] = { "stopped", "opening", "open", "waiting", "left" };

static const char *const drops[GENOS_NOSTR_N_DROPS] = {
  "malformed",
  "oversized",
  "forged",
  "unsubscribed",
  "replayed",
  "flooded",
  "unsent",
};

static void
add_text (GVariantBuilder *builder, const char *name, const char *text)
{
  g_variant_builder_add (builder, "{sv}", name, g_variant_new_string (text != NULL ? text : ""));
}

static void
add_uint (GVariantBuilder *builder, const char *name, guint value)
{
  g_variant_builder_add (builder, "{sv}", name, g_variant_new_uint32 (value));
}

static void
add_uint64 (GVariantBuilder *builder, const char *name, guint64 value)
{
  g_variant_builder_add (builder, "{sv}", name, g_variant_new_uint64 (value));
}

static void
add_dropped (GVariantBuilder *builder, const GenosNostrRelay *self)
{
  guint64 dropped = 0;

  for (guint i = 0; i < GENOS_NOSTR_N_DROPS; i++) {
    g_autofree char *name = g_strconcat ("dropped-", drops[i], NULL);

    dropped += self->dropped[i];
    add_uint64 (builder, name, self->dropped[i]);
  }
  add_uint64 (builder, "dropped", dropped);
}

/* One field for each reason that occurred. */
static void
add_reasons (GVariantBuilder *builder, const char *what, const guint *counts)
{
  guint n = 0;

  for (guint i = 0; i < GENOS_NOSTR_N_REFUSALS; i++) {
    g_autofree char *name = g_strconcat (what, "-", genos_nostr_refusal_get_name (i), NULL);

    n += counts[i];
    if (counts[i] > 0)
      add_uint (builder, name, counts[i]);
  }
  add_uint (builder, what, n);
}

/* Milliseconds with a fraction: on one's own relay an echo takes less than one. */
static void
add_echo (GVariantBuilder *builder, const GenosNostrHealth *health)
{
  if (health->n_echoes == 0)
    return;
  g_variant_builder_add (
      builder, "{sv}", "echo-ms", g_variant_new_double ((double) health->echo_us / 1000.0));
  g_variant_builder_add (builder, "{sv}", "echo-smoothed-ms",
      g_variant_new_double (health->smoothed_echo_us / 1000.0));
}

static void
add_health (GVariantBuilder *builder, GenosNostrRelay *self)
{
  gint64 now = g_get_monotonic_time ();

  add_text (builder, "health",
      genos_nostr_health_get_name (genos_nostr_health_judge (&self->health, now)));
  add_text (builder, "trouble", self->trouble);
  add_uint (builder, "score", genos_nostr_relay_get_score (self));
  add_uint (builder, "failures", self->health.n_failures);
  add_uint (builder, "connect-ms", self->health.connect_ms);
  add_echo (builder, &self->health);
  add_uint (builder, "unechoed", self->health.n_unechoed);
  add_uint (builder, "accepted", self->health.n_accepted);
  add_reasons (builder, "refused", self->health.n_refused);
  add_reasons (builder, "closed", self->health.n_closed);
  add_uint (builder, "announce-interval-ms", genos_nostr_pace_get_interval_ms (&self->pace, now));
}

static void
add_demands (GVariantBuilder *builder, const GenosNostrRelay *self)
{
  g_variant_builder_add (
      builder, "{sv}", "silenced", g_variant_new_boolean (self->silenced != NULL));
  add_uint (builder, "pow-bits", self->pow_bits);
  add_text (builder, "auth", genos_nostr_auth_get_name (self->auth.state));
  add_text (builder, "software", self->document != NULL ? self->document->software : NULL);
  if (self->skew != GENOS_NOSTR_SKEW_UNKNOWN)
    g_variant_builder_add (builder, "{sv}", "clock-skew-s", g_variant_new_int64 (self->skew));
}

GVariant *
genos_nostr_relay_get_stats (GenosNostrRelay *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  add_text (&builder, "url", self->url);
  add_text (&builder, "state", states[self->state]);
  add_uint (&builder, "attempts", self->attempts);
  add_health (&builder, self);
  add_demands (&builder, self);
  add_uint64 (&builder, "events-in", self->events_in);
  add_uint64 (&builder, "events-out", self->events_out);
  add_uint64 (&builder, "withheld", self->n_withheld);
  add_uint64 (&builder, "unfit", self->n_unfit);
  add_dropped (&builder, self);
  add_text (&builder, "last-error", self->last_error);
  return g_variant_builder_end (&builder);
}

guint
genos_nostr_relay_get_score (GenosNostrRelay *self)
{
  if (self->silenced != NULL || self->trouble_is_final)
    return 0;
  return genos_nostr_health_get_score (&self->health);
}

const char *
genos_nostr_relay_get_trouble (GenosNostrRelay *self)
{
  return self->trouble;
}

gboolean
genos_nostr_relay_is_well (GenosNostrRelay *self)
{
  return self->well;
}
