/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosmixminus.h"

#include "gstgenoselements.h"

#define GST_CAT_DEFAULT gst_genos_debug

/* One pad. */
typedef struct {
  GstBin *bin;
  char *peer_id;
  GstPad *pad;
  GstGenosMixStage stage;
} Row;

/* One track in one of them. */
typedef struct {
  Row *row;
  GstGenosMixInput *input;
  GstGenosMixOutlet *outlet;
} Link;

struct _GstGenosMixMinus {
  GstBin *bin;
  const gint *latency;

  GMutex lock; /* held while things are linked: nothing that streams takes it */
  gboolean open;
  guint mixing_latency; /* ms */
  GPtrArray *rows;
  GPtrArray *inputs;
  GPtrArray *links;
};

static void
row_free (gpointer data)
{
  Row *row = data;

  gst_genos_mix_stage_clear (&row->stage, row->bin, row->pad);
  gst_object_unref (row->pad);
  g_free (row->peer_id);
  g_free (row);
}

static void
link_free (gpointer data)
{
  Link *link = data;

  gst_genos_mix_outlet_remove (link->outlet);
  gst_genos_mix_input_unref (link->input);
  g_free (link);
}

static void
input_free (gpointer input)
{
  gst_genos_mix_input_unref (input);
}

GstGenosMixMinus *
gst_genos_mix_minus_new (GstBin *bin, const gint *latency)
{
  GstGenosMixMinus *self = g_new0 (GstGenosMixMinus, 1);

  self->bin = bin;
  self->latency = latency;
  g_mutex_init (&self->lock);
  self->rows = g_ptr_array_new_with_free_func (row_free);
  self->inputs = g_ptr_array_new_with_free_func (input_free);
  self->links = g_ptr_array_new_with_free_func (link_free);
  return self;
}

void
gst_genos_mix_minus_free (GstGenosMixMinus *self)
{
  g_ptr_array_unref (self->links);
  g_ptr_array_unref (self->inputs);
  g_ptr_array_unref (self->rows);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Under the lock, as all below that does not take it. */
static void
connect_input (GstGenosMixMinus *self, Row *row, GstGenosMixInput *input)
{
  GstGenosMixOutlet *outlet;
  Link *link;

  if (row->stage.mixer == NULL
      || g_str_equal (row->peer_id, gst_genos_mix_input_get_peer_id (input)))
    return;
  outlet = gst_genos_mix_input_feed (input, row->stage.mixer);
  if (outlet == NULL) {
    GST_WARNING_OBJECT (self->bin, "the sound of %s does not go to %s",
        gst_genos_mix_input_get_peer_id (input), row->peer_id);
    return;
  }
  link = g_new (Link, 1);
  *link = (Link){ row, gst_genos_mix_input_ref (input), outlet };
  g_ptr_array_add (self->links, link);
}

/* @row, @input: (nullable): any */
static void
disconnect (GstGenosMixMinus *self, const Row *row, const GstGenosMixInput *input)
{
  for (guint i = self->links->len; i-- > 0;) {
    const Link *link = self->links->pdata[i];

    if ((row == NULL || link->row == row) && (input == NULL || link->input == input))
      g_ptr_array_remove_index (self->links, i);
  }
}

static gboolean
build (GstGenosMixMinus *self, Row *row, GError **error)
{
  const GstGenosMixSettings settings = { .mixing_latency = self->mixing_latency };

  if (!gst_genos_mix_stage_build_audio (
          &row->stage, self->bin, row->pad, &settings, self->latency, error))
    return FALSE;
  for (guint i = 0; i < self->inputs->len; i++)
    connect_input (self, row, self->inputs->pdata[i]);
  return TRUE;
}

gboolean
gst_genos_mix_minus_open (GstGenosMixMinus *self, guint mixing_latency, GError **error)
{
  gboolean built = TRUE;

  g_mutex_lock (&self->lock);
  self->open = TRUE;
  self->mixing_latency = mixing_latency;
  for (guint i = 0; built && i < self->rows->len; i++)
    built = build (self, self->rows->pdata[i], error);
  g_mutex_unlock (&self->lock);
  return built;
}

void
gst_genos_mix_minus_close (GstGenosMixMinus *self)
{
  g_mutex_lock (&self->lock);
  self->open = FALSE;
  g_ptr_array_set_size (self->links, 0);
  g_ptr_array_set_size (self->inputs, 0);
  for (guint i = 0; i < self->rows->len; i++) {
    Row *row = self->rows->pdata[i];

    gst_genos_mix_stage_clear (&row->stage, self->bin, row->pad);
  }
  g_mutex_unlock (&self->lock);
}

void
gst_genos_mix_minus_set_time (GstGenosMixMinus *self, GstClock *clock, GstClockTime base_time)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->rows->len; i++) {
    Row *row = self->rows->pdata[i];

    gst_genos_mix_stage_set_time (&row->stage, clock, base_time);
  }
  g_mutex_unlock (&self->lock);
}

