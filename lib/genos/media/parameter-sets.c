/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/parameter-sets.h>

#include <string.h>

/* A stream has a handful of some dozen bytes each. */
#define MAX_SETS_SIZE (64 * 1024)
/* Parameter sets, delimiters and messages stand in front of the picture. */
#define MAX_HEAD (128 * 1024)

struct _GenosParameterSets {
  gboolean h265;
  GByteArray *sets; /* with their start codes; the last that came together with an SPS */
};

typedef enum {
  UNIT_OTHER,
  UNIT_DELIMITER,
  UNIT_SET, /* VPS, PPS */
  UNIT_SPS,
  UNIT_PICTURE, /* a slice that is not the first of a key frame */
  UNIT_KEY,     /* the first slice of a key frame */
} UnitKind;

/* What stands in front of the picture of a buffer. */
typedef struct {
  GByteArray *sets;
  gboolean sps;
  gboolean key;
  gsize place; /* where sets may stand: behind the delimiter, which goes first */
} Head;

/* H.264, table 7-1. The slice begins with first_mb_in_slice, where 0 is a bit that is set. */
static UnitKind
classify_h264 (const guint8 *unit, gsize size)
{
  switch (unit[0] & 0x1f) {
    case 7:
      return UNIT_SPS;
    case 9:
      return UNIT_DELIMITER;
    case 8:
    case 13: /* SPS extension */
    case 15: /* subset SPS */
      return UNIT_SET;
    case 5:
      return size > 1 && (unit[1] & 0x80) ? UNIT_KEY : UNIT_PICTURE;
    case 1:
    case 2:
      return UNIT_PICTURE;
    default:
      return UNIT_OTHER;
  }
}

/* H.265, table 7-1. The slice begins with first_slice_segment_in_pic_flag. */
static UnitKind
classify_h265 (const guint8 *unit, gsize size)
{
  guint type = (unit[0] >> 1) & 0x3f;
  if (type == 33)
    return UNIT_SPS;
  if (type == 32 || type == 34)
    return UNIT_SET;
  if (type == 35)
    return UNIT_DELIMITER;
  if (type >= 16 && type <= 23) /* those that decoding can begin with */
    return size > 2 && (unit[2] & 0x80) ? UNIT_KEY : UNIT_PICTURE;
  return type < 32 ? UNIT_PICTURE : UNIT_OTHER;
}

/* Where the three bytes 0, 0, 1 stand from @from on, or @size. */
static gsize
find_start_code (const guint8 *data, gsize size, gsize from)
{
  for (gsize i = from; i + 3 <= size; i++)
    if (data[i] == 0 && data[i + 1] == 0 && data[i + 2] == 1)
      return i;
  return size;
}

static void
read_head (GenosParameterSets *self, const guint8 *data, gsize size, Head *head)
{
  static const guint8 start_code[] = { 0, 0, 0, 1 };
  gsize begin = find_start_code (data, MIN (size, MAX_HEAD), 0);
  while (begin + 3 < MIN (size, MAX_HEAD)) {
    const guint8 *unit = data + begin + 3;
    gsize left = size - begin - 3;
    UnitKind kind = self->h265 ? classify_h265 (unit, left) : classify_h264 (unit, left);
    if (kind == UNIT_KEY || kind == UNIT_PICTURE) {
      head->key = kind == UNIT_KEY;
      return;
    }
    gsize end = find_start_code (data, MIN (size, MAX_HEAD), begin + 3);
    gsize length = end - begin - 3;
    while (length > 0 && unit[length - 1] == 0)
      length--; /* the zero byte that may go before the next start code */
    if ((kind == UNIT_SET || kind == UNIT_SPS) && head->sets->len + length <= MAX_SETS_SIZE) {
      g_byte_array_append (head->sets, start_code, sizeof start_code);
      g_byte_array_append (head->sets, unit, length);
      head->sps = head->sps || kind == UNIT_SPS;
    }
    if (kind == UNIT_DELIMITER)
      head->place = begin + 3 + length;
    begin = end;
  }
}

static gboolean
contains (const GByteArray *all, const GByteArray *part)
{
  for (guint i = 0; i + part->len <= all->len; i++)
    if (memcmp (all->data + i, part->data, part->len) == 0)
      return TRUE;
  return FALSE;
}

/* An SPS begins anew, or the VPS in front of it; a stream of single NAL units brings the
 * rest one by one. */
static gboolean
begins_anew (GenosParameterSets *self, const Head *head)
{
  if (self->sets->len + head->sets->len > MAX_SETS_SIZE)
    return TRUE;
  return head->sps && (!self->h265 || (head->sets->data[4] >> 1 & 0x3f) == 32);
}

static void
keep (GenosParameterSets *self, const Head *head)
{
  if (head->sets->len == 0 || contains (self->sets, head->sets))
    return;
  if (begins_anew (self, head))
    g_byte_array_set_size (self->sets, 0);
  g_byte_array_append (self->sets, head->sets->data, head->sets->len);
}

static GstBuffer *
insert (GenosParameterSets *self, GstBuffer *buffer, gsize place)
{
  GstBuffer *whole = gst_buffer_copy_region (buffer, GST_BUFFER_COPY_ALL, 0, place);
  GstBuffer *sets = gst_buffer_new_memdup (self->sets->data, self->sets->len);
  GstBuffer *rest = gst_buffer_copy_region (buffer, GST_BUFFER_COPY_MEMORY, place, -1);
  whole = gst_buffer_append (gst_buffer_append (whole, sets), rest);
  gst_buffer_unref (buffer);
  return whole;
}

GstBuffer *
genos_parameter_sets_pass (GenosParameterSets *self, GstBuffer *buffer)
{
  g_autoptr (GByteArray) sets = g_byte_array_new ();
  Head head = { .sets = sets };
  GstMapInfo map;
  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return buffer;
  read_head (self, map.data, map.size, &head);
  gst_buffer_unmap (buffer, &map);

  keep (self, &head);
  if (head.key && !head.sps && self->sets->len > 0)
    return insert (self, buffer, head.place);
  return buffer;
}

GenosParameterSets *
genos_parameter_sets_new (GstCaps *caps)
{
  const GstStructure *s = gst_caps_get_structure (caps, 0);
  gboolean h265 = gst_structure_has_name (s, "video/x-h265");
  if (!h265 && !gst_structure_has_name (s, "video/x-h264"))
    return NULL;
  if (g_strcmp0 (gst_structure_get_string (s, "stream-format"), "byte-stream") != 0)
    return NULL;
  GenosParameterSets *self = g_new0 (GenosParameterSets, 1);
  self->h265 = h265;
  self->sets = g_byte_array_new ();
  return self;
}

void
genos_parameter_sets_free (GenosParameterSets *self)
{
  g_byte_array_unref (self->sets);
  g_free (self);
}
