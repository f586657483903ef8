/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/sender-list.h>

#include <genos/media/fixed-rate.h>
#include <genos/media/key-transit.h>
#include <genos/media/picture-gate.h>
#include <genos/media/tier-feed.h>
#include <genos/media/tier-viewers.h>

/* RFC 3550, 5.1 */
#define TIMESTAMP_OFFSET 4

/* What goes out until the key frame of a lower tier comes only fills the queue of a path that is so much
 * narrower. */
#define FAR_TOO_MUCH 0.5

struct _GenosSenderList {
  GMutex lock; /* guards entries (the pointer; the array itself never changes) and ladder */
  GPtrArray *entries;
  GenosTierLadder ladder;         /* the last one that was chosen by */
  int wants_key[GENOS_MAX_TIERS]; /* atomic */

  int fixed;         /* atomic */
  GMutex fixed_lock; /* guards what follows */
  GenosFixedRate fixed_rate;

  GMutex listener_lock;
  struct {
    GenosSenderListFunc func;
    gpointer user_data;
  } listeners[GENOS_MAX_TIERS];
};

typedef struct {
  GenosLinkSender *sender;
  int pinned; /* to that tier; -1: it is not */

  GMutex lock; /* guards what follows */
  GenosTierChoice choice;
  GenosTierFeed feed;
  GenosPictureGate gate;
  gboolean fixed;

  GMutex key_lock; /* guards what follows; a leaf */
  GenosKeyTransit key;
  gint64 since; /* when it came to what it is to get; 0: not yet */

  int tiers; /* atomic: what of these matters to others, as bits: those that it gets and is to get, … */
  int next; /* … the latter, -1: none … */
  int asks; /* … and those of which it may have key frames */

  gulong active_handler;
  gulong rate_handler;
  gulong key_handler;
  gboolean was_active[GENOS_MAX_TIERS]; /* at the last poll; of the polling thread */
} Entry;

static void
entry_clear (Entry *entry)
{
  g_object_unref (entry->sender);
  g_mutex_clear (&entry->lock);
  g_mutex_clear (&entry->key_lock);
}

static void
entry_unref (Entry *entry)
{
  g_atomic_rc_box_release_full (entry, (GDestroyNotify) entry_clear);
}

static GPtrArray *
new_entries (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) entry_unref);
}

GenosSenderList *
genos_sender_list_new (void)
{
  GenosSenderList *self = g_atomic_rc_box_new0 (GenosSenderList);
  g_mutex_init (&self->lock);
  g_mutex_init (&self->listener_lock);
  g_mutex_init (&self->fixed_lock);
  self->entries = new_entries ();
  return self;
}

GenosSenderList *
genos_sender_list_ref (GenosSenderList *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
list_clear (GenosSenderList *self)
{
  g_ptr_array_unref (self->entries);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->listener_lock);
  g_mutex_clear (&self->fixed_lock);
}

void
genos_sender_list_unref (GenosSenderList *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) list_clear);
}

static GPtrArray *
snapshot (GenosSenderList *self)
{
  g_mutex_lock (&self->lock);
  GPtrArray *entries = g_ptr_array_ref (self->entries);
  g_mutex_unlock (&self->lock);
  return entries;
}

void
genos_sender_list_set_listener (
    GenosSenderList *self, guint tier, GenosSenderListFunc func, gpointer user_data)
{
  g_mutex_lock (&self->listener_lock);
  self->listeners[tier].func = func;
  self->listeners[tier].user_data = user_data;
  g_mutex_unlock (&self->listener_lock);
}

/* Tier 0 is told in any case. */
static void
tell_listeners (GenosSenderList *self, guint tiers)
{
  g_mutex_lock (&self->listener_lock);
  for (guint tier = 0; tier < GENOS_MAX_TIERS; tier++)
    if (self->listeners[tier].func != NULL && (tier == 0 || (tiers & (1u << tier)) != 0))
      self->listeners[tier].func (self->listeners[tier].user_data);
  g_mutex_unlock (&self->listener_lock);
}

