/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/message.h>
#include <genos/wire/channel-assembler.h>
#include <genos/wire/extended-message.h>

G_BEGIN_DECLS

/* GENOS_ERROR_PROTOCOL when the JSON of a peer is none. */
GenosMessage *genos_message_new_assembled (
    const GenosAssembledMessage *assembled, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GenosMessage *genos_message_new_extended (const GenosExtendedMessage *extended,
    GenosSealing sealing, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Borrows from @self. */
void genos_message_fill_extended (GenosMessage *self, GenosExtendedMessage *extended);

/* Before the message is shown to anybody. */
void genos_message_set_sealing (GenosMessage *self, GenosSealing sealing);
void genos_message_set_ntp_time (GenosMessage *self, guint64 ntp_time);

GenosPayloadKind genos_message_get_payload_kind (GenosMessage *self);
/* (transfer none) what is split into frames */
GBytes *genos_message_get_payload (GenosMessage *self);
/* (transfer none) (nullable) */
const char *genos_message_get_metadata_text (GenosMessage *self);

G_END_DECLS
