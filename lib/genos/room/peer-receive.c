/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What comes from a peer over its link: to the room what is for it, and the rest to those parts of the peer
 * that it is for. */

#include <genos/room/peer-struct.h>

#include <string.h>

#include <genos/room/signal-description.h>
#include <genos/wire/clock-message.h>
#include <genos/wire/far-list.h>
#include <genos/wire/hello-message.h>
#include <genos/wire/track-list.h>

/* A peer that sends nonsense is complained of so often at once, then once in that time. */
#define WARNING_BURST 8
#define WARNING_INTERVAL (5 * G_TIME_SPAN_SECOND)

/* And so often what it says of itself may change. */
#define METADATA_BURST 16
#define METADATA_INTERVAL (250 * G_TIME_SPAN_MILLISECOND)

void
genos_peer_tell_warning (GenosPeer *self, const GError *error)
{
  gint64 now = g_get_monotonic_time ();
  gint64 paid = MAX (self->warnings_paid, now) + WARNING_INTERVAL;

  if (self->events == NULL || paid > now + WARNING_BURST * WARNING_INTERVAL)
    return;
  self->warnings_paid = paid;
  self->events->warning (self, error, self->events_data);
}

/* --- internal messages --- */

static void
take_signal (GenosPeer *self, GenosMessage *message)
{
  g_autofree char *sdp = NULL;
  g_autoptr (GError) error = NULL;
  GenosSdpKind kind;

  if (!genos_signal_description_parse (genos_message_get_json (message), &kind, &sdp, &error)) {
    self->dropped++;
    genos_peer_tell_warning (self, error);
    return;
  }
  genos_peer_link_take_description (self->link, kind, sdp);
}

/* Somebody who changes it without end is heard now and then. */
static void
take_metadata (GenosPeer *self, GenosMessage *message)
{
  gint64 now = g_get_monotonic_time ();
  gint64 paid = MAX (self->metadata_paid, now) + METADATA_INTERVAL;
  const char *text = genos_message_get_text (message);

  if (genos_message_get_kind (message) != GENOS_MESSAGE_JSON
      || strlen (text) > GENOS_METADATA_MAX_SIZE
      || paid > now + METADATA_BURST * METADATA_INTERVAL) {
    self->dropped++;
    return;
  }
  self->metadata_paid = paid;
  if (genos_peer_set_metadata (self, text) && self->events != NULL)
    self->events->metadata (self, self->events_data);
}

static void
take_offers (GenosPeer *self, const char *type, GenosMessage *message)
{
  g_autoptr (GError) error = NULL;
  gboolean far =
      strcmp (type, GENOS_FAR_OFFERS_TYPE) == 0 || strcmp (type, GENOS_FAR_WATCHES_TYPE) == 0;

  if (far ? genos_peer_take_far (self, type, message, &error)
          : genos_peer_take_offers (self, type, message, &error))
    return;
  self->dropped++;
  genos_peer_tell_warning (self, error);
}

/* Later than we wait for it, when we have taken it for a browser: it waits in vain for our proof, and neither tells the
 * other what only our own kind understands. It gets another link, as when this one had broken. */
static void
take_late_hello (GenosPeer *self)
{
  if (self->given_up)
    genos_peer_link_close (self->link);
}

static void
take_internal (GenosPeer *self, const char *type, GenosMessage *message)
{
  if (strcmp (type, "@_signal") == 0)
    take_signal (self, message);
  else if (strcmp (type, "@_stream") == 0 && genos_message_get_text (message) != NULL)
    genos_peer_media_take_stream_metadata (self->media, genos_message_get_text (message));
  else if (strcmp (type, "@_track") == 0 && genos_message_get_text (message) != NULL)
    genos_peer_media_take_track_metadata (self->media, genos_message_get_text (message));
  else if (strcmp (type, GENOS_METADATA_TYPE) == 0 && genos_peer_is_extended (self))
    take_metadata (self, message);
  else if (strcmp (type, GENOS_CLOCK_TYPE) == 0)
    genos_peer_take_clock (self, message);
  else if (strcmp (type, GENOS_HELLO_TYPE) == 0)
    take_late_hello (self);
  else if (strcmp (type, GENOS_TRACK_LIST_TYPE) == 0
      || strcmp (type, GENOS_TRACK_REFUSALS_TYPE) == 0 || strcmp (type, GENOS_FAR_OFFERS_TYPE) == 0
      || strcmp (type, GENOS_FAR_WATCHES_TYPE) == 0)
    take_offers (self, type, message);
  else if (strcmp (type, "@_leave") == 0)
    genos_peer_close (self, FALSE, GENOS_REASON_LEFT);
}