/* With its lock. */
static void
note_tiers (Entry *entry)
{
  /* Who gets nothing needs no encoder; but what comes encoded is looked at all the same, to see whether
   * it can be taken again. */
  gboolean none = entry->gate.let == GENOS_PICTURES_NONE;
  int looked_at = entry->fixed ? 1 << 0 : 0;
  int tiers = none ? looked_at : 1 << entry->feed.tier | 1 << entry->feed.next;

  g_atomic_int_set (&entry->tiers, tiers);
  g_atomic_int_set (
      &entry->next, entry->gate.let != GENOS_PICTURES_ALL ? -1 : (int) entry->feed.next);
  g_atomic_int_set (&entry->asks,
      entry->gate.let != GENOS_PICTURES_ALL ? 0
          : entry->gate.cut                 ? 1 << entry->feed.next
                                            : tiers);
}

static guint
tiers_of_sender (GenosSenderList *self, GenosLinkSender *sender)
{
  g_autoptr (GPtrArray) entries = snapshot (self);
  guint tiers = 0;
  for (guint i = 0; i < entries->len; i++) {
    Entry *entry = g_ptr_array_index (entries, i);
    if (entry->sender == sender)
      tiers |= g_atomic_int_get (&entry->tiers);
  }
  return tiers;
}

/* Whether it is active, and how fast, is asked in poll(), where no lock of the sender can be held. */
static void
on_changed (GenosLinkSender *sender, GParamSpec *pspec, gpointer user_data)
{
  GenosSenderList *self = user_data;
  tell_listeners (self, tiers_of_sender (self, sender));
}

static void
ask_for_key (GenosSenderList *self, guint tiers)
{
  for (guint tier = 0; tier < GENOS_MAX_TIERS; tier++)
    if ((tiers & (1u << tier)) != 0)
      g_atomic_int_set (&self->wants_key[tier], TRUE);
  tell_listeners (self, tiers);
}

/* TRUE: later. */
static gboolean
put_key_off (Entry *entry)
{
  guint rate = genos_link_sender_get_rate (entry->sender);

  g_mutex_lock (&entry->key_lock);
  gboolean early = genos_key_transit_put_off (&entry->key, rate, g_get_monotonic_time ());
  g_mutex_unlock (&entry->key_lock);
  return early;
}

/* The lock of the entry may be held: a sender may ask while it is given a packet. */
static void
on_key_frame_request (GenosLinkSender *sender, gpointer user_data)
{
  GenosSenderList *self = user_data;
  g_autoptr (GPtrArray) entries = snapshot (self);
  guint tiers = 0;

  for (guint i = 0; i < entries->len; i++) {
    Entry *entry = g_ptr_array_index (entries, i);
    guint asks = entry->sender == sender ? g_atomic_int_get (&entry->asks) : 0;

    if (asks != 0 && !put_key_off (entry))
      tiers |= asks;
  }
  /* What was put off is the choosing thread's to think of. */
  ask_for_key (self, tiers);
}

/* TRUE: what was put off is due. */
static gboolean
take_late_key (Entry *entry, guint rate, gint64 now, gboolean *waits)
{
  g_mutex_lock (&entry->key_lock);
  gboolean due = genos_key_transit_take_late (&entry->key, rate, now);
  *waits = entry->key.wanted;
  g_mutex_unlock (&entry->key_lock);
  return due;
}

static void
note_key (Entry *entry, guint32 timestamp, gboolean begins, gsize size, gint64 now)
{
  g_mutex_lock (&entry->key_lock);
  genos_key_transit_note (&entry->key, timestamp, begins, size, now);
  g_mutex_unlock (&entry->key_lock);
}

static void
note_since (Entry *entry, gint64 since)
{
  g_mutex_lock (&entry->key_lock);
  entry->since = since;
  g_mutex_unlock (&entry->key_lock);
}

static gulong
connect (GenosSenderList *self, GenosLinkSender *sender, const char *signal, GCallback callback)
{
  return g_signal_connect_data (sender, signal, callback, genos_sender_list_ref (self),
      (GClosureNotify) (GCallback) genos_sender_list_unref, 0);
}

