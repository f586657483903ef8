/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What our own peers tell each other of the tracks between them (docs/design/wire-extensions.md): one what
 * there is, the other what it does not want of it. */
#define GENOS_TRACK_LIST_TYPE "@_gtracks"
#define GENOS_TRACK_REFUSALS_TYPE "@_gwant"

#define GENOS_TRACK_LIST_MAX_SIZE (512 * 1024)
#define GENOS_TRACK_LIST_MAX 64
#define GENOS_TRACK_LIST_MAX_ID 256
/* More is left out of the list; the peer gets it with the stream. */
#define GENOS_TRACK_LIST_MAX_METADATA 4096

/* Of one track. */
#define GENOS_TRACK_MAX_TIERS 4

typedef struct {
  char *stream_id;
  char *track_id;
  gboolean video;
  gboolean muted;
  gboolean paused;
  gboolean sealed; /* nobody but who has its key can make anything of it */
  char *metadata;  /* (nullable): JSON text */
  guint
      n_tiers; /* what encodings there are, if more than one: 2 to GENOS_TRACK_MAX_TIERS, else 0 … */
  guint tiers[GENOS_TRACK_MAX_TIERS]; /* … and what each needs, bit/s */
  gboolean thin;                      /* the last of these is one of few pictures */
} GenosTrackEntry;

GenosTrackEntry *genos_track_entry_new (const char *stream_id, const char *track_id);
void genos_track_entry_free (GenosTrackEntry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosTrackEntry, genos_track_entry_free)

/* One of them as it stands in a list; reading passes over members it does not know. */
void genos_track_entry_append (GString *text, const GenosTrackEntry *entry);
GenosTrackEntry *genos_track_entry_read (JsonObject *object, GError **error);
/* Whether it can be told of at all. */
gboolean genos_track_entry_has_ids (const GenosTrackEntry *entry);

/* @entries: of GenosTrackEntry; what is more than may be is left out. (transfer full) */
char *genos_track_list_build (GPtrArray *entries);
/* (transfer full) (element-type GenosTrackEntry), each track once; NULL with GENOS_ERROR_PROTOCOL or _LIMIT */
GPtrArray *genos_track_list_parse (const char *text, GError **error);

/* Of these only the ids count. */
char *genos_track_refusals_build (GPtrArray *entries);
GPtrArray *genos_track_refusals_parse (const char *text, GError **error);

/* (nullable) (transfer none) */
GenosTrackEntry *
genos_track_list_find (GPtrArray *entries, const char *stream_id, const char *track_id);

G_END_DECLS
