/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/error.h>
#include <genos/wire/stream-frame.h>

G_BEGIN_DECLS

/* What the other side's abort or stop means here. (transfer full) */
GError *genos_stream_error_from_frame (const GenosStreamFrame *frame);

/* What the other side is told of an error here: nothing of this machine but the words of errors that
 * were made for it. */
GenosStreamWhy genos_stream_error_get_why (const GError *error);
/* (transfer full) @kind: abort or stop */
GBytes *genos_stream_error_build_frame (GenosStreamFrameKind kind, const GError *error);

G_END_DECLS