static gpointer
copy_entry (gconstpointer entry, gpointer unused)
{
  return g_atomic_rc_box_acquire ((gpointer) entry);
}

static GPtrArray *
copy_entries (GPtrArray *entries)
{
  GPtrArray *copy = new_entries ();
  g_ptr_array_extend (copy, entries, copy_entry, NULL);
  return copy;
}

static void
add (GenosSenderList *self, GenosLinkSender *sender, int pinned)
{
  Entry *entry = g_atomic_rc_box_new0 (Entry);
  g_mutex_init (&entry->lock);
  g_mutex_init (&entry->key_lock);
  genos_tier_feed_init (&entry->feed);
  entry->pinned = pinned;
  entry->feed.tier = entry->feed.next = MAX (pinned, 0);
  note_tiers (entry);
  genos_tier_choice_init (&entry->choice);
  entry->sender = g_object_ref (sender);
  entry->active_handler = connect (self, sender, "notify::active", G_CALLBACK (on_changed));
  entry->rate_handler = connect (self, sender, "notify::rate", G_CALLBACK (on_changed));
  entry->key_handler =
      connect (self, sender, "key-frame-request", G_CALLBACK (on_key_frame_request));

  g_mutex_lock (&self->lock);
  GPtrArray *old = self->entries;
  self->entries = copy_entries (old);
  g_ptr_array_add (self->entries, entry);
  g_mutex_unlock (&self->lock);
  g_ptr_array_unref (old);

  tell_listeners (self, pinned > 0 ? 1u << pinned : 0);
}

void
genos_sender_list_add (GenosSenderList *self, GenosLinkSender *sender)
{
  add (self, sender, -1);
}

void
genos_sender_list_add_pinned (GenosSenderList *self, GenosLinkSender *sender, guint tier)
{
  g_return_if_fail (tier < GENOS_MAX_TIERS);
  add (self, sender, tier);
}

static Entry *
steal_entry (GenosSenderList *self, GenosLinkSender *sender)
{
  Entry *found = NULL;
  g_mutex_lock (&self->lock);
  GPtrArray *old = self->entries;
  self->entries = copy_entries (old);
  for (guint i = 0; i < self->entries->len && found == NULL; i++) {
    Entry *entry = g_ptr_array_index (self->entries, i);
    if (sender == NULL || entry->sender == sender)
      found = g_ptr_array_steal_index (self->entries, i);
  }
  g_mutex_unlock (&self->lock);
  g_ptr_array_unref (old);
  return found;
}

static gboolean
remove_entry (GenosSenderList *self, GenosLinkSender *sender)
{
  Entry *entry = steal_entry (self, sender);
  if (entry == NULL)
    return FALSE;
  g_signal_handler_disconnect (entry->sender, entry->active_handler);
  g_signal_handler_disconnect (entry->sender, entry->rate_handler);
  g_signal_handler_disconnect (entry->sender, entry->key_handler);
  entry_unref (entry);
  return TRUE;
}

void
genos_sender_list_remove (GenosSenderList *self, GenosLinkSender *sender)
{
  guint tiers = tiers_of_sender (self, sender);
  remove_entry (self, sender);
  tell_listeners (self, tiers);
}

void
genos_sender_list_clear (GenosSenderList *self)
{
  while (remove_entry (self, NULL))
    ;
}

guint
genos_sender_list_get_tier (GenosSenderList *self, GenosLinkSender *sender)
{
  g_autoptr (GPtrArray) entries = snapshot (self);
  guint tier = 0;

  for (guint i = 0; i < entries->len; i++) {
    Entry *entry = g_ptr_array_index (entries, i);

    if (entry->sender != sender)
      continue;
    g_mutex_lock (&entry->lock);
    tier = entry->feed.tier;
    g_mutex_unlock (&entry->lock);
  }
  return tier;
}

gboolean
genos_sender_list_is_empty (GenosSenderList *self)
{
  g_autoptr (GPtrArray) entries = snapshot (self);
  return entries->len == 0;
}

