/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/chain-builder.h>
#include <genos/media/encoder-choice.h>
#include <genos/media/input-format.h>

G_BEGIN_DECLS

/* Adds what makes pictures of @format into its codec: the encoder, named "enc", and what
 * must go before and behind it. Of those installed that take the pictures it is the one
 * of the highest rank, at equal ranks one of hardware; pictures in another memory than the
 * system's go as they are to an encoder that takes them, whatever its rank. Hardware is
 * opened once in a process, to see that it is there. */
void genos_video_encoders_add (
    GenosChainBuilder *chain, const GenosEncoderWish *wish, const GenosInputFormat *format);

/* Whether any encoder of @codec takes these raw caps as they are. */
gboolean genos_video_encoders_take (GenosCodecId codec, GstCaps *caps);

/* Adds what pictures in another memory than the system's any encoder takes. */
void genos_video_encoders_append_caps (GstCaps *caps);

/* Threads that are worth having for pictures of this size. */
guint genos_video_encoders_get_n_threads (const GenosEncoderWish *wish, const GstVideoInfo *video);

/* What an encoder of such pictures is told when it is made, bit/s. */
guint genos_video_encoders_get_own_bitrate (
    const GenosEncoderWish *wish, const GstVideoInfo *video);

/* Changes the bit rate (bit/s) of an encoder while it runs. FALSE: it is not one that can. */
gboolean genos_video_encoders_set_bitrate (GstElement *encoder, guint bitrate);

/* What it has, bit/s; 0: it is not one that can be changed. */
guint genos_video_encoders_get_bitrate (GstElement *encoder);

G_END_DECLS
