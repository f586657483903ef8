/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "element-fixture.h"

static const char *const factories[] = { "genosroomsink", "genosroomsrc" };

static void
check_default (gpointer object, const char *name, const char *expected)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (object), name);
  g_auto (GValue) value = G_VALUE_INIT;
  g_autofree char *text = NULL;

  g_assert_nonnull (pspec);
  g_object_get_property (object, name, &value);
  text = gst_value_serialize (&value);
  g_assert_cmpstr (text, ==, expected);
}

static void
check_set (gpointer object, const char *name, const char *text)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (object), name);
  g_auto (GValue) value = G_VALUE_INIT;
  g_autofree char *got = NULL;

  g_assert_nonnull (pspec);
  gst_util_set_object_arg (object, name, text);
  g_object_get_property (object, name, &value);
  got = G_VALUE_HOLDS_STRING (&value) ? g_value_dup_string (&value) : gst_value_serialize (&value);
  g_assert_cmpstr (got, ==, text);
}

static void
test_common (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (factories); i++) {
    g_autoptr (GstElement) element = gst_element_factory_make (factories[i], NULL);

    gst_object_ref_sink (element);
    check_default (element, "app-id", "1234");
    check_default (element, "kind", "native");
    check_default (element, "dialect", "genosrtc");
    check_set (element, "room", "garden");
    check_set (element, "app-id", "x");
    check_set (element, "dialect", "trystero");
    check_set (element, "relays", "ws://127.0.0.1:1");
    check_set (element, "stun-server", "stun://127.0.0.1:2");
    check_set (element, "peer-id", "abcdefghij0123456789");
    check_set (element, "kind", "camera");
  }
}

static void
test_secrets_are_not_shown (void)
{
  static const char *const secrets[] = { "password", "turn-servers", "turn-secret" };

  for (guint i = 0; i < G_N_ELEMENTS (factories); i++) {
    g_autoptr (GstElement) element = gst_element_factory_make (factories[i], NULL);

    gst_object_ref_sink (element);
    for (guint j = 0; j < G_N_ELEMENTS (secrets); j++) {
      GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (element), secrets[j]);

      g_assert_cmpint (pspec->flags & G_PARAM_READWRITE, ==, G_PARAM_WRITABLE);
      g_object_set (element, secrets[j], "secret", NULL);
      g_object_set (element, secrets[j], NULL, NULL);
    }
  }
}

static void
test_stats (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (factories); i++) {
    g_autoptr (GstElement) element = test_make (factories[i], "stats", NO_RELAY);
    g_autoptr (GstStructure) down = NULL;
    g_autoptr (GstStructure) up = NULL;

    g_object_get (element, "stats", &down, NULL);
    g_assert_cmpint (gst_structure_n_fields (down), ==, 0);
    test_reach (element, GST_STATE_PLAYING);
    g_object_get (element, "stats", &up, NULL);
    g_assert_cmpint (gst_structure_n_fields (up), >, 0);
    test_stop (element);
  }
}

static void
test_own (void)
{
  g_autoptr (GstElement) sink =
      gst_object_ref_sink (gst_element_factory_make ("genosroomsink", NULL));
  g_autoptr (GstElement) src =
      gst_object_ref_sink (gst_element_factory_make ("genosroomsrc", NULL));

  check_default (sink, "video-codec", "vp8");
  check_default (sink, "audio-codec", "opus");
  check_set (sink, "video-codec", "h264");
  check_set (sink, "video-bitrate", "800000");
  check_set (sink, "audio-bitrate", "48000");
  check_default (sink, "inband-fec", "false");
  check_default (sink, "packet-loss-percentage", "10");
  check_default (sink, "dtx", "false");
  check_set (sink, "inband-fec", "true");
  check_set (sink, "packet-loss-percentage", "20");
  check_set (sink, "dtx", "true");
  check_default (src, "output", "auto");
  check_default (src, "latency", "100");
  check_set (src, "output", "rtp");
  check_set (src, "output", "encoded");
  check_set (src, "output", "raw");
  check_set (src, "latency", "250");
  check_default (src, "drop-on-latency", "false");
  check_set (src, "drop-on-latency", "true");
  check_default (src, "playout-delay", "0");
  check_set (src, "playout-delay", "10000");
  check_default (src, "max-playout-delay", "1000");
  check_set (src, "max-playout-delay", "0");
  check_default (src, "capture-time", "false");
  check_set (src, "capture-time", "true");
  check_set (src, "video-codecs", "h264,vp8");
  check_set (src, "audio-codecs", "opus");
}

