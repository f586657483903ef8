/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "recorder.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

#include "printable.h"
#include "record-groups.h"
#include "record-log.h"
#include "record-manifest.h"
#include "record-peers.h"

#define TICK_MS 100
#define SPACE_INTERVAL (G_TIME_SPAN_SECOND)
/* The manifest after a change, and while files only grow. */
#define WRITE_INTERVAL (G_TIME_SPAN_SECOND)
#define GROWTH_INTERVAL (5 * G_TIME_SPAN_SECOND)
/* An end that the peer's leaving explains. */
#define LEFT_TOGETHER (3 * G_TIME_SPAN_SECOND)
/* Nobody fills a folder by adding and removing tracks: so many are free, further ones come slowly. */
#define FREE_TRACKS 500
#define TRACK_INTERVAL (5 * G_TIME_SPAN_SECOND)
/* A manifest of so many files is written half as often. */
#define MANY_FILES 1000

struct _GenosRecorder {
  GObject parent;

  GenosRecorderOptions options;
  GMainContext *context;
  GstElement *pipeline;
  GstElement *source;
  guint watch;
  guint timer;
  GenosRecordManifest *manifest;
  GenosRecordLog *log;
  GenosRecordPeers *peers;
  GenosRecordGroups *groups;
  GstClockTime base_time;
  gint64 paid; /* monotonic, µs: until when the tracks that came are paid for */
  gint64 next_space_check;
  gint64 written;
  gboolean changed;
  gboolean stopping;
  GError *error;
};

enum {
  SAID,
  FINISHED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_TYPE (GenosRecorder, genos_recorder, G_TYPE_OBJECT)

static void stop_with (GenosRecorder *self, const char *reason, const GError *error);

static void say (GenosRecorder *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
say (GenosRecorder *self, const char *format, ...)
{
  g_autofree char *raw = NULL;
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  raw = g_strdup_vprintf (format, args);
  va_end (args);
  text = genos_make_printable (raw);
  g_signal_emit (self, signals[SAID], 0, text);
}

/* Running time. */
static GstClockTime
get_time (GenosRecorder *self)
{
  GstClockTime now = (GstClockTime) g_get_monotonic_time () * 1000;

  return now > self->base_time ? now - self->base_time : 0;
}

/* the manifest */

static void
write_manifest (GenosRecorder *self)
{
  g_autoptr (GError) error = NULL;

  self->changed = FALSE;
  self->written = g_get_monotonic_time ();
  if (!genos_record_manifest_write (self->manifest, &error) && !self->stopping)
    say (self, "%s: %s", genos_record_manifest_get_name (self->manifest), error->message);
}

static void
tick_manifest (GenosRecorder *self, gint64 now)
{
  gint64 interval = self->changed ? WRITE_INTERVAL : GROWTH_INTERVAL;
  guint n = genos_record_manifest_get_entries (self->manifest)->len;

  if (now - self->written >= interval * (1 + n / MANY_FILES))
    write_manifest (self);
}

static void
log_event (GenosRecorder *self, const char *event, const GstStructure *fields)
{
  if (self->log != NULL)
    genos_record_log_write (self->log, get_time (self), g_get_real_time (), event, fields);
}

/* groups */

static char *
describe_streams (const GenosRecordEntry *entry)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < entry->streams->len; i++) {
    const GenosRecordStream *stream = entry->streams->pdata[i];

    g_string_append_printf (text, "%s%s", i > 0 ? " + " : "", stream->format->name);
  }
  return g_string_free (text, FALSE);
}

static void
on_file_opened (GenosRecordGroup *group, GenosRecordEntry *entry, gpointer user_data)
{
  GenosRecorder *self = user_data;

  genos_record_manifest_add (self->manifest, entry);
  self->changed = TRUE;
  say (self, "%s begins at %.3f s: peer %s", entry->name, entry->start / 1e9, entry->peer_id);
  if (entry->container != self->options.container)
    say (self, "%s is Matroska: MP4 does not hold what this peer sends", entry->name);
}

static void
explain_end (GenosRecorder *self, GenosRecordEntry *entry)
{
  if (g_strcmp0 (entry->reason, "track-ended") != 0
      || genos_record_peers_is_here (self->peers, entry->peer_id))
    return;
  g_free (entry->reason);
  entry->reason = g_strdup ("peer-left");
}

static gboolean
is_no_space (const GError *error)
{
  return g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT);
}

