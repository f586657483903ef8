/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Who came, went and said what: one JSON object a line, written at once. */
typedef struct _GenosRecordLog GenosRecordLog;

GenosRecordLog *genos_record_log_new (const char *directory, const char *name, GError **error);
void genos_record_log_free (GenosRecordLog *self);

/* @fields: (nullable): a bus message of the room; strings are taken as they are, of a buffer only
 * how large it is. @time: running time, @utc: µs since 1970. */
gboolean genos_record_log_write (GenosRecordLog *self, GstClockTime time, gint64 utc,
    const char *event, const GstStructure *fields);

G_END_DECLS
