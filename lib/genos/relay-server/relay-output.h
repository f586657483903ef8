/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Takes everything that is written and passes it on when the loop has nothing better to do, many
 * small writes in one. How much waits is for the owner to look at: there is no bound in here. */
#define GENOS_TYPE_RELAY_OUTPUT (genos_relay_output_get_type ())
G_DECLARE_FINAL_TYPE (
    GenosRelayOutput, genos_relay_output, GENOS, RELAY_OUTPUT, GFilterOutputStream)

/* @account is kept at the sum of what waits in all streams that share it. */
GOutputStream *genos_relay_output_new (GOutputStream *base, gsize *account);

gsize genos_relay_output_get_pending (GenosRelayOutput *self);

/* The account is about to go away. */
void genos_relay_output_forget_account (GenosRelayOutput *self);

/* Passes on what the network takes without waiting, and no more after that. */
void genos_relay_output_finish (GenosRelayOutput *self);

G_END_DECLS