static void
on_file_closed (
    GenosRecordGroup *group, GenosRecordEntry *entry, const GError *error, gpointer user_data)
{
  GenosRecorder *self = user_data;
  g_autofree char *streams = describe_streams (entry);

  entry->closed = g_get_monotonic_time ();
  explain_end (self, entry);
  self->changed = TRUE;
  say (self, "%s ends: %.3f s, %s, %" G_GUINT64_FORMAT " bytes, %s", entry->name,
      (entry->end - entry->start) / 1e9, streams, entry->bytes, entry->reason);
}

static void
on_group_failed (GenosRecordGroup *group, const GError *error, gpointer user_data)
{
  GenosRecorder *self = user_data;

  if (is_no_space (error))
    stop_with (self, "no-space", error);
  else
    say (self, "peer %s: %s", genos_record_group_get_peer_id (group), error->message);
}

static const GenosRecordGroupFuncs group_funcs = { on_file_opened, on_file_closed,
  on_group_failed };

/* tracks */

static gboolean
is_chosen (char **words, const char *word)
{
  return word != NULL && g_strv_contains ((const char *const *) words, word);
}

static gboolean
wants (GenosRecorder *self, const GenosRecordPeer *peer)
{
  const GenosRecorderOptions *options = &self->options;

  if (options->peers != NULL && !is_chosen (options->peers, peer->id)
      && !is_chosen (options->peers, peer->key))
    return FALSE;
  return options->kinds == NULL || is_chosen (options->kinds, peer->kind);
}

static gboolean
can_pay (GenosRecorder *self)
{
  gint64 now = g_get_monotonic_time ();

  self->paid = MAX (self->paid, now - FREE_TRACKS * TRACK_INTERVAL);
  if (self->paid >= now)
    return FALSE;
  self->paid += TRACK_INTERVAL;
  return TRUE;
}

static void
take_track (GenosRecorder *self, GenosRecordTrack *track)
{
  const GenosRecordPeer *peer;
  GenosRecordGroup *group;

  if (self->stopping) {
    genos_record_track_remove (track);
    return;
  }
  peer = genos_record_peers_look_up (
      self->peers, self->source, genos_record_track_get_peer_id (track));
  if (!wants (self, peer)) {
    genos_record_track_remove (track);
    return;
  }
  if (!can_pay (self)) {
    say (self, "a track of peer %s is left out: too many have come", peer->id);
    genos_record_track_remove (track);
    return;
  }
  group = genos_record_groups_ensure (self->groups, track, peer->key);
  genos_record_group_set_peer (group, peer->id, peer->kind, peer->key);
  genos_record_group_add_track (group, track);
}

typedef struct {
  GenosRecorder *recorder;
  GenosRecordTrack *track;
} Arrival;

static void
arrival_free (gpointer data)
{
  Arrival *arrival = data;

  g_object_unref (arrival->recorder);
  genos_record_track_unref (arrival->track);
  g_free (arrival);
}

static gboolean
on_arrival (gpointer user_data)
{
  Arrival *arrival = user_data;

  take_track (arrival->recorder, arrival->track);
  return G_SOURCE_REMOVE;
}

/* Streaming thread: linked at once, so that nothing is lost; the rest is the other thread's. */
static void
on_pad_added (GstElement *source, GstPad *pad, GenosRecorder *self)
{
  gboolean video = g_str_has_prefix (GST_PAD_NAME (pad), "video");
  GenosRecordTrack *track;
  Arrival *arrival;

  if (!GST_PAD_IS_SRC (pad) || (video ? self->options.no_video : self->options.no_audio))
    return;
  track = genos_record_track_new (GST_BIN (self->pipeline), pad, self->context);
  if (track == NULL)
    return;
  g_object_set_data_full (G_OBJECT (pad), "genos-record-track", genos_record_track_ref (track),
      (GDestroyNotify) genos_record_track_unref);
  arrival = g_new (Arrival, 1);
  arrival->recorder = g_object_ref (self);
  arrival->track = track;
  g_main_context_invoke_full (self->context, G_PRIORITY_DEFAULT, on_arrival, arrival, arrival_free);
}

static void
on_pad_removed (GstElement *source, GstPad *pad, GenosRecorder *self)
{
  GenosRecordTrack *track = g_object_steal_data (G_OBJECT (pad), "genos-record-track");

  if (track == NULL)
    return;
  genos_record_track_end (track);
  genos_record_track_unref (track);
}

/* what the room tells */

