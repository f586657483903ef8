/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "record-file.h"
#include "record-track.h"

G_BEGIN_DECLS

/* A track in a group: where it is in the files, and what waits for the next one. */

typedef struct {
  GstBuffer *buffer;
  GstCaps *caps;
  GstClockTime time;
} GenosRecordFrame;

typedef struct {
  GenosRecordTrack *track;
  int current;    /* stream in the group's file; -1: in none */
  int ending;     /* the same in the file before */
  GQueue waiting; /* GenosRecordFrame */
  gsize n_bytes;
  gboolean expected; /* the next file waits for it */
  gboolean refused;  /* no container holds it; told once */
  GstClockTime last;
  GstCaps *caps;
} GenosRecordMember;

GenosRecordMember *genos_record_member_new (GenosRecordTrack *track);
void genos_record_member_free (GenosRecordMember *self);

/* Puts a frame behind the others, when a file can begin with them: not before a key frame, not
 * more than some. */
void genos_record_member_wait (
    GenosRecordMember *self, GstBuffer *buffer, GstCaps *caps, GstClockTime time);
/* NULL: nothing waits. */
const GenosRecordFrame *genos_record_member_peek (GenosRecordMember *self);
/* Hands what waits to @file. */
void genos_record_member_flush (GenosRecordMember *self, GenosRecordFile *file);

G_END_DECLS
