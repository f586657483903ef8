/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include <genos/base/reason.h>

G_BEGIN_DECLS

/* Who is there, and how SDP gets to them. Lives and emits on one main context. @via names the
 * path a message came on (a relay URL), because an answer has to go back the same way: answers
 * carry no offer identifier and belong to the one pending offer for (peer, via). */

/* What a message tells of its sender beside the claim of its peer id. Valid for the call. */
typedef struct {
  const char
      *key; /* (nullable): whose signature it bears, 64 hex digits; NULL: nothing is signed */
  gboolean extended; /* its sender says that it knows the internal frames of wire-extensions.md */
} GenosSignalOrigin;

#define GENOS_TYPE_SIGNALLER (genos_signaller_get_type ())
G_DECLARE_DERIVABLE_TYPE (GenosSignaller, genos_signaller, GENOS, SIGNALLER, GObject)

struct _GenosSignallerClass {
  GObjectClass parent_class;

  void (*start) (GenosSignaller *self);
  void (*stop) (GenosSignaller *self);
  void (*announce) (GenosSignaller *self, const char *via);
  void (*send_offer) (GenosSignaller *self, const char *peer_id, const char *via, const char *sdp);
  void (*send_answer) (GenosSignaller *self, const char *peer_id, const char *via, const char *sdp);
  void (*send_bye) (GenosSignaller *self);
  guint64 (*get_dropped) (GenosSignaller *self);          /* (nullable) */
  void (*check) (GenosSignaller *self, gboolean changed); /* (nullable) */
  GVariant *(*get_path_stats) (GenosSignaller *self);     /* (nullable) */
  GVariant *(*get_list_stats) (GenosSignaller *self);     /* (nullable) */
  gboolean (*is_closing) (GenosSignaller *self);          /* (nullable) */
  void (*cut) (GenosSignaller *self);                     /* (nullable) */
};

void genos_signaller_start (GenosSignaller *self);
void genos_signaller_stop (GenosSignaller *self);
/* Whether it still has to say goodbye, after having been stopped. */
gboolean genos_signaller_is_closing (GenosSignaller *self);
/* What still has to say goodbye does not: it is closed. */
void genos_signaller_cut (GenosSignaller *self);
/* @via NULL: everywhere */
void genos_signaller_announce (GenosSignaller *self, const char *via);
void genos_signaller_send_offer (
    GenosSignaller *self, const char *peer_id, const char *via, const char *sdp);
void genos_signaller_send_answer (
    GenosSignaller *self, const char *peer_id, const char *via, const char *sdp);
void genos_signaller_send_bye (GenosSignaller *self);
/* The network is in doubt: paths that are open have to show it. @changed: it is another one, so that
 * those that wait to be tried again are tried now. */
void genos_signaller_check (GenosSignaller *self, gboolean changed);
/* What came in and was thrown away: malformed, forged, repeated, too large, too much. */
guint64 genos_signaller_get_dropped (GenosSignaller *self);
/* (transfer full): aa{sv}, one for each path. */
GVariant *genos_signaller_get_path_stats (GenosSignaller *self);
/* (transfer full) (nullable): a{sv}, where further paths come from; NULL: from nowhere. */
GVariant *genos_signaller_get_list_stats (GenosSignaller *self);

/* For subclasses. */
void genos_signaller_emit_path_opened (GenosSignaller *self, const char *via);
void genos_signaller_emit_path_closed (GenosSignaller *self, const char *via, const GError *error);
/* @reason: GENOS_REASON_UNKNOWN when nothing is wrong */
void genos_signaller_emit_path_said (
    GenosSignaller *self, const char *via, const char *text, GenosReason reason);
/* @origin NULL: nothing is known of the sender. */
void genos_signaller_emit_announced (GenosSignaller *self, const char *peer_id, const char *kind,
    const char *via, const GenosSignalOrigin *origin);
void genos_signaller_emit_offer (GenosSignaller *self, const char *peer_id, const char *via,
    const char *sdp, const GenosSignalOrigin *origin);
void genos_signaller_emit_answer (GenosSignaller *self, const char *peer_id, const char *via,
    const char *sdp, const GenosSignalOrigin *origin);
void genos_signaller_emit_bye (GenosSignaller *self, const char *peer_id, const char *via);
void genos_signaller_emit_warning (GenosSignaller *self, const GError *error);
void genos_signaller_emit_peer_error (
    GenosSignaller *self, const char *peer_id, const char *via, const GError *error);

/* Signals: ::path-opened (via) ::path-closed (via, GError)
 * ::announced (peer_id, kind, via, origin): a GenosSignalOrigin*, never NULL, valid for the call
 * ::path-said (via, text, GenosReason): a relay refuses something, or has something to say to people
 * ::offer (peer_id, via, sdp, origin) ::answer (peer_id, via, sdp, origin) ::bye (peer_id, via)
 * ::warning (GError): something is worth telling that is about no peer and no path
 * ::peer-error (peer_id, via, GError): a sealed SDP did not open: that peer's password differs. */

G_END_DECLS
