/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/genos.h>

G_BEGIN_DECLS

/* A camera that shows noise, which costs an encoder all that its bitrate allows: a track that is pushed to,
 * 25 times a second on the default main context. */
typedef struct _BenchNoise BenchNoise;

BenchNoise *bench_noise_new (guint width, guint height, guint bitrate);
GenosLocalTrack *bench_noise_get_track (BenchNoise *self);
/* Until the process ends. */
void bench_noise_start (BenchNoise *self);

G_END_DECLS
