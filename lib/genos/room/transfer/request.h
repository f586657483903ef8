/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/error.h>
#include <genos/base/types.h>
#include <genos/room/message.h>

G_BEGIN_DECLS

/**
 * GENOS_REMOTE_ERROR:
 *
 * The error domain of what a peer answered a request with. Codes beyond those
 * listed are the application's own.
 */
#define GENOS_REMOTE_ERROR (genos_remote_error_quark ())

/**
 * GenosRemoteError:
 * @GENOS_REMOTE_ERROR_UNANSWERED: nobody there answers requests of this channel
 * @GENOS_REMOTE_ERROR_FAILED: the peer could not do it
 *
 * Error codes of %GENOS_REMOTE_ERROR.
 */
typedef enum {
  GENOS_REMOTE_ERROR_UNANSWERED,
  GENOS_REMOTE_ERROR_FAILED,
} GenosRemoteError;

GENOS_API
GQuark genos_remote_error_quark (void);

#define GENOS_TYPE_REQUEST (genos_request_get_type ())
GENOS_API
G_DECLARE_FINAL_TYPE (GenosRequest, genos_request, GENOS, REQUEST, GObject)

GENOS_API
const char *genos_request_get_peer_id (GenosRequest *self);
GENOS_API
GenosMessage *genos_request_get_message (GenosRequest *self);
GENOS_API
gboolean genos_request_respond (GenosRequest *self, GenosMessage *message, GError **error);
GENOS_API
void genos_request_fail (GenosRequest *self, guint code, const char *text);

G_END_DECLS
