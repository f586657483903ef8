/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "doctor.h"

/* Which elements there are. They are looked up, not loaded. */
typedef struct {
  const char *what; /* what needs it */
  gboolean needed;
  const char *elements; /* any one of them */
  const char *package;
} Need;

static const Need needs[] = {
  { "links", TRUE, "webrtcbin", "gstreamer1.0-plugins-bad" },
  { "links", TRUE, "dtlsenc", "gstreamer1.0-plugins-bad" },
  { "links", TRUE, "srtpenc", "gstreamer1.0-plugins-bad" },
  { "links", TRUE, "sctpenc", "gstreamer1.0-plugins-bad" },
  { "links", TRUE, "nicesrc", "gstreamer1.0-nice" },
  { "links", TRUE, "rtpbin", "gstreamer1.0-plugins-good" },
  { "links", TRUE, "appsrc", "gstreamer1.0-plugins-base" },
  { "sending VP8", FALSE, "vp8enc", "gstreamer1.0-plugins-good" },
  { "receiving VP8", FALSE, "vp8dec", "gstreamer1.0-plugins-good" },
  { "sending Opus", FALSE, "opusenc", "gstreamer1.0-plugins-base" },
  { "receiving Opus", FALSE, "opusdec", "gstreamer1.0-plugins-base" },
  { "sending H.264", FALSE, "x264enc openh264enc v4l2h264enc vah264enc vaapih264enc nvh264enc",
      "gstreamer1.0-plugins-ugly" },
  { "receiving H.264", FALSE, "avdec_h264 openh264dec v4l2h264dec vah264dec vaapih264dec nvh264dec",
      "gstreamer1.0-libav" },
  { "passing H.264 on", FALSE, "h264parse", "gstreamer1.0-plugins-bad" },
  { "pipelines", FALSE, "genosroomsink", "the plugin of genosrooms, or set GST_PLUGIN_PATH to it" },
};

static gboolean
is_there (const char *elements)
{
  g_auto (GStrv) names = g_strsplit (elements, " ", -1);

  for (guint i = 0; names[i] != NULL; i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (names[i]);

    if (factory != NULL)
      return TRUE;
  }
  return FALSE;
}

void
doctor_check_plugins (Doctor *self)
{
  g_autofree char *version = gst_version_string ();
  guint n_missing = 0;

  for (guint i = 0; i < G_N_ELEMENTS (needs); i++) {
    g_autofree char *next = g_strdup_printf ("install %s", needs[i].package);
    g_auto (GStrv) names = g_strsplit (needs[i].elements, " ", 2);
    DoctorRow *row;

    if (is_there (needs[i].elements))
      continue;
    n_missing++;
    row = doctor_report_add (self->report, DOCTOR_CHECK_PLUGINS, names[0],
        needs[i].needed ? DOCTOR_FAILED : DOCTOR_WARNING, GENOS_REASON_MISSING_PLUGIN,
        names[1] != NULL ? "needed for %s, and nothing that could take its place is installed"
                         : "needed for %s, and not installed",
        needs[i].what);
    doctor_row_set_next (row, next);
  }
  if (n_missing == 0)
    doctor_report_add (self->report, DOCTOR_CHECK_PLUGINS, NULL, DOCTOR_OK, GENOS_REASON_UNKNOWN,
        "%s, with all elements for links, VP8, H.264 and Opus", version);
}
