/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

/* Forward declarations of every public type, so that no header has to include
 * another one sideways. */

G_BEGIN_DECLS

typedef struct _GenosAdmission GenosAdmission;
typedef struct _GenosChannel GenosChannel;
typedef struct _GenosIncomingStream GenosIncomingStream;
typedef struct _GenosLocalTrack GenosLocalTrack;
typedef struct _GenosMesh GenosMesh;
typedef struct _GenosMessage GenosMessage;
typedef struct _GenosPeer GenosPeer;
typedef struct _GenosRelayServer GenosRelayServer;
typedef struct _GenosRemoteTrack GenosRemoteTrack;
typedef struct _GenosTrackAudience GenosTrackAudience;
typedef struct _GenosTrackOffer GenosTrackOffer;
typedef struct _GenosRequest GenosRequest;
typedef struct _GenosRoom GenosRoom;

G_END_DECLS
