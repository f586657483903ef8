/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/crypto/schnorr.h>

G_BEGIN_DECLS

/* A secret key in a file: 64 hex digits and a line break, readable by its owner only. */

/* Reads it, or makes one when there is no file. GENOS_ERROR_INVALID_ARGUMENT says what is wrong with
 * the file, and what to do: it is somebody else's, others can read it, or there is no key in it. */
GenosSchnorrKey *
genos_identity_file_open (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
