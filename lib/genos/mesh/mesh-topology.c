/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-topology.h>

#include <string.h>

/* Cells were worked out for so many sizes of room: a room that grows and shrinks by one cell must not
 * work them out again each time, nor must two views that differ by one. */
#define N_TABLES 16
#define NOT_YET G_MAXUINT32

typedef struct {
  char *id; /* NULL: the number is free */
  guint n_refs;
  guint32 cell_state; /* the hash after "id:" */
  guint32 rank_state; /* the hash after "id@" */
} Peer;

typedef struct {
  guint n_cells; /* 0: unused */
  guint64 used;
  guint32 *cells; /* of each number, or NOT_YET */
  guint n_allocated;
} Table;

struct _GenosMeshTopology {
  guint n_refs;
  GHashTable *numbers; /* char * (the peer's) → number + 1 */
  GArray *peers;       /* of Peer */
  GArray *free;        /* of guint32 */
  Table tables[N_TABLES];
  Table *latest;
  guint64 clock;
  guint32 *states; /* the hash after the first digits of each cell's number */
  guint n_states;
};

/* --- the function --- */

static inline guint32
step (guint32 hash, guint32 unit)
{
  return (hash ^ unit) * 2654435761u;
}

static guint32
hash_text (guint32 hash, const char *text)
{
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (c < 0x10000) {
      hash = step (hash, c);
    } else {
      hash = step (hash, 0xD800 + ((c - 0x10000) >> 10));
      hash = step (hash, 0xDC00 + ((c - 0x10000) & 0x3FF));
    }
  }
  return hash;
}

static guint32
hash_number (guint32 hash, guint number)
{
  char digits[12];

  g_snprintf (digits, sizeof digits, "%u", number);
  for (const char *at = digits; *at != '\0'; at++)
    hash = step (hash, (guchar) *at);
  return hash;
}

guint32
genos_mesh_hash (const char *text)
{
  return hash_text (0, text);
}

guint
genos_mesh_count_cells (guint n_peers, guint cell_size)
{
  guint n_cells = n_peers / cell_size + (n_peers % cell_size != 0);

  return CLAMP (n_cells, 1, GENOS_MESH_MAX_CELLS);
}

guint
genos_mesh_ttl (guint n_cells)
{
  guint log = 0;

  while (((guint64) 1 << log) < (guint64) n_cells + 1)
    log++;
  return MIN (GENOS_MESH_MAX_TTL, 2 * log + 3);
}

guint
genos_mesh_neighbours (guint cell, guint n_cells, guint neighbours[GENOS_MESH_MAX_NEIGHBOURS])
{
  guint n = 0;
  guint distance = 1;

  while (distance <= cell / 2)
    distance *= 2;
  for (; distance > 0; distance /= 2)
    if (distance <= cell && cell - distance < n_cells)
      neighbours[n++] = cell - distance;
  for (distance = 1; distance < n_cells && cell + distance < n_cells; distance *= 2)
    neighbours[n++] = cell + distance;
  return n;
}

/* The numbers of cells share their first digits, so that each hash is one step from an earlier one. */
static guint
choose_cell (GenosMeshTopology *self, guint32 state, guint n_cells)
{
  guint n_states = n_cells / 10 + 1;
  guint32 best = 0;
  guint chosen = 0;

  if (self->n_states < n_states) {
    self->states = g_renew (guint32, self->states, n_states);
    self->n_states = n_states;
  }
  for (guint tens = 0; tens * 10 < n_cells; tens++) {
    guint n = MIN (10, n_cells - tens * 10);
    guint32 before = tens == 0 ? state : self->states[tens];

    for (guint digit = 0; digit < n; digit++) {
      guint32 hash = step (before, '0' + digit);
      guint cell = tens * 10 + digit;

      if (cell < n_states)
        self->states[cell] = hash;
      if (hash > best) {
        best = hash;
        chosen = cell;
      }
    }
  }
  return chosen;
}

/* --- numbers --- */

GenosMeshTopology *
genos_mesh_topology_new (void)
{
  GenosMeshTopology *self = g_new0 (GenosMeshTopology, 1);

  self->n_refs = 1;
  self->numbers = g_hash_table_new (g_str_hash, g_str_equal);
  self->peers = g_array_new (FALSE, TRUE, sizeof (Peer));
  self->free = g_array_new (FALSE, FALSE, sizeof (guint32));
  return self;
}

GenosMeshTopology *
genos_mesh_topology_ref (GenosMeshTopology *self)
{
  self->n_refs++;
  return self;
}

void
genos_mesh_topology_unref (GenosMeshTopology *self)
{
  if (--self->n_refs > 0)
    return;
  g_hash_table_unref (self->numbers);
  for (guint i = 0; i < self->peers->len; i++)
    g_free (g_array_index (self->peers, Peer, i).id);
  g_array_unref (self->peers);
  g_array_unref (self->free);
  for (guint i = 0; i < N_TABLES; i++)
    g_free (self->tables[i].cells);
  g_free (self->states);
  g_free (self);
}

