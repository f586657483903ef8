/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "element-fixture.h"

G_BEGIN_DECLS

/* A relay, elements that send through data pads, and one that receives. */

/* Equal elements would share a session: each peer writes the relay in another way. */
typedef struct {
  TestRelay *relay;
  char *relays[3];
} DataFixture;

void data_set_up (DataFixture *fixture, gconstpointer data);
void data_tear_down (DataFixture *fixture, gconstpointer data);

#define DATA_PEER_WAIT 60000
#define DATA_MESSAGE_WAIT (60 * G_USEC_PER_SEC)

/* What comes out of all its data pads, as samples with the pad's name and properties as info. */
typedef struct {
  GstElement *pipeline;
  GstElement *src;
  char *peer_id;
  GAsyncQueue *samples;
} DataReceiver;

void data_receiver_start (
    DataReceiver *self, DataFixture *fixture, guint index, const char *room, const char *channels);
void data_receiver_stop (DataReceiver *self);
/* (transfer full): the next one */
GstSample *data_receiver_wait (DataReceiver *self);
void data_check_sample (GstSample *sample, const char *caps, gconstpointer data, gsize size);

/* (transfer full): a pipeline with the sink “s”; @rest: the other elements and properties */
GstElement *
data_make_sender (DataFixture *fixture, guint index, const char *room, const char *rest);
void data_wait_for_peer (GstElement *sender, const char *peer_id);
void data_push (GstElement *sender, const char *appsrc, gconstpointer data, gsize size);
/* (transfer full): those of a pad */
GstStructure *data_get_stats (GstElement *sender, const char *pad_name);
guint64 data_get_counter (GstElement *sender, const char *pad_name, const char *field);

G_END_DECLS
