/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/error.h>

G_BEGIN_DECLS

/**
 * GenosReason:
 * @GENOS_REASON_UNKNOWN: not known; the error's message may say more
 * @GENOS_REASON_LEFT: the peer left
 * @GENOS_REASON_LEFT_HERE: this room was left
 * @GENOS_REASON_LOST: the peer does not answer any more, and never said goodbye
 * @GENOS_REASON_REPLACED: the peer is here again, over a new link
 * @GENOS_REASON_KICKED: the application here removed the peer
 * @GENOS_REASON_DENIED: the application here, or a list of it, does not admit
 *   the peer
 * @GENOS_REASON_ROOM_FULL: as many peers are linked as are wanted
 * @GENOS_REASON_NOT_VERIFIED: the peer proved no identity, and one is required
 * @GENOS_REASON_NOT_ENCRYPTED: the peer cannot seal messages end to end, and that
 *   is required
 * @GENOS_REASON_WRONG_PASSWORD: the peer's password differs from ours
 * @GENOS_REASON_NO_ANSWER: the peer did not answer in time
 * @GENOS_REASON_NO_PATH: both sides agreed to connect, and no packet got through
 * @GENOS_REASON_NEEDS_TURN: the same, and neither side has a TURN server to fall
 *   back on
 * @GENOS_REASON_PROTOCOL: the other side sent something outside the protocol
 * @GENOS_REASON_LIMIT: the other side sent, or asked for, too much
 * @GENOS_REASON_UNSUPPORTED: one side lacks what the other one needs
 * @GENOS_REASON_MISSING_PLUGIN: a GStreamer plugin is not installed here
 * @GENOS_REASON_NO_RELAY: no relay is reachable
 * @GENOS_REASON_DNS_FAILED: a host name has no address, or nobody answers for it
 * @GENOS_REASON_UNREACHABLE: nothing listens at that address, or nothing gets
 *   there
 * @GENOS_REASON_TLS_FAILED: the certificate is not trusted, or TLS failed
 * @GENOS_REASON_RELAY_SILENT: the relay opened, and says nothing
 * @GENOS_REASON_RELAY_REFUSED: the relay refuses what we send, or ends the
 *   connection
 * @GENOS_REASON_RELAY_WANTS_WORK: the relay demands proof of work (NIP-13), more
 *   than is allowed to be spent
 * @GENOS_REASON_RELAY_WANTS_AUTH: the relay wants to know who we are (NIP-42)
 * @GENOS_REASON_RELAY_BUSY: the relay limits how much we may send
 * @GENOS_REASON_CLOCK_SKEW: this machine's clock is wrong, or the relay's
 * @GENOS_REASON_STUN_SILENT: the STUN server does not answer
 * @GENOS_REASON_TURN_REFUSED: the TURN server gave no relayed address: it is not
 *   reachable, or does not take the credentials
 *
 * Why something does not work, or is over: what [signal@Room::join-error],
 * [signal@Room::peer-left], [signal@Room::warning], the elements' bus messages
 * and `genos doctor` agree on. Finer than [error@GenosRooms.Error], which says
 * what a program does about it; further reasons may be added.
 */
typedef enum {
  GENOS_REASON_UNKNOWN,
  GENOS_REASON_LEFT,
  GENOS_REASON_LEFT_HERE,
  GENOS_REASON_LOST,
  GENOS_REASON_REPLACED,
  GENOS_REASON_KICKED,
  GENOS_REASON_DENIED,
  GENOS_REASON_ROOM_FULL,
  GENOS_REASON_NOT_VERIFIED,
  GENOS_REASON_NOT_ENCRYPTED,
  GENOS_REASON_WRONG_PASSWORD,
  GENOS_REASON_NO_ANSWER,
  GENOS_REASON_NO_PATH,
  GENOS_REASON_NEEDS_TURN,
  GENOS_REASON_PROTOCOL,
  GENOS_REASON_LIMIT,
  GENOS_REASON_UNSUPPORTED,
  GENOS_REASON_MISSING_PLUGIN,
  GENOS_REASON_NO_RELAY,
  GENOS_REASON_DNS_FAILED,
  GENOS_REASON_UNREACHABLE,
  GENOS_REASON_TLS_FAILED,
  GENOS_REASON_RELAY_SILENT,
  GENOS_REASON_RELAY_REFUSED,
  GENOS_REASON_RELAY_WANTS_WORK,
  GENOS_REASON_RELAY_WANTS_AUTH,
  GENOS_REASON_RELAY_BUSY,
  GENOS_REASON_CLOCK_SKEW,
  GENOS_REASON_STUN_SILENT,
  GENOS_REASON_TURN_REFUSED,
} GenosReason;

GENOS_API
GType genos_reason_get_type (void) G_GNUC_CONST;
#define GENOS_TYPE_REASON (genos_reason_get_type ())

GENOS_API
GenosReason genos_reason_from_error (const GError *error);
GENOS_API
const char *genos_reason_get_nick (GenosReason self);
GENOS_API
const char *genos_reason_get_text (GenosReason self);
GENOS_API
const char *genos_reason_get_advice (GenosReason self);

G_END_DECLS
