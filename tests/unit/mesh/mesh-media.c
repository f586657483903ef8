/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-media.h>
#include <genos/mesh/mesh-topology.h>

#include <string.h>

#define MAX_ROUNDS 40

static const GenosMeshTrackName camera = { "origin", "S", "T" };

/* --- one peer --- */

/* "b…" is in cell 1, everybody else in cell 0. */
static guint
cell_of (const char *peer_id, gpointer unused)
{
  return peer_id[0] == 'b' ? 1 : 0;
}

static GenosMeshMedia *
media_new (const char *const *neighbours)
{
  GenosMeshMedia *self = genos_mesh_media_new ("me", cell_of, NULL);

  genos_mesh_media_set_forward_max (self, 2);
  for (; *neighbours != NULL; neighbours++)
    genos_mesh_media_add_neighbour (self, *neighbours);
  return self;
}

static void
offer (GenosMeshMedia *self, const char *from, const char *path, gboolean full)
{
  g_auto (GStrv) ways = g_strsplit (path, " ", -1);
  GenosMeshOffer offer = { camera, "{}", (const char *const *) ways, full };

  genos_mesh_media_take_offers (self, from, &offer, 1);
}

static void
withdraw (GenosMeshMedia *self, const char *from)
{
  genos_mesh_media_take_offers (self, from, NULL, 0);
}

static void
check_parent (GenosMeshMedia *self, gint64 now, const char *parent, guint hops)
{
  genos_mesh_media_plan (self, now);
  g_assert_cmpstr (genos_mesh_media_get_parent (self, &camera), ==, parent);
  g_assert_cmpuint (genos_mesh_media_get_hops (self, &camera), ==, hops);
}

static void
test_chooses (void)
{
  const char *neighbours[] = { "a", "c", "d", "origin", NULL };
  g_autoptr (GenosMeshMedia) self = media_new (neighbours);

  check_parent (self, 0, NULL, 0);
  offer (self, "a", "a x y", FALSE);
  check_parent (self, 0, "a", 3);
  /* One that is a hop nearer is not worth the change, one that is two hops nearer is. */
  offer (self, "c", "c x", FALSE);
  check_parent (self, 0, "a", 3);
  offer (self, "d", "d", FALSE);
  check_parent (self, 0, "d", 1);
  offer (self, "d", "d", TRUE);
  check_parent (self, 0, "c", 2);
  /* Nothing is nearer than who makes it, unless it has no place. */
  offer (self, "origin", "", FALSE);
  check_parent (self, 0, "origin", 0);
  offer (self, "origin", "", TRUE);
  check_parent (self, 0, "c", 2);
  withdraw (self, "origin");
  genos_mesh_media_remove_neighbour (self, "c");
  check_parent (self, 0, "a", 3);
  withdraw (self, "a");
  check_parent (self, 0, "d", 1);
  withdraw (self, "d");
  check_parent (self, 0, NULL, 0);
  g_assert_cmpuint (genos_mesh_media_get_n_tracks (self), ==, 0);
}

/* Who brings nothing is left for a while; when all are so, the best of them serves. */
static void
test_stalled (void)
{
  const char *neighbours[] = { "a", "c", NULL };
  g_autoptr (GenosMeshMedia) self = media_new (neighbours);

  offer (self, "a", "a", FALSE);
  offer (self, "c", "c x y", FALSE);
  check_parent (self, 1000, "a", 1);
  genos_mesh_media_stalled (self, &camera, 1000);
  g_assert_cmpint (genos_mesh_media_plan (self, 1000), ==, 1000 + GENOS_MESH_MEDIA_PENALTY);
  check_parent (self, 1000, "c", 3);
  genos_mesh_media_stalled (self, &camera, 1000);
  check_parent (self, 1000, "a", 1);
  check_parent (self, 1000 + GENOS_MESH_MEDIA_PENALTY, "a", 1);
  /* And the one longer ago sooner; one without a place never. */
  genos_mesh_media_stalled (self, &camera, 20 * G_USEC_PER_SEC);
  check_parent (self, 20 * G_USEC_PER_SEC, "c", 3);
  genos_mesh_media_stalled (self, &camera, 21 * G_USEC_PER_SEC);
  check_parent (self, 21 * G_USEC_PER_SEC, "a", 1);
  genos_mesh_media_stalled (self, &camera, 22 * G_USEC_PER_SEC);
  check_parent (self, 22 * G_USEC_PER_SEC, "c", 3);
  offer (self, "a", "a", TRUE);
  genos_mesh_media_stalled (self, &camera, 23 * G_USEC_PER_SEC);
  check_parent (self, 23 * G_USEC_PER_SEC, "c", 3);
  offer (self, "a", "a", FALSE);
  check_parent (self, 40 * G_USEC_PER_SEC, "a", 1);
  g_assert_cmpint (genos_mesh_media_plan (self, 40 * G_USEC_PER_SEC), ==, G_MAXINT64);
}

