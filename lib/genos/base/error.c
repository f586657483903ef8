/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/base/error-private.h>

/* GLib lays this in front of each GError of the domain. */
typedef struct {
  int detail;
} Extra;

static void
init_extra (GError *error)
{
  genos_error_set_detail (error, 0);
}

static void
copy_extra (const GError *from, GError *to)
{
  genos_error_set_detail (to, genos_error_get_detail (from));
}

static void
clear_extra (GError *error)
{
}

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
    g_once_init_leave (&quark,
        g_error_domain_register_static (
            "genos-error-quark", sizeof (Extra), init_extra, copy_extra, clear_extra));
  return (GQuark) quark;
}

/* What G_DEFINE_EXTENDED_ERROR() writes, whose quark would be as unordered. */
static Extra *
get_extra (const GError *error)
{
  const gsize align = 2 * sizeof (gsize);
  const gsize size = (sizeof (Extra) + align - 1) & -align;

  return (Extra *) ((guint8 *) error - size);
}

int
genos_error_get_detail (const GError *error)
{
  return get_extra (error)->detail;
}

void
genos_error_set_detail (GError *error, int detail)
{
  get_extra (error)->detail = detail;
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