void
gst_genos_mix_minus_end (GstGenosMixMinus *self)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->rows->len; i++)
    gst_genos_mix_stage_end (&((Row *) self->rows->pdata[i])->stage);
  g_mutex_unlock (&self->lock);
}

/* pads */

static Row *
find_row (GstGenosMixMinus *self, const char *peer_id)
{
  for (guint i = 0; i < self->rows->len; i++) {
    Row *row = self->rows->pdata[i];

    if (g_str_equal (row->peer_id, peer_id))
      return row;
  }
  return NULL;
}

/* In the middle of the stream: by the time that it is, and downstream first. */
static void
start (GstGenosMixMinus *self, Row *row)
{
  g_autoptr (GstClock) clock = NULL;

  if (GST_STATE (self->bin) == GST_STATE_PLAYING)
    clock = gst_element_get_clock (GST_ELEMENT (self->bin));
  gst_genos_mix_stage_set_time (
      &row->stage, clock, gst_element_get_base_time (GST_ELEMENT (self->bin)));
  gst_genos_mix_stage_start (&row->stage);
}

static Row *
row_new (GstGenosMixMinus *self, GstPadTemplate *templ, const char *name)
{
  Row *row = g_new0 (Row, 1);

  row->bin = self->bin;
  row->peer_id = g_strdup (name + strlen (GST_GENOS_MIX_MINUS_PREFIX));
  row->pad = gst_object_ref_sink (gst_ghost_pad_new_no_target_from_template (name, templ));
  return row;
}

GstPad *
gst_genos_mix_minus_add_pad (GstGenosMixMinus *self, GstPadTemplate *templ, const char *name)
{
  g_autoptr (GError) error = NULL;
  Row *row = NULL;

  if (name == NULL || !g_str_has_prefix (name, GST_GENOS_MIX_MINUS_PREFIX))
    return NULL;
  g_mutex_lock (&self->lock);
  if (find_row (self, name + strlen (GST_GENOS_MIX_MINUS_PREFIX)) == NULL) {
    row = row_new (self, templ, name);
    g_ptr_array_add (self->rows, row);
    if (self->open && build (self, row, &error))
      start (self, row);
  }
  g_mutex_unlock (&self->lock);
  if (error != NULL)
    GST_ELEMENT_ERROR (self->bin, CORE, MISSING_PLUGIN, ("%s", error->message), (NULL));
  if (row == NULL)
    return NULL;
  gst_pad_set_active (row->pad, TRUE);
  gst_element_add_pad (GST_ELEMENT (self->bin), row->pad);
  return row->pad;
}

void
gst_genos_mix_minus_release_pad (GstGenosMixMinus *self, GstPad *pad)
{
  gst_pad_set_active (pad, FALSE);
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->rows->len; i++) {
    Row *row = self->rows->pdata[i];

    if (row->pad != pad)
      continue;
    disconnect (self, row, NULL);
    gst_object_ref (pad);
    g_ptr_array_remove_index (self->rows, i);
    gst_element_remove_pad (GST_ELEMENT (self->bin), pad);
    gst_object_unref (pad);
    break;
  }
  g_mutex_unlock (&self->lock);
}

/* inputs */

void
gst_genos_mix_minus_add_input (GstGenosMixMinus *self, GstGenosMixInput *input)
{
  g_mutex_lock (&self->lock);
  if (self->open) {
    g_ptr_array_add (self->inputs, gst_genos_mix_input_ref (input));
    for (guint i = 0; i < self->rows->len; i++)
      connect_input (self, self->rows->pdata[i], input);
  }
  g_mutex_unlock (&self->lock);
}

void
gst_genos_mix_minus_remove_input (GstGenosMixMinus *self, GstGenosMixInput *input)
{
  g_mutex_lock (&self->lock);
  disconnect (self, NULL, input);
  g_ptr_array_remove (self->inputs, input);
  g_mutex_unlock (&self->lock);
}
