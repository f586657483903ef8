/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-map.h>

#include <genos/base/error.h>
#include <genos/transport/sdp/sdp-extension-number.h>
#include <genos/transport/sdp/sdp-formats.h>
#include <genos/transport/sdp/sdp-map-state.h>
#include <genos/transport/sdp/sdp-rtx.h>

#define MAX_ID 64 /* RFC 8830: msid-id and msid-appdata */

struct _GenosSdpMap {
  GenosSdpMapState *state;
  GenosSdpMapState *before; /* (nullable) as it was before a remote text that is not applied yet */
  GPtrArray *own_mids;      /* char*: handed out, so they outlive the states */
};

typedef char *(*Translation) (GenosSdpMapState *state, const char *text, GError **error);

GenosSdpMap *
genos_sdp_map_new (gboolean offerer)
{
  GenosSdpMap *self = g_new0 (GenosSdpMap, 1);
  self->state = genos_sdp_map_state_new (offerer);
  self->own_mids = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
genos_sdp_map_free (GenosSdpMap *self)
{
  if (self == NULL)
    return;
  genos_sdp_map_state_free (self->state);
  genos_sdp_map_state_free (self->before);
  g_ptr_array_unref (self->own_mids);
  g_free (self);
}

/* Runs on a copy, which takes the place of the state only when all went well. */
static char *
translate (GenosSdpMap *self, Translation translation, const char *text, gboolean keep_before,
    GError **error)
{
  g_autoptr (GenosSdpMapState) next = genos_sdp_map_state_copy (self->state);
  g_autofree char *result = translation (next, text, error);

  if (result == NULL)
    return NULL;
  g_clear_pointer (&self->before, genos_sdp_map_state_free);
  if (keep_before)
    self->before = g_steal_pointer (&self->state);
  else
    genos_sdp_map_state_free (self->state);
  self->state = g_steal_pointer (&next);
  return g_steal_pointer (&result);
}

static gboolean
would_translate (GenosSdpMap *self, Translation translation, const char *text, GError **error)
{
  g_autoptr (GenosSdpMapState) next = genos_sdp_map_state_copy (self->state);
  g_autofree char *result = translation (next, text, error);
  return result != NULL;
}

static char *
self_answer (GenosSdpMapState *state, const char *text, GError **error)
{
  return genos_sdp_map_state_self_answer (state, error);
}

char *
genos_sdp_map_out_offer (GenosSdpMap *self, const char *internal, GError **error)
{
  return translate (self, genos_sdp_map_state_out_offer, internal, FALSE, error);
}

char *
genos_sdp_map_in_answer (GenosSdpMap *self, const char *wire, GError **error)
{
  return translate (self, genos_sdp_map_state_in_answer, wire, TRUE, error);
}

char *
genos_sdp_map_self_answer (GenosSdpMap *self, GError **error)
{
  return translate (self, self_answer, NULL, FALSE, error);
}

char *
genos_sdp_map_in_offer (GenosSdpMap *self, const char *wire, GError **error)
{
  if (self->state->pending != NULL) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_FAILED,
        "an own offer has to be bound before another one is taken");
    return NULL;
  }
  return translate (self, genos_sdp_map_state_in_offer, wire, TRUE, error);
}

char *
genos_sdp_map_local_answer (GenosSdpMap *self, const char *internal, GError **error)
{
  return translate (self, genos_sdp_map_state_local_answer, internal, FALSE, error);
}

char *
genos_sdp_map_out_answer (GenosSdpMap *self, const char *internal, GError **error)
{
  return translate (self, genos_sdp_map_state_out_answer, internal, FALSE, error);
}

gboolean
genos_sdp_map_check_offer (GenosSdpMap *self, const char *wire, GError **error)
{
  return would_translate (self, genos_sdp_map_state_in_offer, wire, error);
}

gboolean
genos_sdp_map_check_answer (GenosSdpMap *self, const char *wire, GError **error)
{
  return would_translate (self, genos_sdp_map_state_in_answer, wire, error);
}

void
genos_sdp_map_remote_applied (GenosSdpMap *self)
{
  g_clear_pointer (&self->before, genos_sdp_map_state_free);
  genos_sdp_map_state_apply_ssrcs (self->state);
}

void
genos_sdp_map_remote_failed (GenosSdpMap *self)
{
  if (self->before == NULL)
    return;
  genos_sdp_map_state_free (self->state);
  self->state = g_steal_pointer (&self->before);
}

gboolean
genos_sdp_map_take_follow_up (GenosSdpMap *self)
{
  gboolean follow_up = self->state->follow_up;

  self->state->follow_up = FALSE;
  return follow_up;
}

/* The prefix tells whose it is: two peers of this library never invent the same mid. */
static char *
invent_mid (GenosSdpMapState *state)
{
  for (;;) {
    char *mid = g_strdup_printf ("%s%u", state->offerer ? "go" : "ga", state->n_own++);
    guint index;
    if (genos_sdp_map_state_find (state, mid, &index) == NULL)
      return mid;
    g_free (mid);
  }
}

