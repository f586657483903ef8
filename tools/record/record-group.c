/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "record-group.h"

#include "record-key-frame.h"
#include "record-member.h"

/* The tracks of a stream come one after the other, some hundred ms apart. */
#define SIBLINGS_WAIT (1500 * G_TIME_SPAN_MILLISECOND)
/* After the cut, for what is older to arrive. */
#define ENDING_WAIT (G_TIME_SPAN_SECOND)
/* A key frame that does not come is not waited for any longer. */
#define CUT_WAIT (5 * G_TIME_SPAN_SECOND)
#define KEY_FRAME_INTERVAL (G_TIME_SPAN_SECOND)
/* Who has been quiet for longer is not part of the next file. */
#define ALIVE (3 * GST_SECOND)
#define MAX_FAILURES 5
#define FAILURES_TIME (30 * G_TIME_SPAN_SECOND)

struct _GenosRecordGroup {
  guint number;
  const GenosRecordRules *rules;
  const GenosRecordGroupFuncs *funcs;
  gpointer user_data;
  char *stream_id;
  char *peer_id;
  char *kind;
  char *key;
  const char *end_reason;

  GPtrArray *members;    /* GenosRecordMember */
  GPtrArray *files;      /* GenosRecordFile, all that are not closed */
  GenosRecordFile *file; /* the one that grows; one of them */
  GenosRecordFile *ending;
  GstClockTime cut; /* what is older goes to @ending */
  gint64 ending_since;
  guint segment;

  gboolean cutting;     /* between two files */
  gint64 waiting_since; /* monotonic, µs; 0: nothing waits */
  gint64 lapsed;
  const char *wanted; /* why a cut is wanted; NULL: none is */
  gint64 wanted_since;
  gint64 last_request;
  gboolean finished;
  guint n_failures;
  gint64 last_failure;
  /* What was in it, to know it again. */
  gboolean had_video, had_audio;
  char *video_metadata, *audio_metadata;
};

GenosRecordGroup *
genos_record_group_new (guint number, const char *stream_id, const GenosRecordRules *rules,
    const GenosRecordGroupFuncs *funcs, gpointer user_data)
{
  GenosRecordGroup *self = g_new0 (GenosRecordGroup, 1);

  self->number = number;
  self->stream_id = g_strdup (stream_id);
  self->rules = rules;
  self->funcs = funcs;
  self->user_data = user_data;
  self->end_reason = "track-ended";
  self->members = g_ptr_array_new_with_free_func ((GDestroyNotify) genos_record_member_free);
  self->files = g_ptr_array_new_with_free_func ((GDestroyNotify) genos_record_file_free);
  return self;
}

void
genos_record_group_free (GenosRecordGroup *self)
{
  g_ptr_array_unref (self->members);
  g_ptr_array_unref (self->files);
  g_free (self->stream_id);
  g_free (self->peer_id);
  g_free (self->kind);
  g_free (self->key);
  g_free (self->video_metadata);
  g_free (self->audio_metadata);
  g_free (self);
}

static GenosRecordMember *
get_member (GenosRecordGroup *self, guint i)
{
  return g_ptr_array_index (self->members, i);
}

static GenosRecordMember *
find_member (GenosRecordGroup *self, GenosRecordTrack *track)
{
  for (guint i = 0; i < self->members->len; i++) {
    if (get_member (self, i)->track == track)
      return get_member (self, i);
  }
  return NULL;
}

static void
request_key_frames (GenosRecordGroup *self)
{
  self->last_request = g_get_monotonic_time ();
  for (guint i = 0; i < self->members->len; i++)
    genos_record_track_request_key_frame (get_member (self, i)->track);
}

/* files that end */

static void
forget_current (GenosRecordGroup *self)
{
  self->file = NULL;
  self->wanted = NULL;
  for (guint i = 0; i < self->members->len; i++)
    get_member (self, i)->current = -1;
}

static void
forget_ending (GenosRecordGroup *self)
{
  self->ending = NULL;
  for (guint i = 0; i < self->members->len; i++)
    get_member (self, i)->ending = -1;
}

