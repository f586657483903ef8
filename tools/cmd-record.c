/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <glib-unix.h>

#include <genos/genos.h>

#include "command.h"
#include "mix-file.h"
#include "printable.h"
#include "room-options.h"
#include "recorder.h"

/* `genos record`: what everybody in a room sends, into files. */

/* Nobody waits for a recording: room for packets that are sent again on bad wires. */
#define LATENCY_MS 500
#define DEFAULT_REJOIN_S 60
#define DEFAULT_MIN_FREE_MB 100

typedef struct {
  char **words;
  char *relays;
  GenosPasswordOption password;
  char *app_id;
  char *dialect;
  char *format;
  char *only;
  char **sets;
  char *metrics;
  char **peers;
  char **kinds;
  double segment_time;
  double duration;
  double rejoin;
  char *segment_size;
  char *min_free;
  char *mix;
  gboolean chat;
} Options;

static void
options_clear (Options *self)
{
  g_strfreev (self->words);
  g_free (self->relays);
  genos_password_option_clear (&self->password);
  g_free (self->app_id);
  g_free (self->dialect);
  g_free (self->format);
  g_free (self->only);
  g_strfreev (self->sets);
  g_free (self->metrics);
  g_strfreev (self->peers);
  g_strfreev (self->kinds);
  g_free (self->segment_size);
  g_free (self->min_free);
  g_free (self->mix);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (Options *self, int argc, char **argv, int *exit_code)
{
  const GOptionEntry entries[] = {
    { "relays", 'u', 0, G_OPTION_ARG_STRING, &self->relays,
        "relay URLs, separated by commas (public ones)", "URLS" },
    GENOS_PASSWORD_OPTIONS (&self->password),
    { "app-id", 'i', 0, G_OPTION_ARG_STRING, &self->app_id, "id of the application (1234)", "ID" },
    { "dialect", 'd', 0, G_OPTION_ARG_STRING, &self->dialect, "genosrtc or trystero (genosrtc)",
        "NAME" },
    GENOS_METRICS_OPTION (&self->metrics),
    { "set", 's', 0, G_OPTION_ARG_STRING_ARRAY, &self->sets,
        "any other property of genosroomsrc (genosroommix), like latency=200; several times",
        "NAME=VALUE" },
    { "format", 'F', 0, G_OPTION_ARG_STRING, &self->format, "mkv or mp4 (mkv)", "NAME" },
    { "segment-time", 't', 0, G_OPTION_ARG_DOUBLE, &self->segment_time,
        "begin a new file after so long (never)", "SECONDS" },
    { "segment-size", 'S', 0, G_OPTION_ARG_STRING, &self->segment_size,
        "begin a new file after so many bytes, also 20M, 2G (never)", "SIZE" },
    { "min-free", 'm', 0, G_OPTION_ARG_STRING, &self->min_free,
        "stop when less than that is free on the disk (100M)", "SIZE" },
    { "duration", 'D', 0, G_OPTION_ARG_DOUBLE, &self->duration, "stop after so long (never)",
        "SECONDS" },
    { "rejoin", 'r', 0, G_OPTION_ARG_DOUBLE, &self->rejoin,
        "how long a peer may be away and go on with its recording (60)", "SECONDS" },
    { "peer", 'P', 0, G_OPTION_ARG_STRING_ARRAY, &self->peers,
        "only this peer, by id or verified key; several times", "ID" },
    { "kind", 'k', 0, G_OPTION_ARG_STRING_ARRAY, &self->kinds,
        "only peers of this kind, like native; several times", "KIND" },
    { "only", 'o', 0, G_OPTION_ARG_STRING, &self->only, "video or audio (both)", "MEDIA" },
    { "chat", 'c', 0, G_OPTION_ARG_NONE, &self->chat,
        "also write down who comes, goes and says what", NULL },
    { "mix", 'x', 0, G_OPTION_ARG_FILENAME, &self->mix,
        "one picture and one sound of everybody instead, into this file: .webm, .mkv or .mp4",
        "FILE" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->words, NULL, "ROOM [DIR]" },
    { NULL },
  };

  self->rejoin = DEFAULT_REJOIN_S;
  return genos_command_parse ("record",
      "Records what everybody in a room sends, as it was sent: a file for each peer and stream in "
      "DIR, and recording.json, which says who, what and when.",
      entries, argc, argv, exit_code);
}

/* 0 when there is none. */
static gboolean
read_size (const char *name, const char *text, guint64 *size)
{
  static const char units[] = "KMGT";
  char *end = NULL;
  const char *unit;

  if (text == NULL)
    return TRUE;
  *size = g_ascii_strtoull (text, &end, 10);
  unit = *end != '\0' ? strchr (units, g_ascii_toupper (*end)) : NULL;
  if (unit != NULL) {
    *size <<= 10 * (unit - units + 1);
    end++;
  }
  if (end == text || *end != '\0' || *text == '-')
    return genos_command_complain ("--%s is a size like 500000, 20M or 2G, not “%s”", name, text);
  return TRUE;
}

static gboolean
read_seconds (const char *name, double seconds, GstClockTime *time)
{
  if (!(seconds >= 0 && seconds < 1e9))
    return genos_command_complain ("--%s is a number of seconds", name);
  *time = (GstClockTime) (seconds * GST_SECOND);
  return TRUE;
}

static gboolean
read_format (const Options *options, GenosContainer *container)
{
  const char *format = options->format != NULL ? options->format : "mkv";

  *container = g_str_equal (format, "mp4") ? GENOS_CONTAINER_MP4 : GENOS_CONTAINER_MATROSKA;
  if (g_str_equal (format, "mp4") || g_str_equal (format, "mkv"))
    return TRUE;
  return genos_command_complain ("--format is mkv or mp4, not “%s”", format);
}

static gboolean
read_only (const Options *options, GenosRecorderOptions *recorder)
{
  if (options->only == NULL)
    return TRUE;
  recorder->no_audio = g_str_equal (options->only, "video");
  recorder->no_video = g_str_equal (options->only, "audio");
  return recorder->no_audio || recorder->no_video
      || genos_command_complain ("--only is video or audio, not “%s”", options->only);
}

static gboolean
read_options (const Options *options, GenosRecorderOptions *recorder)
{
  recorder->directory = options->words[1];
  recorder->min_free = (guint64) DEFAULT_MIN_FREE_MB << 20;
  recorder->log = options->chat;
  recorder->peers = options->peers;
  recorder->kinds = options->kinds;
  return read_format (options, &recorder->container) && read_only (options, recorder)
      && read_size ("segment-size", options->segment_size, &recorder->segment_size)
      && read_size ("min-free", options->min_free, &recorder->min_free)
      && read_seconds ("segment-time", options->segment_time, &recorder->segment_time)
      && read_seconds ("duration", options->duration, &recorder->duration)
      && read_seconds ("rejoin", options->rejoin, &recorder->rejoin);
}

/* the room */

static void
set_string (GstElement *source, const char *name, const char *text)
{
  if (text != NULL)
    gst_util_set_object_arg (G_OBJECT (source), name, text);
}

/* (transfer full), not floating; NULL after saying why */
static GstElement *
make_source (Options *options)
{
  const char *factory = options->mix != NULL ? "genosroommix" : "genosroomsrc";
  g_autoptr (GstElement) source = gst_element_factory_make (factory, NULL);

  if (source == NULL) {
    genos_command_complain ("the element %s is not found: is GST_PLUGIN_PATH right?", factory);
    return NULL;
  }
  gst_object_ref_sink (source);
  g_object_set (source, "room", options->words[0], "latency", LATENCY_MS, "kind", "recorder",
      "common-time", TRUE, NULL);
  if (options->mix == NULL) {
    gst_util_set_object_arg (G_OBJECT (source), "output", "encoded");
    g_object_set (source, "capture-time", TRUE, NULL);
  }
  set_string (source, "dialect", options->dialect);
  if (options->relays != NULL)
    g_object_set (source, "relays", options->relays, NULL);
  if (options->password.text != NULL)
    g_object_set (source, "password", options->password.text, NULL);
  if (options->app_id != NULL)
    g_object_set (source, "app-id", options->app_id, NULL);
  for (char **set = options->sets; set != NULL && *set != NULL; set++) {
    if (!genos_room_options_set_property (G_OBJECT (source), *set, "record"))
      return NULL;
  }
  return g_steal_pointer (&source);
}

/* running */

typedef struct {
  GMainLoop *loop;
  GenosRecorder *recorder;
  gboolean failed;
} Run;

static void
on_said (GenosRecorder *recorder, const char *text, gpointer user_data)
{
  g_print ("%s\n", text);
  fflush (stdout);
}

static void
on_finished (GenosRecorder *recorder, GError *error, gpointer user_data)
{
  Run *run = user_data;

  if (error != NULL) {
    g_autofree char *text = genos_make_printable (error->message);

    genos_command_complain ("%s", text);
    run->failed = TRUE;
  }
  g_main_loop_quit (run->loop);
}

static gboolean
on_signal (gpointer user_data)
{
  genos_recorder_stop (((Run *) user_data)->recorder, "stopped");
  return G_SOURCE_CONTINUE;
}

static int
record (GstElement *source, const GenosRecorderOptions *options)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GenosRecorder) recorder = genos_recorder_new (source, options);
  g_autoptr (GError) error = NULL;
  Run run = { loop, recorder, FALSE };

  g_signal_connect (recorder, "said", G_CALLBACK (on_said), &run);
  g_signal_connect (recorder, "finished", G_CALLBACK (on_finished), &run);
  if (!genos_recorder_start (recorder, &error)) {
    genos_command_complain ("%s", error->message);
    return GENOS_EXIT_FAILED;
  }
  g_print ("recording into %s\n", options->directory);
  fflush (stdout);
  g_unix_signal_add (SIGINT, on_signal, &run);
  g_unix_signal_add (SIGTERM, on_signal, &run);
  genos_command_add_hangup (on_signal, &run);
  g_main_loop_run (loop);
  return run.failed ? GENOS_EXIT_FAILED : GENOS_EXIT_OK;
}

