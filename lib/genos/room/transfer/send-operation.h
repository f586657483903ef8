/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/channel.h>
#include <genos/room/peer-private.h>

G_BEGIN_DECLS

/* One message on its way to several peers; done when it left for each of them or failed. */
typedef struct _GenosSendOperation GenosSendOperation;

/* Returns @task's result TRUE when it left for at least one peer (or there was nobody to send to);
 * task data is the operation. Takes @task over. @far (element-type utf8):
 * those for whom it has left already; @absent: those who are not here. @goes_on: and by way of others, until
 * genos_send_operation_went() is called. */
void genos_send_operation_run (GTask *task, GenosChannel *channel, GenosMessage *message,
    GPtrArray *peers, GPtrArray *far, GPtrArray *absent, gboolean goes_on);
void genos_send_operation_went (GTask *task);

/* (transfer full) what became of a task's message */
void genos_send_operation_get_result (GTask *task, char ***sent_to, char ***failed);

G_END_DECLS