static void
fail (GenosRecordGroup *self, const GError *error)
{
  gint64 now = g_get_monotonic_time ();

  if (now - self->last_failure > FAILURES_TIME)
    self->n_failures = 0;
  self->last_failure = now;
  self->n_failures++;
  self->funcs->failed (self, error, self->user_data);
}

static void
on_file_closed (GenosRecordFile *file, const GError *error, gpointer user_data)
{
  GenosRecordGroup *self = user_data;
  GenosRecordEntry *entry = genos_record_file_get_entry (file);

  if (file == self->file)
    forget_current (self);
  if (file == self->ending)
    forget_ending (self);
  self->funcs->file_closed (self, entry, error, self->user_data);
  if (error != NULL)
    fail (self, error);
  g_ptr_array_remove_fast (self->files, file);
}

static void
finish_ending (GenosRecordGroup *self)
{
  if (self->ending != NULL)
    genos_record_file_finish (self->ending, NULL);
  forget_ending (self);
}

/* files that begin */

/* A muxer waits for every stream that it is given, so it gets none that may never begin. */
static gboolean
has_something (GenosRecordMember *member)
{
  return genos_record_member_peek (member) != NULL;
}

/* MP4 holds less than Matroska does, and half a stream is of no use. */
static GenosContainer
choose_container (GenosRecordGroup *self)
{
  for (guint i = 0; i < self->members->len; i++) {
    GstCaps *caps = get_member (self, i)->caps;

    if (caps != NULL && !genos_record_format_find (caps)->in_mp4)
      return GENOS_CONTAINER_MATROSKA;
  }
  return self->rules->container;
}

/* The oldest of what is to be in the next file. */
static GstClockTime
find_start (GenosRecordGroup *self)
{
  GstClockTime time = GST_CLOCK_TIME_NONE;

  for (guint i = 0; i < self->members->len; i++) {
    const GenosRecordFrame *first = genos_record_member_peek (get_member (self, i));

    if (first != NULL)
      time = MIN (time, first->time);
  }
  return time;
}

static gboolean
add_members (GenosRecordGroup *self, GenosRecordFile *file, GError **error)
{
  for (guint i = 0; i < self->members->len; i++) {
    GenosRecordMember *member = get_member (self, i);

    if (!has_something (member)) {
      member->current = -1;
      continue;
    }
    member->current =
        genos_record_file_add_stream (file, genos_record_track_get_track_id (member->track),
            genos_record_track_get_metadata (member->track), member->caps, error);
    if (member->current < 0)
      return FALSE;
  }
  return genos_record_file_start (file, error);
}

/* (transfer full): an empty file is of no use to anybody. */
static GenosRecordFile *
open_file (GenosRecordGroup *self)
{
  GenosRecordFileSpec spec = { choose_container (self), self->rules->directory, self->peer_id,
    self->kind, self->key, self->stream_id, self->number, self->segment + 1, find_start (self) };
  g_autoptr (GError) error = NULL;
  GenosRecordFile *file = genos_record_file_new (&spec, on_file_closed, self, &error);
  GenosRecordEntry *entry;

  if (file == NULL) {
    fail (self, error);
    return NULL;
  }
  entry = genos_record_file_get_entry (file);
  self->funcs->file_opened (self, entry, self->user_data);
  if (add_members (self, file, &error)) {
    self->segment++;
    return file;
  }
  genos_record_entry_set_reason (entry, "error", error->message);
  entry->state = GENOS_RECORD_BROKEN;
  self->funcs->file_closed (self, entry, error, self->user_data);
  genos_record_file_free (file);
  fail (self, error);
  return NULL;
}

static void
flush_waiting (GenosRecordGroup *self)
{
  for (guint i = 0; i < self->members->len; i++) {
    get_member (self, i)->expected = FALSE;
    if (get_member (self, i)->current >= 0)
      genos_record_member_flush (get_member (self, i), self->file);
  }
  self->waiting_since = 0;
  self->cutting = FALSE;
}

static void
start_file (GenosRecordGroup *self)
{
  self->file = open_file (self);
  if (self->file == NULL) {
    forget_current (self);
    return;
  }
  g_ptr_array_add (self->files, self->file);
  flush_waiting (self);
}

