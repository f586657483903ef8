/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include <genos/base/macros.h>

G_BEGIN_DECLS

/**
 * GENOS_ERROR:
 *
 * The error domain of this library.
 */
#define GENOS_ERROR (genos_error_quark ())

/**
 * GenosError:
 * @GENOS_ERROR_FAILED: something this library could not do, for the reason in
 *   the message
 * @GENOS_ERROR_INVALID_ARGUMENT: the caller gave a value that can never work
 *   (a channel name that is too long, a malformed relay URL)
 * @GENOS_ERROR_PROTOCOL: a remote party sent something outside the protocol
 * @GENOS_ERROR_LIMIT: something was larger, longer or more than the bound set
 *   on it
 * @GENOS_ERROR_AUTHENTICATION: a signature or a sealed text did not verify;
 *   for a peer: its password differs
 * @GENOS_ERROR_TIMED_OUT: the other side did not answer in time
 * @GENOS_ERROR_CLOSED: the link, relay or room is gone
 * @GENOS_ERROR_UNSUPPORTED: the other side, or this machine, lacks what the
 *   request needs (a codec, an element, a feature of the dialect)
 * @GENOS_ERROR_MISSING_PLUGIN: a GStreamer plugin is not installed; the message
 *   names it and the package that brings it
 *
 * Error codes of [error@GenosRooms.Error]. A code of its own exists only where a
 * caller would act differently.
 */
typedef enum {
  GENOS_ERROR_FAILED,
  GENOS_ERROR_INVALID_ARGUMENT,
  GENOS_ERROR_PROTOCOL,
  GENOS_ERROR_LIMIT,
  GENOS_ERROR_AUTHENTICATION,
  GENOS_ERROR_TIMED_OUT,
  GENOS_ERROR_CLOSED,
  GENOS_ERROR_UNSUPPORTED,
  GENOS_ERROR_MISSING_PLUGIN,
} GenosError;

GENOS_API
GQuark genos_error_quark (void);

GENOS_API
GType genos_error_get_type (void) G_GNUC_CONST;
#define GENOS_TYPE_ERROR (genos_error_get_type ())

G_END_DECLS