static guint
count_offers (GenosMeshMedia *self, const char *neighbour, gboolean *full)
{
  g_autoptr (GArray) offers = genos_mesh_media_list_offers (self, neighbour);

  if (offers->len > 0) {
    GenosMeshOffer *first = &g_array_index (offers, GenosMeshOffer, 0);

    g_assert_cmpstr (first->path[0], ==, "me");
    g_assert_cmpstr (first->about, ==, "{}");
    if (full != NULL)
      *full = first->full;
  }
  return offers->len;
}

static guint
count_watches (GenosMeshMedia *self, const char *neighbour)
{
  g_autoptr (GArray) watches = genos_mesh_media_list_watches (self, neighbour);

  return watches->len;
}

static guint
count_children (GenosMeshMedia *self)
{
  g_autoptr (GPtrArray) children = genos_mesh_media_list_children (self, &camera);

  return children->len;
}

static void
test_passes_on (void)
{
  const char *neighbours[] = { "a", "c", "b1", "b2", "b3", NULL };
  g_autoptr (GenosMeshMedia) self = media_new (neighbours);
  gboolean full = TRUE;

  offer (self, "a", "a", FALSE);
  genos_mesh_media_plan (self, 0);
  /* Nobody wants it, and it is no bridge's business: nothing is said. */
  g_assert_cmpuint (count_watches (self, "a"), ==, 0);
  g_assert_cmpuint (count_offers (self, "b1", NULL), ==, 0);
  genos_mesh_media_set_bridge (self, TRUE);
  g_assert_cmpuint (count_offers (self, "b1", &full), ==, 1);
  g_assert_false (full);
  /* To those of its origin's cell as well, which may have no place for them; not back. */
  g_assert_cmpuint (count_offers (self, "c", &full), ==, 1);
  g_assert_false (full);
  g_assert_cmpuint (count_offers (self, "a", NULL), ==, 0);

  genos_mesh_media_take_watches (self, "b1", &camera, 1);
  g_assert_cmpuint (count_watches (self, "a"), ==, 1);
  g_assert_cmpuint (count_watches (self, "c"), ==, 0);
  genos_mesh_media_take_watches (self, "b2", &camera, 1);
  genos_mesh_media_take_watches (self, "b3", &camera, 1);
  genos_mesh_media_take_watches (self, "b3", &camera, 1);
  g_assert_cmpuint (count_children (self), ==, 2);
  g_assert_cmpuint (count_offers (self, "b1", &full), ==, 1);
  g_assert_false (full);
  g_assert_cmpuint (count_offers (self, "b3", &full), ==, 1);
  g_assert_true (full);

  /* The next one in the row takes the place. */
  genos_mesh_media_take_watches (self, "b1", NULL, 0);
  g_assert_cmpuint (count_offers (self, "b3", &full), ==, 1);
  g_assert_false (full);
  genos_mesh_media_remove_neighbour (self, "b2");
  genos_mesh_media_remove_neighbour (self, "b3");
  g_assert_cmpuint (count_children (self), ==, 0);
  g_assert_cmpuint (count_watches (self, "a"), ==, 0);
  genos_mesh_media_set_wanted (self, &camera, TRUE);
  g_assert_cmpuint (count_watches (self, "a"), ==, 1);
  genos_mesh_media_set_forward_max (self, 0);
  g_assert_cmpuint (count_offers (self, "b1", NULL), ==, 0);
}