/* --- messages of channels --- */

static void
refuse (GenosPeer *self, const GError *error)
{
  self->dropped++;
  genos_peer_tell_warning (self, error);
}

static gboolean
refuse_unsealed (GenosPeer *self, const char *channel)
{
  g_autoptr (GError) error = g_error_new (GENOS_ERROR, GENOS_ERROR_AUTHENTICATION,
      "a message on %s came from peer %s unsealed, though it seals what it says", channel,
      self->id);

  refuse (self, error);
  return FALSE;
}

/* Into @message, whatever form it has. */
static gboolean
open_message (GenosPeer *self, const GenosAssembledMessage *assembled,
    GenosExtendedMessage *message, gboolean *sealed)
{
  g_autoptr (GError) error = NULL;
  gboolean taken;

  *sealed =
      assembled->kind == GENOS_PAYLOAD_EXTENDED && genos_peer_seal_is_sealed (assembled->payload);
  if (!*sealed && self->seal != NULL)
    return refuse_unsealed (self, assembled->type);
  if (assembled->kind != GENOS_PAYLOAD_EXTENDED) {
    *message = (GenosExtendedMessage){ .kind = assembled->kind,
      .metadata = g_strdup (assembled->metadata),
      .payload = g_bytes_ref (assembled->payload) };
    return TRUE;
  }

  if (!*sealed) {
    taken = genos_extended_message_parse (assembled->payload, message, &error);
  } else if (self->seal != NULL) {
    taken = genos_peer_seal_open (self->seal, assembled->type, assembled->payload, message, &error);
  } else {
    taken = FALSE;
    g_set_error (&error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION,
        "a sealed message came, and no key to open it was agreed on");
  }
  if (!taken) {
    g_prefix_error (&error, "peer %s, channel %s: ", self->id, assembled->type);
    refuse (self, error);
  }
  return taken;
}

static void
take_channel_message (GenosPeer *self, const GenosAssembledMessage *assembled)
{
  g_auto (GenosExtendedMessage) extended = { 0 };
  g_autoptr (GenosMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  gboolean sealed;

  if (!open_message (self, assembled, &extended, &sealed))
    return;
  message = genos_message_new_extended (
      &extended, sealed ? GENOS_SEALING_PEER : GENOS_SEALING_NONE, &error);
  if (message == NULL) {
    refuse (self, error);
    return;
  }
  self->messages_in++;
  if (self->events != NULL)
    self->events->message (self, assembled->type, &extended, message, self->events_data);
}

static void
on_message (GenosMessenger *messenger, const GenosAssembledMessage *assembled, GenosPeer *self)
{
  g_autoptr (GenosPeer) alive = g_object_ref (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosMessage) message = NULL;

  if (self->gone)
    return;
  if (!g_str_has_prefix (assembled->type, "@_")) {
    take_channel_message (self, assembled);
    return;
  }
  message = genos_message_new_assembled (assembled, &error);
  if (message != NULL)
    take_internal (self, assembled->type, message);
  else
    refuse (self, error);
}

static void
on_progress (GenosMessenger *messenger, const char *type, gdouble fraction, const char *metadata,
    GenosPeer *self)
{
  if (!self->gone && self->events != NULL && !g_str_has_prefix (type, "@_"))
    self->events->progress (self, type, fraction, metadata, self->events_data);
}

static void
on_dropped (GenosMessenger *messenger, GError *error, GenosPeer *self)
{
  self->dropped++;
  genos_peer_tell_warning (self, error);
}

void
genos_peer_begin_receiving (GenosPeer *self)
{
  g_signal_connect (self->messenger, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->messenger, "progress", G_CALLBACK (on_progress), self);
  g_signal_connect (self->messenger, "dropped", G_CALLBACK (on_dropped), self);
}
