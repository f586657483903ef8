/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/local-track-private.h>

/* A sender that keeps what it gets. */
#define FAKE_TYPE_SENDER (fake_sender_get_type ())
G_DECLARE_FINAL_TYPE (FakeSender, fake_sender, FAKE, SENDER, GenosLinkSender)

struct _FakeSender {
  GenosLinkSender parent_instance;
  GMutex lock;
  GCond cond;
  GPtrArray *packets;   /* GstBuffer */
  gboolean asks;        /* for a key frame, at each packet */
};

FakeSender *fake_sender_new (gboolean active);
guint fake_sender_get_n_packets (FakeSender *self);
/* (transfer full) what came, from packet @from on */
GPtrArray *fake_sender_dup_packets (FakeSender *self, guint from);
/* Waits until @n packets have come. */
void fake_sender_wait (FakeSender *self, guint n);

#define MEDIA_TEST_DEADLINE (90 * G_TIME_SPAN_SECOND)

/* Makes the n-th buffer of a live source of the caps, stamped now. */
typedef GstBuffer *(*MediaTestSource) (guint n);

#define VIDEO_I420 "video/x-raw,format=I420,width=640,height=360,framerate=30/1"
#define VIDEO_NV12 "video/x-raw,format=NV12,width=640,height=360,framerate=30/1"
#define VIDEO_SMALL "video/x-raw,format=I420,width=160,height=90,framerate=30/1"
#define AUDIO_S16 "audio/x-raw,format=S16LE,rate=44100,channels=2,layout=interleaved"

GstBuffer *media_test_picture (guint n, guint width, guint height);
GstBuffer *media_test_picture_640 (guint n);
GstBuffer *media_test_picture_160 (guint n);
GstBuffer *media_test_sound (guint n);

void media_test_set_caps (GenosLocalTrack *track, const char *caps);

/* Feeds until the sender has @n_packets; the source is as fast as the encoder. */
void media_test_feed (GenosLocalTrack *track, MediaTestSource source, FakeSender *sender,
    guint n_packets);

/* Waits until a field of the track's stats has (or exceeds) a value. */
void media_test_wait_encoding (GenosLocalTrack *track, gboolean encoding);
guint64 media_test_stat (GenosLocalTrack *track, const char *name);

/* Decodes packets; how many frames came out. */
guint media_test_decode (GstCaps *rtp_caps, GPtrArray *packets, const char *decoder);

/* (transfer full) what a pipeline without its sink makes. */
GPtrArray *media_test_encode (const char *launch, GstCaps **caps);

/* Of packets as they came. */
gboolean media_test_is_delta (GstBuffer *packet);
void media_test_assert_one_sequence (GPtrArray *packets);
void media_test_assert_time_is_now (GstBuffer *packet);

/* The last test of a program that begins with GST_TRACERS=leaks. */
void media_test_no_object_is_left (void);