/* --- each is kept, and apart from the others --- */

static void
choose_number (GParamSpec *pspec, guint n, GValue *value)
{
  if (G_IS_PARAM_SPEC_UINT (pspec)) {
    GParamSpecUInt *range = G_PARAM_SPEC_UINT (pspec);

    g_value_set_uint (value,
        range->default_value < range->maximum
            ? MIN ((guint64) range->default_value + 1 + n, range->maximum)
            : range->minimum);
  } else if (G_IS_PARAM_SPEC_UINT64 (pspec)) {
    g_value_set_uint64 (value, G_PARAM_SPEC_UINT64 (pspec)->default_value + 1 + n);
  } else {
    /* Widths and heights are even. */
    g_value_set_int (value, G_PARAM_SPEC_INT (pspec)->default_value + 2 + 2 * n);
  }
}

/* Another value than the default, and than the @n others where there are as many. FALSE: not every text is one. */
static gboolean
choose_value (GParamSpec *pspec, guint n, GValue *value)
{
  g_value_init (value, pspec->value_type);
  if (G_IS_PARAM_SPEC_BOOLEAN (pspec)) {
    g_value_set_boolean (value, !G_PARAM_SPEC_BOOLEAN (pspec)->default_value);
  } else if (G_IS_PARAM_SPEC_ENUM (pspec)) {
    GParamSpecEnum *range = G_PARAM_SPEC_ENUM (pspec);

    g_value_set_enum (
        value, range->enum_class->values[range->default_value == range->enum_class->minimum].value);
  } else if (G_IS_PARAM_SPEC_UINT (pspec) || G_IS_PARAM_SPEC_UINT64 (pspec)
      || G_IS_PARAM_SPEC_INT (pspec)) {
    choose_number (pspec, n, value);
  } else {
    return FALSE;
  }
  return TRUE;
}

static void
visit (gpointer object, GParamSpec *pspec, guint n, gboolean set)
{
  g_auto (GValue) value = G_VALUE_INIT, got = G_VALUE_INIT;

  if (pspec->owner_type != G_OBJECT_TYPE (object) || !choose_value (pspec, n, &value)
      || (pspec->flags & G_PARAM_READWRITE) != G_PARAM_READWRITE)
    return;
  if (set) {
    g_object_set_property (object, pspec->name, &value);
    return;
  }
  g_object_get_property (object, pspec->name, &got);
  if (g_param_values_cmp (pspec, &value, &got) != 0)
    g_error ("%s: %s was not kept", G_OBJECT_TYPE_NAME (object), pspec->name);
}

static void
check_kept (gpointer object)
{
  guint n = 0;
  g_autofree GParamSpec **pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (object), &n);

  for (guint i = 0; i < n; i++)
    visit (object, pspecs[i], i, TRUE);
  for (guint i = 0; i < n; i++)
    visit (object, pspecs[i], i, FALSE);
}

static void
test_kept (void)
{
  g_autoptr (GstElement) sink =
      gst_object_ref_sink (gst_element_factory_make ("genosroomsink", NULL));
  g_autoptr (GstElement) src =
      gst_object_ref_sink (gst_element_factory_make ("genosroomsrc", NULL));
  g_autoptr (GstElement) mix =
      gst_object_ref_sink (gst_element_factory_make ("genosroommix", NULL));
  g_autoptr (GstPad) video = gst_element_request_pad_simple (sink, "video_%u");
  g_autoptr (GstPad) data = gst_element_request_pad_simple (sink, "data_%u");

  check_kept (sink);
  check_kept (src);
  check_kept (mix);
  check_kept (video);
  check_set (video, "stream-id", "a");
  check_set (video, "track-id", "b");
  check_set (video, "targets", "c,d");
  check_set (video, "paused-peers", "e");
  check_default (video, "stream-id", "a");
  check_kept (data);
  check_default (data, "channel", "data");
  check_set (data, "channel", "chat");
  check_set (data, "targets", "f,g");
  check_default (data, "channel", "chat");
}

