/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/clock-message.h>

#include <string.h>

#define QUESTION_SIZE 8
#define ANSWER_SIZE 24
/* The year 2100: what is reckoned with such times does not overflow, in ns since 1900 neither. */
#define MAX_TIME (G_GINT64_CONSTANT (4102444800) * G_USEC_PER_SEC)

static gboolean
take_time (const guint8 *data, gint64 *time)
{
  guint64 value;

  memcpy (&value, data, sizeof value);
  value = GUINT64_FROM_BE (value);
  if (value > (guint64) MAX_TIME)
    return FALSE;
  *time = (gint64) value;
  return TRUE;
}

static void
put_time (guint8 *data, gint64 time)
{
  guint64 value = GUINT64_TO_BE ((guint64) time);

  memcpy (data, &value, sizeof value);
}

gboolean
genos_clock_message_parse (GBytes *bytes, GenosClockMessage *message, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  gboolean good = size == QUESTION_SIZE || size == ANSWER_SIZE;

  *message = (GenosClockMessage){ .is_answer = size == ANSWER_SIZE };
  good = good && take_time (data, &message->asked);
  if (good && message->is_answer)
    good = take_time (data + 8, &message->received) && take_time (data + 16, &message->answered)
        && message->answered >= message->received;
  if (!good)
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL,
        "a question about the clock, or its answer, is not usable");
  return good;
}

GBytes *
genos_clock_message_build (const GenosClockMessage *message)
{
  guint8 data[ANSWER_SIZE];

  put_time (data, message->asked);
  if (!message->is_answer)
    return g_bytes_new (data, QUESTION_SIZE);
  put_time (data + 8, message->received);
  put_time (data + 16, message->answered);
  return g_bytes_new (data, ANSWER_SIZE);
}