/* Of the options for files of each peer none fits. */
static gboolean
check_mix (const Options *options)
{
  if (options->format != NULL || options->only != NULL || options->chat || options->peers != NULL
      || options->kinds != NULL || options->segment_size != NULL || options->segment_time > 0
      || options->min_free != NULL)
    return genos_command_complain (
        "--mix goes with --duration, --set and the options of the room alone");
  return genos_mix_file_get_chain (options->mix) != NULL
      || genos_command_complain (
          "the file of --mix ends in .webm, .mkv or .mp4, not like “%s”", options->mix);
}

static int
record_mix (Options *options)
{
  g_autoptr (GstElement) mix = NULL;
  GstClockTime duration;

  if (!check_mix (options) || !read_seconds ("duration", options->duration, &duration)
      || !genos_password_option_read (&options->password, "record"))
    return GENOS_EXIT_USAGE;
  signal (SIGPIPE, SIG_IGN);
  gst_init (NULL, NULL);
  mix = make_source (options);
  return mix != NULL ? genos_mix_file_record (mix, options->mix, options->duration)
                     : GENOS_EXIT_FAILED;
}

int
genos_cmd_record (int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  GenosRecorderOptions recorder = { 0 };
  g_autoptr (GstElement) source = NULL;
  g_autoptr (GenosMetricsServer) metrics = NULL;
  int exit_code;

  if (!parse (&options, argc, argv, &exit_code))
    return exit_code;
  if (options.mix != NULL && options.words != NULL && g_strv_length (options.words) == 1)
    return record_mix (&options);
  if (options.mix != NULL || options.words == NULL || g_strv_length (options.words) != 2) {
    genos_command_complain (
        "which room, and into which folder (or --mix FILE)? See genos record --help");
    return GENOS_EXIT_USAGE;
  }
  if (!read_options (&options, &recorder)
      || !genos_password_option_read (&options.password, "record"))
    return GENOS_EXIT_USAGE;
  /* A file that the shell bounds (ulimit -f) is an error of that file, not the end. */
  signal (SIGXFSZ, SIG_IGN);
  signal (SIGPIPE, SIG_IGN);
  gst_init (NULL, NULL);
  source = make_source (&options);
  if (source == NULL)
    return GENOS_EXIT_FAILED;
  if (!genos_room_options_serve_metrics (options.metrics, G_OBJECT (source), "record", &metrics))
    return GENOS_EXIT_USAGE;
  return record (source, &recorder);
}
