/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Leaves out pictures of one peer's stream so that what is left can be decoded: whole ones only, and behind
 * one that is missing none before the next key frame. Pure. Not thread-safe.
 *
 *   comes in   K d d d d d K d d d K d d d
 *   let be     all    | keys only    | all      (a key frame is asked for when it becomes “all”)
 *   goes out   K d d       K       K d d d
 */
typedef enum {
  GENOS_PICTURES_ALL,
  GENOS_PICTURES_KEY, /* key frames only */
  GENOS_PICTURES_NONE,
} GenosPictures;

typedef struct {
  GenosPictures let; /* what shall pass, from the next picture on */
  gboolean cut;      /* none of it before the next key frame */
  gboolean begun;
  gboolean passing;  /* the picture that is coming */
  gboolean waits;    /* something that the next depends on was left out */
  gboolean left_out; /* since the last packet that passed */
  guint32 timestamp; /* of the picture that is coming */
} GenosPictureGate;

/* What comes next does not follow what was before. */
void genos_picture_gate_restart (GenosPictureGate *self);

/* A packet comes; @begins_key: it is the first of a key frame. TRUE: it goes out. @after_gap: it is the first
 * one after others that did not. */
gboolean genos_picture_gate_take (
    GenosPictureGate *self, guint32 timestamp, gboolean begins_key, gboolean *after_gap);

G_END_DECLS
