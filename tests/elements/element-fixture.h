/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/genos.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/* A relay that nobody listens at: joining works, and says so only by a warning. */
#define NO_RELAY "ws://127.0.0.1:9"

/* A relay of one's own, on a thread of its own. */
typedef struct _TestRelay TestRelay;

TestRelay *test_relay_new (void);
/* Where another one was. */
TestRelay *test_relay_new_at (const char *url);
const char *test_relay_get_url (TestRelay *self);
void test_relay_free (TestRelay *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestRelay, test_relay_free)

/* (transfer full), not floating */
GstElement *test_make (const char *factory, const char *room, const char *relays);
GstElement *test_launch (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* The next message of these types; the test fails when none comes in @ms. (transfer full) */
GstMessage *test_wait (GstElement *pipeline, GstMessageType types, guint ms);
/* The next element message of that name and, when @field is not NULL, that string in it. */
GstMessage *test_wait_element (GstElement *pipeline, const char *name, const char *field,
    const char *value, guint ms);
/* Waits for the state, not for longer than some seconds. */
void test_reach (GstElement *element, GstState state);
void test_stop (GstElement *element);

G_END_DECLS