/* cuts */

static void
want_cut (GenosRecordGroup *self, const char *reason)
{
  if (self->wanted != NULL || self->file == NULL)
    return;
  self->wanted = reason;
  self->wanted_since = g_get_monotonic_time ();
  request_key_frames (self);
}

static void
check_limits (GenosRecordGroup *self, GstClockTime time)
{
  GenosRecordEntry *entry = genos_record_file_get_entry (self->file);

  if (self->rules->segment_time > 0 && time >= entry->start + self->rules->segment_time)
    want_cut (self, "segment-time");
  else if (self->rules->segment_size > 0
      && genos_record_file_get_bytes (self->file) >= self->rules->segment_size)
    want_cut (self, "segment-size");
}

/* The picture that the file is cut by; NULL: there is none, any moment will do. */
static GenosRecordMember *
find_leader (GenosRecordGroup *self)
{
  for (guint i = 0; i < self->members->len; i++) {
    GenosRecordMember *member = get_member (self, i);

    if (member->current >= 0 && genos_record_track_is_video (member->track)
        && genos_record_file_stream_is_open (self->file, member->current))
      return member;
  }
  return NULL;
}

static gboolean
is_cut_point (GenosRecordGroup *self, GenosRecordMember *member, GstBuffer *buffer)
{
  GenosRecordMember *leader = find_leader (self);

  if (leader == NULL)
    return TRUE;
  return leader == member && genos_record_key_frame_check (member->caps, buffer);
}

/* frames */

static gboolean
can_start (GenosRecordGroup *self, gint64 now)
{
  gboolean video = FALSE, audio = FALSE, all = TRUE, continues = FALSE;

  for (guint i = 0; i < self->members->len; i++) {
    GenosRecordMember *member = get_member (self, i);

    continues |= member->expected;
    if (has_something (member)) {
      video |= genos_record_track_is_video (member->track);
      audio |= !genos_record_track_is_video (member->track);
    } else if (member->expected || !self->cutting) {
      all = FALSE;
    }
  }
  if (all && (continues || (video && audio)))
    return TRUE;
  return (video || audio) && now - self->waiting_since >= SIBLINGS_WAIT;
}

/* What fails at once again fills the folder with nothing. */
static gboolean
may_try (GenosRecordGroup *self, gint64 now)
{
  return self->n_failures < MAX_FAILURES || now - self->last_failure > FAILURES_TIME;
}

static void
try_start (GenosRecordGroup *self, gint64 now)
{
  if (self->file == NULL && self->waiting_since != 0 && !self->finished && may_try (self, now)
      && can_start (self, now))
    start_file (self);
}

static gboolean
is_in_file (GenosRecordGroup *self, const GenosRecordMember *member)
{
  return member->current >= 0 && genos_record_file_stream_is_open (self->file, member->current);
}

/* Ends the file that grows at @time. The next one begins when those who were in it, and have not
 * gone quiet, have something for it. */
static void
cut_file (GenosRecordGroup *self, GstClockTime time, const char *reason)
{
  finish_ending (self);
  genos_record_entry_set_reason (genos_record_file_get_entry (self->file), reason, NULL);
  for (guint i = 0; i < self->members->len; i++) {
    GenosRecordMember *member = get_member (self, i);

    member->ending = member->current;
    member->expected = is_in_file (self, member) && member->last + ALIVE > time;
  }
  self->ending = self->file;
  self->ending_since = g_get_monotonic_time ();
  self->cut = time;
  forget_current (self);
  self->cutting = TRUE;
  self->waiting_since = self->ending_since;
  try_start (self, self->ending_since);
}

static void
put_aside (GenosRecordGroup *self, GenosRecordMember *member, GstBuffer *buffer, GstClockTime time)
{
  genos_record_member_wait (member, buffer, member->caps, time);
  if (self->waiting_since == 0 && genos_record_member_peek (member) != NULL)
    self->waiting_since = g_get_monotonic_time ();
}

