/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/base/error.h>

/**
 * genos_error_quark:
 *
 * Gets the error domain of this library.
 *
 * Returns: the quark
 */
GQuark
genos_error_quark (void)
{
  /* G_DEFINE_QUARK() writes its static without any order, and errors are made on every thread. */
  static gsize quark;

  if (g_once_init_enter (&quark))
    g_once_init_leave (&quark, g_quark_from_static_string ("genos-error-quark"));
  return (GQuark) quark;
}

G_DEFINE_ENUM_TYPE (GenosError, genos_error, G_DEFINE_ENUM_VALUE (GENOS_ERROR_FAILED, "failed"),
    G_DEFINE_ENUM_VALUE (GENOS_ERROR_INVALID_ARGUMENT, "invalid-argument"),
    G_DEFINE_ENUM_VALUE (GENOS_ERROR_PROTOCOL, "protocol"),
    G_DEFINE_ENUM_VALUE (GENOS_ERROR_LIMIT, "limit"),
    G_DEFINE_ENUM_VALUE (GENOS_ERROR_AUTHENTICATION, "authentication"),
    G_DEFINE_ENUM_VALUE (GENOS_ERROR_TIMED_OUT, "timed-out"),
    G_DEFINE_ENUM_VALUE (GENOS_ERROR_CLOSED, "closed"),
    G_DEFINE_ENUM_VALUE (GENOS_ERROR_UNSUPPORTED, "unsupported"),
    G_DEFINE_ENUM_VALUE (GENOS_ERROR_MISSING_PLUGIN, "missing-plugin"))
