/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/rtp-key-frame.h>

/* RFC 7741, 4.2: X R N S R PID, then the extension's bytes as its own bits I, L, T and K say. */
static gsize
vp8_descriptor_size (const guint8 *p, gsize size)
{
  gsize at = 1;

  if ((p[0] & 0x80) == 0)
    return at;
  if (size < 2)
    return size;
  at = 2;
  if ((p[1] & 0x80) != 0) {
    if (size <= at)
      return size;
    at += (p[at] & 0x80) != 0 ? 2 : 1;
  }
  if ((p[1] & 0x40) != 0)
    at++;
  if ((p[1] & 0x30) != 0)
    at++;
  return at;
}

static gboolean
vp8_begins (const guint8 *p, gsize size)
{
  gsize at = vp8_descriptor_size (p, size);

  /* The first packet of partition 0 begins with the frame's header, whose lowest bit is "not a key frame". */
  return (p[0] & 0x17) == 0x10 && at < size && (p[at] & 0x01) == 0;
}

/* RFC 9628, 4.2: I P L F B E V Z. Of several spatial layers, the lowest begins. */
static gboolean
vp9_begins (const guint8 *p, gsize size)
{
  gsize at = 1;

  if ((p[0] & 0x40) != 0 || (p[0] & 0x08) == 0)
    return FALSE;
  if ((p[0] & 0x20) == 0)
    return TRUE;
  if ((p[0] & 0x80) != 0) {
    if (size <= at)
      return FALSE;
    at += (p[at] & 0x80) != 0 ? 2 : 1;
  }
  return at < size && (p[at] & 0x0e) == 0;
}

/* IDR slices, and the sequence parameter set that goes before them. */
static gboolean
is_h264_key (guint type)
{
  return type == 5 || type == 7;
}

/* 16 to 21: pictures of random access; 32, 33: the parameter sets that go before them. */
static gboolean
is_h265_key (guint type)
{
  return (type >= 16 && type <= 21) || type == 32 || type == 33;
}

/* Units of one packet, each behind 16 bits of size. */
static gboolean
any_of_aggregate (const guint8 *p, gsize size, guint shift, guint mask, gboolean (*is_key) (guint))
{
  while (size > 2) {
    gsize length = (gsize) p[0] << 8 | p[1]; /* at any address */

    if (is_key ((guint) (p[2] >> shift) & mask))
      return TRUE;
    if (length > size - 2)
      return FALSE;
    p += length + 2;
    size -= length + 2;
  }
  return FALSE;
}

static gboolean
h264_begins (const guint8 *p, gsize size)
{
  guint type = p[0] & 0x1f;

  if (type == 24)
    return any_of_aggregate (p + 1, size - 1, 0, 0x1f, is_h264_key);
  if (type == 28 || type == 29)
    return size > 1 && (p[1] & 0x80) != 0 && is_h264_key (p[1] & 0x1f);
  return is_h264_key (type);
}

static gboolean
h265_begins (const guint8 *p, gsize size)
{
  guint type = (p[0] >> 1) & 0x3f;

  if (size < 3)
    return FALSE;
  if (type == 48)
    return any_of_aggregate (p + 2, size - 2, 1, 0x3f, is_h265_key);
  if (type == 49)
    return (p[2] & 0x80) != 0 && is_h265_key (p[2] & 0x3f);
  return is_h265_key (type);
}

gboolean
genos_rtp_begins_key_frame (GenosCodecId codec, const guint8 *payload, gsize size)
{
  if (size == 0)
    return FALSE;
  switch (codec) {
    case GENOS_CODEC_VP8:
      return vp8_begins (payload, size);
    case GENOS_CODEC_VP9:
      return vp9_begins (payload, size);
    case GENOS_CODEC_H264:
      return h264_begins (payload, size);
    case GENOS_CODEC_H265:
      return h265_begins (payload, size);
    case GENOS_CODEC_AV1:
      /* Z Y W W N: a new coded video sequence begins. */
      return (payload[0] & 0x08) != 0;
    case GENOS_CODEC_OPUS:
    case GENOS_CODEC_PCMU:
    case GENOS_CODEC_PCMA:
      break;
  }
  return TRUE;
}

gboolean
genos_rtp_sealed_begins_key_frame (const guint8 *payload, gsize size)
{
  return size > 0 && (payload[0] & GENOS_RTP_SEALED_KEY_FRAME) != 0;
}
