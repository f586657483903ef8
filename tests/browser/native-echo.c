/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A peer that sends back whatever it hears, on the channel and to the peer that it came from:
 * "native-echo RELAY ROOM CHANNEL…". Says on stdout what came, one line each:
 *
 *   joined PEER
 *   message CHANNEL KIND SIZE SHA-256 METADATA     - for no metadata
 *   taken CHANNEL N                                N frames of it were told as progress, up to 1
 *   returned CHANNEL N                             the same of what went back
 *   error CHANNEL TEXT
 *
 * The string "more than you take" is answered with one byte more than a browser takes. */

#include <genos/genos.h>

#include <stdio.h>
#include <string.h>

#define TOO_MUCH (100 * 16369 + 1)

/* Progress of one message: how often it was told, and how much last. */
typedef struct {
  guint n;
  gdouble fraction;
} Progress;

static GHashTable *taken;    /* channel → Progress */
static GHashTable *returned; /* channel → Progress */

static void
tell (const char *format, ...)
{
  va_list args;

  va_start (args, format);
  vprintf (format, args);
  va_end (args);
  putchar ('\n');
  fflush (stdout);
}

static void
note (GHashTable *table, const char *channel, gdouble fraction)
{
  Progress *progress = g_hash_table_lookup (table, channel);

  if (progress == NULL) {
    progress = g_new0 (Progress, 1);
    g_hash_table_insert (table, g_strdup (channel), progress);
  }
  if (fraction <= progress->fraction)
    tell ("error %s progress goes from %g to %g", channel, progress->fraction, fraction);
  progress->n++;
  progress->fraction = fraction;
}

/* Nothing is told of a message of one frame that comes in. */
static void
settle (const char *what, GHashTable *table, const char *channel)
{
  Progress *progress = g_hash_table_lookup (table, channel);

  if (progress != NULL && progress->fraction != 1)
    tell ("error %s progress ends at %g", channel, progress->fraction);
  tell ("%s %s %u", what, channel, progress != NULL ? progress->n : 0);
  g_hash_table_remove (table, channel);
}

static void
on_progress (GenosChannel *channel, const char *peer_id, gdouble fraction, const char *metadata)
{
  note (taken, genos_channel_get_name (channel), fraction);
}

static void
on_send_progress (GenosChannel *channel, const char *peer_id, gdouble fraction)
{
  const char *name = genos_channel_get_name (channel);

  note (returned, name, fraction);
  if (fraction == 1)
    settle ("returned", returned, name);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!genos_channel_send_finish (GENOS_CHANNEL (source), result, NULL, NULL, &error))
    tell ("error %s %s", genos_channel_get_name (GENOS_CHANNEL (source)), error->message);
}

static GBytes *
dup_payload (GenosMessage *message)
{
  const char *text = genos_message_get_text (message);

  return text != NULL ? g_bytes_new (text, strlen (text))
                      : g_bytes_ref (genos_message_get_bytes (message));
}

static void
on_message (GenosChannel *channel, const char *peer_id, GenosMessage *message)
{
  static const char *const kinds[] = { "string", "json", "bytes" };
  const char *const targets[] = { peer_id, NULL };
  const char *name = genos_channel_get_name (channel);
  JsonNode *metadata = genos_message_get_metadata (message);
  g_autofree char *metadata_text = metadata != NULL ? json_to_string (metadata, FALSE) : NULL;
  g_autoptr (GBytes) payload = dup_payload (message);
  g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, payload);
  g_autoptr (GenosMessage) answer = NULL;

  settle ("taken", taken, name);
  tell ("message %s %s %" G_GSIZE_FORMAT " %s %s", name, kinds[genos_message_get_kind (message)],
      g_bytes_get_size (payload), hash, metadata_text != NULL ? metadata_text : "-");
  if (g_strcmp0 (genos_message_get_text (message), "more than you take") == 0) {
    g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (TOO_MUCH), TOO_MUCH);

    answer = genos_message_new_bytes (bytes, NULL);
  } else {
    answer = genos_message_ref (message);
  }
  genos_channel_send_async (channel, answer, targets, NULL, on_sent, NULL);
}

static void
on_joined (GenosRoom *room, GenosPeer *peer)
{
  tell ("joined %s", genos_peer_get_id (peer));
}

static void
add_channel (GenosRoom *room, const char *name)
{
  g_autoptr (GError) error = NULL;
  GenosChannel *channel = genos_room_open_channel (room, name, &error);

  if (channel == NULL)
    g_error ("%s", error->message);
  g_object_set (channel, "overflow", GENOS_OVERFLOW_WAIT, NULL);
  g_signal_connect (channel, "message", G_CALLBACK (on_message), NULL);
  g_signal_connect (channel, "progress", G_CALLBACK (on_progress), NULL);
  g_signal_connect (channel, "send-progress", G_CALLBACK (on_send_progress), NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GenosRoom) room = NULL;
  g_autoptr (GError) error = NULL;

  gst_init (&argc, &argv);
  if (argc < 4)
    return 2;
  taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  returned = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  room = genos_room_new (argv[2]);
  g_object_set (room, "relays", argv[1], "stun-server", "none", NULL);
  gst_util_set_object_arg (G_OBJECT (room), "dialect", "trystero");
  for (int i = 3; i < argc; i++)
    add_channel (room, argv[i]);
  g_signal_connect (room, "peer-joined", G_CALLBACK (on_joined), NULL);
  if (!genos_room_join (room, &error))
    g_error ("%s", error->message);
  g_main_loop_run (loop);
  return 0;
}