/* A track that is not in the file that grows: it came late, or was quiet for too long. */
static void
take_late (GenosRecordGroup *self, GenosRecordMember *member, GstBuffer *buffer, GstClockTime time)
{
  put_aside (self, member, buffer, time);
  if (genos_record_member_peek (member) == NULL)
    return;
  if (find_leader (self) == NULL)
    cut_file (self, time, "track-added");
  else
    want_cut (self, "track-added");
}

static void
take_current (GenosRecordGroup *self, GenosRecordMember *member, GstBuffer *buffer, GstCaps *old,
    GstClockTime time)
{
  const GenosRecordFormat *format = genos_record_format_find (old);
  GenosRecordEntry *entry = genos_record_file_get_entry (self->file);
  const char *reason = NULL;

  check_limits (self, time);
  if (!genos_record_format_can_become (format, entry->container, old, member->caps))
    reason = "format-changed";
  else if (self->wanted != NULL && is_cut_point (self, member, buffer))
    reason = self->wanted;
  if (reason == NULL) {
    genos_record_file_push (self->file, member->current, buffer, member->caps, time);
    return;
  }
  put_aside (self, member, buffer, time);
  cut_file (self, time, reason);
}

/* TRUE: it belongs to the file before. */
static gboolean
take_ending (
    GenosRecordGroup *self, GenosRecordMember *member, GstBuffer *buffer, GstClockTime time)
{
  if (self->ending == NULL || member->ending < 0)
    return FALSE;
  if (time < self->cut) {
    genos_record_file_push (self->ending, member->ending, buffer, member->caps, time);
    return TRUE;
  }
  genos_record_file_end_stream (self->ending, member->ending, NULL);
  member->ending = -1;
  if (genos_record_file_is_ending (self->ending))
    forget_ending (self);
  return FALSE;
}

static gboolean
accept_caps (GenosRecordGroup *self, GenosRecordMember *member, GstCaps *caps)
{
  const GenosRecordFormat *format = genos_record_format_find (caps);

  if (format != NULL)
    return genos_record_format_is_complete (format, caps);
  if (!member->refused) {
    g_autoptr (GError) error = g_error_new (GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
        "a track in the format %s is left out: no file can hold it",
        gst_structure_get_name (gst_caps_get_structure (caps, 0)));

    self->funcs->failed (self, error, self->user_data);
  }
  member->refused = TRUE;
  return FALSE;
}

static void
on_frame (GenosRecordTrack *track, GstBuffer *buffer, GstCaps *caps, GstClockTime time,
    gpointer user_data)
{
  GenosRecordGroup *self = user_data;
  GenosRecordMember *member = find_member (self, track);
  g_autoptr (GstCaps) old = NULL;

  if (member == NULL || self->finished || !accept_caps (self, member, caps))
    return;
  old = gst_caps_ref (member->caps != NULL ? member->caps : caps);
  gst_caps_replace (&member->caps, caps);
  member->last = time;
  if (take_ending (self, member, buffer, time))
    return;
  if (self->file == NULL) {
    put_aside (self, member, buffer, time);
    try_start (self, g_get_monotonic_time ());
  } else if (is_in_file (self, member)) {
    take_current (self, member, buffer, old, time);
  } else {
    take_late (self, member, buffer, time);
  }
}

/* tracks */

/* It will not become more: a short file rather than none. */
static void
start_now (GenosRecordGroup *self)
{
  gboolean any = FALSE;

  for (guint i = 0; i < self->members->len; i++)
    any |= has_something (get_member (self, i));
  if (any && self->file == NULL && !self->finished && may_try (self, g_get_monotonic_time ()))
    start_file (self);
}

static void
on_ended (GenosRecordTrack *track, gpointer user_data)
{
  GenosRecordGroup *self = user_data;
  GenosRecordMember *member = find_member (self, track);

  if (member == NULL)
    return;
  start_now (self);
  if (self->ending != NULL && member->ending >= 0)
    genos_record_file_end_stream (self->ending, member->ending, NULL);
  if (self->file != NULL && member->current >= 0)
    genos_record_file_end_stream (self->file, member->current, self->end_reason);
  if (self->file != NULL && genos_record_file_is_ending (self->file))
    forget_current (self);
  g_ptr_array_remove (self->members, member);
  if (self->members->len > 0)
    return;
  self->lapsed = g_get_monotonic_time ();
  self->waiting_since = 0;
  self->cutting = FALSE;
}

