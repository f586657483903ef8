/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cell-room.h"

#include <genos/room/room-private.h>

#include "peer-link-local.h"

#define CELLS "1"
#define PICTURE_CAPS "video/x-raw,format=I420,width=64,height=48,framerate=20/1"
#define PICTURE_SIZE (CELL_CAMERA_WIDTH * CELL_CAMERA_HEIGHT * 3 / 2)
#define PICTURE_MS 50

static const GenosMeshTimes times = {
  .quiet = 300 * G_TIME_SPAN_MILLISECOND,
  .cap = 2 * G_TIME_SPAN_SECOND,
  .shrink = 30 * G_TIME_SPAN_SECOND,
  .grace = 300 * G_TIME_SPAN_MILLISECOND,
  .tick = 100 * G_TIME_SPAN_MILLISECOND,
};

static void
on_warning (GenosRoom *room, GError *error, gpointer unused)
{
  g_test_message ("warning: %s", error->message);
}

static GenosPeerLink *
make_link (gboolean offerer, gpointer user_data, GError **error)
{
  return peer_link_local_new (offerer);
}

static gboolean
on_passed (gpointer passed)
{
  *(gboolean *) passed = TRUE;
  return G_SOURCE_REMOVE;
}

void
cell_room_let_pass (guint ms)
{
  gboolean passed = FALSE;

  g_timeout_add (ms, on_passed, &passed);
  while (!passed)
    g_main_context_iteration (NULL, TRUE);
}

GenosRoom *
cell_room_new (const char *name, const char *relay, const char *id)
{
  GenosRoom *room = genos_room_new (name);

  genos_mesh_set_times (genos_room_get_mesh (room), &times);
  g_object_set (room, "relays", relay, "proxy", "none", "peer-id", id, "cells", CELLS, NULL);
  g_signal_connect (room, "warning", G_CALLBACK (on_warning), NULL);
  genos_room_set_link_factory (room, make_link, NULL);
  return room;
}

void
cell_room_join (GenosRoom *room)
{
  g_autoptr (GError) error = NULL;

  genos_room_join (room, &error);
  g_assert_no_error (error);
}

void
cell_room_wait_until_left (GenosRoom *room)
{
  cell_room_wait (genos_room_get_state (room) == GENOS_ROOM_IDLE);
}

static gboolean
are_joined (guint a, guint b)
{
  guint distance = a > b ? a - b : b - a;

  return (distance & (distance - 1)) == 0;
}

gboolean
cell_room_is_laid_out (GenosRoom *room, guint index, const char *const *ids, guint n_ids)
{
  g_auto (GStrv) roster = genos_mesh_get_roster (genos_room_get_mesh (room));

  if (g_strv_length (roster) != n_ids)
    return FALSE;
  for (guint i = 0; i < n_ids; i++)
    if (i != index && (genos_room_get_peer (room, ids[i]) != NULL) != are_joined (index, i))
      return FALSE;
  return TRUE;
}

/* --- the camera --- */

static gboolean
on_tick (gpointer data)
{
  CellCamera *self = data;
  GstBuffer *picture = gst_buffer_new_allocate (NULL, PICTURE_SIZE, NULL);
  GstMapInfo map;

  self->n_pictures++;
  g_assert_true (gst_buffer_map (picture, &map, GST_MAP_WRITE));
  for (gsize i = 0; i < map.size; i++)
    map.data[i] = (guint8) ((i * 7 + self->n_pictures * 31) ^ (i >> 5) * self->n_pictures);
  gst_buffer_unmap (picture, &map);
  genos_local_track_push (self->track, picture);
  return G_SOURCE_CONTINUE;
}

void
cell_camera_start (CellCamera *self, GenosRoom *room, const char *metadata)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (PICTURE_CAPS);
  g_autoptr (GError) error = NULL;

  self->track = g_object_new (GENOS_TYPE_LOCAL_TRACK, "kind", GENOS_MEDIA_VIDEO, "stream-id",
      "camera", "track-id", "picture", "codec", "vp8", "metadata", metadata, NULL);
  genos_local_track_set_caps (self->track, caps, &error);
  g_assert_no_error (error);
  genos_room_add_track (room, self->track);
  self->timer = g_timeout_add (PICTURE_MS, on_tick, self);
}

void
cell_camera_stop (CellCamera *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->track);
}
