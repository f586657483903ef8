/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-media.h>

#include <string.h>

struct _GenosMeshMedia {
  char *self_id;
  GenosMeshCellFunc cell_of;
  gpointer data;
  guint forward_max;
  gboolean bridge;
  GHashTable *neighbours; /* char *, a set */
  GPtrArray *tracks;      /* of Track, in the order they were heard of */
};

/* One way to have a track. */
typedef struct {
  char *from;
  char **path;
  char *about;
  gboolean full;
  gboolean timed;
  gint64 ahead;
  gint64 bad_until;
} Way;

typedef struct {
  GenosMeshTrackName name; /* its strings are its own */
  GPtrArray *ways;         /* of Way */
  Way *way;                /* (nullable): the one that is taken */
  char *parent;            /* (nullable): of the last plan */
  GPtrArray *watchers;     /* char *, who asked first comes first */
  char *own;               /* (nullable): it is ours, and this is said of it */
  gboolean wanted;
} Track;

static void
way_free (gpointer data)
{
  Way *way = data;

  g_free (way->from);
  g_strfreev (way->path);
  g_free (way->about);
  g_free (way);
}

static void
track_free (gpointer data)
{
  Track *track = data;

  g_free ((char *) track->name.origin);
  g_free ((char *) track->name.stream);
  g_free ((char *) track->name.track);
  g_free (track->parent);
  g_free (track->own);
  g_ptr_array_unref (track->ways);
  g_ptr_array_unref (track->watchers);
  g_free (track);
}

GenosMeshMedia *
genos_mesh_media_new (const char *self_id, GenosMeshCellFunc cell_of, gpointer data)
{
  GenosMeshMedia *self = g_new0 (GenosMeshMedia, 1);

  self->self_id = g_strdup (self_id);
  self->cell_of = cell_of;
  self->data = data;
  self->neighbours = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->tracks = g_ptr_array_new_with_free_func (track_free);
  return self;
}

void
genos_mesh_media_free (GenosMeshMedia *self)
{
  g_ptr_array_unref (self->tracks);
  g_hash_table_unref (self->neighbours);
  g_free (self->self_id);
  g_free (self);
}

void
genos_mesh_media_set_forward_max (GenosMeshMedia *self, guint forward_max)
{
  self->forward_max = forward_max;
}

void
genos_mesh_media_set_bridge (GenosMeshMedia *self, gboolean bridge)
{
  self->bridge = bridge;
}

/* --- tracks --- */

static Track *
find (GenosMeshMedia *self, const GenosMeshTrackName *name)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    Track *track = g_ptr_array_index (self->tracks, i);

    if (strcmp (track->name.track, name->track) == 0
        && strcmp (track->name.stream, name->stream) == 0
        && strcmp (track->name.origin, name->origin) == 0)
      return track;
  }
  return NULL;
}

/* NULL: there are too many. */
static Track *
ensure (GenosMeshMedia *self, const GenosMeshTrackName *name)
{
  Track *track = find (self, name);

  if (track != NULL || self->tracks->len >= GENOS_MESH_MEDIA_MAX_TRACKS)
    return track;
  track = g_new0 (Track, 1);
  track->name.origin = g_strdup (name->origin);
  track->name.stream = g_strdup (name->stream);
  track->name.track = g_strdup (name->track);
  track->ways = g_ptr_array_new_with_free_func (way_free);
  track->watchers = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->tracks, track);
  return track;
}

static Way *
find_way (Track *track, const char *from)
{
  for (guint i = 0; i < track->ways->len; i++) {
    Way *way = g_ptr_array_index (track->ways, i);

    if (strcmp (way->from, from) == 0)
      return way;
  }
  return NULL;
}

static void
remove_way (Track *track, Way *way)
{
  if (track->way == way)
    track->way = NULL;
  g_ptr_array_remove (track->ways, way);
}

static gboolean
find_string (GPtrArray *strings, const char *string, guint *index)
{
  return g_ptr_array_find_with_equal_func (strings, string, g_str_equal, index);
}

