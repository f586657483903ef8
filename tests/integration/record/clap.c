/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usage: clap ROOM RELAY PEER-ID STREAM-ID [PROPERTY=VALUE…] [audio | video]
 *
 * Sends a picture whose brightness tells the time, and a beep each full second: of the monotonic
 * clock, which all processes of a machine share. So a recording can be compared with the moment at
 * which it happened. On a line of its input: `mute` or `unmute` the sound, `large` or `small`
 * pictures. */

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include <gst/gst.h>

/* Brightness from the beginning of a second to its end. */
#define DARKEST 30
#define STEPS 200
#define BEEP (100 * GST_MSECOND)

static GstElement *pipeline;
static int muted;

static GstClockTime
get_phase (GstBuffer *buffer)
{
  return (gst_element_get_base_time (pipeline) + GST_BUFFER_PTS (buffer)) % GST_SECOND;
}

static GstPadProbeReturn
on_picture (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GstClockTime phase = get_phase (buffer);
  gsize luma = gst_buffer_get_size (buffer) * 2 / 3;

  gst_buffer_memset (buffer, 0, DARKEST + phase * STEPS / GST_SECOND, luma);
  gst_buffer_memset (buffer, luma, 128, -1);
  info->data = buffer;
  return GST_PAD_PROBE_OK;
}

/* Ten milliseconds of a tone, or of nothing. */
static GstPadProbeReturn
on_sound (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GstClockTime begin = get_phase (buffer);
  GstMapInfo map;

  info->data = buffer;
  if (g_atomic_int_get (&muted))
    return GST_PAD_PROBE_DROP;
  if (!gst_buffer_map (buffer, &map, GST_MAP_READWRITE))
    return GST_PAD_PROBE_OK;
  for (gsize i = 0; i < map.size / 2; i++) {
    if ((begin + i * GST_SECOND / 48000) % GST_SECOND >= BEEP)
      ((gint16 *) map.data)[i] = 0;
  }
  gst_buffer_unmap (buffer, &map);
  return GST_PAD_PROBE_OK;
}

static void
add_probe (const char *name, GstPadProbeCallback callback)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline), name);
  g_autoptr (GstPad) pad = element != NULL ? gst_element_get_static_pad (element, "src") : NULL;

  if (pad != NULL)
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, callback, NULL, NULL);
}

static void
set_size (int width, int height)
{
  g_autoptr (GstElement) filter = gst_bin_get_by_name (GST_BIN (pipeline), "f");
  g_autoptr (GstCaps) caps =
      gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "I420", "width", G_TYPE_INT,
          width, "height", G_TYPE_INT, height, "framerate", GST_TYPE_FRACTION, 15, 1, NULL);

  g_object_set (filter, "caps", caps, NULL);
}

static gboolean
on_word (GIOChannel *channel, GIOCondition condition, gpointer loop)
{
  g_autofree char *line = NULL;

  if (g_io_channel_read_line (channel, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL) {
    g_main_loop_quit (loop);
    return G_SOURCE_REMOVE;
  }
  g_strchomp (line);
  if (g_str_equal (line, "mute") || g_str_equal (line, "unmute"))
    g_atomic_int_set (&muted, g_str_equal (line, "mute"));
  else
    set_size (g_str_equal (line, "large") ? 240 : 160, g_str_equal (line, "large") ? 180 : 120);
  return G_SOURCE_CONTINUE;
}

static void
append_pads (GString *line, const char *stream, gboolean video, gboolean audio)
{
  if (video)
    g_string_append_printf (line,
        " video_0::stream-id=%s video_0::track-id=v video_0::metadata=meta,name=%s "
        "videotestsrc is-live=1 pattern=black ! "
        "capsfilter name=f caps=video/x-raw,format=I420,width=160,height=120,framerate=15/1 ! "
        "identity name=v ! s.video_0 ",
        stream, stream);
  if (audio)
    g_string_append_printf (line,
        " audiotestsrc is-live=1 samplesperbuffer=480 freq=1000 ! "
        "audio/x-raw,format=S16LE,rate=48000,channels=1 ! identity name=a ! s.audio_0 ");
}

static char *
make_line (int argc, char **argv)
{
  gboolean only_video = g_str_equal (argv[argc - 1], "video");
  gboolean only_audio = g_str_equal (argv[argc - 1], "audio");
  GString *line = g_string_new (NULL);

  g_string_append_printf (line,
      "genosroomsink name=s room=%s relays=\"%s\" peer-id=%s stun-server=none ", argv[1], argv[2],
      argv[3]);
  for (int i = 5; i < argc; i++) {
    if (strchr (argv[i], '=') != NULL)
      g_string_append_printf (line, "%s ", argv[i]);
  }
  if (!only_video)
    g_string_append_printf (line, "audio_0::stream-id=%s audio_0::track-id=a ", argv[4]);
  append_pads (line, argv[4], !only_audio, FALSE);
  append_pads (line, argv[4], FALSE, !only_video);
  return g_string_free (line, FALSE);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GIOChannel) words = g_io_channel_unix_new (0);
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  gst_init (&argc, &argv);
  if (argc < 5)
    return 2;
  line = make_line (argc, argv);
  pipeline = gst_parse_launch (line, &error);
  if (error != NULL) {
    fprintf (stderr, "%s: %s\n", line, error->message);
    return 1;
  }
  add_probe ("v", on_picture);
  add_probe ("a", on_sound);
  g_io_add_watch (words, G_IO_IN | G_IO_HUP, on_word, loop);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_main_loop_run (loop);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  return 0;
}
