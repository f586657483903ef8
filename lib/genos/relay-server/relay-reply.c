/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-reply.h>

#include <string.h>

#include <genos/wire/hex.h>
#include <genos/wire/nip01-message.h>

#define ID_HEX 64

static const char *
skip_blanks (const char *p, const char *end)
{
  while (p < end && strchr (" \t\r\n", *p) != NULL && *p != '\0')
    p++;
  return p;
}

/* Steps over @token and the blanks before it; NULL when something else is there. */
static const char *
expect (const char *p, const char *end, const char *token)
{
  if (p == NULL)
    return NULL;
  p = skip_blanks (p, end);
  if ((gsize) (end - p) < strlen (token) || strncmp (p, token, strlen (token)) != 0)
    return NULL;
  return p + strlen (token);
}

/* (transfer full): the subscription id of a REQ, when it is a plain one */
static char *
find_subscription (const char *text, const char *end)
{
  const char *start = expect (text, end, "[");
  const char *p;

  start = expect (start, end, "\"REQ\"");
  start = expect (start, end, ",");
  start = expect (start, end, "\"");
  for (p = start; p != NULL && p < end && p - start <= GENOS_NIP01_MAX_SUBSCRIPTION_ID; p++) {
    if (*p == '"')
      return p > start ? g_strndup (start, p - start) : NULL;
    if (!g_ascii_isgraph (*p) || *p == '\\')
      return NULL;
  }
  return NULL;
}

/* (transfer full): the id of the first member of that name with 64 hex digits */
static char *
find_event_id (const char *text, const char *end)
{
  const char *p = expect (text, end, "[");
  guint8 ignored[ID_HEX / 2];

  p = expect (p, end, "\"EVENT\"");
  while (p != NULL && (p = g_strstr_len (p, end - p, "\"id\"")) != NULL) {
    const char *value = expect (p + 4, end, ":");

    value = expect (value, end, "\"");
    if (value != NULL && end - value > ID_HEX && value[ID_HEX] == '"') {
      g_autofree char *id = g_strndup (value, ID_HEX);

      if (genos_hex_decode (id, ignored, sizeof ignored))
        return g_steal_pointer (&id);
    }
    p += 4;
  }
  return NULL;
}

char *
genos_relay_reply_to_unreadable (const char *text, gsize len, const GError *error)
{
  const char *end = text + len;
  g_autofree char *reason = g_strconcat ("invalid: ", error->message, NULL);
  g_autofree char *subscription = find_subscription (text, end);
  g_autofree char *event_id = NULL;

  if (subscription != NULL)
    return genos_nip01_message_closed (subscription, reason);
  event_id = find_event_id (text, end);
  if (event_id != NULL)
    return genos_nip01_message_ok (event_id, FALSE, reason);
  return genos_nip01_message_notice (reason);
}
