/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Contents of signalling events: who is there, dialling, answering, leaving. */
typedef enum {
  GENOS_SIGNAL_ANNOUNCE,
  GENOS_SIGNAL_OFFER,
  GENOS_SIGNAL_ANSWER,
  GENOS_SIGNAL_BYE,
} GenosSignalType;

#define GENOS_PEER_ID_MAX 64 /* ours have 20; what a peer may claim is bounded */
#define GENOS_PEER_KIND_MAX 32

typedef struct {
  GenosSignalType type;
  char *peer_id;     /* of the sender; [0-9A-Za-z]{1,64}, checked when parsed */
  char *kind;        /* announce: "native", "superpeer", …; NULL when absent or unusable */
  char *sealed_sdp;  /* offer, answer */
  gboolean extended; /* "ext": 1 or more; not in a bye. See docs/design/wire-extensions.md */
} GenosSignalMessage;

void genos_signal_message_free (GenosSignalMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosSignalMessage, genos_signal_message_free)

/* A word of at most GENOS_PEER_KIND_MAX bytes of ASCII. */
gboolean genos_peer_kind_is_valid (const char *text);

/* Unknown further fields are ignored; anything unusable is GENOS_ERROR_PROTOCOL. */
GenosSignalMessage *
genos_signal_message_parse (const char *content, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @extended: whether to say that we know this project's internal frames; browsers overlook it. */
char *genos_signal_message_announce (const char *peer_id, const char *kind, gboolean extended);
char *genos_signal_message_offer (const char *peer_id, const char *sealed_sdp, gboolean extended);
char *genos_signal_message_answer (const char *peer_id, const char *sealed_sdp, gboolean extended);
char *genos_signal_message_bye (const char *peer_id);

G_END_DECLS
