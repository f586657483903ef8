/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/error.h>
#include <genos/media/media-codec.h>

G_BEGIN_DECLS

/* Which elements turn input of these caps into RTP packets, and their settings; nothing
 * is made yet. Immutable, reference counted. */
typedef struct {
  const GenosMediaCodec *codec;
  gboolean encoded; /* the input is encoded already: it is only packed */
  GstCaps *caps;    /* for the appsrc */
  guint bitrate;    /* that the encoder has by itself, bit/s; 0: unknown */
  guint width;      /* of raw pictures in the system's memory … */
  guint height;
  char *chain;      /* gst-launch syntax; the payloader is "pay", the encoder (if any) "enc" */
} GenosEncoderChoice;

typedef struct {
  const char *codec;   /* nullable: the default for raw, whatever comes in for encoded */
  guint bitrate;       /* bit/s, 0: by the size of the picture */
  gboolean inband_fec; /* Opus … */
  guint packet_loss;   /* … made for so many lost of a hundred */
  gboolean dtx;        /* Opus: next to nothing in silence */
  guint n_threads;     /* processors that may be used */
  guint divide_size;   /* pictures: by how much width and height are divided, 0 and 1: they are not */
  guint divide_rate;   /* … of how many one is encoded */
} GenosEncoderWish;

/* GENOS_ERROR_UNSUPPORTED: these caps cannot be sent; GENOS_ERROR_MISSING_PLUGIN. */
GenosEncoderChoice *genos_encoder_choice_new (
    GenosMediaKind kind, const GenosEncoderWish *wish, GstCaps *caps, GError **error);

GenosEncoderChoice *genos_encoder_choice_ref (GenosEncoderChoice *self);
void genos_encoder_choice_unref (GenosEncoderChoice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosEncoderChoice, genos_encoder_choice_unref)

G_END_DECLS
