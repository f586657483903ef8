/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/rtp-own-header.h>

#include <string.h>

/*  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |   RFC 3550, 5.1
 * |                           timestamp                           |
 * |                             SSRC                              |
 * |                       CSRC, CC times                          |
 * |       0xBE    |    0xDE       |           length=1            |   RFC 8285, 4.2
 * |   ID  |  L=1  |             data              |  padding: 0   |
 */
#define FIXED_HEADER 12
#define EXTENSION_BIT 0x10
#define ONE_BYTE_PROFILE 0xbede
#define EXTENSION_HEADER 4
#define ELEMENT 4
#define MAX_HEADER (FIXED_HEADER + 15 * 4 + EXTENSION_HEADER + 256 + ELEMENT)

typedef struct {
  guint8 bytes[MAX_HEADER];
  gsize end;  /* of the fixed part and its sources */
  gsize had;  /* with the extensions that the packet came with */
  gsize size; /* now */
} Header;

static gboolean
has_extensions (const Header *header)
{
  return (header->bytes[0] & EXTENSION_BIT) != 0;
}

static gboolean
read_header (GstBuffer *packet, Header *header)
{
  gsize size = gst_buffer_extract (packet, 0, header->bytes, MAX_HEADER - ELEMENT);

  if (size < FIXED_HEADER || header->bytes[0] >> 6 != 2)
    return FALSE;
  header->end = FIXED_HEADER + 4 * (header->bytes[0] & 0x0f);
  header->had = header->end;
  if (has_extensions (header) && size >= header->end + EXTENSION_HEADER)
    header->had += EXTENSION_HEADER + 4 * GST_READ_UINT16_BE (header->bytes + header->end + 2);
  else if (has_extensions (header))
    return FALSE;
  header->size = header->had;
  return size >= header->had;
}

static gboolean
takes_element (const Header *header)
{
  return !has_extensions (header)
      || GST_READ_UINT16_BE (header->bytes + header->end) == ONE_BYTE_PROFILE;
}

static void
add_element (Header *header, guint number)
{
  guint8 element[ELEMENT] = { number << 4 | 1, 0, 0, 0 };
  guint8 *words = header->bytes + header->end + 2;

  if (!has_extensions (header)) {
    header->bytes[0] |= EXTENSION_BIT;
    GST_WRITE_UINT16_BE (header->bytes + header->end, ONE_BYTE_PROFILE);
    GST_WRITE_UINT16_BE (words, 0);
    header->size += EXTENSION_HEADER;
  }
  memcpy (header->bytes + header->size, element, ELEMENT);
  header->size += ELEMENT;
  GST_WRITE_UINT16_BE (words, GST_READ_UINT16_BE (words) + ELEMENT / 4);
}

GstBuffer *
genos_rtp_own_header (GstBuffer *packet, guint32 ssrc, guint16 seqnum, guint extension)
{
  Header header;
  GstBuffer *result;

  if (!read_header (packet, &header))
    return packet;
  GST_WRITE_UINT16_BE (header.bytes + 2, seqnum);
  if (ssrc != 0)
    GST_WRITE_UINT32_BE (header.bytes + 8, ssrc);
  if (extension != 0 && takes_element (&header))
    add_element (&header, extension);
  result = gst_buffer_new_memdup (header.bytes, header.size);
  gst_buffer_copy_into (result, packet,
      GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS | GST_BUFFER_COPY_META, 0, -1);
  if (gst_buffer_get_size (packet) > header.had)
    gst_buffer_copy_into (result, packet, GST_BUFFER_COPY_MEMORY, header.had, -1);
  gst_buffer_unref (packet);
  return result;
}