static void
check_uri (const char *uri, gboolean good)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) src =
      gst_object_ref_sink (gst_element_factory_make ("genosroomsrc", NULL));

  g_assert_cmpint (gst_uri_handler_set_uri (GST_URI_HANDLER (src), uri, &error), ==, good);
  g_assert_true ((error == NULL) == good);
}

static void
test_uri (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) src = gst_element_make_from_uri (GST_URI_SRC,
      "genos://my%20room?password=a%26b&relay=ws%3A%2F%2F127.0.0.1%3A1&relay=ws://127.0.0.1:2"
      "&dialect=trystero&app-id=x&latency=300&output=encoded",
      NULL, &error);
  g_autofree char *uri = NULL, *room = NULL, *relays = NULL, *app_id = NULL;
  guint latency;

  g_assert_no_error (error);
  gst_object_ref_sink (src);
  g_object_get (
      src, "room", &room, "relays", &relays, "app-id", &app_id, "latency", &latency, NULL);
  g_assert_cmpstr (room, ==, "my room");
  g_assert_cmpstr (relays, ==, "ws://127.0.0.1:1,ws://127.0.0.1:2");
  g_assert_cmpstr (app_id, ==, "x");
  g_assert_cmpuint (latency, ==, 300);
  check_default (src, "dialect", "trystero");
  check_default (src, "output", "encoded");
  uri = gst_uri_handler_get_uri (GST_URI_HANDLER (src));
  g_assert_cmpstr (uri, ==,
      "genos://my%20room?relay=ws://127.0.0.1:1&relay=ws://127.0.0.1:2"
      "&dialect=trystero&app-id=x");
}

static void
test_bad_uris (void)
{
  check_uri ("genos://garden", TRUE);
  check_uri ("genos://team/garden", TRUE);
  check_uri ("genos://", FALSE);
  check_uri ("genos://?relay=ws://127.0.0.1:1", FALSE);
  check_uri ("genos://garden?dialect=klingon", FALSE);
  check_uri ("genos://garden?latency=long", FALSE);
  check_uri ("genos://garden?async-handling=true", FALSE);
  check_uri ("genos://garden?nothing=1", FALSE);
  check_uri ("genos://%zz", FALSE);
}

static void
test_documentation (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (factories); i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (factories[i]);

    g_assert_nonnull (factory);
    g_assert_nonnull (strstr (
        gst_element_factory_get_metadata (factory, GST_ELEMENT_METADATA_KLASS), "Network/WebRTC"));
    g_assert_cmpuint (gst_element_factory_get_num_pad_templates (factory), ==, i == 0 ? 4 : 3);
  }
}

/* gst-inspect-1.0 shows in which states a property may be set. */
static void
test_states (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (factories); i++) {
    g_autoptr (GstElement) element = gst_element_factory_make (factories[i], NULL);
    guint n = 0;
    g_autofree GParamSpec **pspecs =
        g_object_class_list_properties (G_OBJECT_GET_CLASS (gst_object_ref_sink (element)), &n);

    for (guint k = 0; k < n; k++) {
      gboolean says =
          (pspecs[k]->flags & (GST_PARAM_MUTABLE_READY | GST_PARAM_MUTABLE_PLAYING)) != 0;

      if (pspecs[k]->owner_type == G_OBJECT_TYPE (element)
          && says != ((pspecs[k]->flags & G_PARAM_WRITABLE) != 0))
        g_error ("%s: %s", factories[i], pspecs[k]->name);
    }
  }
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/properties/common", test_common);
  g_test_add_func ("/elements/properties/secrets-are-not-shown", test_secrets_are_not_shown);
  g_test_add_func ("/elements/properties/stats", test_stats);
  g_test_add_func ("/elements/properties/states", test_states);
  g_test_add_func ("/elements/properties/own", test_own);
  g_test_add_func ("/elements/properties/kept", test_kept);
  g_test_add_func ("/elements/properties/uri", test_uri);
  g_test_add_func ("/elements/properties/bad-uris", test_bad_uris);
  g_test_add_func ("/elements/properties/documentation", test_documentation);
  return g_test_run ();
}