static char *
list_children (GenosMeshMedia *self, const GenosMeshTrackName *name)
{
  g_autoptr (GPtrArray) children = genos_mesh_media_list_children (self, name);

  g_ptr_array_add (children, NULL);
  return g_strjoinv (" ", (GStrv) children->pdata);
}

static void
check_children (GenosMeshMedia *self, const char *expected)
{
  const GenosMeshTrackName name = { "me", "S", "T" };
  g_autofree char *children = list_children (self, &name);

  g_assert_cmpstr (children, ==, expected);
}

static void
watch (GenosMeshMedia *self, const char *from)
{
  const GenosMeshTrackName name = { "me", "S", "T" };

  genos_mesh_media_take_watches (self, from, &name, 1);
}

/* Ours is sent to so many as well; one of each kind at least, whoever came first. */
static void
test_own (void)
{
  const char *neighbours[] = { "a", "c", "d", "b1", "b2", NULL };
  const GenosMeshTrackName name = { "me", "S", "T" };
  g_autoptr (GenosMeshMedia) self = media_new (neighbours);

  genos_mesh_media_set_own (self, &name, "{}");
  genos_mesh_media_plan (self, 0);
  g_autoptr (GArray) tracks = genos_mesh_media_list_tracks (self);
  g_assert_cmpuint (tracks->len, ==, 0);
  g_autoptr (GArray) offers = genos_mesh_media_list_offers (self, "a");
  g_assert_cmpuint (offers->len, ==, 1);
  g_assert_null (g_array_index (offers, GenosMeshOffer, 0).path[0]);
  g_assert_cmpstr (g_array_index (offers, GenosMeshOffer, 0).about, ==, "{}");
  watch (self, "a");
  watch (self, "c");
  watch (self, "d");
  check_children (self, "a c");
  watch (self, "b1");
  watch (self, "b2");
  check_children (self, "a b1");
  genos_mesh_media_set_forward_max (self, 0);
  check_children (self, "a c d b1 b2");
  genos_mesh_media_set_forward_max (self, 1);
  check_children (self, "a");
  /* What goes beside another one is known by that. */
  genos_mesh_media_set_own (self, &name, "");
  check_children (self, "a");
  g_autoptr (GArray) untold = genos_mesh_media_list_offers (self, "a");
  g_assert_cmpuint (untold->len, ==, 0);
  genos_mesh_media_set_own (self, &name, NULL);
  genos_mesh_media_plan (self, 0);
  check_children (self, "");
  g_assert_cmpuint (genos_mesh_media_get_n_tracks (self), ==, 0);
}

/* How the origin's clock stands comes by the way that is taken, and goes on with it. */
static void
test_clock (void)
{
  const char *neighbours[] = { "a", "b1", "origin", NULL };
  const char *path[] = { "a", NULL };
  g_autoptr (GenosMeshMedia) self = media_new (neighbours);
  GenosMeshOffer timed = { camera, "{}", path, .timed = TRUE, .ahead = -1500 };
  gint64 ahead = 0;

  genos_mesh_media_set_bridge (self, TRUE);
  offer (self, "a", "a", FALSE);
  check_parent (self, 0, "a", 1);
  g_assert_false (genos_mesh_media_get_ahead (self, &camera, &ahead));
  genos_mesh_media_take_offers (self, "a", &timed, 1);
  genos_mesh_media_plan (self, 0);
  g_assert_true (genos_mesh_media_get_ahead (self, &camera, &ahead));
  g_assert_cmpint (ahead, ==, -1500);
  g_autoptr (GArray) offers = genos_mesh_media_list_offers (self, "b1");
  g_assert_cmpuint (offers->len, ==, 1);
  g_assert_true (g_array_index (offers, GenosMeshOffer, 0).timed);
  g_assert_cmpint (g_array_index (offers, GenosMeshOffer, 0).ahead, ==, -1500);
  offer (self, "origin", "", FALSE);
  check_parent (self, 0, "origin", 0);
  g_assert_false (genos_mesh_media_get_ahead (self, &camera, &ahead));
}

