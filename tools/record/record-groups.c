/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "record-groups.h"

struct _GenosRecordGroups {
  GenosRecordRules rules;
  GstClockTime rejoin;
  const GenosRecordGroupFuncs *funcs;
  gpointer user_data;
  GPtrArray *groups;
  guint n; /* that there have been */
};

GenosRecordGroups *
genos_record_groups_new (const GenosRecordRules *rules, GstClockTime rejoin,
    const GenosRecordGroupFuncs *funcs, gpointer user_data)
{
  GenosRecordGroups *self = g_new0 (GenosRecordGroups, 1);

  self->rules = *rules;
  self->rejoin = rejoin;
  self->funcs = funcs;
  self->user_data = user_data;
  self->groups = g_ptr_array_new_with_free_func ((GDestroyNotify) genos_record_group_free);
  return self;
}

void
genos_record_groups_free (GenosRecordGroups *self)
{
  g_ptr_array_unref (self->groups);
  g_free (self);
}

/* Most peers have a fresh key each time, and some a fresh id. A file says which ones it is of. */
static gboolean
is_same_peer (GenosRecordGroup *group, const char *peer_id, const char *key)
{
  if (key != NULL && g_strcmp0 (genos_record_group_get_key (group), key) == 0)
    return TRUE;
  return g_strcmp0 (genos_record_group_get_peer_id (group), peer_id) == 0;
}

static gboolean
has_lapsed (GenosRecordGroups *self, GenosRecordGroup *group)
{
  gint64 lapsed = genos_record_group_get_lapsed (group);

  return lapsed != 0
      && g_get_monotonic_time () - lapsed > (gint64) GST_TIME_AS_USECONDS (self->rejoin);
}

/* A peer that starts again may name its streams anew; what it says about them tells then. */
static gboolean
continues (GenosRecordGroup *group, GenosRecordTrack *track, gboolean by_name)
{
  if (by_name)
    return g_strcmp0 (
               genos_record_group_get_stream_id (group), genos_record_track_get_stream_id (track))
        == 0;
  return genos_record_group_get_lapsed (group) != 0
      && genos_record_group_had (
          group, genos_record_track_is_video (track), genos_record_track_get_metadata (track));
}

static GenosRecordGroup *
find_group (GenosRecordGroups *self, GenosRecordTrack *track, const char *key, gboolean by_name)
{
  for (guint i = 0; i < self->groups->len; i++) {
    GenosRecordGroup *group = g_ptr_array_index (self->groups, i);

    if (is_same_peer (group, genos_record_track_get_peer_id (track), key)
        && !has_lapsed (self, group) && continues (group, track, by_name))
      return group;
  }
  return NULL;
}

GenosRecordGroup *
genos_record_groups_ensure (GenosRecordGroups *self, GenosRecordTrack *track, const char *key)
{
  const char *stream_id = genos_record_track_get_stream_id (track);
  GenosRecordGroup *group = find_group (self, track, key, TRUE);

  if (group == NULL)
    group = find_group (self, track, key, FALSE);
  if (group == NULL) {
    group =
        genos_record_group_new (++self->n, stream_id, &self->rules, self->funcs, self->user_data);
    g_ptr_array_add (self->groups, group);
  }
  genos_record_group_set_stream_id (group, stream_id);
  return group;
}

void
genos_record_groups_set_end_reason (
    GenosRecordGroups *self, const char *peer_id, const char *reason)
{
  for (guint i = 0; i < self->groups->len; i++) {
    GenosRecordGroup *group = g_ptr_array_index (self->groups, i);

    if (g_strcmp0 (genos_record_group_get_peer_id (group), peer_id) == 0)
      genos_record_group_set_end_reason (group, reason);
  }
}

void
genos_record_groups_tick (GenosRecordGroups *self, gint64 now)
{
  for (guint i = 0; i < self->groups->len; i++)
    genos_record_group_tick (g_ptr_array_index (self->groups, i), now);
}

void
genos_record_groups_drop_lapsed (GenosRecordGroups *self)
{
  for (guint i = self->groups->len; i > 0; i--) {
    GenosRecordGroup *group = g_ptr_array_index (self->groups, i - 1);

    if (has_lapsed (self, group) && genos_record_group_is_idle (group))
      g_ptr_array_remove_index (self->groups, i - 1);
  }
}

void
genos_record_groups_finish (GenosRecordGroups *self, const char *reason)
{
  for (guint i = 0; i < self->groups->len; i++)
    genos_record_group_finish (g_ptr_array_index (self->groups, i), reason);
}

gboolean
genos_record_groups_are_idle (GenosRecordGroups *self)
{
  for (guint i = 0; i < self->groups->len; i++) {
    if (!genos_record_group_is_idle (g_ptr_array_index (self->groups, i)))
      return FALSE;
  }
  return TRUE;
}

void
genos_record_groups_clear (GenosRecordGroups *self)
{
  g_ptr_array_set_size (self->groups, 0);
}
