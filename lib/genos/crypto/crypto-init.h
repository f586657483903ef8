/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Starts libsodium and libcrypto once; every function of this module calls it, from any thread. A
 * machine without a source of randomness cannot go on: the process ends. */
void genos_crypto_init (void);

G_END_DECLS
