/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosbranches.h"

#include "gstgenospadnames.h"
#include "gstgenostrackbranch.h"

/* Who comes and goes for months is not remembered for ever. */
#define MAX_GROUPS 4096

struct _GstGenosBranches {
  GMutex lock;
  gboolean open;
  GPtrArray *branches;
  GHashTable *groups; /* peer id → group id */
  GstGenosPadNames pad_names;
};

static void
unref_branch (gpointer branch)
{
  gst_genos_branch_unref (branch);
}

GstGenosBranches *
gst_genos_branches_new (void)
{
  GstGenosBranches *self = g_new0 (GstGenosBranches, 1);

  g_mutex_init (&self->lock);
  self->branches = g_ptr_array_new_with_free_func (unref_branch);
  self->groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
gst_genos_branches_free (GstGenosBranches *self)
{
  g_ptr_array_unref (self->branches);
  g_hash_table_unref (self->groups);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
gst_genos_branches_begin (GstGenosBranches *self)
{
  g_mutex_lock (&self->lock);
  self->open = TRUE;
  self->pad_names = (GstGenosPadNames){ 0 };
  g_mutex_unlock (&self->lock);
}

void
gst_genos_branches_close (GstGenosBranches *self)
{
  g_mutex_lock (&self->lock);
  self->open = FALSE;
  g_mutex_unlock (&self->lock);
}

gboolean
gst_genos_branches_is_open (GstGenosBranches *self)
{
  gboolean open;

  g_mutex_lock (&self->lock);
  open = self->open;
  g_mutex_unlock (&self->lock);
  return open;
}

/* (transfer container) */
static GPtrArray *
ref_all (GstGenosBranches *self)
{
  GPtrArray *branches;

  g_mutex_lock (&self->lock);
  branches =
      g_ptr_array_copy (self->branches, (GCopyFunc) (void (*) (void)) gst_genos_branch_ref, NULL);
  g_mutex_unlock (&self->lock);
  g_ptr_array_set_free_func (branches, unref_branch);
  return branches;
}

gboolean
gst_genos_branches_have_pads (GstGenosBranches *self)
{
  g_autoptr (GPtrArray) branches = ref_all (self);

  for (guint i = 0; i < branches->len; i++) {
    g_autoptr (GstPad) pad = gst_genos_branch_ref_pad (branches->pdata[i]);

    if (pad == NULL)
      return FALSE;
  }
  return TRUE;
}

void
gst_genos_branches_take (GstGenosBranches *self, GstGenosBranch *branch)
{
  gboolean open;

  g_mutex_lock (&self->lock);
  open = self->open;
  if (open)
    g_ptr_array_add (self->branches, gst_genos_branch_ref (branch));
  g_mutex_unlock (&self->lock);
  if (open)
    gst_genos_branch_start (branch);
  else
    gst_genos_branch_remove (branch);
  gst_genos_branch_unref (branch);
}

void
gst_genos_branches_remove (GstGenosBranches *self, GstGenosBranch *branch)
{
  gst_genos_branch_ref (branch);
  g_mutex_lock (&self->lock);
  g_ptr_array_remove (self->branches, branch);
  g_mutex_unlock (&self->lock);
  gst_genos_branch_remove (branch);
  gst_genos_branch_unref (branch);
}

void
gst_genos_branches_end_all (GstGenosBranches *self)
{
  g_autoptr (GPtrArray) branches = ref_all (self);

  for (guint i = 0; i < branches->len; i++)
    gst_genos_branch_end (branches->pdata[i]);
}

void
gst_genos_branches_remove_all (GstGenosBranches *self)
{
  g_autoptr (GPtrArray) branches = ref_all (self);

  for (guint i = 0; i < branches->len; i++)
    gst_genos_branches_remove (self, branches->pdata[i]);
  g_mutex_lock (&self->lock);
  g_hash_table_remove_all (self->groups);
  g_mutex_unlock (&self->lock);
}

void
gst_genos_branches_set_latency (GstGenosBranches *self, GstClockTime latency)
{
  g_autoptr (GPtrArray) branches = ref_all (self);

  for (guint i = 0; i < branches->len; i++)
    gst_genos_branch_set_latency (branches->pdata[i], latency);
}

GstGenosBranch *
gst_genos_branches_ref_of_feed (GstGenosBranches *self, GstGenosTrackFeed *feed)
{
  g_autoptr (GPtrArray) branches = ref_all (self);

  for (guint i = 0; i < branches->len; i++) {
    if (gst_genos_track_branch_get_feed (branches->pdata[i]) == feed)
      return gst_genos_branch_ref (branches->pdata[i]);
  }
  return NULL;
}

GstGenosBranch *
gst_genos_branches_ref_of_object (GstGenosBranches *self, GstObject *object)
{
  g_autoptr (GPtrArray) branches = ref_all (self);

  for (guint i = 0; i < branches->len; i++) {
    if (gst_genos_branch_contains (branches->pdata[i], object))
      return gst_genos_branch_ref (branches->pdata[i]);
  }
  return NULL;
}

/* First the one with the same ids: a peer may have several tracks of one format. */
gboolean
gst_genos_branches_adopt (GstGenosBranches *self, GstGenosTrackFeed *feed)
{
  g_autoptr (GPtrArray) branches = ref_all (self);

  for (guint pass = 0; pass < 2; pass++) {
    for (guint i = 0; i < branches->len; i++) {
      if (gst_genos_track_branch_adopt (branches->pdata[i], feed, pass == 0))
        return TRUE;
    }
  }
  return FALSE;
}

char *
gst_genos_branches_make_pad_name (GstGenosBranches *self, const char *format)
{
  char *name;

  g_mutex_lock (&self->lock);
  name = gst_genos_pad_names_next (&self->pad_names, format);
  g_mutex_unlock (&self->lock);
  return name;
}

guint
gst_genos_branches_get_group_id (GstGenosBranches *self, const char *peer_id)
{
  guint group_id;

  g_mutex_lock (&self->lock);
  group_id = GPOINTER_TO_UINT (g_hash_table_lookup (self->groups, peer_id));
  if (group_id == 0) {
    if (g_hash_table_size (self->groups) >= MAX_GROUPS)
      g_hash_table_remove_all (self->groups);
    group_id = gst_util_group_id_next ();
    g_hash_table_insert (self->groups, g_strdup (peer_id), GUINT_TO_POINTER (group_id));
  }
  g_mutex_unlock (&self->lock);
  return group_id;
}
