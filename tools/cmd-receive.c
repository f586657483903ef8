/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <signal.h>

#include <genos/genos.h>

#include "command.h"
#include "printable.h"
#include "room-options.h"
#include "room-stay.h"
#include "transfer-bar.h"

/* `genos receive`: takes the files that others send in a room. */

#define DEFAULT_CHANNEL "files"

typedef struct {
  GenosRoomStay *stay;
  GenosRoom *room;
  GenosChannel *channel;
  GenosTransferBar *bar;
  GCancellable *cancellable;
  const char *directory;
  const char *from; /* (nullable): a peer's id or key */
  int files;        /* how many are waited for; 0: whatever comes */
  int n_saved;
  guint n_under_way;
  gboolean interrupted;
  gboolean failed;
} Receive;

typedef struct {
  Receive *receive;
  char *name;
  char *peer_id;
} Item;

static Item *
item_new (Receive *receive, JsonNode *metadata, const char *peer_id)
{
  Item *item = g_new0 (Item, 1);
  JsonObject *object = metadata != NULL && JSON_NODE_HOLDS_OBJECT (metadata)
      ? json_node_get_object (metadata)
      : NULL;

  item->receive = receive;
  item->peer_id = g_strdup (peer_id);
  if (object != NULL)
    item->name = g_strdup (json_object_get_string_member_with_default (object, "name", NULL));
  if (item->name == NULL)
    item->name = g_strdup ("file");
  receive->n_under_way++;
  genos_transfer_bar_begin (receive->bar, item, item->name, peer_id);
  return item;
}

static void
quit_if_done (Receive *self)
{
  if (self->n_under_way == 0
      && (self->interrupted || (self->files > 0 && self->n_saved >= self->files)))
    genos_room_stay_end (self->stay);
}

/* @path (transfer full) (nullable): NULL with an error */
static void
end_item (Item *item, char *path, const GError *error)
{
  Receive *self = item->receive;
  g_autofree char *saved = path;

  genos_transfer_bar_end (self->bar, item);
  if (saved != NULL) {
    self->n_saved++;
    genos_transfer_bar_say (self->bar, "received %s", saved);
  } else {
    g_autofree char *why = genos_make_printable (error->message);
    g_autofree char *name = genos_make_printable (item->name);

    /* A sender that gave up comes back, or does not: what is there is kept. A disk that is full stays
     * full. */
    self->failed = self->failed || error->domain == G_IO_ERROR;
    g_printerr ("genos receive: %s: %s\n", name, why);
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE)) {
      g_printerr ("genos receive: make room and start again: what is there is continued\n");
      self->interrupted = TRUE;
    }
  }
  self->n_under_way--;
  quit_if_done (self);
  g_free (item->name);
  g_free (item->peer_id);
  g_free (item);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  char *path = genos_incoming_stream_save_finish (GENOS_INCOMING_STREAM (source), result, &error);

  end_item (user_data, path, error);
}

static void
on_message_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  char *path = genos_channel_save_message_finish (GENOS_CHANNEL (source), result, &error);

  end_item (user_data, path, error);
}

static void
on_progress (goffset at, goffset total, gpointer user_data)
{
  Item *item = user_data;

  genos_transfer_bar_update (item->receive->bar, item, at, total, g_get_monotonic_time ());
}

static gboolean
is_wanted (Receive *self, const char *peer_id)
{
  GenosPeer *peer = genos_room_get_peer (self->room, peer_id);

  if (self->interrupted
      || (self->files > 0 && self->n_saved + (int) self->n_under_way >= self->files))
    return FALSE;
  if (self->from == NULL || g_str_equal (self->from, peer_id))
    return TRUE;
  return peer != NULL && g_strcmp0 (self->from, genos_peer_get_key (peer)) == 0;
}

static void
on_stream (GenosChannel *channel, GenosIncomingStream *stream, Receive *self)
{
  const char *peer_id = genos_incoming_stream_get_peer_id (stream);
  Item *item;

  if (!is_wanted (self, peer_id)) {
    genos_incoming_stream_reject (stream, "not wanted");
    return;
  }
  item = item_new (self, genos_incoming_stream_get_metadata (stream), peer_id);
  genos_incoming_stream_save_async (
      stream, self->directory, on_progress, item, self->cancellable, on_saved, item);
}

