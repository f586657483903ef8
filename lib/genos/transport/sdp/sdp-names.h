/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which names of a description go on to webrtcbin. It makes caps fields of them, and the name of a
 * caps field is a GQuark, which a process keeps for good: without a list, a peer that offers again
 * and again with names of its own would fill the memory. Values are not kept. Pure. */

/* @line: of a description, without its end. TRUE also for lines that are no attribute. What is
 * inside a=fmtp is not looked at. */
gboolean genos_sdp_names_knows_line (const char *line);

/* @value: "96 name=value;name=value". What is left when unknown parameters are taken out, NULL when
 * that is nothing. */
char *genos_sdp_names_filter_fmtp (const char *value) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