static void
declare (GenosSdpMapState *state, const char *mid, GenosSdpMedia media, const char *stream_id,
    const char *track_id)
{
  GenosSdpMapLine *line = genos_sdp_map_line_new (mid, media, TRUE);

  line->stream_id = g_strdup (stream_id);
  line->track_id = g_strdup (track_id);
  g_ptr_array_add (state->lines, line);
}

const char *
genos_sdp_map_add_own (GenosSdpMap *self, GenosSdpMedia media, const char *stream_id,
    const char *track_id, GError **error)
{
  GenosSdpMapState *state = self->state;
  char *mid;

  g_return_val_if_fail (media == GENOS_SDP_MEDIA_AUDIO || media == GENOS_SDP_MEDIA_VIDEO, NULL);
  if (!genos_sdp_is_token (stream_id, MAX_ID) || !genos_sdp_is_token (track_id, MAX_ID)) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
        "stream and track ids have 1 to %d characters, no blanks, commas, colons or brackets",
        MAX_ID);
    return NULL;
  }
  if (state->lines->len >= GENOS_SDP_MAP_MAX_LINES || state->inner->len >= GENOS_SDP_MAX_SECTIONS) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT,
        "this link has had %u m-lines, more are not possible", state->inner->len);
    return NULL;
  }
  mid = invent_mid (state);
  declare (state, mid, media, stream_id, track_id);
  if (self->before != NULL) {
    self->before->n_own = state->n_own;
    declare (self->before, mid, media, stream_id, track_id);
  }
  g_ptr_array_add (self->own_mids, mid);
  return mid;
}

static gboolean
set_want (GenosSdpMapState *state, const char *mid, gboolean want)
{
  guint index;
  GenosSdpMapLine *line = genos_sdp_map_state_find (state, mid, &index);

  if (line == NULL || !line->own || line->dead)
    return FALSE;
  line->want = want;
  line->sending = line->sending && want;
  return TRUE;
}

gboolean
genos_sdp_map_set_want (GenosSdpMap *self, const char *mid, gboolean want)
{
  if (self->before != NULL)
    set_want (self->before, mid, want);
  return set_want (self->state, mid, want);
}

void
genos_sdp_map_take_only (GenosSdpMap *self, GenosSdpMedia media, const char *const *codecs)
{
  GStrv *list =
      media == GENOS_SDP_MEDIA_VIDEO ? &self->state->video_codecs : &self->state->audio_codecs;

  g_strfreev (*list);
  *list = g_strdupv ((char **) codecs);
}

gboolean
genos_sdp_map_has_unbound (GenosSdpMap *self)
{
  for (guint i = 0; i < self->state->lines->len; i++) {
    const GenosSdpMapLine *line = g_ptr_array_index (self->state->lines, i);
    if (line->own && !line->bound)
      return TRUE;
  }
  return FALSE;
}

gboolean
genos_sdp_map_has_pending_offer (GenosSdpMap *self)
{
  return self->state->pending != NULL;
}

static void
describe (const GenosSdpMapLine *line, GenosSdpLine *ret_line)
{
  *ret_line = (GenosSdpLine){
    .mid = line->mid,
    .media = line->media,
    .own = line->own,
    .bound = line->bound,
    .want = line->want,
    .sending = line->sending,
    .receiving = line->receiving,
    .dead = line->dead,
    .stream_id = line->stream_id,
    .track_id = line->track_id,
    .remote_stream_id = line->remote_stream_id,
    .remote_track_id = line->remote_track_id,
  };
}

guint
genos_sdp_map_get_n_lines (GenosSdpMap *self)
{
  return self->state->lines->len;
}

gboolean
genos_sdp_map_get_line (GenosSdpMap *self, guint index, GenosSdpLine *line)
{
  if (index >= self->state->lines->len)
    return FALSE;
  describe (g_ptr_array_index (self->state->lines, index), line);
  return TRUE;
}

gboolean
genos_sdp_map_lookup (GenosSdpMap *self, const char *mid, GenosSdpLine *line)
{
  guint index;
  const GenosSdpMapLine *found = genos_sdp_map_state_find (self->state, mid, &index);

  if (found == NULL)
    return FALSE;
  describe (found, line);
  return TRUE;
}

const char *
genos_sdp_map_get_fingerprint (GenosSdpMap *self)
{
  return self->state->fingerprint;
}

guint
genos_sdp_map_choose_extension (GenosSdpMap *self, const char *uri)
{
  return genos_sdp_choose_extension (self->state->lines, uri);
}

GArray *
genos_sdp_map_dup_ssrcs (GenosSdpMap *self)
{
  return g_array_copy (self->state->ssrcs);
}

GArray *
genos_sdp_map_dup_stand_ins (GenosSdpMap *self)
{
  GArray *rows = g_array_new (FALSE, TRUE, sizeof (GenosStandIn));

  for (guint i = 0; i < self->state->lines->len; i++) {
    const GenosSdpMapLine *line = g_ptr_array_index (self->state->lines, i);

    if (line->stand_in.ssrc != 0 && line->receiving)
      g_array_append_val (rows, line->stand_in);
  }
  return rows;
}