guint
genos_sender_list_count_active (GenosSenderList *self)
{
  g_autoptr (GPtrArray) entries = snapshot (self);
  guint n = 0;
  for (guint i = 0; i < entries->len; i++) {
    Entry *entry = g_ptr_array_index (entries, i);
    if (entry->pinned < 0 && genos_link_sender_get_active (entry->sender))
      n++;
  }
  return n;
}

static gboolean
is_active (Entry *entry, guint tier)
{
  return (g_atomic_int_get (&entry->tiers) & (1 << tier)) != 0
      && genos_link_sender_get_active (entry->sender);
}

/* Who is on the way down is no reason to lower what it leaves. (transfer full) (element-type GenosTierViewer) */
static GArray *
list_viewers (GPtrArray *entries, guint tier)
{
  GArray *viewers = g_array_new (FALSE, FALSE, sizeof (GenosTierViewer));
  for (guint i = 0; i < entries->len; i++) {
    Entry *entry = g_ptr_array_index (entries, i);
    if (g_atomic_int_get (&entry->next) != (int) tier || !is_active (entry, tier))
      continue;
    GenosTierViewer viewer = { .rate = genos_link_sender_get_rate (entry->sender) };
    g_mutex_lock (&entry->key_lock);
    viewer.since = entry->since;
    g_mutex_unlock (&entry->key_lock);
    g_array_append_val (viewers, viewer);
  }
  return viewers;
}

static GenosTierShare
judge_viewers (GPtrArray *entries, const GenosTierLadder *ladder, guint tier, gint64 now)
{
  g_autoptr (GArray) viewers = list_viewers (entries, tier);
  guint most = genos_tier_ladder_is_shared (ladder, tier) ? ladder->most[tier] : 0;

  return genos_tier_viewers_judge ((GenosTierViewer *) viewers->data, viewers->len, most, now);
}

void
genos_sender_list_poll_at (
    GenosSenderList *self, guint tier, GenosSenderListState *state, gint64 now)
{
  /* The flag first: what comes after it wakes the listener again. */
  *state = (GenosSenderListState){
    .wants_key = g_atomic_int_exchange (&self->wants_key[tier], FALSE),
  };
  g_autoptr (GPtrArray) entries = snapshot (self);
  for (guint i = 0; i < entries->len; i++) {
    Entry *entry = g_ptr_array_index (entries, i);
    gboolean active = is_active (entry, tier);
    state->n_active += active ? 1 : 0;
    state->newcomer = state->newcomer || (active && !entry->was_active[tier]);
    entry->was_active[tier] = active;
  }
  g_mutex_lock (&self->lock);
  GenosTierLadder ladder = self->ladder;
  g_mutex_unlock (&self->lock);
  state->rate = judge_viewers (entries, &ladder, tier, now).rate;
}

void
genos_sender_list_poll (GenosSenderList *self, guint tier, GenosSenderListState *state)
{
  genos_sender_list_poll_at (self, tier, state, g_get_monotonic_time ());
}

static guint32
read_timestamp (GstBuffer *packet)
{
  guint8 bytes[4];

  if (gst_buffer_extract (packet, TIMESTAMP_OFFSET, bytes, sizeof bytes) < sizeof bytes)
    return 0;
  return GST_READ_UINT32_BE (bytes);
}

static gboolean
begins_key (GstBuffer *packet)
{
  return !GST_BUFFER_FLAG_IS_SET (packet, GST_BUFFER_FLAG_DELTA_UNIT);
}

/* With the lock. */
static GstBuffer *
pass_gate (Entry *entry, GstBuffer *packet, gint64 now)
{
  guint32 timestamp = read_timestamp (packet);
  gboolean after_gap;

  if (!genos_picture_gate_take (&entry->gate, timestamp, begins_key (packet), &after_gap)) {
    gst_buffer_unref (packet);
    return NULL;
  }
  note_key (entry, timestamp, begins_key (packet), gst_buffer_get_size (packet), now);
  if (after_gap) {
    packet = gst_buffer_make_writable (packet);
    GST_BUFFER_FLAG_SET (packet, GST_BUFFER_FLAG_DISCONT);
  }
  return packet;
}

