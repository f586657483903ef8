/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How far files are: one line that is written over on a terminal, a line each at the beginning and end
 * elsewhere. */
typedef struct _GenosTransferBar GenosTransferBar;

/* @verb: "sending" or "receiving" */
GenosTransferBar *genos_transfer_bar_new (const char *verb);
/* Takes the line away. */
void genos_transfer_bar_free (GenosTransferBar *self);

/* @what: stands for one file as long as that is under way. Names are made printable. */
void genos_transfer_bar_begin (
    GenosTransferBar *self, gpointer what, const char *name, const char *peer_id);
void genos_transfer_bar_update (
    GenosTransferBar *self, gpointer what, gint64 at, gint64 total, gint64 now);
void genos_transfer_bar_end (GenosTransferBar *self, gpointer what);

/* A line that stays, above the one that is written over. */
void genos_transfer_bar_say (GenosTransferBar *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* (transfer full): `photo.jpg  42 %  1.3 MB of 3.1 MB  2.0 MB/s`; @total -1: not known. */
char *genos_transfer_bar_format (
    const char *name, gint64 at, gint64 total, gint64 began_at, gint64 elapsed);

G_END_DECLS
