/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/genos.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/* Settings of the room that both elements show as properties of their own, under the same name and
 * with the same words: every writable property of GenosRoom that has a blurb and that the element
 * does not spell itself. Whatever the library learns to do can be set from a launch line at once. */
typedef struct {
  GValue *values; /* one for each; those never set are not initialised */
} GstGenosRoomMirror;

guint gst_genos_room_mirror_get_n (void);

/* Property ids from @first_id on. */
void gst_genos_room_mirror_install (GObjectClass *klass, guint first_id);

void gst_genos_room_mirror_init (GstGenosRoomMirror *self);
void gst_genos_room_mirror_clear (GstGenosRoomMirror *self);
void gst_genos_room_mirror_copy (GstGenosRoomMirror *self, const GstGenosRoomMirror *from);

void gst_genos_room_mirror_set (GstGenosRoomMirror *self, guint index, const GValue *value);
void gst_genos_room_mirror_get (const GstGenosRoomMirror *self, guint index, GValue *value);

/* (transfer none): of the room */
GParamSpec *gst_genos_room_mirror_get_pspec (guint index);

/* Gives the room what was set; on the room's thread. */
void gst_genos_room_mirror_apply (const GstGenosRoomMirror *self, GenosRoom *room);

/* (nullable): the first one that @wanted sets to something else than it is in @running. */
const char *gst_genos_room_mirror_find_conflict (
    const GstGenosRoomMirror *running, const GstGenosRoomMirror *wanted);

/* Those of the settings that an element which joins later brings along. */
void gst_genos_room_mirror_apply_shared (const GstGenosRoomMirror *self, GenosRoom *room);

G_END_DECLS