static void
remember (GenosRecordGroup *self, GenosRecordTrack *track)
{
  gboolean video = genos_record_track_is_video (track);
  char **metadata = video ? &self->video_metadata : &self->audio_metadata;

  g_free (*metadata);
  *metadata = g_strdup (genos_record_track_get_metadata (track));
  self->had_video |= video;
  self->had_audio |= !video;
}

void
genos_record_group_add_track (GenosRecordGroup *self, GenosRecordTrack *track)
{
  static const GenosRecordTrackFuncs funcs = { on_frame, on_ended };

  self->lapsed = 0;
  self->end_reason = "track-ended";
  remember (self, track);
  g_ptr_array_add (self->members, genos_record_member_new (track));
  genos_record_track_start (track, &funcs, self);
}

gboolean
genos_record_group_had (GenosRecordGroup *self, gboolean video, const char *metadata)
{
  return (video ? self->had_video : self->had_audio)
      && g_strcmp0 (video ? self->video_metadata : self->audio_metadata, metadata) == 0;
}

/* time */

/* At what is newest: whoever is far behind that has nothing for the next file. */
static void
force_cut (GenosRecordGroup *self)
{
  GstClockTime time = genos_record_file_get_entry (self->file)->start;

  for (guint i = 0; i < self->members->len; i++) {
    GenosRecordMember *member = get_member (self, i);

    if (GST_CLOCK_TIME_IS_VALID (member->last))
      time = MAX (time, member->last + 1);
  }
  cut_file (self, time, self->wanted);
}

static void
tick_cut (GenosRecordGroup *self, gint64 now)
{
  if (self->file == NULL || self->wanted == NULL)
    return;
  if (now - self->wanted_since > CUT_WAIT)
    force_cut (self);
  else if (now - self->last_request > KEY_FRAME_INTERVAL)
    request_key_frames (self);
}

void
genos_record_group_tick (GenosRecordGroup *self, gint64 now)
{
  for (guint i = self->files->len; i > 0; i--)
    genos_record_file_tick (g_ptr_array_index (self->files, i - 1), now);
  if (self->ending != NULL && now - self->ending_since > ENDING_WAIT)
    finish_ending (self);
  tick_cut (self, now);
  try_start (self, now);
}

void
genos_record_group_finish (GenosRecordGroup *self, const char *reason)
{
  start_now (self);
  self->finished = TRUE;
  finish_ending (self);
  for (guint i = self->files->len; i > 0; i--)
    genos_record_file_finish (g_ptr_array_index (self->files, i - 1), reason);
}

gboolean
genos_record_group_is_idle (GenosRecordGroup *self)
{
  return self->files->len == 0;
}

gint64
genos_record_group_get_lapsed (GenosRecordGroup *self)
{
  return self->lapsed;
}

/* who */

void
genos_record_group_set_peer (
    GenosRecordGroup *self, const char *peer_id, const char *kind, const char *key)
{
  g_free (self->peer_id);
  self->peer_id = g_strdup (peer_id);
  g_free (self->kind);
  self->kind = g_strdup (kind);
  g_free (self->key);
  self->key = g_strdup (key);
}

void
genos_record_group_set_end_reason (GenosRecordGroup *self, const char *reason)
{
  self->end_reason = reason;
}

const char *
genos_record_group_get_peer_id (GenosRecordGroup *self)
{
  return self->peer_id;
}

const char *
genos_record_group_get_key (GenosRecordGroup *self)
{
  return self->key;
}

const char *
genos_record_group_get_stream_id (GenosRecordGroup *self)
{
  return self->stream_id;
}

void
genos_record_group_set_stream_id (GenosRecordGroup *self, const char *stream_id)
{
  g_free (self->stream_id);
  self->stream_id = g_strdup (stream_id);
}