/* --- what happens --- */

void
genos_mesh_media_add_neighbour (GenosMeshMedia *self, const char *peer_id)
{
  g_hash_table_add (self->neighbours, g_strdup (peer_id));
}

void
genos_mesh_media_remove_neighbour (GenosMeshMedia *self, const char *peer_id)
{
  g_autofree char *gone = g_strdup (peer_id);

  genos_mesh_media_take_offers (self, gone, NULL, 0);
  genos_mesh_media_take_watches (self, gone, NULL, 0);
  g_hash_table_remove (self->neighbours, gone);
}

/* A neighbour offers what is its own, or what it passes on itself; and a way is no circle. */
static gboolean
is_possible (GenosMeshMedia *self, const char *from, const GenosMeshOffer *offer)
{
  guint n = offer->path != NULL ? g_strv_length ((char **) offer->path) : 0;

  if (strcmp (offer->name.origin, self->self_id) == 0 || n >= GENOS_MESH_MEDIA_MAX_HOPS)
    return FALSE;
  if (n == 0)
    return strcmp (offer->name.origin, from) == 0;
  return strcmp (offer->path[0], from) == 0 && !g_strv_contains (offer->path, offer->name.origin)
      && !g_strv_contains (offer->path, self->self_id);
}

static gboolean
is_offered (const Track *track, const GenosMeshOffer *offers, guint n_offers)
{
  for (guint i = 0; i < n_offers; i++)
    if (strcmp (offers[i].name.track, track->name.track) == 0
        && strcmp (offers[i].name.stream, track->name.stream) == 0
        && strcmp (offers[i].name.origin, track->name.origin) == 0)
      return TRUE;
  return FALSE;
}

static void
take_offer (GenosMeshMedia *self, const char *from, const GenosMeshOffer *offer)
{
  static const char *const nobody[] = { NULL };
  const char *const *path = offer->path != NULL ? offer->path : nobody;
  Track *track = ensure (self, &offer->name);
  Way *way;

  if (track == NULL)
    return;
  way = find_way (track, from);
  if (way == NULL) {
    way = g_new0 (Way, 1);
    way->from = g_strdup (from);
    g_ptr_array_add (track->ways, way);
  }
  g_strfreev (way->path);
  way->path = g_strdupv ((char **) path);
  g_free (way->about);
  way->about = g_strdup (offer->about);
  way->full = offer->full;
  way->timed = offer->timed;
  way->ahead = offer->ahead;
}

void
genos_mesh_media_take_offers (
    GenosMeshMedia *self, const char *from, const GenosMeshOffer *offers, guint n_offers)
{
  g_autoptr (GArray) possible = g_array_new (FALSE, FALSE, sizeof (GenosMeshOffer));

  if (!g_hash_table_contains (self->neighbours, from))
    return;
  for (guint i = 0; i < n_offers && possible->len < GENOS_MESH_MEDIA_MAX_OFFERS; i++)
    if (is_possible (self, from, &offers[i]))
      g_array_append_val (possible, offers[i]);
  for (guint i = 0; i < self->tracks->len; i++) {
    Track *track = g_ptr_array_index (self->tracks, i);
    Way *way = find_way (track, from);

    if (way != NULL && !is_offered (track, (GenosMeshOffer *) possible->data, possible->len))
      remove_way (track, way);
  }
  for (guint i = 0; i < possible->len; i++)
    take_offer (self, from, &g_array_index (possible, GenosMeshOffer, i));
}

void
genos_mesh_media_take_watches (
    GenosMeshMedia *self, const char *from, const GenosMeshTrackName *names, guint n_names)
{
  g_autoptr (GHashTable) watched = g_hash_table_new (NULL, NULL);

  if (!g_hash_table_contains (self->neighbours, from))
    return;
  for (guint i = 0; i < MIN (n_names, GENOS_MESH_MEDIA_MAX_OFFERS); i++)
    g_hash_table_add (watched, find (self, &names[i]));
  for (guint i = 0; i < self->tracks->len; i++) {
    Track *track = g_ptr_array_index (self->tracks, i);
    gboolean watches = g_hash_table_contains (watched, track);
    guint index;

    if (!find_string (track->watchers, from, &index)) {
      if (watches)
        g_ptr_array_add (track->watchers, g_strdup (from));
    } else if (!watches) {
      g_ptr_array_remove_index (track->watchers, index);
    }
  }
}

