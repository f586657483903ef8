/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/genos.h>

#include "command.h"
#include "printable.h"
#include "room-options.h"
#include "room-stay.h"
#include "transfer-bar.h"

/* `genos send`: sends files to those in a room who take them. */

#define DEFAULT_CHANNEL "files"
/* To one peer, at once. */
#define MAX_AT_ONCE 4

typedef struct {
  GenosRoomStay *stay;
  GenosRoom *room;
  GenosChannel *channel;
  GenosTransferBar *bar;
  GCancellable *cancellable;
  const char *to; /* (nullable): a peer's id or key */
  GStrv paths;
  guint n_paths;
  guint *n_delivered; /* of each */
  GHashTable *queues; /* char* peer id → Queue */
  guint n_under_way;
  gboolean ending; /* nothing new begins */
  gboolean failed;
} Send;

/* What one peer has still to be sent. */
typedef struct {
  guint next;
  guint n_under_way;
} Queue;

typedef struct {
  Send *send;
  char *peer_id;
  guint index;
} Item;

static gboolean
is_delivered (Send *self)
{
  for (guint i = 0; i < self->n_paths; i++) {
    if (self->n_delivered[i] == 0)
      return FALSE;
  }
  return TRUE;
}

static void
quit_if_done (Send *self)
{
  if (self->n_under_way > 0 || !(self->ending || is_delivered (self)))
    return;
  self->ending = TRUE;
  genos_room_stay_end (self->stay);
}

static void
on_progress (goffset at, goffset total, gpointer user_data)
{
  Item *item = user_data;

  genos_transfer_bar_update (item->send->bar, item, at, total, g_get_monotonic_time ());
}

static void begin_some (Send *self, const char *peer_id);

static void
tell_failure (Item *item, const GError *error)
{
  Send *self = item->send;
  g_autofree char *why = genos_make_printable (error->message);

  /* A peer that does not want it, or goes, may come back; a file that cannot be read stays so. */
  if (error->domain == G_IO_ERROR) {
    self->failed = TRUE;
    self->ending = TRUE;
  }
  g_printerr ("genos send: to %s: %s: %s\n", item->peer_id, self->paths[item->index], why);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Item *item = user_data;
  Send *self = item->send;
  Queue *queue = g_hash_table_lookup (self->queues, item->peer_id);
  g_autoptr (GError) error = NULL;

  genos_transfer_bar_end (self->bar, item);
  if (genos_channel_send_file_finish (GENOS_CHANNEL (source), result, &error)) {
    self->n_delivered[item->index]++;
    genos_transfer_bar_say (self->bar, "sent %s: %s", self->paths[item->index], item->peer_id);
  } else {
    tell_failure (item, error);
  }
  self->n_under_way--;
  if (queue != NULL) {
    queue->n_under_way--;
    begin_some (self, item->peer_id);
  }
  quit_if_done (self);
  g_free (item->peer_id);
  g_free (item);
}

static void
begin_one (Send *self, const char *peer_id, guint index)
{
  Item *item = g_new0 (Item, 1);
  g_autofree char *name = g_path_get_basename (self->paths[index]);

  item->send = self;
  item->peer_id = g_strdup (peer_id);
  item->index = index;
  self->n_under_way++;
  genos_transfer_bar_begin (self->bar, item, name, peer_id);
  genos_channel_send_file_async (self->channel, self->paths[index], peer_id, on_progress, item,
      self->cancellable, on_sent, item);
}

static void
begin_some (Send *self, const char *peer_id)
{
  Queue *queue = g_hash_table_lookup (self->queues, peer_id);

  while (!self->ending && queue->n_under_way < MAX_AT_ONCE && queue->next < self->n_paths) {
    queue->n_under_way++;
    begin_one (self, peer_id, queue->next++);
  }
}

/* --- who is there */

static gboolean
is_wanted (Send *self, GenosPeer *peer)
{
  return self->to == NULL || g_str_equal (self->to, genos_peer_get_id (peer))
      || g_strcmp0 (self->to, genos_peer_get_key (peer)) == 0;
}

static void
begin_with (Send *self, const char *peer_id)
{
  if (self->ending || g_hash_table_contains (self->queues, peer_id))
    return;
  g_hash_table_insert (self->queues, g_strdup (peer_id), g_new0 (Queue, 1));
  begin_some (self, peer_id);
}

static void
on_joined (GenosRoom *room, GenosPeer *peer, Send *self)
{
  if (is_wanted (self, peer))
    begin_with (self, genos_peer_get_id (peer));
}

/* In a room in cells a link that ends is no reason to begin again: what is under way goes on by way of
 * others. */
