/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Addresses of STUN and TURN servers as users write them: scheme://… as GStreamer does, or
 * scheme:… as browsers do (RFC 7064, RFC 7065). */

#define GENOS_STUN_PORT 3478
#define GENOS_TURNS_PORT 5349
/* libnice takes no more. */
#define GENOS_TURN_SERVERS_MAX 8

typedef struct {
  char *host; /* a name or an address; IPv6 without brackets */
  guint port;
  gboolean tls;
  char *transport; /* (nullable) how the server is spoken to, udp or tcp; NULL: both are tried */
  char *user;      /* (nullable) together with the password: made from the secret */
  char *password;
} GenosTurnServer;

void genos_turn_server_free (GenosTurnServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosTurnServer, genos_turn_server_free)

/* (element-type GenosTurnServer) (transfer full): of @text (nullable), a list with commas or spaces
 * between. @has_secret: servers may come without user and password. NULL and
 * GENOS_ERROR_INVALID_ARGUMENT tell which one is unusable and why; never a password. */
GPtrArray *genos_turn_servers_parse (const char *text, gboolean has_secret, GError **error);

/* What webrtcbin takes, with everything escaped: a secret like its parts. */
char *genos_turn_server_to_uri (const GenosTurnServer *self);

/* Credentials that a TURN server with a shared secret takes until @expires (seconds since 1970): the
 * user is EXPIRES:NAME, the password base64 (HMAC-SHA1 (secret, user)). Of the expired Internet
 * draft draft-uberti-behave-turn-rest-00; coturn calls it use-auth-secret. */
void genos_turn_server_sign (
    GenosTurnServer *self, const char *secret, const char *name, gint64 expires);

/* Whether the server at @stun, as genos_stun_server_parse () returns it, is the same, and spoken to
 * over UDP as well. */
gboolean genos_turn_server_answers_stun (const GenosTurnServer *self, const char *stun);

/* (transfer full) (nullable): "stun://host:port". NULL with @error set: unusable; NULL without: @text
 * is empty or "none", which is for gst-launch-1.0, whose grammar makes an empty value awkward. */
char *genos_stun_server_parse (const char *text, GError **error);

G_END_DECLS