static void
on_peer_left (GenosRecorder *self, const char *peer_id)
{
  GPtrArray *entries = genos_record_manifest_get_entries (self->manifest);
  gint64 now = g_get_monotonic_time ();

  genos_record_peers_set_here (self->peers, peer_id, FALSE);
  genos_record_groups_set_end_reason (self->groups, peer_id, "peer-left");
  for (guint i = 0; i < entries->len; i++) {
    GenosRecordEntry *entry = entries->pdata[i];

    if (now - entry->closed < LEFT_TOGETHER && g_strcmp0 (entry->peer_id, peer_id) == 0)
      explain_end (self, entry);
  }
  self->changed = TRUE;
}

static void
on_element_message (GenosRecorder *self, GstMessage *message)
{
  const GstStructure *fields = gst_message_get_structure (message);
  const char *peer_id = gst_structure_get_string (fields, "peer-id");
  const char *name = gst_structure_get_name (fields);
  static const char *const logged[] = { "genos-peer-joined", "genos-peer-left",
    "genos-peer-relinked", "genos-channel-message", NULL };

  if (!g_strv_contains (logged, name) || peer_id == NULL)
    return;
  log_event (self, name + strlen ("genos-"), fields);
  if (g_str_equal (name, "genos-peer-left"))
    on_peer_left (self, peer_id);
  else
    genos_record_peers_set_here (self->peers, peer_id, TRUE);
}

static gboolean
on_bus (GstBus *bus, GstMessage *message, gpointer user_data)
{
  GenosRecorder *self = user_data;
  g_autoptr (GError) error = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, NULL);
      stop_with (self, "error", error);
      break;
    case GST_MESSAGE_WARNING:
      gst_message_parse_warning (message, &error, NULL);
      say (self, "%s", error->message);
      break;
    case GST_MESSAGE_LATENCY:
      gst_bin_recalculate_latency (GST_BIN (self->pipeline));
      break;
    case GST_MESSAGE_ELEMENT:
      on_element_message (self, message);
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

/* time and space */

static gboolean
check_space (GenosRecorder *self, GError **error)
{
  struct statvfs status;
  guint64 available;

  if (self->options.min_free == 0 || statvfs (self->options.directory, &status) != 0)
    return TRUE;
  available = (guint64) status.f_bavail * status.f_frsize;
  if (available >= self->options.min_free)
    return TRUE;
  g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT,
      "%s has %" G_GUINT64_FORMAT " MiB left, and %" G_GUINT64_FORMAT
      " are to stay free (--min-free): make room, or record elsewhere",
      self->options.directory, available >> 20, self->options.min_free >> 20);
  return FALSE;
}

static void
tick_space (GenosRecorder *self, gint64 now)
{
  g_autoptr (GError) error = NULL;

  if (now < self->next_space_check)
    return;
  self->next_space_check = now + SPACE_INTERVAL;
  if (!check_space (self, &error))
    stop_with (self, "no-space", error);
}

static void
finish (GenosRecorder *self)
{
  self->timer = 0;
  write_manifest (self);
  genos_record_groups_clear (self->groups);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  g_signal_emit (self, signals[FINISHED], 0, self->error);
}

static gboolean
on_tick (gpointer user_data)
{
  g_autoptr (GenosRecorder) self = g_object_ref (user_data);
  gint64 now = g_get_monotonic_time ();

  genos_record_groups_tick (self->groups, now);
  if (self->stopping) {
    if (!genos_record_groups_are_idle (self->groups))
      return G_SOURCE_CONTINUE;
    finish (self);
    return G_SOURCE_REMOVE;
  }
  genos_record_groups_drop_lapsed (self->groups);
  tick_space (self, now);
  tick_manifest (self, now);
  if (self->options.duration > 0 && get_time (self) >= self->options.duration)
    stop_with (self, "duration", NULL);
  return G_SOURCE_CONTINUE;
}

static void
stop_with (GenosRecorder *self, const char *reason, const GError *error)
{
  if (self->stopping)
    return;
  self->stopping = TRUE;
  self->error = error != NULL ? g_error_copy (error) : NULL;
  genos_record_manifest_set_end (self->manifest, get_time (self), reason);
  genos_record_groups_finish (self->groups, reason);
}

void
genos_recorder_stop (GenosRecorder *self, const char *reason)
{
  stop_with (self, reason, NULL);
}

/* starting */

static gboolean
make_log (GenosRecorder *self, GError **error)
{
  g_autofree char *name = NULL;

  if (!self->options.log)
    return TRUE;
  name = genos_record_manifest_make_name (self->manifest, "-log.jsonl");
  self->log = genos_record_log_new (self->options.directory, name, error);
  genos_record_manifest_set_log (self->manifest, name);
  return self->log != NULL;
}

