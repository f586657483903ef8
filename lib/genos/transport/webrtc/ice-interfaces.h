/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which network interfaces a link may use: a list of names with commas between, with * and ? for
 * any text and any letter. A name behind ! is left out. Where only such names are given, all others
 * are meant; else only those that are named, and not left out. */

gboolean genos_ice_interfaces_match (const char *list, const char *name);

/* GENOS_ERROR_INVALID_ARGUMENT when @list (nullable) says nothing, or is no such list. */
gboolean genos_ice_interfaces_check (const char *list, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (element-type utf8) (transfer container): the addresses that this machine has on these interfaces
 * now. Without link-local ones of IPv6, which mean nothing without their interface; loopback only
 * when its name is given without wildcards. */
GPtrArray *genos_ice_interfaces_get_addresses (const char *list);

G_END_DECLS
