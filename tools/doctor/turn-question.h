/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/genos.h>

G_BEGIN_DECLS

/* Asks a TURN server for an address without saying who we are. That it refuses shows that it is there; why it does
 * not answer shows what is in the way. For a server that lent nothing. */

typedef struct {
  GenosReason reason;
  const char *evidence;
  const char *next; /* (nullable): what the reason advises */
} TurnAnswer;

typedef void (*TurnAnswered) (const TurnAnswer *answer, gpointer user_data);

/* @url: as in `turn-servers`. @answered is called exactly once, on the default main context and not from within the
 * call, after @timeout_ms at the latest. */
void
turn_question_ask (const char *url, guint timeout_ms, TurnAnswered answered, gpointer user_data);

G_END_DECLS