static void
push_to (Entry *entry, guint tier, GstBuffer *packet, gint64 now)
{
  g_mutex_lock (&entry->lock);
  packet = genos_tier_feed_take (&entry->feed, tier, packet);
  if (entry->feed.tier == entry->feed.next)
    entry->gate.cut = FALSE;
  note_tiers (entry);
  if (packet != NULL)
    packet = pass_gate (entry, packet, now);
  if (packet != NULL)
    genos_link_sender_push (entry->sender, packet);
  g_mutex_unlock (&entry->lock);
}

/* --- tiers --- */

static GenosSentTier
name_tier (const GenosTierLadder *ladder, guint tier)
{
  if (tier >= ladder->n)
    return GENOS_SENT_AUDIO_ONLY;
  return ladder->thin && tier + 1 == ladder->n ? GENOS_SENT_THINNED : GENOS_SENT_FULL + tier;
}

/* With its lock. TRUE: it needs a key frame. */
static gboolean
give (Entry *entry, const GenosTierLadder *ladder, guint tier)
{
  GenosPictures before = entry->gate.let;
  guint was = entry->feed.next;

  entry->gate.let = tier >= ladder->n ? GENOS_PICTURES_NONE
      : ladder->keys && tier > 0      ? GENOS_PICTURES_KEY
                                      : GENOS_PICTURES_ALL;
  if (entry->gate.let != GENOS_PICTURES_NONE)
    entry->feed.next = ladder->keys ? 0 : tier;
  /* What it got before it got nothing is no better than what it is to get. */
  if (before == GENOS_PICTURES_NONE && entry->gate.let != before) {
    entry->feed.tier = entry->feed.next;
    entry->feed.changed = TRUE;
    genos_picture_gate_restart (&entry->gate);
  }
  note_tiers (entry);
  return entry->gate.let == GENOS_PICTURES_ALL
      && (before != entry->gate.let || was != entry->feed.next);
}

/* With its lock. */
static void
cut_if_far_too_much (Entry *entry, const GenosTierLadder *ladder, guint rate)
{
  const GenosTierFeed *feed = &entry->feed;

  entry->gate.cut = feed->tier < feed->next && feed->tier < ladder->n
      && rate < ladder->least[feed->tier] * FAR_TOO_MUCH;
  note_tiers (entry);
}

/* With its lock. */
static guint
choose_tier (Entry *entry, const GenosTierLadder *ladder, guint rate, gint64 now)
{
  if (entry->pinned < 0)
    return genos_tier_choice_update (&entry->choice, ladder, rate, now);
  if (entry->choice.since == 0)
    entry->choice.since = now;
  return MIN ((guint) entry->pinned, ladder->n);
}

/* What it is to get; TRUE: that is less than all, or something was put off. */
static gboolean
choose_for (GenosSenderList *self, Entry *entry, const GenosTierLadder *ladder, gint64 now)
{
  guint rate = genos_link_sender_get_rate (entry->sender);
  gboolean waits;

  g_mutex_lock (&entry->lock);
  guint had = g_atomic_int_get (&entry->tiers);
  guint tier = choose_tier (entry, ladder, rate, now);
  note_since (entry, entry->choice.since);
  entry->fixed = g_atomic_int_get (&self->fixed);
  gboolean needs_key = give (entry, ladder, tier);
  cut_if_far_too_much (entry, ladder, rate);
  guint has = g_atomic_int_get (&entry->tiers);
  guint next = g_atomic_int_get (&entry->next);
  guint asks = g_atomic_int_get (&entry->asks);
  g_mutex_unlock (&entry->lock);

  genos_link_sender_set_tier (entry->sender, name_tier (ladder, tier));
  gboolean late = take_late_key (entry, rate, now, &waits);
  if (needs_key)
    ask_for_key (self, 1u << next);
  else if (late && asks != 0)
    ask_for_key (self, asks);
  if (had != has)
    tell_listeners (self, had | has);
  return (tier != 0 && entry->pinned < 0) || waits;
}

