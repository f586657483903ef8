/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/degradation.h>
#include <genos/media/rate-control.h>
#include <genos/media/tier-choice.h>

G_BEGIN_DECLS

/* What the encodings of one track are to be. Pure. */
typedef struct {
  guint divide_size; /* width and height each */
  guint divide_rate; /* of pictures */
  guint bitrate;     /* bit/s */
  GenosRateBounds bounds;
} GenosTierShape;

typedef struct {
  GenosTierLadder ladder;
  GenosTierShape shapes[GENOS_MAX_TIERS];
} GenosTierPlan;

typedef struct {
  guint tiers; /* at most, 0: by the size of the pictures; 1: nor one of few pictures */
  GenosDegradation degradation;
  GenosRateBounds bounds;
} GenosTierWish;

/* Of many pictures. */
#define GENOS_MAX_FULL_TIERS 3

/* @bitrate: what the first encoding has by itself, bit/s; 0: there can be no other. */
void genos_tier_plan_init (
    GenosTierPlan *self, const GenosTierWish *wish, guint width, guint height, guint bitrate);

G_END_DECLS
