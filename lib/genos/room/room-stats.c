/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Statistics with what the links say of themselves: collected once, or again and again. */

#include <genos/room/room-signals.h>
#include <genos/room/room-struct.h>

/* A link that is stuck keeps nobody waiting: the others' numbers are told without its newest. */
#define PATIENCE_MS 1000

typedef struct {
  guint n_waiting;
  GSource *deadline; /* (nullable) */
} Round;

static void
round_free (gpointer data)
{
  Round *round = data;

  if (round->deadline != NULL)
    g_source_destroy (round->deadline);
  g_clear_pointer (&round->deadline, g_source_unref);
  g_free (round);
}

static void
finish (GTask *task)
{
  GenosRoom *room = g_task_get_source_object (task);
  Round *round = g_task_get_task_data (task);

  if (round->deadline == NULL)
    return;
  g_source_destroy (round->deadline);
  g_clear_pointer (&round->deadline, g_source_unref);
  if (room->roster != NULL)
    g_task_return_pointer (task, genos_room_get_stats (room), (GDestroyNotify) gst_structure_free);
  else
    g_task_return_new_error (task, GENOS_ERROR, GENOS_ERROR_CLOSED, "the room is gone");
}

static void
on_answered (gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Round *round = g_task_get_task_data (task);

  if (--round->n_waiting == 0)
    finish (task);
}

static gboolean
on_deadline (gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);

  finish (task);
  return G_SOURCE_REMOVE;
}

static void
set_deadline (Round *round, GTask *task)
{
  round->deadline = g_timeout_source_new (PATIENCE_MS);
  g_source_set_static_name (round->deadline, "[genos] statistics");
  g_source_set_callback (round->deadline, on_deadline, g_object_ref (task), g_object_unref);
  g_source_attach (round->deadline, g_main_context_get_thread_default ());
}

/**
 * genos_room_collect_stats_async:
 * @self: a room
 * @cancellable: (nullable): cancels waiting
 * @callback: (scope async): called when the numbers are there, within a second or so
 * @user_data: user data for @callback
 *
 * Asks every link for its newest numbers, and makes the statistics of
 * [method@Room.get_stats] of them. Links are asked at most five times a second,
 * however often this is called; one that does not answer is told of with what it
 * said last.
 */
void
genos_room_collect_stats_async (
    GenosRoom *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GPtrArray) peers = NULL;
  Round *round;

  g_return_if_fail (GENOS_IS_ROOM (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, genos_room_collect_stats_async);
  round = g_new0 (Round, 1);
  g_task_set_task_data (task, round, round_free);
  set_deadline (round, task);
  peers = genos_room_get_peers (self);
  /* One more than there are peers, so that those who answer at once do not end it early. */
  round->n_waiting = peers->len + 1;
  for (guint i = 0; i < peers->len; i++)
    genos_peer_refresh_stats (g_ptr_array_index (peers, i), on_answered, g_object_ref (task));
  on_answered (g_steal_pointer (&task));
}

/**
 * genos_room_collect_stats_finish:
 * @self: a room
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Room.collect_stats_async].
 *
 * Returns: (transfer full): the statistics; %NULL when it was cancelled
 */
GstStructure *
genos_room_collect_stats_finish (GenosRoom *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- again and again */

static void
on_collected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GenosRoom *self = GENOS_ROOM (source);
  g_autoptr (GstStructure) stats = genos_room_collect_stats_finish (self, result, NULL);

  self->stats_wanted = FALSE;
  if (stats != NULL && self->stats_timer != NULL)
    g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_STATS], 0, stats);
}

static gboolean
on_interval (gpointer user_data)
{
  GenosRoom *self = user_data;

  /* Never two at a time: an interval that is shorter than the answers take becomes longer. */
  if (!self->stats_wanted) {
    self->stats_wanted = TRUE;
    genos_room_collect_stats_async (self, NULL, on_collected, NULL);
  }
  return G_SOURCE_CONTINUE;
}

void
genos_room_stats_stop (GenosRoom *self)
{
  if (self->stats_timer != NULL)
    g_source_destroy (self->stats_timer);
  g_clear_pointer (&self->stats_timer, g_source_unref);
}

void
genos_room_stats_start (GenosRoom *self)
{
  genos_room_stats_stop (self);
  if (self->settings.stats_interval_ms == 0)
    return;
  self->stats_timer = g_timeout_source_new (self->settings.stats_interval_ms);
  g_source_set_static_name (self->stats_timer, "[genos] statistics at an interval");
  g_source_set_callback (self->stats_timer, on_interval, self, NULL);
  g_source_attach (self->stats_timer, g_main_context_get_thread_default ());
}
