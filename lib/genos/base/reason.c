/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/base/reason-private.h>

#include <genos/base/error-private.h>

/* By GenosReason. */
static const struct {
  const char *nick;
  const char *text;
  const char *advice;
} reasons[] = {
  [GENOS_REASON_UNKNOWN] = { "unknown", "the reason is not known", NULL },
  [GENOS_REASON_LEFT] = { "left", "the peer left", NULL },
  [GENOS_REASON_LEFT_HERE] = { "left-here", "the room was left here", NULL },
  [GENOS_REASON_LOST] = { "lost", "the peer does not answer any more",
      "it is dialled again as soon as it is heard of" },
  [GENOS_REASON_REPLACED] = { "replaced", "the peer is here again over a new link", NULL },
  [GENOS_REASON_KICKED] = { "kicked", "the peer was removed here", NULL },
  [GENOS_REASON_DENIED] = { "denied", "the peer is not admitted here",
      "admit the peer, if it should be here" },
  [GENOS_REASON_ROOM_FULL] = { "room-full", "there are as many peers as are wanted",
      "raise max-peers, if this machine carries more" },
  [GENOS_REASON_NOT_VERIFIED] = { "not-verified", "the peer has not proved who it is",
      "require no verified peers if browsers are to be admitted: they cannot prove who they are" },
  [GENOS_REASON_NOT_ENCRYPTED] = { "not-encrypted", "the peer cannot seal messages end to end",
      "let encryption be preferred only, if browsers are to be admitted: they cannot" },
  [GENOS_REASON_WRONG_PASSWORD] = { "wrong-password", "the peer's password differs",
      "compare the passwords, letter by letter, and the application ids" },
  [GENOS_REASON_NO_ANSWER] = { "no-answer", "the other side did not answer in time",
      "it is tried again; see whether the peer is alive" },
  [GENOS_REASON_NO_PATH] = { "no-path", "no packet got through",
      "let UDP pass on both sides, and see with genos doctor whether the TURN server works" },
  [GENOS_REASON_NEEDS_TURN] = { "needs-turn",
      "no packet got through, and there is no TURN server to pass them on",
      "one of the two may be behind a NAT that needs a TURN server: set turn-servers" },
  [GENOS_REASON_PROTOCOL] = { "protocol", "the other side does not keep to the protocol",
      "see which program the other side runs" },
  [GENOS_REASON_LIMIT] = { "limit", "it was more than is allowed", "send less at once" },
  [GENOS_REASON_UNSUPPORTED] = { "unsupported", "one side lacks what the other one needs",
      "send in a format that both sides have" },
  [GENOS_REASON_MISSING_PLUGIN] = { "missing-plugin", "a GStreamer plugin is missing",
      "install the package that is named" },
  [GENOS_REASON_NO_RELAY] = { "no-relay", "no relay is reachable",
      "see whether this machine is online, and set relays to ones that work" },
  [GENOS_REASON_DNS_FAILED] = { "dns-failed", "the host name has no address",
      "see whether the name is right and DNS works here" },
  [GENOS_REASON_UNREACHABLE] = { "unreachable", "the server is not reachable",
      "see whether the server runs, and whether a firewall or proxy is between" },
  [GENOS_REASON_TLS_FAILED] = { "tls-failed", "TLS failed",
      "see whether the clock and the certificate authorities (ca-certificates) of this machine are "
      "right" },
  [GENOS_REASON_RELAY_SILENT] = { "relay-silent", "the relay says nothing", "use other relays" },
  [GENOS_REASON_RELAY_REFUSED] = { "relay-refused", "the relay refuses", "use other relays" },
  [GENOS_REASON_RELAY_WANTS_WORK] = { "relay-wants-work", "the relay wants proof of work",
      "use other relays, or allow more work" },
  [GENOS_REASON_RELAY_WANTS_AUTH] = { "relay-wants-auth", "the relay wants to know who we are",
      "use relays that are open to everybody" },
  [GENOS_REASON_RELAY_BUSY] = { "relay-busy", "the relay limits how much may be sent",
      "use more relays, or one of your own" },
  [GENOS_REASON_CLOCK_SKEW] = { "clock-skew", "the clock is wrong",
      "set this machine's clock, best by NTP" },
  [GENOS_REASON_STUN_SILENT] = { "stun-silent", "the STUN server does not answer",
      "let UDP pass to the outside, or set stun-server to one that answers" },
  [GENOS_REASON_TURN_REFUSED] = { "turn-refused", "the TURN server gave no address",
      "see whether the server runs and its user and password are right" },
};

