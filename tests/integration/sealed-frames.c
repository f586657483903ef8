/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* An experiment kept as a test (docs/design/security.md, "Sealed frames"): encoded frames that are sealed
 * between encoder and payloader come out of the depayloader as they went in, and play when opened. Nothing
 * of the library does so yet. */

#include <string.h>

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <sodium.h>

#define N_FRAMES 30
#define TRAILER 8 /* the counter */
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES

typedef struct {
  const char *encode, *pay, *decode;
  gsize (*clear) (const guint8 *frame, gsize size);
} Codec;

static guint8 key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];

/* What the payloader looks at stays as it is. rtpvp8pay reads the header in the first partition as far as
 * the number of the others (RFC 6386, 9.2 to 9.5), at most some 33 bytes; with the 10 that browsers leave
 * clear it fails. In Opus it is the byte that tells the configuration (RFC 6716, 3.1). */
static gsize
clear_of_vp8 (const guint8 *frame, gsize size)
{
  return MIN (size, 40);
}

static gsize
clear_of_opus (const guint8 *frame, gsize size)
{
  return MIN (size, 1);
}

static void
make_nonce (const guint8 *counter, guint8 *nonce)
{
  memset (nonce, 0, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
  memcpy (nonce, counter, TRAILER);
}

static GstBuffer *
seal (const Codec *codec, GstBuffer *frame, guint64 counter)
{
  GstMapInfo in, out;
  GstBuffer *sealed =
      gst_buffer_new_allocate (NULL, gst_buffer_get_size (frame) + TAG + TRAILER, NULL);
  guint8 nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];
  gsize clear;

  gst_buffer_copy_into (sealed, frame, GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS, 0, -1);
  gst_buffer_map (frame, &in, GST_MAP_READ);
  gst_buffer_map (sealed, &out, GST_MAP_WRITE);
  clear = codec->clear (in.data, in.size);
  memcpy (out.data, in.data, clear);
  memcpy (out.data + out.size - TRAILER, &counter, TRAILER);
  make_nonce (out.data + out.size - TRAILER, nonce);
  crypto_aead_xchacha20poly1305_ietf_encrypt (
      out.data + clear, NULL, in.data + clear, in.size - clear, in.data, clear, NULL, nonce, key);
  gst_buffer_unmap (sealed, &out);
  gst_buffer_unmap (frame, &in);
  return sealed;
}

/* NULL: changed on its way */
static GstBuffer *
open_frame (const Codec *codec, GstBuffer *sealed)
{
  gsize size = gst_buffer_get_size (sealed);
  GstBuffer *frame = gst_buffer_new_allocate (NULL, size - TAG - TRAILER, NULL);
  guint8 nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];
  GstMapInfo in, out;
  gsize clear;
  int failed;

  gst_buffer_copy_into (frame, sealed, GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS, 0, -1);
  gst_buffer_map (sealed, &in, GST_MAP_READ);
  gst_buffer_map (frame, &out, GST_MAP_WRITE);
  clear = codec->clear (in.data, in.size);
  memcpy (out.data, in.data, clear);
  make_nonce (in.data + in.size - TRAILER, nonce);
  failed = crypto_aead_xchacha20poly1305_ietf_decrypt (out.data + clear, NULL, NULL,
      in.data + clear, in.size - clear - TRAILER, in.data, clear, nonce, key);
  gst_buffer_unmap (frame, &out);
  gst_buffer_unmap (sealed, &in);
  if (failed != 0)
    gst_clear_buffer (&frame);
  return frame;
}

static GstElement *
launch (const char *description)
{
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (description, &error);

  g_assert_no_error (error);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  return pipeline;
}

static void
end (GstElement *pipeline)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

typedef GstBuffer *(*FrameFunc) (const Codec *codec, GstBuffer *frame, guint number);

/* Each sample of @from's sink goes into @to's source; how many. */
static guint
pump (const Codec *codec, GstElement *from, GstElement *to, FrameFunc func)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (from), "out");
  g_autoptr (GstElement) src = gst_bin_get_by_name (GST_BIN (to), "in");
  GstSample *sample;
  guint n = 0;

  while ((sample = gst_app_sink_pull_sample (GST_APP_SINK (sink))) != NULL) {
    gst_app_src_set_caps (GST_APP_SRC (src), gst_sample_get_caps (sample));
    gst_app_src_push_buffer (GST_APP_SRC (src), func (codec, gst_sample_get_buffer (sample), n++));
    gst_sample_unref (sample);
  }
  gst_app_src_end_of_stream (GST_APP_SRC (src));
  return n;
}

static GstBuffer *
seal_frame (const Codec *codec, GstBuffer *frame, guint number)
{
  return seal (codec, frame, number);
}

static GstBuffer *
unseal_frame (const Codec *codec, GstBuffer *sealed, guint number)
{
  GstBuffer *frame = open_frame (codec, sealed);

  g_assert_nonnull (frame);
  return frame;
}

static guint
count_samples (GstElement *pipeline)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  GstSample *sample;
  guint n = 0;

  while ((sample = gst_app_sink_pull_sample (GST_APP_SINK (sink))) != NULL) {
    gst_sample_unref (sample);
    n++;
  }
  return n;
}

static void
test_sealed_frames (gconstpointer data)
{
  const Codec *codec = data;
  GstElement *encode = launch (codec->encode);
  GstElement *pay = launch (codec->pay);
  GstElement *decode = launch (codec->decode);
  guint n_sealed = pump (codec, encode, pay, seal_frame);
  guint n_opened = pump (codec, pay, decode, unseal_frame);

  g_assert_cmpuint (n_sealed, >=, N_FRAMES);
  g_assert_cmpuint (n_opened, ==, n_sealed);
  g_assert_cmpuint (count_samples (decode), >=, N_FRAMES);
  end (encode);
  end (pay);
  end (decode);
}

int
main (int argc, char **argv)
{
  static const Codec vp8 = {
    "videotestsrc num-buffers=30 ! video/x-raw,width=320,height=240 ! "
    "vp8enc deadline=1 keyframe-max-dist=10 ! appsink name=out sync=false",
    "appsrc name=in format=time ! rtpvp8pay mtu=1200 ! rtpvp8depay ! appsink name=out sync=false",
    "appsrc name=in format=time ! vp8dec ! appsink name=out sync=false",
    clear_of_vp8,
  };
  static const Codec opus = {
    "audiotestsrc num-buffers=40 samplesperbuffer=960 ! audio/x-raw,rate=48000,channels=1 ! "
    "opusenc ! appsink name=out sync=false",
    "appsrc name=in format=time ! rtpopuspay ! rtpopusdepay ! appsink name=out sync=false",
    "appsrc name=in format=time ! opusdec ! appsink name=out sync=false",
    clear_of_opus,
  };

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  crypto_aead_xchacha20poly1305_ietf_keygen (key);
  g_test_add_data_func ("/sealed-frames/vp8", &vp8, test_sealed_frames);
  g_test_add_data_func ("/sealed-frames/opus", &opus, test_sealed_frames);
  return g_test_run ();
}
