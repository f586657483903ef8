/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/sdp/sdp-line.h>

G_BEGIN_DECLS

#define GENOS_SDP_MAP_MAX_LINES 256  /* dead and recycled ones included */
#define GENOS_SDP_MAP_MAX_SSRCS 1024 /* announced during the life of one link */

/* Everything the map knows, copied before each step so that a refused description leaves no trace.
 * Orders are lists of indices into @lines. Private to the map. */
typedef struct {
  gboolean offerer;
  GPtrArray *lines;     /* GenosSdpMapLine*, append only */
  GArray *inner;        /* guint: m-line order of webrtcbin, append only */
  GArray *wire;         /* guint: m-line order of the last description on the wire */
  GPtrArray *header;    /* (nullable) of the remote's last description */
  GenosSdp *pending;    /* (nullable) our offer as webrtcbin made it */
  GArray *pending_wire; /* guint: the same on the wire */
  GenosSdpRole role;
  char *fingerprint;   /* (nullable) of the remote, for the life of the link */
  GArray *ssrcs;       /* guint32, ascending: applied */
  GArray *fresh_ssrcs; /* guint32: of a description that is not applied yet */
  gboolean follow_up;
  guint n_own;        /* own lines ever declared */
  GStrv video_codecs; /* (nullable): what is taken of lines that the remote makes */
  GStrv audio_codecs; /* (nullable) */
} GenosSdpMapState;

GenosSdpMapState *genos_sdp_map_state_new (gboolean offerer);
GenosSdpMapState *genos_sdp_map_state_copy (const GenosSdpMapState *self);
void genos_sdp_map_state_free (GenosSdpMapState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosSdpMapState, genos_sdp_map_state_free)

GenosSdpMapLine *
genos_sdp_map_state_at (const GenosSdpMapState *self, const GArray *order, guint index);
GenosSdpMapLine *
genos_sdp_map_state_find (const GenosSdpMapState *self, const char *mid, guint *index);
gboolean genos_sdp_map_state_add (
    GenosSdpMapState *self, GenosSdpMapLine *line, guint *index, GError **error);
gboolean genos_sdp_map_state_has (const GArray *order, guint index);

/* The translations of sdp-map.h. */
char *genos_sdp_map_state_out_offer (GenosSdpMapState *self, const char *internal, GError **error);
char *genos_sdp_map_state_in_answer (GenosSdpMapState *self, const char *wire, GError **error);
char *genos_sdp_map_state_self_answer (GenosSdpMapState *self, GError **error);
char *genos_sdp_map_state_in_offer (GenosSdpMapState *self, const char *wire, GError **error);
char *
genos_sdp_map_state_local_answer (GenosSdpMapState *self, const char *internal, GError **error);
char *genos_sdp_map_state_out_answer (GenosSdpMapState *self, const char *internal, GError **error);
/* Lets the fresh SSRCs through. */
void genos_sdp_map_state_apply_ssrcs (GenosSdpMapState *self);

G_END_DECLS
