/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/media/peer-clock.h>

#include <genos/wire/clock-message.h>

/* One question after the other, as fast as answers come. */
#define FIRST_QUESTIONS 8
#define INTERVAL (10 * G_TIME_SPAN_SECOND)
/* What is answered later says little: half of it is how wrong it may be. */
#define PATIENCE (2 * G_TIME_SPAN_SECOND)
/* So many questions are answered at once, then one in that time. */
#define QUESTION_BURST 64
#define QUESTION_INTERVAL (100 * G_TIME_SPAN_MILLISECOND)

struct _GenosPeerClock {
  GenosPeerClockSendFunc send;
  gpointer user_data;
  GenosClockOffset offset;
  guint n_answers;
  gint64 asked; /* t1 of the question that is out; 0: none */
  gint64 next;  /* monotonic: when to ask again */
  gint64 paid;  /* monotonic: questions that came are paid for up to then */
};

static void
ask (GenosPeerClock *self, gint64 wall, gint64 now)
{
  const GenosClockMessage question = { .asked = wall };
  g_autoptr (GBytes) bytes = genos_clock_message_build (&question);

  self->asked = wall;
  self->next = now + PATIENCE;
  self->send (bytes, self->user_data);
}

void
genos_peer_clock_tick (GenosPeerClock *self, gint64 wall, gint64 now)
{
  if (now >= self->next)
    ask (self, wall, now);
}

static gboolean
take_question (GenosPeerClock *self, const GenosClockMessage *question, gint64 wall, gint64 now)
{
  GenosClockMessage answer = {
    .is_answer = TRUE, .asked = question->asked, .received = wall, .answered = wall
  };
  gint64 paid = MAX (self->paid, now) + QUESTION_INTERVAL;
  g_autoptr (GBytes) bytes = NULL;

  if (paid > now + QUESTION_BURST * QUESTION_INTERVAL)
    return FALSE;
  self->paid = paid;
  bytes = genos_clock_message_build (&answer);
  self->send (bytes, self->user_data);
  return TRUE;
}

static gboolean
take_answer (GenosPeerClock *self, const GenosClockMessage *answer, gint64 wall, gint64 now)
{
  if (self->asked == 0 || answer->asked != self->asked)
    return FALSE;
  self->asked = 0;
  self->n_answers++;
  self->next = now + INTERVAL;
  if (!genos_clock_offset_add (
          &self->offset, answer->asked, answer->received, answer->answered, wall, now))
    return FALSE;
  if (self->n_answers < FIRST_QUESTIONS)
    ask (self, wall, now);
  return TRUE;
}

gboolean
genos_peer_clock_take (GenosPeerClock *self, GBytes *bytes, gint64 wall, gint64 now)
{
  GenosClockMessage message;

  if (!genos_clock_message_parse (bytes, &message, NULL))
    return FALSE;
  return message.is_answer ? take_answer (self, &message, wall, now)
                           : take_question (self, &message, wall, now);
}

gboolean
genos_peer_clock_get (GenosPeerClock *self, gint64 now, gint64 *offset, gint64 *error)
{
  return genos_clock_offset_get (&self->offset, now, offset, error);
}

GenosPeerClock *
genos_peer_clock_new (GenosPeerClockSendFunc send, gpointer user_data)
{
  GenosPeerClock *self = g_new0 (GenosPeerClock, 1);

  self->send = send;
  self->user_data = user_data;
  return self;
}

void
genos_peer_clock_free (GenosPeerClock *self)
{
  g_free (self);
}
