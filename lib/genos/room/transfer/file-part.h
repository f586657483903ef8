/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include <genos/crypto/content-hash.h>

G_BEGIN_DECLS

/* A file that is not whole yet: `name.part`, with `name.part.json` beside it, which says whose
 * beginning it is: {"size":n,"lastModified":ms}. Locked as long as it is open. Every call blocks: from
 * any thread, one at a time. */
typedef struct _GenosFilePart GenosFilePart;

/* @name: safe; @size: G_MAXUINT64, or @modified 0, when not known: nothing is continued then. Errors
 * are G_IO_ERRORs. */
GenosFilePart *genos_file_part_open (
    const char *directory, const char *name, guint64 size, gint64 modified, GError **error);
/* Keeps what is there, if it can be continued. */
void genos_file_part_close (GenosFilePart *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosFilePart, genos_file_part_close)

/* What is there already, and the hash of that (transfer full). */
guint64 genos_file_part_get_offset (GenosFilePart *self);
GenosContentHash *genos_file_part_dup_hash (GenosFilePart *self);

/* It was another file's beginning. */
gboolean genos_file_part_restart (GenosFilePart *self, GError **error);
gboolean
genos_file_part_write (GenosFilePart *self, const guint8 *data, gsize size, GError **error);
/* Puts it on the disk under its own name, or the next that is free. (transfer full): its path. Call
 * close() after it. */
char *genos_file_part_finish (GenosFilePart *self, GError **error);

G_END_DECLS