static gboolean
make_files (GenosRecorder *self, GError **error)
{
  if (g_mkdir_with_parents (self->options.directory, 0777) != 0) {
    g_set_error (
        error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s cannot be made", self->options.directory);
    return FALSE;
  }
  if (!check_space (self, error))
    return FALSE;
  self->manifest = genos_record_manifest_new (self->options.directory, error);
  return self->manifest != NULL && make_log (self, error);
}

static gboolean
join (GenosRecorder *self, GError **error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  g_autoptr (GstMessage) message = NULL;

  if (gst_element_set_state (self->pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
    return TRUE;
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  if (message != NULL)
    gst_message_parse_error (message, error, NULL);
  else
    g_set_error_literal (
        error, GST_CORE_ERROR, GST_CORE_ERROR_STATE_CHANGE, "the room cannot be joined");
  return FALSE;
}

static void
begin_manifest (GenosRecorder *self)
{
  g_autofree char *room = NULL;
  g_autofree char *peer_id = NULL;
  gint64 now;

  self->base_time = gst_element_get_base_time (self->pipeline);
  now = g_get_monotonic_time ();
  genos_record_manifest_set_start (self->manifest,
      g_get_real_time () - (now - (gint64) GST_TIME_AS_USECONDS (self->base_time)),
      self->base_time);
  g_object_get (self->source, "room", &room, "peer-id", &peer_id, NULL);
  genos_record_manifest_set_room (self->manifest, room, peer_id);
}

gboolean
genos_recorder_start (GenosRecorder *self, GError **error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);

  if (!make_files (self, error) || !join (self, error))
    return FALSE;
  begin_manifest (self);
  write_manifest (self);
  self->watch = gst_bus_add_watch (bus, on_bus, self);
  self->timer = g_timeout_add (TICK_MS, on_tick, self);
  return TRUE;
}

/* the object */

static void
copy_options (GenosRecorder *self, const GenosRecorderOptions *options)
{
  self->options = *options;
  self->options.directory = g_strdup (options->directory);
  self->options.peers = g_strdupv (options->peers);
  self->options.kinds = g_strdupv (options->kinds);
}

static GenosRecordGroups *
make_groups (GenosRecorder *self)
{
  const GenosRecordRules rules = {
    .container = self->options.container,
    .directory = self->options.directory,
    .segment_time = self->options.segment_time,
    .segment_size = self->options.segment_size,
  };

  return genos_record_groups_new (&rules, self->options.rejoin, &group_funcs, self);
}

GenosRecorder *
genos_recorder_new (GstElement *source, const GenosRecorderOptions *options)
{
  GenosRecorder *self = g_object_new (GENOS_TYPE_RECORDER, NULL);
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();

  copy_options (self, options);
  self->groups = make_groups (self);
  self->context = g_main_context_ref_thread_default ();
  self->source = gst_object_ref (source);
  self->pipeline = gst_object_ref_sink (gst_pipeline_new ("record"));
  gst_pipeline_use_clock (GST_PIPELINE (self->pipeline), clock);
  gst_bin_add (GST_BIN (self->pipeline), source);
  g_signal_connect (source, "pad-added", G_CALLBACK (on_pad_added), self);
  g_signal_connect (source, "pad-removed", G_CALLBACK (on_pad_removed), self);
  return self;
}

static void
genos_recorder_finalize (GObject *object)
{
  GenosRecorder *self = GENOS_RECORDER (object);

  if (self->watch != 0)
    g_source_remove (self->watch);
  if (self->timer != 0)
    g_source_remove (self->timer);
  g_signal_handlers_disconnect_by_data (self->source, self);
  g_clear_pointer (&self->groups, genos_record_groups_free);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->pipeline);
  gst_object_unref (self->source);
  g_clear_pointer (&self->log, genos_record_log_free);
  g_clear_pointer (&self->manifest, genos_record_manifest_free);
  genos_record_peers_free (self->peers);
  g_main_context_unref (self->context);
  g_free (self->options.directory);
  g_strfreev (self->options.peers);
  g_strfreev (self->options.kinds);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (genos_recorder_parent_class)->finalize (object);
}

static void
genos_recorder_class_init (GenosRecorderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = genos_recorder_finalize;
  signals[SAID] = g_signal_new ("said", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
      NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[FINISHED] = g_signal_new ("finished", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
genos_recorder_init (GenosRecorder *self)
{
  self->peers = genos_record_peers_new ();
}
