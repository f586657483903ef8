/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/channel-name.h>

#include <genos/wire/channel-frame.h>

/**
 * genos_channel_check_name:
 * @name: what a channel is to be called
 * @error: return location for an error
 *
 * Checks whether a channel may have that name: 1 to 12 bytes of UTF-8, not starting with `@_`.
 * [method@Room.open_channel] takes what passes here.
 *
 * Returns: %TRUE when it may; %FALSE with %GENOS_ERROR_INVALID_ARGUMENT and what is wrong with it
 */
gboolean
genos_channel_check_name (const char *name, GError **error)
{
  g_return_val_if_fail (name != NULL, FALSE);
  return genos_channel_name_check (name, error);
}
