/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosaudiometer.h"

/* What Opus, PCMU and PCMA are decoded to. */
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
#define FORMAT "S16LE"
#else
#define FORMAT "S16BE"
#endif

/* Of the streaming thread. */
typedef struct {
  GenosRemoteTrack *track;
  guint bytes_per_second; /* 0: in a form that is not known */
} Meter;

static void
meter_free (gpointer data)
{
  Meter *meter = data;

  g_object_unref (meter->track);
  g_free (meter);
}

double
gst_genos_audio_meter_get_power (const gint16 *samples, gsize n)
{
  double sum = 0.0;

  for (gsize i = 0; i < n; i++)
    sum += (double) samples[i] * samples[i];
  return n > 0 ? sum / ((double) n * 32768.0 * 32768.0) : 0.0;
}

static void
take_caps (Meter *meter, GstCaps *caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  gint rate, channels;

  meter->bytes_per_second = 0;
  if (gst_structure_has_name (structure, "audio/x-raw")
      && g_strcmp0 (gst_structure_get_string (structure, "format"), FORMAT) == 0
      && gst_structure_get_int (structure, "rate", &rate)
      && gst_structure_get_int (structure, "channels", &channels) && rate > 0 && channels > 0
      && rate <= 768000 && channels <= 64)
    meter->bytes_per_second = (guint) (rate * channels) * sizeof (gint16);
}

static void
take_buffer (Meter *meter, GstBuffer *buffer)
{
  GstMapInfo map;

  if (meter->bytes_per_second == 0 || !genos_remote_track_wants_audio_level (meter->track)
      || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  if (map.size >= sizeof (gint16))
    genos_remote_track_take_audio_level (meter->track,
        gst_genos_audio_meter_get_power ((const gint16 *) map.data, map.size / sizeof (gint16)),
        gst_util_uint64_scale (map.size, GST_SECOND, meter->bytes_per_second));
  gst_buffer_unmap (buffer, &map);
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Meter *meter = user_data;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    take_buffer (meter, GST_PAD_PROBE_INFO_BUFFER (info));
  } else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_CAPS) {
    GstCaps *caps;

    gst_event_parse_caps (GST_PAD_PROBE_INFO_EVENT (info), &caps);
    take_caps (meter, caps);
  }
  return GST_PAD_PROBE_OK;
}

void
gst_genos_audio_meter_watch (GstPad *pad, GenosRemoteTrack *track)
{
  Meter *meter = g_new0 (Meter, 1);

  meter->track = g_object_ref (track);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_data,
      meter, meter_free);
}
