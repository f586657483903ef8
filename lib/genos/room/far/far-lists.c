/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/far/far-lists.h>

#include <string.h>

#include <genos/room/far/far-tier.h>
#include <genos/room/far/far-track.h>
#include <genos/wire/json-text.h>

/* Lists that change faster than any tree does are dropped. */
#define LIST_BURST 400
#define LIST_INTERVAL (50 * G_TIME_SPAN_MILLISECOND)
/* Over that many bytes in front of a link, the newest list is told later. */
#define LINK_FULL ((gsize) 512 * 1024)

static GPtrArray *
new_offers (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) genos_far_offer_free);
}

static GPtrArray *
new_names (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) genos_far_name_free);
}

GenosFarNeighbour *
genos_far_neighbour_new (const char *id, gboolean speaks)
{
  GenosFarNeighbour *self = g_new0 (GenosFarNeighbour, 1);

  self->id = g_strdup (id);
  self->speaks = speaks;
  self->offers = new_offers ();
  self->watches = new_names ();
  return self;
}

void
genos_far_neighbour_free (GenosFarNeighbour *self)
{
  g_free (self->id);
  g_ptr_array_unref (self->offers);
  g_ptr_array_unref (self->watches);
  g_free (self->told_offers);
  g_free (self->told_watches);
  g_free (self);
}

/* --- what it says --- */

static gboolean
is_affordable (GenosFarNeighbour *self, GError **error)
{
  gint64 now = g_get_monotonic_time ();
  gint64 paid = MAX (self->paid, now) + LIST_INTERVAL;

  if (paid > now + LIST_BURST * LIST_INTERVAL) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_LIMIT,
        "lists of far tracks come faster than they are taken");
    return FALSE;
  }
  self->paid = paid;
  return TRUE;
}

gboolean
genos_far_neighbour_take (
    GenosFarNeighbour *self, const char *type, const char *text, GError **error)
{
  gboolean offers = strcmp (type, GENOS_FAR_OFFERS_TYPE) == 0;
  GPtrArray *list;

  if (!is_affordable (self, error))
    return FALSE;
  list = offers ? genos_far_offers_parse (text, error) : genos_far_watches_parse (text, error);
  if (list == NULL)
    return FALSE;
  if (offers) {
    g_ptr_array_unref (self->offers);
    self->offers = list;
  } else {
    g_ptr_array_unref (self->watches);
    self->watches = list;
  }
  return TRUE;
}

/* Everybody behind us is told of it. */
#define CLOCK_STEP (2 * G_TIME_SPAN_MILLISECOND)

gboolean
genos_far_neighbour_heed_clock (GenosFarNeighbour *self, GenosPeer *peer)
{
  gint64 offset = 0, ahead;

  /* What was known once is nearer than nothing. */
  if (!genos_peer_get_clock_offset (peer, &offset, NULL))
    return FALSE;
  ahead = offset / GST_USECOND;
  if (ABS (ahead) > GENOS_FAR_MAX_AHEAD || (self->timed && ABS (ahead - self->ahead) <= CLOCK_STEP))
    return FALSE;
  self->timed = TRUE;
  self->ahead = ahead;
  return TRUE;
}

static gboolean
is_of (const GenosFarOffer *offer, const GenosMeshTrackName *name)
{
  return strcmp (offer->entry->track_id, name->track) == 0
      && strcmp (offer->entry->stream_id, name->stream) == 0
      && strcmp (offer->origin, name->origin) == 0;
}

const char *
genos_far_neighbour_get_tier (const GenosFarNeighbour *self, const GenosMeshTrackName *name)
{
  for (guint i = 0; i < self->offers->len; i++) {
    const GenosFarOffer *offer = g_ptr_array_index (self->offers, i);

    if (is_of (offer, name))
      return offer->tier;
  }
  return NULL;
}

gboolean
genos_far_neighbour_has_tiers (const GenosFarNeighbour *self)
{
  for (guint i = 0; i < self->offers->len; i++)
    if (((GenosFarOffer *) g_ptr_array_index (self->offers, i))->entry->n_tiers > 1)
      return TRUE;
  for (guint i = 0; i < self->watches->len; i++)
    if (((GenosFarName *) g_ptr_array_index (self->watches, i))->tier > 0)
      return TRUE;
  return FALSE;
}

static GenosMeshOffer
make_offer (GenosFarNeighbour *self, const GenosFarOffer *from)
{
  GenosMeshOffer offer = { { from->origin, from->entry->stream_id, from->entry->track_id },
    .path = (const char *const *) from->path, .full = from->full };

  /* Of its own tracks it needs not say it. */
  offer.timed = self->timed && (from->timed || *from->path == NULL);
  offer.ahead = offer.timed ? self->ahead + (*from->path != NULL ? from->ahead : 0) : 0;
  return offer;
}

/* Who has a track in several tiers can get them all; the planner only hears of those of tracks that go through
 * here. */
static void
add_tiers (GenosFarNeighbour *self, const GenosFarOffer *from, GArray *offers, GPtrArray *texts)
{
  for (guint tier = 1; tier < from->entry->n_tiers; tier++) {
    GenosMeshOffer offer = make_offer (self, from);

    offer.name.track = genos_far_tier_name_new (from->entry->track_id, tier);
    g_ptr_array_add (texts, (char *) offer.name.track);
    g_array_append_val (offers, offer);
  }
}

