/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Starts libsodium once; every function of this module calls it, from any thread. A
 * machine without a source of randomness cannot go on: the process ends. */
void genos_crypto_init (void);

/* Calls @func when the process ends, before libcrypto is taken down: for a thread that uses it. */
void genos_crypto_at_exit (void (*func) (void));

/* libsodium's hashing leaves copies of what it made on the stack below its caller: to be called by
 * whoever had it make a key. */
void genos_crypto_clear_stack (void);

G_END_DECLS
