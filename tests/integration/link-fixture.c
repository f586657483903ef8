/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "link-fixture.h"

#include "../common/webrtcbin-warning.h"

typedef struct {
  LinkEnd *to;
  GenosSdpKind kind;
  gboolean over_channel; /* in a room it would travel there */
  char *sdp;
} Description;

static void
free_description (Description *description)
{
  g_free (description->sdp);
  g_free (description);
}

static gboolean
on_hand_over (gpointer data)
{
  LinkPair *pair = data;
  Description *description;

  while (!pair->hold && (description = g_queue_peek_head (&pair->queue)) != NULL
      && (!description->over_channel || description->to->n_opened > 0)) {
    g_queue_pop_head (&pair->queue);
    if (description->to->link != NULL)
      genos_peer_link_take_description (description->to->link, description->kind, description->sdp);
    free_description (description);
  }
  return G_SOURCE_REMOVE;
}

static void
on_description (GenosPeerLink *link, int kind, const char *sdp, LinkEnd *end)
{
  LinkPair *pair = end->pair;
  Description *description = g_new0 (Description, 1);

  end->n_descriptions++;
  description->to = end == &pair->dialler ? &pair->answerer : &pair->dialler;
  description->kind = kind;
  description->over_channel = end->n_opened > 0;
  description->sdp = pair->mangle != NULL ? pair->mangle (end, kind, sdp) : g_strdup (sdp);
  if (description->sdp == NULL) {
    g_free (description);
    return;
  }
  g_queue_push_tail (&pair->queue, description);
  g_idle_add (on_hand_over, pair);
}

static void
on_opened (GenosPeerLink *link, LinkEnd *end)
{
  end->n_opened++;
  g_idle_add (on_hand_over, end->pair);
}

static void
on_closed (GenosPeerLink *link, const GError *error, LinkEnd *end)
{
  g_assert_nonnull (error);
  end->n_closed++;
  g_clear_error (&end->reason);
  end->reason = g_error_copy (error);
}

static void
on_frame (GenosPeerLink *link, GBytes *frame, LinkEnd *end)
{
  g_ptr_array_add (end->frames, g_bytes_ref (frame));
}

static void
on_drained (GenosPeerLink *link, LinkEnd *end)
{
  end->n_drained++;
}

static void
on_warning (GenosPeerLink *link, const GError *error, LinkEnd *end)
{
  end->n_warnings++;
  g_test_message ("warning: %s", error->message);
  g_clear_error (&end->warning);
  end->warning = g_error_copy (error);
}

static void
on_receiver_added (GenosPeerLink *link, GenosLinkReceiver *receiver, LinkEnd *end)
{
  end->n_receivers_added++;
  g_ptr_array_add (end->receivers, g_object_ref (receiver));
}

static void
on_receiver_removed (GenosPeerLink *link, GenosLinkReceiver *receiver, LinkEnd *end)
{
  end->n_receivers_removed++;
  g_assert_true (g_ptr_array_remove (end->receivers, receiver));
}

static void
init_end (LinkEnd *end, LinkPair *pair, gboolean offerer)
{
  GError *error = NULL;

  end->pair = pair;
  end->frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  end->receivers = g_ptr_array_new_with_free_func (g_object_unref);
  end->link = genos_peer_link_webrtc_new (offerer, NULL, 40, &error);
  g_assert_no_error (error);
  g_signal_connect (end->link, "description", G_CALLBACK (on_description), end);
  g_signal_connect (end->link, "opened", G_CALLBACK (on_opened), end);
  g_signal_connect (end->link, "closed", G_CALLBACK (on_closed), end);
  g_signal_connect (end->link, "frame", G_CALLBACK (on_frame), end);
  g_signal_connect (end->link, "drained", G_CALLBACK (on_drained), end);
  g_signal_connect (end->link, "warning", G_CALLBACK (on_warning), end);
  g_signal_connect (end->link, "receiver-added", G_CALLBACK (on_receiver_added), end);
  g_signal_connect (end->link, "receiver-removed", G_CALLBACK (on_receiver_removed), end);
}

static void
clear_end (LinkEnd *end)
{
  /* A test may have given it up. */
  if (end->link != NULL) {
    genos_peer_link_close (end->link);
    g_assert_cmpuint (end->n_closed, ==, 1);
  }
  g_assert_cmpuint (end->receivers->len, ==, 0);
  g_assert_cmpuint (end->n_receivers_added, ==, end->n_receivers_removed);
  if (end->link != NULL)
    g_assert_finalize_object (g_steal_pointer (&end->link));
  g_ptr_array_unref (end->frames);
  g_ptr_array_unref (end->receivers);
  g_clear_error (&end->reason);
  g_clear_error (&end->warning);
}

void
link_pair_init (LinkPair *pair)
{
  *pair = (LinkPair){ 0 };
  g_queue_init (&pair->queue);
  init_end (&pair->dialler, pair, TRUE);
  init_end (&pair->answerer, pair, FALSE);
}

void
link_pair_clear (LinkPair *pair)
{
  clear_end (&pair->dialler);
  clear_end (&pair->answerer);
  g_queue_clear_full (&pair->queue, (GDestroyNotify) free_description);
  while (g_idle_remove_by_data (pair))
    continue;
  g_assert_true (genos_peer_link_webrtc_flush (LINK_TEARDOWN));
}

static gboolean
both_open (gpointer data)
{
  LinkPair *pair = data;

  return pair->dialler.n_opened > 0 && pair->answerer.n_opened > 0;
}

void
link_pair_open (LinkPair *pair)
{
  genos_peer_link_start (pair->dialler.link);
  genos_peer_link_start (pair->answerer.link);
  if (!link_wait (both_open, pair, 60000))
    g_error ("the links did not open: %s, %s",
        pair->dialler.reason != NULL ? pair->dialler.reason->message : "no reason",
        pair->answerer.reason != NULL ? pair->answerer.reason->message : "no reason");
}

void
link_pair_release (LinkPair *pair)
{
  pair->hold = FALSE;
  on_hand_over (pair);
}

static gboolean
on_wake (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

gboolean
link_wait (LinkCondition condition, gpointer data, guint timeout_ms)
{
  gint64 deadline = g_get_monotonic_time () + timeout_ms * (gint64) 1000;
  guint wake = g_timeout_add (10, on_wake, NULL);
  gboolean met = condition (data);

  while (!met && g_get_monotonic_time () < deadline) {
    g_main_context_iteration (NULL, TRUE);
    met = condition (data);
  }
  g_source_remove (wake);
  return met;
}

static gboolean
never (gpointer data)
{
  return FALSE;
}

void
link_iterate (guint duration_ms)
{
  link_wait (never, NULL, duration_ms);
}