static void
apply_offers (GenosFarNeighbour *self, GenosMeshMedia *planner)
{
  g_autoptr (GArray) offers = g_array_new (FALSE, FALSE, sizeof (GenosMeshOffer));
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->offers->len; i++) {
    const GenosFarOffer *from = g_ptr_array_index (self->offers, i);
    GenosMeshOffer offer = make_offer (self, from);

    offer.about = genos_far_track_about_new (from->entry);
    g_ptr_array_add (texts, (char *) offer.about);
    g_array_append_val (offers, offer);
  }
  for (guint i = 0; i < self->offers->len; i++) {
    const GenosFarOffer *from = g_ptr_array_index (self->offers, i);
    GenosMeshTrackName name = { from->origin, from->entry->stream_id, from->entry->track_id };

    if (genos_mesh_media_is_used (planner, &name))
      add_tiers (self, from, offers, texts);
  }
  genos_mesh_media_take_offers (
      planner, self->id, (const GenosMeshOffer *) offers->data, offers->len);
}

static void
apply_watches (GenosFarNeighbour *self, GenosMeshMedia *planner)
{
  g_autoptr (GArray) names = g_array_new (FALSE, FALSE, sizeof (GenosMeshTrackName));
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->watches->len; i++) {
    const GenosFarName *from = g_ptr_array_index (self->watches, i);
    GenosMeshTrackName name = { from->origin, from->stream_id,
      genos_far_tier_name_new (from->track_id, from->tier) };

    g_ptr_array_add (texts, (char *) name.track);
    g_array_append_val (names, name);
  }
  genos_mesh_media_take_watches (
      planner, self->id, (const GenosMeshTrackName *) names->data, names->len);
}

void
genos_far_neighbour_apply (GenosFarNeighbour *self, GenosMeshMedia *planner)
{
  apply_offers (self, planner);
  apply_watches (self, planner);
}

/* --- what it is told --- */

static GenosTrackEntry *
parse_about (const char *about)
{
  g_autoptr (JsonNode) root = about != NULL ? genos_json_parse (about, -1, NULL) : NULL;

  return root != NULL && JSON_NODE_HOLDS_OBJECT (root)
      ? genos_track_entry_read (json_node_get_object (root), NULL)
      : NULL;
}

static char *
build_offers (GenosFarNeighbour *self, GenosPeer *peer, GenosMeshMedia *planner,
    GenosFarTierFunc tier, gpointer data)
{
  g_autoptr (GArray) offers = genos_mesh_media_list_offers (planner, self->id);
  g_autoptr (GPtrArray) list = new_offers ();

  for (guint i = 0; i < offers->len; i++) {
    const GenosMeshOffer *offer = &g_array_index (offers, GenosMeshOffer, i);
    g_autoptr (GenosTrackEntry) entry = parse_about (offer->about);
    GenosFarOffer *told;

    /* Who does not know of seals would look for key frames in what is sealed. */
    if (entry == NULL || (entry->sealed && !self->opens))
      continue;
    told = genos_far_offer_new (
        offer->name.origin, offer->path, offer->full, g_steal_pointer (&entry));
    told->timed = offer->timed;
    told->ahead = offer->ahead;
    told->tier = g_strdup (tier (peer, &offer->name, data));
    g_ptr_array_add (list, told);
  }
  return genos_far_offers_build (list);
}

GenosFarName *
genos_far_lists_name_new (const GenosMeshTrackName *name)
{
  g_autofree char *track = NULL;
  guint tier = genos_far_tier_name_split (name->track, &track);
  GenosFarName *listed = genos_far_name_new (name->origin, name->stream, track);

  listed->tier = tier;
  return listed;
}

static char *
build_watches (GenosFarNeighbour *self, GenosMeshMedia *planner, GPtrArray *kept)
{
  g_autoptr (GArray) names = genos_mesh_media_list_watches (planner, self->id);
  g_autoptr (GPtrArray) list = new_names ();

  for (guint i = 0; i < names->len; i++)
    g_ptr_array_add (
        list, genos_far_lists_name_new (&g_array_index (names, GenosMeshTrackName, i)));
  for (guint i = 0; i < kept->len; i++) {
    const GenosFarName *name = g_ptr_array_index (kept, i);
    GenosFarName *copy = genos_far_name_new (name->origin, name->stream_id, name->track_id);

    copy->tier = name->tier;
    g_ptr_array_add (list, copy);
  }
  return genos_far_watches_build (list);
}

/* Nothing is said to those who were never told of anything, as long as there is nothing. @text: (transfer
 * full) */
static void
say (GenosPeer *peer, const char *type, char *text, gboolean empty, char **said)
{
  GenosOutgoing outgoing = { type, GENOS_PAYLOAD_JSON };
  g_autoptr (GBytes) payload = NULL;

  if (g_strcmp0 (text, *said) == 0 || (empty && *said == NULL)) {
    g_free (text);
    return;
  }
  g_free (*said);
  *said = text;
  payload = g_bytes_new (text, strlen (text));
  outgoing.payload = payload;
  genos_messenger_send (genos_peer_get_messenger (peer), &outgoing, NULL);
}

gboolean
genos_far_neighbour_tell (GenosFarNeighbour *self, GenosPeer *peer, GenosMeshMedia *planner,
    GPtrArray *kept, GenosFarTierFunc tier, gpointer data)
{
  GenosOutbox *outbox = genos_messenger_get_outbox (genos_peer_get_messenger (peer));
  char *offers, *watches;

  if (genos_outbox_get_bytes (outbox) > LINK_FULL)
    return FALSE;
  watches = build_watches (self, planner, kept);
  say (peer, GENOS_FAR_WATCHES_TYPE, watches, g_str_has_suffix (watches, "[]}"),
      &self->told_watches);
  offers = build_offers (self, peer, planner, tier, data);
  say (peer, GENOS_FAR_OFFERS_TYPE, offers, g_str_has_suffix (offers, "[]}"), &self->told_offers);
  return TRUE;
}
