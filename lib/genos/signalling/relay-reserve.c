/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/relay-reserve.h>

/* Ten seconds are what a connection may take to open; a room that two relays carry well is not in a
 * hurry. Half an hour is what a relay that is down usually is. */
const GenosRelayReserveTimes genos_relay_reserve_times = {
  .patience = 10 * G_TIME_SPAN_SECOND,
  .trial = 20 * G_TIME_SPAN_SECOND,
  .avoid = 30 * G_TIME_SPAN_MINUTE,
  .calm = 10 * G_TIME_SPAN_MINUTE,
};

typedef struct {
  gint64 unhealthy_since; /* G_MAXINT64 while healthy */
} Extra;

struct _GenosRelayReserve {
  GenosRelayReserveTimes times;
  GHashTable *extras;  /* char* → Extra */
  GHashTable *avoided; /* char* → gint64*, until when */

  guint n_healthy_first; /* counted since the last judgement */
  guint n_healthy_extra;
  gint64 few_since;     /* G_MAXINT64 while there are enough */
  gint64 calm_since;    /* G_MAXINT64 while the first ones alone are too few */
  gint64 surplus_since; /* G_MAXINT64 while no extra one is too many */
  guint n_surplus;
};

GenosRelayReserve *
genos_relay_reserve_new (const GenosRelayReserveTimes *times, gint64 now)
{
  GenosRelayReserve *self = g_new0 (GenosRelayReserve, 1);

  self->times = *times;
  self->extras = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->avoided = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->few_since = now;
  self->calm_since = G_MAXINT64;
  self->surplus_since = G_MAXINT64;
  return self;
}

void
genos_relay_reserve_free (GenosRelayReserve *self)
{
  g_hash_table_unref (self->extras);
  g_hash_table_unref (self->avoided);
  g_free (self);
}

void
genos_relay_reserve_added (GenosRelayReserve *self, const char *url, gint64 now)
{
  Extra *extra = g_new0 (Extra, 1);

  extra->unhealthy_since = now;
  g_hash_table_insert (self->extras, g_strdup (url), extra);
  self->few_since = now;
}

void
genos_relay_reserve_saw (GenosRelayReserve *self, const char *url, gboolean healthy, gint64 now)
{
  Extra *extra = g_hash_table_lookup (self->extras, url);

  if (extra == NULL) {
    self->n_healthy_first += healthy;
    return;
  }
  self->n_healthy_extra += healthy;
  extra->unhealthy_since = healthy ? G_MAXINT64 : MIN (extra->unhealthy_since, now);
}

static void
avoid (GenosRelayReserve *self, const char *url, gint64 now)
{
  gint64 *until = g_new (gint64, 1);

  *until = now + self->times.avoid;
  g_hash_table_insert (self->avoided, g_strdup (url), until);
}

static void
forget_avoided (GenosRelayReserve *self, gint64 now)
{
  GHashTableIter iter;
  gpointer until;

  g_hash_table_iter_init (&iter, self->avoided);
  while (g_hash_table_iter_next (&iter, NULL, &until)) {
    if (now >= *(gint64 *) until)
      g_hash_table_iter_remove (&iter);
  }
}

static void
leave_some (GenosRelayReserve *self, gboolean all, gint64 now, GPtrArray *leave)
{
  GHashTableIter iter;
  gpointer url, value;

  g_hash_table_iter_init (&iter, self->extras);
  while (g_hash_table_iter_next (&iter, &url, &value)) {
    gint64 since = ((Extra *) value)->unhealthy_since;
    gboolean failed = since != G_MAXINT64 && now - since >= self->times.trial;

    if (!failed && !all)
      continue;
    if (failed)
      avoid (self, url, now);
    g_ptr_array_add (leave, g_strdup (url));
    g_hash_table_iter_remove (&iter);
  }
}

static gint64
since (gint64 before, gboolean holds, gint64 now)
{
  return holds ? MIN (before, now) : G_MAXINT64;
}

/* One more than is missing: not every relay of a list lives. */
static guint
count_needed (guint n_healthy)
{
  return n_healthy < GENOS_RELAY_ENOUGH ? GENOS_RELAY_ENOUGH - n_healthy + 1 : 0;
}

static void
weigh_surplus (GenosRelayReserve *self, gint64 now)
{
  guint needed = count_needed (self->n_healthy_first);

  self->n_surplus = self->n_healthy_extra > needed ? self->n_healthy_extra - needed : 0;
  self->surplus_since = since (self->surplus_since, self->n_surplus > 0, now);
}

guint
genos_relay_reserve_judge (GenosRelayReserve *self, gint64 now, GPtrArray *leave)
{
  guint n_healthy = self->n_healthy_first + self->n_healthy_extra;
  gboolean calm;

  weigh_surplus (self, now);
  self->few_since = since (self->few_since, n_healthy < GENOS_RELAY_ENOUGH, now);
  self->calm_since = since (self->calm_since, self->n_healthy_first >= GENOS_RELAY_ENOUGH, now);
  self->n_healthy_first = self->n_healthy_extra = 0;
  calm = self->calm_since != G_MAXINT64 && now - self->calm_since >= self->times.calm;
  forget_avoided (self, now);
  leave_some (self, calm, now, leave);

  if (self->few_since == G_MAXINT64 || now - self->few_since < self->times.patience)
    return 0;
  return MIN (
      count_needed (n_healthy), GENOS_RELAY_MAX_EXTRA - genos_relay_reserve_get_n_extra (self));
}

guint
genos_relay_reserve_get_surplus (GenosRelayReserve *self, gint64 now)
{
  gboolean lasts =
      self->surplus_since != G_MAXINT64 && now - self->surplus_since >= self->times.calm;

  return lasts ? MIN (self->n_surplus, genos_relay_reserve_get_n_extra (self)) : 0;
}

void
genos_relay_reserve_left (GenosRelayReserve *self, const char *url)
{
  g_hash_table_remove (self->extras, url);
}

GStrv
genos_relay_reserve_dup_extras (GenosRelayReserve *self)
{
  g_autofree char **urls = (char **) g_hash_table_get_keys_as_array (self->extras, NULL);

  return g_strdupv (urls);
}

gboolean
genos_relay_reserve_is_well (GenosRelayReserve *self, const char *url)
{
  const Extra *extra = g_hash_table_lookup (self->extras, url);

  return extra != NULL && extra->unhealthy_since == G_MAXINT64;
}

gboolean
genos_relay_reserve_is_extra (GenosRelayReserve *self, const char *url)
{
  return g_hash_table_contains (self->extras, url);
}

gboolean
genos_relay_reserve_avoids (GenosRelayReserve *self, const char *url, gint64 now)
{
  const gint64 *until = g_hash_table_lookup (self->avoided, url);

  return until != NULL && now < *until;
}

guint
genos_relay_reserve_get_n_extra (GenosRelayReserve *self)
{
  return g_hash_table_size (self->extras);
}
