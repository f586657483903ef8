/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef enum {
  GENOS_CONTAINER_MATROSKA,
  GENOS_CONTAINER_MP4,
} GenosContainer;

/* An encoded format, and what a container needs to hold it. */
typedef struct {
  const char *caps_name;
  const char *name;   /* in the manifest */
  gboolean in_mp4;    /* mp4mux takes it, and players play it */
  gboolean changes;   /* matroskamux lets the size change in the middle */
  const char *parser; /* nullable; in front of the muxer */
  const char *caps;   /* nullable; between parser and muxer */
  const char *mp4_parser;
} GenosRecordFormat;

/* (nullable): NULL when no container holds such caps. */
const GenosRecordFormat *genos_record_format_find (GstCaps *caps);

gboolean genos_record_format_is_video (const GenosRecordFormat *self);

/* Whether a file can begin with such caps: a muxer wants to know the size of pictures. */
gboolean genos_record_format_is_complete (const GenosRecordFormat *self, GstCaps *caps);

/* Whether a file that began with the caps @old can hold @new too. */
gboolean genos_record_format_can_become (
    const GenosRecordFormat *self, GenosContainer container, GstCaps *old, GstCaps *new);

const char *genos_container_get_extension (GenosContainer container);

G_END_DECLS