/* Written by hand so that the nicks stand in one place. */
GType
genos_reason_get_type (void)
{
  static gsize type;

  if (g_once_init_enter (&type)) {
    GEnumValue *values = g_new0 (GEnumValue, G_N_ELEMENTS (reasons) + 1);

    for (guint i = 0; i < G_N_ELEMENTS (reasons); i++) {
      g_autofree char *upper = g_ascii_strup (reasons[i].nick, -1);

      g_strdelimit (upper, "-", '_');
      values[i].value = (int) i;
      values[i].value_name = g_strconcat ("GENOS_REASON_", upper, NULL);
      values[i].value_nick = reasons[i].nick;
    }
    /* GObject keeps the table for ever. */
    g_once_init_leave (&type, g_enum_register_static ("GenosReason", values));
  }
  return (GType) type;
}

static GenosReason
reason_of_code (int code)
{
  switch (code) {
    case GENOS_ERROR_PROTOCOL:
      return GENOS_REASON_PROTOCOL;
    case GENOS_ERROR_LIMIT:
      return GENOS_REASON_LIMIT;
    case GENOS_ERROR_AUTHENTICATION:
      return GENOS_REASON_WRONG_PASSWORD;
    case GENOS_ERROR_TIMED_OUT:
      return GENOS_REASON_NO_ANSWER;
    case GENOS_ERROR_CLOSED:
      return GENOS_REASON_LEFT;
    case GENOS_ERROR_UNSUPPORTED:
      return GENOS_REASON_UNSUPPORTED;
    case GENOS_ERROR_MISSING_PLUGIN:
      return GENOS_REASON_MISSING_PLUGIN;
    default:
      return GENOS_REASON_UNKNOWN;
  }
}

/**
 * genos_reason_from_error:
 * @error: (nullable): an error that this library gave
 *
 * Tells the reason behind an error. In a language whose bindings turn errors
 * into exceptions of their own, only what the error's code says is left; the
 * signals that carry an error have the reason's nick as their detail there
 * (`join-error::wrong-password`).
 *
 * Returns: the reason; %GENOS_REASON_UNKNOWN for %NULL and for errors of other
 *   domains
 */
GenosReason
genos_reason_from_error (const GError *error)
{
  GenosReason reason;

  if (error == NULL || error->domain != GENOS_ERROR)
    return GENOS_REASON_UNKNOWN;
  reason = (GenosReason) genos_error_get_detail (error);
  return reason != GENOS_REASON_UNKNOWN ? reason : reason_of_code (error->code);
}

/**
 * genos_reason_get_nick:
 * @self: a reason
 *
 * Gets the reason's short name, as bus messages and `genos doctor --json` write
 * it: `wrong-password`.
 *
 * Returns: the nick; `unknown` for a value that is none
 */
const char *
genos_reason_get_nick (GenosReason self)
{
  return reasons[(gsize) self < G_N_ELEMENTS (reasons) ? self : GENOS_REASON_UNKNOWN].nick;
}

/**
 * genos_reason_get_text:
 * @self: a reason
 *
 * Gets the reason in words.
 *
 * Returns: half a sentence in English
 */
const char *
genos_reason_get_text (GenosReason self)
{
  return reasons[(gsize) self < G_N_ELEMENTS (reasons) ? self : GENOS_REASON_UNKNOWN].text;
}

/**
 * genos_reason_get_advice:
 * @self: a reason
 *
 * Gets what somebody who is stuck for this reason does next.
 *
 * Returns: (nullable): half a sentence in English; %NULL when there is nothing
 *   to do
 */
const char *
genos_reason_get_advice (GenosReason self)
{
  return reasons[(gsize) self < G_N_ELEMENTS (reasons) ? self : GENOS_REASON_UNKNOWN].advice;
}

GError *
genos_error_new_reason (GenosError code, GenosReason reason, const char *format, ...)
{
  GError *error;
  va_list args;

  va_start (args, format);
  error = g_error_new_valist (GENOS_ERROR, code, format, args);
  va_end (args);
  genos_error_set_detail (error, (int) reason);
  return error;
}

void
genos_error_set_reason (GError *error, GenosReason reason)
{
  if (error != NULL && error->domain == GENOS_ERROR)
    genos_error_set_detail (error, (int) reason);
}

GenosReason
genos_reason_from_refusal (const char *text)
{
  static const struct {
    const char *prefix;
    GenosReason reason;
  } prefixes[] = {
    { "pow:", GENOS_REASON_RELAY_WANTS_WORK },
    { "auth-required:", GENOS_REASON_RELAY_WANTS_AUTH },
    { "rate-limited:", GENOS_REASON_RELAY_BUSY },
    { "blocked:", GENOS_REASON_RELAY_REFUSED },
    { "restricted:", GENOS_REASON_RELAY_REFUSED },
    { "invalid:", GENOS_REASON_RELAY_REFUSED },
    { "error:", GENOS_REASON_RELAY_REFUSED },
  };

  for (guint i = 0; text != NULL && i < G_N_ELEMENTS (prefixes); i++) {
    if (g_str_has_prefix (text, prefixes[i].prefix))
      return prefixes[i].reason;
  }
  return GENOS_REASON_UNKNOWN;
}