static void
on_left (GenosRoom *room, GenosPeer *peer, GError *error, Send *self)
{
  if (genos_mesh_get_cell_size (genos_room_get_mesh (room)) == 0)
    g_hash_table_remove (self->queues, genos_peer_get_id (peer));
}

/* Whoever is asked for by its id needs no link. */
static void
on_mesh_peer_state (GenosRoom *room, const char *peer_id, GenosMeshPeerState state, Send *self)
{
  if (state == GENOS_MESH_PEER_GONE)
    g_hash_table_remove (self->queues, peer_id);
  else if (g_strcmp0 (self->to, peer_id) == 0)
    begin_with (self, peer_id);
}

/* --- the stay */

static void
on_interrupted (gpointer user_data)
{
  Send *self = user_data;

  self->failed = TRUE;
  self->ending = TRUE;
  g_cancellable_cancel (self->cancellable);
  quit_if_done (self);
}

static gboolean
start (Send *self, const char *channel)
{
  g_autoptr (GError) error = NULL;

  g_signal_connect (self->room, "peer-joined", G_CALLBACK (on_joined), self);
  g_signal_connect (self->room, "peer-left", G_CALLBACK (on_left), self);
  g_signal_connect (self->room, "mesh-peer-state", G_CALLBACK (on_mesh_peer_state), self);
  genos_room_stay_set_interrupted (self->stay, on_interrupted, self);
  self->channel = genos_room_open_channel (self->room, channel, &error);
  if (self->channel == NULL) {
    genos_room_stay_tell (self->stay, error);
    return FALSE;
  }
  if (!genos_room_stay_join (self->stay))
    return FALSE;
  genos_transfer_bar_say (self->bar, "waiting for somebody who takes files; you are %s",
      genos_room_get_peer_id (self->room));
  return TRUE;
}

static int
send_in (Send *self, const char *channel)
{
  gboolean started;

  self->stay = genos_room_stay_new (self->room, "send");
  self->bar = genos_transfer_bar_new ("sending");
  self->cancellable = g_cancellable_new ();
  self->queues = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->n_paths = g_strv_length (self->paths);
  self->n_delivered = g_new0 (guint, self->n_paths);
  started = start (self, channel);
  if (started)
    genos_room_stay_run (self->stay);
  g_signal_handlers_disconnect_by_data (self->room, self);
  g_clear_object (&self->channel);
  g_object_unref (self->cancellable);
  g_hash_table_unref (self->queues);
  g_free (self->n_delivered);
  genos_transfer_bar_free (self->bar);
  genos_room_stay_free (self->stay);
  return started && !self->failed ? GENOS_EXIT_OK : GENOS_EXIT_FAILED;
}

static gboolean
check_files (GStrv paths)
{
  if (paths == NULL || paths[0] == NULL) {
    g_printerr ("genos send: which file? See genos send --help\n");
    return FALSE;
  }
  for (guint i = 0; paths[i] != NULL; i++) {
    if (!g_file_test (paths[i], G_FILE_TEST_IS_REGULAR)) {
      g_printerr ("genos send: %s: not a file\n", paths[i]);
      return FALSE;
    }
  }
  return TRUE;
}

int
genos_cmd_send (int argc, char **argv)
{
  g_auto (GenosRoomOptions) options = { NULL };
  g_autofree char *to = NULL;
  g_autofree char *channel = NULL;
  g_auto (GStrv) paths = NULL;
  const GOptionEntry entries[] = { GENOS_ROOM_OPTIONS (&options),
    { "to", 't', 0, G_OPTION_ARG_STRING, &to, "only to this peer (its id or key)", "PEER" },
    { "channel", 'c', 0, G_OPTION_ARG_STRING, &channel, "name of the channel (files)", "NAME" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &paths, NULL, "FILE…" }, { NULL } };
  g_autoptr (GenosRoom) room = NULL;
  Send send = { NULL };
  int exit_code;

  if (!genos_command_parse ("send",
          "Sends files to everybody in a room who takes them, and leaves when each of them has "
          "arrived somewhere and none is under way. Browsers take files up to 1.6 MB. In a room in "
          "cells (--set cells=auto): to those who are linked, or with --to and its id to anybody.",
          entries, argc, argv, &exit_code))
    return exit_code;
  if (!check_files (paths))
    return GENOS_EXIT_USAGE;
  room = genos_room_options_make_room (&options, "send");
  if (room == NULL)
    return GENOS_EXIT_USAGE;
  send.room = room;
  send.to = to;
  send.paths = paths;
  return send_in (&send, channel != NULL ? channel : DEFAULT_CHANNEL);
}
