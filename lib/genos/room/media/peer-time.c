/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How the clock of a peer stands to ours. */

#include <genos/room/peer-struct.h>

#include <genos/wire/clock-message.h>
#include <genos/wire/hello-message.h>

static void
send_clock_message (GBytes *bytes, gpointer user_data)
{
  GenosPeer *self = user_data;
  const GenosOutgoing outgoing = { GENOS_CLOCK_TYPE, GENOS_PAYLOAD_BINARY, bytes };

  genos_messenger_send (self->messenger, &outgoing, NULL);
}

static gboolean
knows_clock (GenosPeer *self)
{
  return self->capabilities != NULL
      && g_strv_contains ((const char *const *) self->capabilities, GENOS_FEATURE_CLOCK);
}

void
genos_peer_begin_clock (GenosPeer *self)
{
  g_clear_pointer (&self->clock, genos_peer_clock_free);
  if (knows_clock (self))
    self->clock = genos_peer_clock_new (send_clock_message, self);
  genos_peer_tick_clock (self);
}

void
genos_peer_tick_clock (GenosPeer *self)
{
  if (self->clock != NULL && self->linked)
    genos_peer_clock_tick (self->clock, g_get_real_time (), g_get_monotonic_time ());
}

void
genos_peer_take_clock (GenosPeer *self, GenosMessage *message)
{
  GBytes *bytes = genos_message_get_bytes (message);
  gint64 now = g_get_monotonic_time ();
  gint64 offset, error;

  if (self->clock == NULL || bytes == NULL
      || !genos_peer_clock_take (self->clock, bytes, g_get_real_time (), now)) {
    self->dropped++;
    return;
  }
  if (genos_peer_clock_get (self->clock, now, &offset, &error))
    genos_peer_set_clock_offset (self, offset * 1000);
}

/**
 * genos_peer_get_clock_offset:
 * @self: a peer
 * @offset: (out) (optional): its wall clock minus ours, ns
 * @error: (out) (optional): by how much that may be wrong, ns; %G_MAXUINT64 where nobody knows
 *
 * Gets how far the peer's wall clock is ahead of ours, measured over the link by an exchange of
 * times as NTP does it (RFC 5905, section 8). What [property@Peer:clock-offset] has for properties.
 * Call on the room's context.
 *
 * The times in the peer's sender reports, in reference timestamps of its packets, and in its messages
 * are of its wall clock; less this offset they are of ours, and those of several peers can be compared.
 *
 * In a room with cells it is known as well of somebody without a link whose tracks come by way of others: each of
 * those adds what it has measured, and nobody knows how wrong the sum may be.
 *
 * Returns: %FALSE while nothing is known: at the beginning, and of browsers and older programs
 */
gboolean
genos_peer_get_clock_offset (GenosPeer *self, gint64 *offset, guint64 *error)
{
  gint64 offset_us = 0, error_us = 0;
  gboolean known;

  g_return_val_if_fail (GENOS_IS_PEER (self), FALSE);

  if (self->clock == NULL && self->far_clock) {
    if (offset != NULL)
      *offset = self->clock_offset;
    if (error != NULL)
      *error = G_MAXUINT64;
    return TRUE;
  }
  known = self->clock != NULL
      && genos_peer_clock_get (self->clock, g_get_monotonic_time (), &offset_us, &error_us);
  if (offset != NULL)
    *offset = offset_us * 1000;
  if (error != NULL)
    *error = (guint64) error_us * 1000;
  return known;
}