/* What those who share a tier take now. */
static void
look_around (GPtrArray *entries, GenosTierLadder *ladder, gint64 now)
{
  for (guint tier = 0; tier < ladder->n; tier++) {
    if (!genos_tier_ladder_is_shared (ladder, tier))
      continue;
    GenosTierShare share = judge_viewers (entries, ladder, tier, now);
    ladder->usual[tier] = share.usual;
    ladder->given[tier] = share.n > 0 ? MIN (share.rate, ladder->most[tier]) : 0;
  }
}

gboolean
genos_sender_list_choose (GenosSenderList *self, const GenosTierLadder *plan, gint64 now)
{
  GenosTierLadder ladder = *plan;

  g_mutex_lock (&self->lock);
  self->ladder = g_atomic_int_get (&self->fixed) ? (GenosTierLadder){ 0 } : ladder;
  g_mutex_unlock (&self->lock);
  if (ladder.n == 0 || g_atomic_int_get (&self->fixed))
    return FALSE;
  g_autoptr (GPtrArray) entries = snapshot (self);
  gboolean again = FALSE;
  look_around (entries, &ladder, now);
  for (guint i = 0; i < entries->len; i++) {
    Entry *entry = g_ptr_array_index (entries, i);
    guint rate = genos_link_sender_get_rate (entry->sender);
    gboolean slow = entry->pinned < 0 && rate < MAX (ladder.least[0], ladder.most[0]);
    again = choose_for (self, entry, &ladder, now) || slow || again;
  }
  return again;
}

/* --- a rate that nobody here sets --- */

void
genos_sender_list_set_fixed (GenosSenderList *self, gboolean fixed)
{
  g_atomic_int_set (&self->fixed, fixed);
}

void
genos_sender_list_set_lower (GenosSenderList *self, const GenosTierLadder *lower)
{
  g_mutex_lock (&self->fixed_lock);
  self->fixed_rate.lower = *lower;
  g_mutex_unlock (&self->fixed_lock);
}

/* TRUE: choose now. */
static gboolean
measure (GenosSenderList *self, GstBuffer *packet, GenosTierLadder *ladder, gint64 now)
{
  g_mutex_lock (&self->fixed_lock);
  gboolean due = genos_fixed_rate_take (&self->fixed_rate, read_timestamp (packet),
      begins_key (packet), gst_buffer_get_size (packet), ladder, now);
  g_mutex_unlock (&self->fixed_lock);
  return due;
}

static gboolean
is_key_due (GenosSenderList *self, gint64 now)
{
  g_mutex_lock (&self->fixed_lock);
  gboolean due = genos_fixed_rate_is_key_due (&self->fixed_rate, now);
  g_mutex_unlock (&self->fixed_lock);
  return due;
}

static void
follow_fixed (GenosSenderList *self, GPtrArray *entries, GstBuffer *packet, gint64 now)
{
  gboolean key_only = FALSE;
  GenosTierLadder ladder;

  if (!measure (self, packet, &ladder, now))
    return;
  for (guint i = 0; i < entries->len; i++) {
    Entry *entry = g_ptr_array_index (entries, i);

    choose_for (self, entry, &ladder, now);
    key_only = key_only
        || (ladder.keys && genos_link_sender_get_tier (entry->sender) == GENOS_SENT_THINNED);
  }
  if (key_only && is_key_due (self, now))
    ask_for_key (self, 1u << 0);
}

void
genos_sender_list_push_at (GenosSenderList *self, guint tier, GstBuffer *packet, gint64 now)
{
  g_autoptr (GPtrArray) entries = snapshot (self);
  if (tier == 0 && g_atomic_int_get (&self->fixed))
    follow_fixed (self, entries, packet, now);
  for (guint i = 0; i < entries->len; i++)
    push_to (g_ptr_array_index (entries, i), tier, gst_buffer_ref (packet), now);
  gst_buffer_unref (packet);
}

void
genos_sender_list_push (GenosSenderList *self, guint tier, GstBuffer *packet)
{
  genos_sender_list_push_at (self, tier, packet, g_get_monotonic_time ());
}