/* As browsers send files. */
static void
on_message (GenosChannel *channel, const char *peer_id, GenosMessage *message, Receive *self)
{
  JsonNode *metadata = genos_message_get_metadata (message);

  if (genos_message_get_kind (message) != GENOS_MESSAGE_BYTES || metadata == NULL
      || !is_wanted (self, peer_id))
    return;
  genos_channel_save_message_async (self->channel, message, self->directory, NULL, on_message_saved,
      item_new (self, metadata, peer_id));
}

static void
on_interrupted (gpointer user_data)
{
  Receive *self = user_data;

  self->failed = self->failed || self->n_under_way > 0;
  self->interrupted = TRUE;
  g_cancellable_cancel (self->cancellable);
  quit_if_done (self);
}

static gboolean
start (Receive *self, const char *channel)
{
  g_autoptr (GError) error = NULL;

  genos_room_stay_set_interrupted (self->stay, on_interrupted, self);
  self->channel = genos_room_open_channel (self->room, channel, &error);
  if (self->channel == NULL) {
    genos_room_stay_tell (self->stay, error);
    return FALSE;
  }
  g_signal_connect (self->channel, "stream", G_CALLBACK (on_stream), self);
  g_signal_connect (self->channel, "message", G_CALLBACK (on_message), self);
  if (!genos_room_stay_join (self->stay))
    return FALSE;
  genos_transfer_bar_say (
      self->bar, "waiting for files; you are %s", genos_room_get_peer_id (self->room));
  return TRUE;
}

static int
receive_in (Receive *self, const char *channel)
{
  gboolean started;

  /* A limit to the size of files is told by an error, not by death. */
  signal (SIGXFSZ, SIG_IGN);
  self->stay = genos_room_stay_new (self->room, "receive");
  self->bar = genos_transfer_bar_new ("receiving");
  self->cancellable = g_cancellable_new ();
  started = start (self, channel);
  if (started)
    genos_room_stay_run (self->stay);
  if (self->channel != NULL)
    g_signal_handlers_disconnect_by_data (self->channel, self);
  g_clear_object (&self->channel);
  g_object_unref (self->cancellable);
  genos_transfer_bar_free (self->bar);
  genos_room_stay_free (self->stay);
  return started && !self->failed ? GENOS_EXIT_OK : GENOS_EXIT_FAILED;
}

int
genos_cmd_receive (int argc, char **argv)
{
  g_auto (GenosRoomOptions) options = { NULL };
  g_autofree char *directory = NULL;
  g_autofree char *from = NULL;
  g_autofree char *channel = NULL;
  g_auto (GStrv) words = NULL;
  int files = 0;
  const GOptionEntry entries[] = { GENOS_ROOM_OPTIONS (&options),
    { "to", 't', 0, G_OPTION_ARG_FILENAME, &directory, "folder to put them into (this one)",
        "FOLDER" },
    { "from", 0, 0, G_OPTION_ARG_STRING, &from, "only from this peer (its id or key)", "PEER" },
    { "files", 'n', 0, G_OPTION_ARG_INT, &files, "leave after so many (0: stay)", "N" },
    { "channel", 'c', 0, G_OPTION_ARG_STRING, &channel, "name of the channel (files)", "NAME" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &words, NULL, "[ROOM]" }, { NULL } };
  g_autoptr (GenosRoom) room = NULL;
  Receive receive = { NULL };
  int exit_code;

  if (!genos_command_parse ("receive",
          "Takes the files that others send in a room. Nothing that exists is overwritten. A file "
          "that was interrupted is continued when it is sent again.",
          entries, argc, argv, &exit_code))
    return exit_code;
  if (directory != NULL && !g_file_test (directory, G_FILE_TEST_IS_DIR)) {
    g_printerr ("genos receive: --to: %s is not a folder\n", directory);
    return GENOS_EXIT_USAGE;
  }
  if (!genos_room_options_take_word (&options, (const char *const *) words, "receive"))
    return GENOS_EXIT_USAGE;
  room = genos_room_options_make_room (&options, "receive");
  if (room == NULL)
    return GENOS_EXIT_USAGE;
  receive.room = room;
  receive.directory = directory != NULL ? directory : ".";
  receive.from = from;
  receive.files = files;
  return receive_in (&receive, channel != NULL ? channel : DEFAULT_CHANNEL);
}