/* What packets of the line are sent from, and sent again from. */
static GArray *
list_own_sources (const GenosSdpMapLine *line)
{
  g_autoptr (GenosSdpSection) section = genos_sdp_section_copy (line->self);
  GArray *ssrcs = g_array_new (FALSE, FALSE, sizeof (guint32));

  genos_sdp_section_pin_rtx (section);
  genos_sdp_section_collect_ssrcs (section, ssrcs);
  return ssrcs;
}

static GArray *
list_remote_sources (const GenosSdpMapLine *line)
{
  GArray *ssrcs = g_array_new (FALSE, FALSE, sizeof (guint32));

  genos_sdp_section_collect_ssrcs (line->last, ssrcs);
  return ssrcs;
}

GArray *
genos_sdp_map_dup_routes (GenosSdpMap *self, gboolean to_wire)
{
  GArray *routes = g_array_new (FALSE, FALSE, sizeof (GenosRtpRoute));

  for (guint i = 0; i < self->state->lines->len; i++) {
    const GenosSdpMapLine *line = g_ptr_array_index (self->state->lines, i);
    g_autoptr (GArray) ssrcs = NULL;

    if (line->payloads.n == 0 || line->dead || line->last == NULL || line->self == NULL)
      continue;
    ssrcs = to_wire ? list_own_sources (line) : list_remote_sources (line);
    for (guint s = 0; s < ssrcs->len; s++)
      genos_rtp_routes_add (routes, g_array_index (ssrcs, guint32, s), &line->payloads);
  }
  return routes;
}

static gboolean
is_living_media (const GenosSdpMapLine *line)
{
  return !line->dead && line->last != NULL && genos_sdp_map_line_is_av (line);
}

/* What is sent on a line: ours has nothing but our codec, of what the remote offers the first is taken. Inner
 * numbers; -1: nothing. */
static int
get_codec (const GenosSdpMapLine *line)
{
  const GenosSdpSection *section = line->own ? line->self : line->last;
  g_autoptr (GArray) listed =
      section != NULL ? genos_sdp_section_list_formats (section, NULL) : NULL;

  return listed != NULL && listed->len > 0 ? (int) g_array_index (listed, guint, 0) : -1;
}

/* Packets with that number are no repair, whatever it is for somebody who does not send. */
static gboolean
is_codec (GenosSdpMap *self, int payload)
{
  for (guint i = 0; i < self->state->lines->len; i++) {
    const GenosSdpMapLine *line = g_ptr_array_index (self->state->lines, i);

    if (is_living_media (line) && get_codec (line) == payload)
      return TRUE;
  }
  return FALSE;
}

static int
to_inner (const GenosSdpMapLine *line, int payload)
{
  return line->payloads.n > 0 && payload >= 0
      ? genos_rtp_payloads_to_inner (&line->payloads, (guint) payload)
      : payload;
}

/* What leaves is sent again in one way; what comes may come again in several. */
static void
add_repair (GArray *repairs, int repair, int repaired, gboolean sent)
{
  GenosRtpRepair row = { (guint8) repair, (guint8) repaired };

  for (guint i = 0; i < repairs->len; i++) {
    const GenosRtpRepair *other = &g_array_index (repairs, GenosRtpRepair, i);

    if (other->repair == row.repair || (sent && other->repaired == row.repaired))
      return;
  }
  g_array_append_val (repairs, row);
}

static void
add_repairs (GenosSdpMap *self, const GenosSdpMapLine *line, gboolean sent, GArray *repairs)
{
  g_autoptr (GArray) listed = genos_sdp_section_list_formats (line->last, NULL);
  GenosSdpFormat formats[GENOS_SDP_N_FORMATS];
  int codec = get_codec (line);

  genos_sdp_formats_read (formats, line->last);
  for (guint i = 0; listed != NULL && i < listed->len; i++) {
    guint8 payload = (guint8) g_array_index (listed, guint, i);
    int repair = to_inner (line, payload);
    int repaired = to_inner (line, formats[payload].repaired);

    if (repair < 0 || repaired < 0 || repaired != codec || is_codec (self, repair)
        || !genos_sdp_format_is_called (&formats[payload], "rtx"))
      continue;
    add_repair (repairs, repair, repaired, sent);
  }
}

GArray *
genos_sdp_map_dup_repairs (GenosSdpMap *self, gboolean sent)
{
  GArray *repairs = g_array_new (FALSE, FALSE, sizeof (GenosRtpRepair));

  for (guint i = 0; i < self->state->lines->len; i++) {
    const GenosSdpMapLine *line = g_ptr_array_index (self->state->lines, i);

    if (is_living_media (line) && (line->own || !sent))
      add_repairs (self, line, sent, repairs);
  }
  return repairs;
}
