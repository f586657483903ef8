/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosmixinput.h"
#include "gstgenosmixlayout.h"

G_BEGIN_DECLS

/* All inputs of a mix, in the order in which they came, and the places of the pictures.
 *
 * Threading contract: any thread. Its lock is held while pictures are placed, and never while an
 * input is started or removed. */
typedef struct {
  GMutex lock;
  GPtrArray *inputs;
  GstGenosMixLayout layout;
  int width, height;
  char *speaker;          /* (nullable) */
  GstGenosMixInput *main; /* the one shown as speaker last; not owned, only compared */
} GstGenosMixScene;

void gst_genos_mix_scene_init (GstGenosMixScene *self);
void gst_genos_mix_scene_clear (GstGenosMixScene *self);

void gst_genos_mix_scene_add (GstGenosMixScene *self, GstGenosMixInput *input);
/* (transfer full) (nullable) */
GstGenosMixInput *gst_genos_mix_scene_take (GstGenosMixScene *self, GstPad *source);
gboolean gst_genos_mix_scene_has (GstGenosMixScene *self, GstPad *source);
/* (transfer full) (nullable) */
GstGenosMixInput *gst_genos_mix_scene_find (GstGenosMixScene *self, GstObject *object);
/* With the lock held: @func calls nothing of the scene. */
void gst_genos_mix_scene_foreach (
    GstGenosMixScene *self, void (*func) (GstGenosMixInput *, gpointer), gpointer user_data);
/* (transfer container), and empties it */
GPtrArray *gst_genos_mix_scene_take_all (GstGenosMixScene *self);

void gst_genos_mix_scene_set_size (GstGenosMixScene *self, int width, int height);
void gst_genos_mix_scene_set_layout (GstGenosMixScene *self, GstGenosMixLayout layout);
void gst_genos_mix_scene_set_speaker (GstGenosMixScene *self, const char *peer_id);

G_END_DECLS
