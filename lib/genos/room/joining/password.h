/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include <genos/base/macros.h>

G_BEGIN_DECLS

/**
 * GENOS_PASSWORD_BITS:
 *
 * How hard to guess a password of [func@password_generate] is by default, in bits.
 */
#define GENOS_PASSWORD_BITS 125

GENOS_API
char *genos_password_generate (guint bits);

G_END_DECLS