static void
test_hostile (void)
{
  const char *neighbours[] = { "a", "c", NULL };
  const char *path[] = { "a", NULL };
  g_autoptr (GenosMeshMedia) self = media_new (neighbours);
  g_autoptr (GString) way = g_string_new ("a");

  /* What others offer, ourselves in the way, the origin behind somebody, strangers, what is ours. */
  offer (self, "a", "", FALSE);
  offer (self, "a", "c", FALSE);
  offer (self, "a", "a me", FALSE);
  offer (self, "a", "a origin", FALSE);
  offer (self, "stranger", "stranger", FALSE);
  GenosMeshOffer ours = { { "me", "S", "T" }, NULL, path, FALSE };
  genos_mesh_media_take_offers (self, "a", &ours, 1);
  genos_mesh_media_take_watches (self, "c", &camera, 1);
  for (guint i = 1; i < GENOS_MESH_MEDIA_MAX_HOPS; i++)
    g_string_append (way, " x");
  offer (self, "a", way->str, FALSE);
  check_parent (self, 0, NULL, 0);
  g_assert_cmpuint (genos_mesh_media_get_n_tracks (self), ==, 0);
  g_string_truncate (way, way->len - 2);
  offer (self, "a", way->str, FALSE);
  check_parent (self, 0, "a", GENOS_MESH_MEDIA_MAX_HOPS - 1);
  /* It cannot be passed on any further. */
  genos_mesh_media_set_bridge (self, TRUE);
  g_assert_cmpuint (count_offers (self, "b", NULL), ==, 0);

  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree GenosMeshOffer *flood = g_new0 (GenosMeshOffer, 1000);
  for (guint i = 0; i < 1000; i++) {
    g_ptr_array_add (names, g_strdup_printf ("%u", i));
    flood[i] =
        (GenosMeshOffer){ { "origin", "S", g_ptr_array_index (names, i) }, NULL, path, FALSE };
  }
  genos_mesh_media_take_offers (self, "a", flood, 1000);
  genos_mesh_media_plan (self, 0);
  g_assert_cmpuint (genos_mesh_media_get_n_tracks (self), ==, GENOS_MESH_MEDIA_MAX_OFFERS);
}

/* --- a room of them, laid out as rooms are --- */

#define MAX_NODES 120

typedef struct {
  char *id;
  guint cell;
  gboolean gone;
  GenosMeshMedia *media;
} Node;

typedef struct {
  GenosMeshTopology *topology;
  guint n;
  guint n_cells;
  guint origin;
  Node nodes[MAX_NODES];
  guint bridges[MAX_NODES]; /* of each cell; MAX_NODES: nobody */
} Room;

static guint
room_cell_of (const char *peer_id, gpointer room)
{
  return genos_mesh_topology_find_cell (
      ((Room *) room)->topology, peer_id, ((Room *) room)->n_cells);
}

static gboolean
is_bridge (Room *room, guint i)
{
  return room->bridges[room->nodes[i].cell] == i;
}

static gboolean
are_linked (Room *room, guint i, guint k)
{
  guint neighbours[GENOS_MESH_MAX_NEIGHBOURS];
  guint n;

  if (i == k || room->nodes[i].gone || room->nodes[k].gone)
    return FALSE;
  if (room->nodes[i].cell == room->nodes[k].cell)
    return TRUE;
  if (!is_bridge (room, i) || !is_bridge (room, k))
    return FALSE;
  n = genos_mesh_neighbours (room->nodes[i].cell, room->n_cells, neighbours);
  for (guint at = 0; at < n; at++)
    if (neighbours[at] == room->nodes[k].cell)
      return TRUE;
  return FALSE;
}

/* Who of each cell comes first, of those that are there. */
static void
lay_out (Room *room)
{
  for (guint cell = 0; cell < room->n_cells; cell++)
    room->bridges[cell] = MAX_NODES;
  for (guint i = 0; i < room->n; i++) {
    guint *bridge = &room->bridges[room->nodes[i].cell];
    guint32 peer = genos_mesh_topology_find (room->topology, room->nodes[i].id);

    if (!room->nodes[i].gone
        && (*bridge == MAX_NODES
            || genos_mesh_topology_precedes (room->topology, room->nodes[i].cell, peer,
                genos_mesh_topology_find (room->topology, room->nodes[*bridge].id))))
      *bridge = i;
  }
  for (guint i = 0; i < room->n; i++) {
    genos_mesh_media_set_bridge (room->nodes[i].media, is_bridge (room, i));
    for (guint k = 0; k < room->n; k++) {
      if (are_linked (room, i, k))
        genos_mesh_media_add_neighbour (room->nodes[i].media, room->nodes[k].id);
      else if (i != k)
        genos_mesh_media_remove_neighbour (room->nodes[i].media, room->nodes[k].id);
    }
  }
}

