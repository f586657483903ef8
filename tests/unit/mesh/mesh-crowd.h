/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/mesh/mesh-overlay.h>

/* A room of overlays with links and a clock that are made up, for tests: everything happens in steps of
 * 100 ms, in the same order each time. */
#define CROWD_STEP (100 * G_TIME_SPAN_MILLISECOND)

typedef struct _Crowd Crowd;

typedef struct _Person Person;

struct _Person {
  Crowd *crowd;
  guint index;
  char *id;
  guint32 number;
  GenosMeshOverlay *overlay; /* NULL: not there */
  GHashTable *linked;        /* index → itself */
  gboolean frozen;
  gboolean refuses; /* messages */
  gboolean plain;   /* a browser: links to it say so, and it floods */
  guint capacity;   /* frames a step it can send to each link; 0: any */
  GPtrArray *got;   /* of char *: data of messages; SHA-256 of what came in chunks */
  guint n_pongs, n_seals;
  guint n_arriving;            /* chunks */
  guint n_arrived, n_given_up; /* of what it wanted acknowledged */
  Person *unreachable;         /* (nullable): no link to that one comes about */
  gint64 next_announce;
};

struct _Crowd {
  GenosMeshTopology *topology;
  GPtrArray *people;
  GQueue frames; /* under way */
  gint64 now;
  guint cell_size;
  GenosMeshTimes times;
  guint loss_every; /* of frames, one in that many is lost; 0: none */
  guint n_sent;
  GHashTable *
      deaf; /* (nullable): index → itself: they hear no announces of the others, nor these theirs */
};

Crowd *crowd_new (guint n, guint cell_size, guint32 seed);
void crowd_free (Crowd *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Crowd, crowd_free)

Person *crowd_get (Crowd *self, guint index);
/* Adds so many more, who come now. */
void crowd_join (Crowd *self, guint n);
/* With a bye, or without a word. */
void crowd_leave (Crowd *self, guint index, gboolean bye);
/* The link between these two breaks, and there is none until crowd_mend(). One other each. */
void crowd_cut (Crowd *self, Person *a, Person *b);
void crowd_mend (Crowd *self, Person *a, Person *b);
void crowd_run (Crowd *self, gint64 span);
/* Until nobody has a seal or a frame under way; a test that waits for more than two minutes fails. */
void crowd_settle (Crowd *self);
guint crowd_count_links (Crowd *self);
/* How many of those that are there got a message exactly @n times. */
guint crowd_count_got (Crowd *self, const char *data, guint n);
guint crowd_get_n (Crowd *self);
/* There has to be one. */
Person *crowd_find_bridge (Crowd *self, guint cell);
/* Of the cell of that one, by the order of the succession. */
Person *crowd_find_mate (Crowd *self, Person *person, guint place);
/* Everybody has everybody in its roster, and nobody else. */
void crowd_assert_one_layout (Crowd *self);
/* To everybody. */
void crowd_say (Crowd *self, Person *person, const char *data);
