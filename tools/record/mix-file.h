/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* What belongs behind a mix so that it becomes the file @path, by the end of its name: .webm and .mkv VP8
 * and Opus, .mp4 H.264 and Opus in fragments. Elements named "video" and "audio" take the mix, "file"
 * writes. NULL: no such end. Pure. (transfer none) */
const char *genos_mix_file_get_chain (const char *path);

/* Records @mix, a genosroommix, into @path, which must not be there yet, until a signal ends it, or for
 * @duration seconds (0: no end). Says what happens; returns an exit code. */
int genos_mix_file_record (GstElement *mix, const char *path, double duration);

G_END_DECLS
