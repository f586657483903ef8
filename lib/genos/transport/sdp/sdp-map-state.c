/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-map-state.h>

#include <string.h>

#include <genos/base/error.h>

static GArray *
copy_array (const GArray *array)
{
  return g_array_copy ((GArray *) array);
}

GenosSdpMapState *
genos_sdp_map_state_new (gboolean offerer)
{
  GenosSdpMapState *self = g_new0 (GenosSdpMapState, 1);

  self->offerer = offerer;
  self->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) genos_sdp_map_line_free);
  self->inner = g_array_new (FALSE, FALSE, sizeof (guint));
  self->wire = g_array_new (FALSE, FALSE, sizeof (guint));
  self->pending_wire = g_array_new (FALSE, FALSE, sizeof (guint));
  self->ssrcs = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->fresh_ssrcs = g_array_new (FALSE, FALSE, sizeof (guint32));
  return self;
}

static GenosSdp *
copy_sdp (const GenosSdp *sdp)
{
  GenosSdp *copy = genos_sdp_new_with_header (sdp->header);

  for (guint i = 0; i < sdp->sections->len; i++)
    g_ptr_array_add (copy->sections, genos_sdp_section_copy (g_ptr_array_index (sdp->sections, i)));
  return copy;
}

GenosSdpMapState *
genos_sdp_map_state_copy (const GenosSdpMapState *self)
{
  GenosSdpMapState *copy = g_memdup2 (self, sizeof *self);

  copy->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) genos_sdp_map_line_free);
  for (guint i = 0; i < self->lines->len; i++)
    g_ptr_array_add (copy->lines, genos_sdp_map_line_copy (g_ptr_array_index (self->lines, i)));
  copy->inner = copy_array (self->inner);
  copy->wire = copy_array (self->wire);
  copy->header = self->header != NULL ? genos_sdp_lines_copy (self->header) : NULL;
  copy->pending = self->pending != NULL ? copy_sdp (self->pending) : NULL;
  copy->pending_wire = copy_array (self->pending_wire);
  copy->fingerprint = g_strdup (self->fingerprint);
  copy->ssrcs = copy_array (self->ssrcs);
  copy->fresh_ssrcs = copy_array (self->fresh_ssrcs);
  copy->video_codecs = g_strdupv (self->video_codecs);
  copy->audio_codecs = g_strdupv (self->audio_codecs);
  return copy;
}

void
genos_sdp_map_state_free (GenosSdpMapState *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->lines);
  g_array_unref (self->inner);
  g_array_unref (self->wire);
  g_clear_pointer (&self->header, g_ptr_array_unref);
  genos_sdp_free (self->pending);
  g_array_unref (self->pending_wire);
  g_free (self->fingerprint);
  g_array_unref (self->ssrcs);
  g_array_unref (self->fresh_ssrcs);
  g_strfreev (self->video_codecs);
  g_strfreev (self->audio_codecs);
  g_free (self);
}

GenosSdpMapLine *
genos_sdp_map_state_at (const GenosSdpMapState *self, const GArray *order, guint index)
{
  return g_ptr_array_index (self->lines, g_array_index (order, guint, index));
}

GenosSdpMapLine *
genos_sdp_map_state_find (const GenosSdpMapState *self, const char *mid, guint *index)
{
  for (guint i = 0; mid != NULL && i < self->lines->len; i++) {
    GenosSdpMapLine *line = g_ptr_array_index (self->lines, i);
    if (strcmp (line->mid, mid) == 0) {
      *index = i;
      return line;
    }
  }
  return NULL;
}

/* Takes @line, also when it fails. */
gboolean
genos_sdp_map_state_add (
    GenosSdpMapState *self, GenosSdpMapLine *line, guint *index, GError **error)
{
  if (self->lines->len >= GENOS_SDP_MAP_MAX_LINES) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT,
        "this link has had %d m-lines, more are not taken", GENOS_SDP_MAP_MAX_LINES);
    genos_sdp_map_line_free (line);
    return FALSE;
  }
  *index = self->lines->len;
  g_ptr_array_add (self->lines, line);
  return TRUE;
}

gboolean
genos_sdp_map_state_has (const GArray *order, guint index)
{
  for (guint i = 0; i < order->len; i++) {
    if (g_array_index (order, guint, i) == index)
      return TRUE;
  }
  return FALSE;
}

static gint
compare_ssrcs (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;
  return x < y ? -1 : x > y;
}

void
genos_sdp_map_state_apply_ssrcs (GenosSdpMapState *self)
{
  guint kept = 0;

  g_array_append_vals (self->ssrcs, self->fresh_ssrcs->data, self->fresh_ssrcs->len);
  g_array_set_size (self->fresh_ssrcs, 0);
  g_array_sort (self->ssrcs, compare_ssrcs);
  for (guint i = 0; i < self->ssrcs->len; i++) {
    guint32 ssrc = g_array_index (self->ssrcs, guint32, i);
    if (kept == 0 || g_array_index (self->ssrcs, guint32, kept - 1) != ssrc)
      g_array_index (self->ssrcs, guint32, kept++) = ssrc;
  }
  g_array_set_size (self->ssrcs, kept);
}
