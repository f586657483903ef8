/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/delivery.h>
#include <genos/base/encryption.h>
#include <genos/base/error.h>
#include <genos/base/macros.h>
#include <genos/base/reason.h>
#include <genos/base/types.h>
#include <genos/base/version.h>
#include <genos/media/local-track.h>
#include <genos/media/media-kind.h>
#include <genos/media/remote-track.h>
#include <genos/media/track-audience.h>
#include <genos/relay-server/relay-server.h>
#include <genos/room/admission.h>
#include <genos/room/channel-name.h>
#include <genos/room/channel.h>
#include <genos/room/identity.h>
#include <genos/room/incoming-stream.h>
#include <genos/room/mesh.h>
#include <genos/room/message.h>
#include <genos/room/password.h>
#include <genos/room/peer.h>
#include <genos/room/room-probe.h>
#include <genos/room/request.h>
#include <genos/room/room.h>
#include <genos/room/track-offer.h>