static Room *
room_new (guint n, guint cell_size, guint forward_max)
{
  Room *room = g_new0 (Room, 1);

  room->topology = genos_mesh_topology_new ();
  room->n = n;
  room->n_cells = genos_mesh_count_cells (n, cell_size);
  for (guint i = 0; i < n; i++) {
    Node *node = &room->nodes[i];

    node->id = i == 0 ? g_strdup ("origin") : g_strdup_printf ("peer-%u", i);
    node->cell = genos_mesh_topology_get_cell (
        room->topology, genos_mesh_topology_acquire (room->topology, node->id), room->n_cells);
    node->media = genos_mesh_media_new (node->id, room_cell_of, room);
    genos_mesh_media_set_forward_max (node->media, forward_max);
  }
  genos_mesh_media_set_own (room->nodes[0].media, &camera, "{}");
  lay_out (room);
  return room;
}

static void
room_free (Room *room)
{
  for (guint i = 0; i < room->n; i++) {
    genos_mesh_media_free (room->nodes[i].media);
    g_free (room->nodes[i].id);
  }
  genos_mesh_topology_unref (room->topology);
  g_free (room);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Room, room_free)

static void
tell (Room *room, guint from, guint to)
{
  Node *one = &room->nodes[from], *other = &room->nodes[to];
  g_autoptr (GArray) offers = genos_mesh_media_list_offers (one->media, other->id);
  g_autoptr (GArray) watches = genos_mesh_media_list_watches (one->media, other->id);

  genos_mesh_media_take_offers (
      other->media, one->id, (GenosMeshOffer *) offers->data, offers->len);
  genos_mesh_media_take_watches (
      other->media, one->id, (GenosMeshTrackName *) watches->data, watches->len);
}

static char *
describe (Room *room)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < room->n; i++) {
    const char *parent = genos_mesh_media_get_parent (room->nodes[i].media, &camera);
    g_autoptr (GPtrArray) children = genos_mesh_media_list_children (room->nodes[i].media, &camera);

    g_string_append_printf (text, "%s/%u ", parent != NULL ? parent : "-", children->len);
  }
  return g_strdup (text->str);
}

/* Everybody says what it has to say until nothing changes; how many rounds that took. */
static guint
settle (Room *room)
{
  g_autofree char *before = g_strdup ("");

  for (guint round = 0; round < MAX_ROUNDS; round++) {
    for (guint i = 0; i < room->n; i++) {
      genos_mesh_media_plan (room->nodes[i].media, 0);
      for (guint k = 0; k < room->n; k++)
        if (are_linked (room, i, k))
          tell (room, i, k);
    }
    g_autofree char *after = describe (room);
    if (strcmp (before, after) == 0)
      return round;
    g_free (before);
    before = g_steal_pointer (&after);
  }
  g_error ("it does not settle: %s", before);
  return MAX_ROUNDS;
}

static guint
index_of (Room *room, const char *id)
{
  for (guint i = 0; i < room->n; i++)
    if (g_strcmp0 (room->nodes[i].id, id) == 0)
      return i;
  return MAX_NODES;
}

/* Whether packets come there, and over how many links. */
static gboolean
gets (Room *room, guint i, guint *n_links)
{
  for (*n_links = 1; *n_links <= GENOS_MESH_MEDIA_MAX_HOPS; (*n_links)++) {
    guint parent = index_of (room, genos_mesh_media_get_parent (room->nodes[i].media, &camera));

    if (parent == MAX_NODES || !are_linked (room, i, parent))
      return FALSE;
    g_autoptr (GPtrArray) children =
        genos_mesh_media_list_children (room->nodes[parent].media, &camera);
    if (!g_ptr_array_find_with_equal_func (children, room->nodes[i].id, g_str_equal, NULL))
      return FALSE;
    if (parent == room->origin)
      return TRUE;
    i = parent;
  }
  return FALSE;
}