void
genos_mesh_media_set_own (GenosMeshMedia *self, const GenosMeshTrackName *name, const char *about)
{
  Track *track = about != NULL ? ensure (self, name) : find (self, name);

  if (track == NULL)
    return;
  g_free (track->own);
  track->own = g_strdup (about);
}

void
genos_mesh_media_set_wanted (GenosMeshMedia *self, const GenosMeshTrackName *name, gboolean wanted)
{
  Track *track = wanted ? ensure (self, name) : find (self, name);

  if (track != NULL)
    track->wanted = wanted;
}

void
genos_mesh_media_stalled (GenosMeshMedia *self, const GenosMeshTrackName *name, gint64 now)
{
  Track *track = find (self, name);

  if (track != NULL && track->way != NULL)
    track->way->bad_until = now + GENOS_MESH_MEDIA_PENALTY;
}

/* --- the plan --- */

static guint
count_hops (const Way *way)
{
  return g_strv_length (way->path);
}

/* Among equals, each peer has its own order, so that not all take the same one. */
static guint32
mix (GenosMeshMedia *self, const Way *way)
{
  guint32 hash = 2166136261u;

  for (const char *p = self->self_id; *p != '\0'; p++)
    hash = (hash ^ (guint8) *p) * 16777619u;
  for (const char *p = way->from; *p != '\0'; p++)
    hash = (hash ^ (guint8) *p) * 16777619u;
  return hash ^ hash >> 15;
}

/* One that is not there before one that is longer by one only: changing costs a key frame. */
static guint
weigh_hops (const Track *track, const Way *way)
{
  guint hops = count_hops (way);

  return 2 * hops + (g_strcmp0 (track->parent, way->from) == 0 ? 0 : 3);
}

static gboolean
is_better (GenosMeshMedia *self, const Track *track, const Way *a, const Way *b, gint64 now)
{
  gboolean a_bad = a->bad_until > now, b_bad = b->bad_until > now;
  gboolean a_direct = count_hops (a) == 0, b_direct = count_hops (b) == 0;
  guint a_hops = weigh_hops (track, a), b_hops = weigh_hops (track, b);

  /* Who has no place brings nothing for sure; who brought nothing may, the longer ago the sooner. */
  if (a->full != b->full)
    return b->full;
  if (a_bad != b_bad)
    return b_bad;
  if (a_bad && a->bad_until != b->bad_until)
    return a->bad_until < b->bad_until;
  if (a_direct != b_direct)
    return a_direct;
  if (a_hops != b_hops)
    return a_hops < b_hops;
  return mix (self, a) > mix (self, b);
}

static gint64
choose_way (GenosMeshMedia *self, Track *track, gint64 now)
{
  gint64 next = G_MAXINT64;
  Way *best = NULL;

  for (guint i = 0; i < track->ways->len; i++) {
    Way *way = g_ptr_array_index (track->ways, i);

    if (way->bad_until > now)
      next = MIN (next, way->bad_until);
    if (best == NULL || is_better (self, track, way, best, now))
      best = way;
  }
  track->way = best;
  g_free (track->parent);
  track->parent = best != NULL ? g_strdup (best->from) : NULL;
  return next;
}

gint64
genos_mesh_media_plan (GenosMeshMedia *self, gint64 now)
{
  gint64 next = G_MAXINT64;

  for (guint i = self->tracks->len; i-- > 0;) {
    Track *track = g_ptr_array_index (self->tracks, i);

    if (track->ways->len == 0 && !track->wanted && track->own == NULL)
      g_ptr_array_remove_index (self->tracks, i);
    else
      next = MIN (next, choose_way (self, track, now));
  }
  return next;
}

