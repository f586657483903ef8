/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/genos.h>
#include <genos/room/cells/mesh-private.h>

#include "test-wait.h"

G_BEGIN_DECLS

/* What tests of media in rooms of cells share: real rooms, over links that need no network, whose layouts are sealed
 * sooner than they would be; and a camera. */

/* Seconds; under valgrind all of it is done by one slow processor. */
#define CELL_ROOM_DEADLINE 150
#define cell_room_wait(condition) genos_test_wait_for (condition, CELL_ROOM_DEADLINE)

/* Lets the default main context run for so long. */
void cell_room_let_pass (guint ms);

/* For what asks for statistics: asked for all the time, they leave no time for anything else. */
#define cell_room_wait_slowly(condition)                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 deadline = g_get_monotonic_time () + CELL_ROOM_DEADLINE * G_USEC_PER_SEC;               \
    while (!(condition)) {                                                                         \
      if (g_get_monotonic_time () > deadline)                                                      \
        g_error ("%s:%d: waited in vain for: %s", __FILE__, __LINE__, #condition);                 \
      cell_room_let_pass (100);                                                                    \
    }                                                                                              \
  }                                                                                                \
  G_STMT_END

/* In cells of one; not joined yet. (transfer full) */
GenosRoom *cell_room_new (const char *name, const char *relay, const char *id);
void cell_room_join (GenosRoom *room);
void cell_room_wait_until_left (GenosRoom *room);

/* Whether all of @ids, which are one for each cell in their order, are known to the @index-th of them, and those
 * linked with it that are a power of two away, and no others any more. */
gboolean cell_room_is_laid_out (GenosRoom *room, guint index, const char *const *ids, guint n_ids);

#define CELL_CAMERA_WIDTH 64
#define CELL_CAMERA_HEIGHT 48

/* Sends something else in each picture, as the track "picture" of the stream "camera"; VP8. Zero is one that has not
 * started. */
typedef struct {
  GenosLocalTrack *track;
  guint timer;
  guint n_pictures;
} CellCamera;

void cell_camera_start (CellCamera *self, GenosRoom *room, const char *metadata);
void cell_camera_stop (CellCamera *self);

G_END_DECLS
