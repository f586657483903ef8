/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosmixscene.h"

static void
unref_input (gpointer input)
{
  gst_genos_mix_input_unref (input);
}

void
gst_genos_mix_scene_init (GstGenosMixScene *self)
{
  g_mutex_init (&self->lock);
  self->inputs = g_ptr_array_new_with_free_func (unref_input);
}

void
gst_genos_mix_scene_clear (GstGenosMixScene *self)
{
  g_ptr_array_unref (self->inputs);
  g_free (self->speaker);
  g_mutex_clear (&self->lock);
}

/* places; with the lock */

/* The picture of the one who speaks; of one without a picture: whoever was there before. */
static guint
find_main (GstGenosMixScene *self, GPtrArray *pictures)
{
  guint main = 0;

  for (guint i = 0; i < pictures->len; i++) {
    if (g_strcmp0 (gst_genos_mix_input_get_peer_id (pictures->pdata[i]), self->speaker) == 0)
      return i;
    if (pictures->pdata[i] == self->main)
      main = i;
  }
  return main;
}

static void
arrange (GstGenosMixScene *self)
{
  g_autoptr (GPtrArray) pictures = g_ptr_array_new ();
  g_autofree GstVideoRectangle *tiles = NULL;
  guint main;

  for (guint i = 0; i < self->inputs->len; i++) {
    if (gst_genos_mix_input_is_video (self->inputs->pdata[i]))
      g_ptr_array_add (pictures, self->inputs->pdata[i]);
  }
  main = find_main (self, pictures);
  self->main = pictures->len > 0 ? pictures->pdata[main] : NULL;
  tiles = g_new0 (GstVideoRectangle, pictures->len);
  gst_genos_mix_layout_arrange (
      self->layout, self->width, self->height, pictures->len, main, tiles);
  /* The background is 0; insets lie on the speaker. */
  for (guint i = 0; i < pictures->len; i++)
    gst_genos_mix_input_place (pictures->pdata[i], &tiles[i], i == main ? 1 : 2 + i);
}

/* inputs */

void
gst_genos_mix_scene_add (GstGenosMixScene *self, GstGenosMixInput *input)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->inputs, gst_genos_mix_input_ref (input));
  arrange (self);
  g_mutex_unlock (&self->lock);
}

static gboolean
find_source (GstGenosMixScene *self, GstPad *source, guint *index)
{
  for (guint i = 0; i < self->inputs->len; i++) {
    if (gst_genos_mix_input_get_source (self->inputs->pdata[i]) == source) {
      *index = i;
      return TRUE;
    }
  }
  return FALSE;
}

GstGenosMixInput *
gst_genos_mix_scene_take (GstGenosMixScene *self, GstPad *source)
{
  GstGenosMixInput *input = NULL;
  guint index;

  g_mutex_lock (&self->lock);
  if (find_source (self, source, &index)) {
    input = g_ptr_array_steal_index (self->inputs, index);
    arrange (self);
  }
  g_mutex_unlock (&self->lock);
  return input;
}

gboolean
gst_genos_mix_scene_has (GstGenosMixScene *self, GstPad *source)
{
  gboolean has;
  guint index;

  g_mutex_lock (&self->lock);
  has = find_source (self, source, &index);
  g_mutex_unlock (&self->lock);
  return has;
}

GstGenosMixInput *
gst_genos_mix_scene_find (GstGenosMixScene *self, GstObject *object)
{
  GstGenosMixInput *found = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->inputs->len && found == NULL; i++) {
    if (gst_genos_mix_input_contains (self->inputs->pdata[i], object))
      found = gst_genos_mix_input_ref (self->inputs->pdata[i]);
  }
  g_mutex_unlock (&self->lock);
  return found;
}

void
gst_genos_mix_scene_foreach (
    GstGenosMixScene *self, void (*func) (GstGenosMixInput *, gpointer), gpointer user_data)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->inputs->len; i++)
    func (self->inputs->pdata[i], user_data);
  g_mutex_unlock (&self->lock);
}

GPtrArray *
gst_genos_mix_scene_take_all (GstGenosMixScene *self)
{
  GPtrArray *inputs;

  g_mutex_lock (&self->lock);
  inputs = g_steal_pointer (&self->inputs);
  self->inputs = g_ptr_array_new_with_free_func (unref_input);
  self->main = NULL;
  g_mutex_unlock (&self->lock);
  return inputs;
}

/* what the places follow */

void
gst_genos_mix_scene_set_size (GstGenosMixScene *self, int width, int height)
{
  g_mutex_lock (&self->lock);
  self->width = width;
  self->height = height;
  arrange (self);
  g_mutex_unlock (&self->lock);
}

void
gst_genos_mix_scene_set_layout (GstGenosMixScene *self, GstGenosMixLayout layout)
{
  g_mutex_lock (&self->lock);
  self->layout = layout;
  arrange (self);
  g_mutex_unlock (&self->lock);
}

void
gst_genos_mix_scene_set_speaker (GstGenosMixScene *self, const char *peer_id)
{
  g_mutex_lock (&self->lock);
  g_free (self->speaker);
  self->speaker = g_strdup (peer_id);
  arrange (self);
  g_mutex_unlock (&self->lock);
}