static gboolean
is_mate (GenosMeshMedia *self, const char *peer_id)
{
  return self->cell_of (peer_id, self->data) == self->cell_of (self->self_id, self->data);
}

static gboolean
may_be_child (const Track *track, const char *watcher)
{
  return track->own != NULL
      || (track->way != NULL && strcmp (watcher, track->way->from) != 0
          && !g_strv_contains ((const char *const *) track->way->path, watcher));
}

static guint
get_max (GenosMeshMedia *self, const Track *track)
{
  return track->own != NULL && self->forward_max == 0 ? G_MAXUINT : self->forward_max;
}

/* The last of those who have a place gives it to the first who waits, when all places are taken by one
 * kind and the other goes without. */
static void
make_place (GenosMeshMedia *self, GPtrArray *children, GPtrArray *waiting)
{
  gboolean kind;

  if (children->len < 2)
    return;
  kind = is_mate (self, g_ptr_array_index (children, 0));
  for (guint i = 1; i < children->len; i++)
    if (is_mate (self, g_ptr_array_index (children, i)) != kind)
      return;
  for (guint i = 0; i < waiting->len; i++) {
    if (is_mate (self, g_ptr_array_index (waiting, i)) == kind)
      continue;
    g_ptr_array_index (children, children->len - 1) = g_ptr_array_index (waiting, i);
    return;
  }
}

/* (transfer container) */
static GPtrArray *
list_children (GenosMeshMedia *self, const Track *track)
{
  GPtrArray *children = g_ptr_array_new ();
  g_autoptr (GPtrArray) waiting = g_ptr_array_new ();
  guint max = get_max (self, track);

  for (guint i = 0; i < track->watchers->len; i++) {
    const char *watcher = g_ptr_array_index (track->watchers, i);

    if (may_be_child (track, watcher))
      g_ptr_array_add (children->len < max ? children : waiting, (gpointer) watcher);
  }
  make_place (self, children, waiting);
  return children;
}

static gboolean
is_used (GenosMeshMedia *self, const Track *track)
{
  g_autoptr (GPtrArray) children = list_children (self, track);

  return track->wanted || children->len > 0;
}

static gboolean
is_for (GenosMeshMedia *self, const Track *track, const char *neighbour)
{
  const Way *way = track->way;

  if (track->own != NULL)
    return *track->own != '\0';
  return way != NULL && self->forward_max > 0 && strcmp (track->name.origin, neighbour) != 0
      && count_hops (way) + 1 < GENOS_MESH_MEDIA_MAX_HOPS
      && !g_strv_contains ((const char *const *) way->path, neighbour)
      && (self->bridge || is_used (self, track));
}

/* There is a place for it: its own, a free one, or one that would be made. */
static gboolean
has_place (GenosMeshMedia *self, const Track *track, const char *neighbour)
{
  g_autoptr (GPtrArray) children = list_children (self, track);
  gboolean kind = is_mate (self, neighbour);

  if (children->len < get_max (self, track) || find_string (children, neighbour, NULL))
    return TRUE;
  for (guint i = 0; i < children->len; i++)
    if (is_mate (self, g_ptr_array_index (children, i)) == kind)
      return FALSE;
  return children->len >= 2;
}

static gboolean
is_full_for (GenosMeshMedia *self, const Track *track, const char *neighbour)
{
  return (track->way != NULL && track->way->full) || !has_place (self, track, neighbour);
}

static void
offer_clear (gpointer data)
{
  g_free ((gpointer) ((GenosMeshOffer *) data)->path);
}

/* Us, and the way it comes to us; nobody when it is ours. The strings stay where they are. */
static const char **
dup_path (GenosMeshMedia *self, const Way *way)
{
  guint n = way != NULL ? count_hops (way) : 0;
  const char **path = g_new0 (const char *, n + 2);

  if (way == NULL)
    return path;
  path[0] = self->self_id;
  memcpy (path + 1, way->path, n * sizeof *path);
  return path;
}

