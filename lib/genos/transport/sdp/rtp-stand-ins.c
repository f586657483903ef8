/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/rtp-stand-ins.h>

#include <string.h>

#include <genos/transport/sdp/sdp-rtx.h>

/* Packets of another source in a row, after which the known one counts as gone. A page that goes on
 * sending several encodings against what was agreed upon does not make its line flicker. */
#define TAKE_OVER 20

typedef struct {
  gboolean known;
  guint32 real;
  guint others; /* packets of others since its last one */
} Source;

typedef struct {
  GenosStandIn row;
  Source media;
  Source repair;
} Line;

struct _GenosStandIns {
  GArray *lines; /* Line */
};

GenosStandIns *
genos_stand_ins_new (void)
{
  GenosStandIns *self = g_new0 (GenosStandIns, 1);

  self->lines = g_array_new (FALSE, TRUE, sizeof (Line));
  return self;
}

void
genos_stand_ins_free (GenosStandIns *self)
{
  g_array_unref (self->lines);
  g_free (self);
}

static Line *
find (const GArray *lines, guint32 ssrc)
{
  for (guint i = 0; i < lines->len; i++) {
    Line *line = &g_array_index (lines, Line, i);

    if (line->row.ssrc == ssrc)
      return line;
  }
  return NULL;
}

void
genos_stand_ins_set (GenosStandIns *self, const GArray *rows)
{
  GArray *lines = g_array_sized_new (FALSE, TRUE, sizeof (Line), rows->len);

  for (guint i = 0; i < rows->len; i++) {
    Line line = { .row = g_array_index (rows, GenosStandIn, i) };
    const Line *old = find (self->lines, line.row.ssrc);

    if (old != NULL) {
      line.media = old->media;
      line.repair = old->repair;
    }
    g_array_append_val (lines, line);
  }
  g_array_unref (self->lines);
  self->lines = lines;
}

/* (nullable): which of the two sources of a line sends this type. */
static Source *
source_of_payload (Line *line, int payload)
{
  if (payload == line->row.payload)
    return &line->media;
  return payload == line->row.rtx_payload ? &line->repair : NULL;
}

static guint32
name_of (const Line *line, const Source *source)
{
  return source == &line->media ? line->row.ssrc : genos_sdp_rtx_ssrc (line->row.ssrc);
}

static guint32
find_known (GenosStandIns *self, const GenosRtpHeader *header)
{
  for (guint i = 0; i < self->lines->len; i++) {
    Line *line = &g_array_index (self->lines, Line, i);
    Source *source = source_of_payload (line, header->payload_type);

    if (source == NULL || !source->known || source->real != header->ssrc)
      continue;
    source->others = 0;
    return name_of (line, source);
  }
  return 0;
}

static gboolean
is_named (const Line *line, const GenosRtpHeader *header)
{
  gsize size = 0;
  const guint8 *mid = line->row.mid_extension != 0
      ? genos_rtp_header_find_element (header, line->row.mid_extension, &size)
      : NULL;

  return mid != NULL && size == strlen (line->row.mid) && memcmp (mid, line->row.mid, size) == 0;
}

static guint32
take (const Line *line, Source *source, guint32 real)
{
  if (source->known && ++source->others < TAKE_OVER)
    return 0;
  *source = (Source){ .known = TRUE, .real = real };
  return name_of (line, source);
}

/* Of the lines that nobody sends on yet, the only one that it can be. */
static guint32
take_by_payload (GenosStandIns *self, const GenosRtpHeader *header)
{
  Line *only = NULL;

  for (guint i = 0; i < self->lines->len; i++) {
    Line *line = &g_array_index (self->lines, Line, i);
    Source *source = source_of_payload (line, header->payload_type);

    if (source == NULL || source->known)
      continue;
    if (only != NULL)
      return 0;
    only = line;
  }
  return only != NULL ? take (only, source_of_payload (only, header->payload_type), header->ssrc)
                      : 0;
}

guint32
genos_stand_ins_name (GenosStandIns *self, const GenosRtpHeader *header)
{
  guint32 known = find_known (self, header);

  if (known != 0)
    return known;
  for (guint i = 0; i < self->lines->len; i++) {
    Line *line = &g_array_index (self->lines, Line, i);
    Source *source = source_of_payload (line, header->payload_type);

    if (source != NULL && is_named (line, header))
      return take (line, source, header->ssrc);
  }
  return take_by_payload (self, header);
}

static gboolean
replace (guint8 *data, gsize size, guint32 from, guint32 to)
{
  gboolean changed = FALSE;

  from = GUINT32_TO_BE (from);
  to = GUINT32_TO_BE (to);
  /* All that names a source is a whole word; that something else is that word by chance is as likely as
   * that two sources have one number. */
  for (gsize at = sizeof from; at + sizeof from <= size; at += sizeof from) {
    if (memcmp (data + at, &from, sizeof from) != 0)
      continue;
    memcpy (data + at, &to, sizeof to);
    changed = TRUE;
  }
  return changed;
}

static gboolean
rename_source (const Line *line, const Source *source, guint8 *data, gsize size, gboolean comes)
{
  guint32 name = name_of (line, source);

  if (!source->known)
    return FALSE;
  if (data == NULL)
    return TRUE;
  return comes ? replace (data, size, source->real, name)
               : replace (data, size, name, source->real);
}

gboolean
genos_stand_ins_rename (GenosStandIns *self, guint8 *data, gsize size, gboolean comes)
{
  gboolean changed = FALSE;

  for (guint i = 0; i < self->lines->len; i++) {
    const Line *line = &g_array_index (self->lines, Line, i);

    changed |= rename_source (line, &line->media, data, size, comes);
    changed |= rename_source (line, &line->repair, data, size, comes);
  }
  return changed;
}