static Peer *
get_peer (GenosMeshTopology *self, guint32 peer)
{
  return &g_array_index (self->peers, Peer, peer);
}

guint32
genos_mesh_topology_find (GenosMeshTopology *self, const char *peer_id)
{
  gpointer found = g_hash_table_lookup (self->numbers, peer_id);

  return found != NULL ? GPOINTER_TO_UINT (found) - 1 : GENOS_MESH_NOBODY;
}

static guint32
take_number (GenosMeshTopology *self)
{
  guint32 number;

  if (self->free->len == 0) {
    g_array_set_size (self->peers, self->peers->len + 1);
    return self->peers->len - 1;
  }
  number = g_array_index (self->free, guint32, self->free->len - 1);
  g_array_set_size (self->free, self->free->len - 1);
  return number;
}

guint32
genos_mesh_topology_acquire (GenosMeshTopology *self, const char *peer_id)
{
  guint32 number = genos_mesh_topology_find (self, peer_id);
  Peer *peer;

  if (number == GENOS_MESH_NOBODY) {
    guint32 hash = hash_text (0, peer_id);

    number = take_number (self);
    *get_peer (self, number) = (Peer){
      .id = g_strdup (peer_id),
      .cell_state = step (hash, ':'),
      .rank_state = step (hash, '@'),
    };
    g_hash_table_insert (self->numbers, get_peer (self, number)->id, GUINT_TO_POINTER (number + 1));
  }
  peer = get_peer (self, number);
  peer->n_refs++;
  return number;
}

void
genos_mesh_topology_hold (GenosMeshTopology *self, guint32 peer)
{
  get_peer (self, peer)->n_refs++;
}

void
genos_mesh_topology_release (GenosMeshTopology *self, guint32 number)
{
  Peer *peer = get_peer (self, number);

  if (--peer->n_refs > 0)
    return;
  g_hash_table_remove (self->numbers, peer->id);
  g_clear_pointer (&peer->id, g_free);
  for (guint i = 0; i < N_TABLES; i++)
    if (number < self->tables[i].n_allocated)
      self->tables[i].cells[number] = NOT_YET;
  g_array_append_val (self->free, number);
}

const char *
genos_mesh_topology_get_id (GenosMeshTopology *self, guint32 peer)
{
  return get_peer (self, peer)->id;
}

guint
genos_mesh_topology_get_bound (GenosMeshTopology *self)
{
  return self->peers->len;
}

/* --- cells and ranks --- */

static Table *
find_table (GenosMeshTopology *self, guint n_cells)
{
  Table *oldest = &self->tables[0];

  for (guint i = 0; i < N_TABLES; i++) {
    if (self->tables[i].n_cells == n_cells)
      return &self->tables[i];
    if (self->tables[i].used < oldest->used)
      oldest = &self->tables[i];
  }
  oldest->n_cells = n_cells;
  if (oldest->cells != NULL)
    memset (oldest->cells, 0xFF, oldest->n_allocated * sizeof (guint32));
  return oldest;
}

static Table *
use_table (GenosMeshTopology *self, guint n_cells)
{
  if (self->latest == NULL || self->latest->n_cells != n_cells)
    self->latest = find_table (self, n_cells);
  self->latest->used = ++self->clock;
  return self->latest;
}

static void
grow_table (Table *table, guint n_peers)
{
  guint n = MAX (n_peers, 2 * table->n_allocated);

  table->cells = g_renew (guint32, table->cells, n);
  memset (table->cells + table->n_allocated, 0xFF, (n - table->n_allocated) * sizeof (guint32));
  table->n_allocated = n;
}

guint
genos_mesh_topology_get_cell (GenosMeshTopology *self, guint32 peer, guint n_cells)
{
  Table *table = use_table (self, n_cells);

  if (peer >= table->n_allocated)
    grow_table (table, self->peers->len);
  if (table->cells[peer] == NOT_YET)
    table->cells[peer] = choose_cell (self, get_peer (self, peer)->cell_state, n_cells);
  return table->cells[peer];
}

guint
genos_mesh_topology_find_cell (GenosMeshTopology *self, const char *peer_id, guint n_cells)
{
  guint32 peer = genos_mesh_topology_find (self, peer_id);

  if (peer != GENOS_MESH_NOBODY)
    return genos_mesh_topology_get_cell (self, peer, n_cells);
  return choose_cell (self, step (hash_text (0, peer_id), ':'), n_cells);
}

guint32
genos_mesh_topology_get_rank (GenosMeshTopology *self, guint32 peer, guint cell)
{
  return hash_number (get_peer (self, peer)->rank_state, cell);
}

gboolean
genos_mesh_topology_precedes (GenosMeshTopology *self, guint cell, guint32 a, guint32 b)
{
  guint32 rank_a = genos_mesh_topology_get_rank (self, a, cell);
  guint32 rank_b = genos_mesh_topology_get_rank (self, b, cell);

  if (rank_a != rank_b)
    return rank_a > rank_b;
  return strcmp (get_peer (self, a)->id, get_peer (self, b)->id) < 0;
}
