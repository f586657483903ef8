/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosmemberactions.h"

#include "gstgenosroommember.h"

static guint
do_send (
    GstElement *element, const char *channel, GstStructure *message, const char *const *targets)
{
  return gst_genos_room_member_send (gst_genos_room_member_of (element), channel, message, targets);
}

static guint
do_send_text (
    GstElement *element, const char *channel, const char *text, const char *const *targets)
{
  return gst_genos_room_member_send_text (
      gst_genos_room_member_of (element), channel, text, targets);
}

static void
do_ping (GstElement *element, const char *peer_id, GstPromise *promise)
{
  gst_genos_room_member_ping (gst_genos_room_member_of (element), peer_id, promise);
}

static void
do_request (GstElement *element, const char *channel, GstStructure *message, const char *peer_id,
    guint timeout, GstPromise *promise)
{
  gst_genos_room_member_request (
      gst_genos_room_member_of (element), channel, message, peer_id, timeout, promise);
}

static void
do_kick (GstElement *element, const char *peer_id, const char *reason)
{
  gst_genos_room_member_kick (gst_genos_room_member_of (element), peer_id, reason);
}

static void
do_admit (GstElement *element, const char *peer_id)
{
  gst_genos_room_member_admit (gst_genos_room_member_of (element), peer_id);
}

static void
do_deny (GstElement *element, const char *peer_id)
{
  gst_genos_room_member_deny (gst_genos_room_member_of (element), peer_id);
}

void
gst_genos_member_actions_install (GType type)
{
  static const GstGenosRoomActions actions = { do_send, do_send_text, do_ping, do_kick, do_admit,
    do_deny, do_request };

  gst_genos_room_signals_install (type, &actions);
}