static void
check_all_get (Room *room, guint forward_max, guint max_links)
{
  for (guint i = 0; i < room->n; i++) {
    g_autoptr (GPtrArray) children = genos_mesh_media_list_children (room->nodes[i].media, &camera);
    guint n_links;

    g_assert_cmpuint (children->len, <=, forward_max);
    if (i == room->origin || room->nodes[i].gone)
      continue;
    if (!gets (room, i, &n_links))
      g_error ("%s of cell %u gets nothing", room->nodes[i].id, room->nodes[i].cell);
    g_assert_cmpuint (n_links, <=, max_links);
  }
}

static void
want_all (Room *room)
{
  for (guint i = 0; i < room->n; i++)
    if (i != room->origin)
      genos_mesh_media_set_wanted (room->nodes[i].media, &camera, TRUE);
}

static void
test_tree (void)
{
  static const guint sizes[] = { 2, 6, 30, MAX_NODES };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (Room) room = room_new (sizes[i], 6, 4);

    want_all (room);
    settle (room);
    check_all_get (room, 4, GENOS_MESH_MEDIA_MAX_HOPS);
  }
}

/* Those on the way and nobody else. */
static void
test_only_where_wanted (void)
{
  g_autoptr (Room) room = room_new (60, 6, 4);
  guint viewer = MAX_NODES, n_links, n_passing = 0;

  for (guint i = 1; i < room->n && viewer == MAX_NODES; i++)
    if (room->nodes[i].cell != room->nodes[0].cell && !is_bridge (room, i))
      viewer = i;
  genos_mesh_media_set_wanted (room->nodes[viewer].media, &camera, TRUE);
  settle (room);
  g_assert_true (gets (room, viewer, &n_links));
  for (guint i = 0; i < room->n; i++) {
    g_autoptr (GPtrArray) children = genos_mesh_media_list_children (room->nodes[i].media, &camera);

    n_passing += children->len;
  }
  g_assert_cmpuint (n_passing, ==, n_links);

  genos_mesh_media_set_wanted (room->nodes[viewer].media, &camera, FALSE);
  settle (room);
  for (guint i = 0; i < room->n; i++) {
    g_autoptr (GPtrArray) children = genos_mesh_media_list_children (room->nodes[i].media, &camera);

    g_assert_cmpuint (children->len, ==, 0);
  }
}

/* One after the other goes, whoever passes most on first. */
static void
test_leaves (void)
{
  g_autoptr (Room) room = room_new (60, 6, 4);

  want_all (room);
  settle (room);
  for (guint n = 0; n < 20; n++) {
    guint most = MAX_NODES, n_most = 0;

    for (guint i = 1; i < room->n; i++) {
      g_autoptr (GPtrArray) children =
          genos_mesh_media_list_children (room->nodes[i].media, &camera);

      if (!room->nodes[i].gone && children->len > n_most) {
        n_most = children->len;
        most = i;
      }
    }
    if (most == MAX_NODES)
      break;
    room->nodes[most].gone = TRUE;
    lay_out (room);
    settle (room);
    /* As long as there is a cell of its own between all of them. */
    check_all_get (room, 4, GENOS_MESH_MEDIA_MAX_HOPS);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/mesh-media/chooses", test_chooses);
  g_test_add_func ("/mesh/mesh-media/stalled", test_stalled);
  g_test_add_func ("/mesh/mesh-media/passes-on", test_passes_on);
  g_test_add_func ("/mesh/mesh-media/own", test_own);
  g_test_add_func ("/mesh/mesh-media/clock", test_clock);
  g_test_add_func ("/mesh/mesh-media/hostile", test_hostile);
  g_test_add_func ("/mesh/mesh-media/tree", test_tree);
  g_test_add_func ("/mesh/mesh-media/only-where-wanted", test_only_where_wanted);
  g_test_add_func ("/mesh/mesh-media/leaves", test_leaves);
  return g_test_run ();
}