GArray *
genos_mesh_media_list_offers (GenosMeshMedia *self, const char *neighbour)
{
  GArray *offers = g_array_new (FALSE, FALSE, sizeof (GenosMeshOffer));

  g_array_set_clear_func (offers, offer_clear);
  for (guint i = 0; i < self->tracks->len && offers->len < GENOS_MESH_MEDIA_MAX_OFFERS; i++) {
    const Track *track = g_ptr_array_index (self->tracks, i);
    GenosMeshOffer offer = { track->name };

    if (!is_for (self, track, neighbour))
      continue;
    offer.about = track->own != NULL ? track->own : track->way->about;
    offer.path = dup_path (self, track->own != NULL ? NULL : track->way);
    offer.full = is_full_for (self, track, neighbour);
    offer.timed = track->own == NULL && track->way->timed;
    offer.ahead = offer.timed ? track->way->ahead : 0;
    g_array_append_val (offers, offer);
  }
  return offers;
}

GArray *
genos_mesh_media_list_watches (GenosMeshMedia *self, const char *neighbour)
{
  GArray *names = g_array_new (FALSE, FALSE, sizeof (GenosMeshTrackName));

  for (guint i = 0; i < self->tracks->len && names->len < GENOS_MESH_MEDIA_MAX_OFFERS; i++) {
    const Track *track = g_ptr_array_index (self->tracks, i);

    if (track->way != NULL && strcmp (track->way->from, neighbour) == 0 && is_used (self, track))
      g_array_append_val (names, track->name);
  }
  return names;
}

GPtrArray *
genos_mesh_media_list_children (GenosMeshMedia *self, const GenosMeshTrackName *name)
{
  const Track *track = find (self, name);

  return track != NULL ? list_children (self, track) : g_ptr_array_new ();
}

const char *
genos_mesh_media_get_parent (GenosMeshMedia *self, const GenosMeshTrackName *name)
{
  const Track *track = find (self, name);

  return track != NULL && track->way != NULL ? track->way->from : NULL;
}

guint
genos_mesh_media_get_hops (GenosMeshMedia *self, const GenosMeshTrackName *name)
{
  const Track *track = find (self, name);

  return track != NULL && track->way != NULL ? count_hops (track->way) : 0;
}

gboolean
genos_mesh_media_get_ahead (GenosMeshMedia *self, const GenosMeshTrackName *name, gint64 *ahead)
{
  const Track *track = find (self, name);

  if (track == NULL || track->way == NULL || !track->way->timed)
    return FALSE;
  *ahead = track->way->ahead;
  return TRUE;
}

guint
genos_mesh_media_get_n_tracks (GenosMeshMedia *self)
{
  return self->tracks->len;
}

GArray *
genos_mesh_media_list_tracks (GenosMeshMedia *self)
{
  GArray *names = g_array_new (FALSE, FALSE, sizeof (GenosMeshTrackName));

  for (guint i = 0; i < self->tracks->len; i++) {
    const Track *track = g_ptr_array_index (self->tracks, i);

    if (track->own == NULL)
      g_array_append_val (names, track->name);
  }
  return names;
}

const char *
genos_mesh_media_get_about (GenosMeshMedia *self, const GenosMeshTrackName *name)
{
  const Track *track = find (self, name);

  return track != NULL && track->way != NULL ? track->way->about : NULL;
}

gboolean
genos_mesh_media_has_way_without (
    GenosMeshMedia *self, const GenosMeshTrackName *name, const char *neighbour)
{
  const Track *track = find (self, name);

  for (guint i = 0; track != NULL && i < track->ways->len; i++)
    if (strcmp (((Way *) g_ptr_array_index (track->ways, i))->from, neighbour) != 0)
      return TRUE;
  return FALSE;
}

gboolean
genos_mesh_media_is_used (GenosMeshMedia *self, const GenosMeshTrackName *name)
{
  const Track *track = find (self, name);

  return track != NULL && is_used (self, track);
}
