/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-seen.h>

#include <string.h>

#define FIRST_SLOTS 64

typedef struct {
  guint64 origin;
  guint64 newest; /* ms */
} Origin;

struct _GenosMeshSeen {
  guint64 key[2];
  GArray *order; /* of guint64: a ring once it is full */
  guint oldest;
  guint64 *slots;  /* open addressing; 0: empty */
  guint n_slots;   /* a power of two */
  GArray *origins; /* of Origin: a ring once it is full */
  guint oldest_origin;
};

/* --- SipHash-1-3 (Aumasson and Bernstein, 2012) --- */

static inline guint64
rotate (guint64 x, guint n)
{
  return x << n | x >> (64 - n);
}

static inline void
sip_round (guint64 v[4])
{
  v[0] += v[1];
  v[1] = rotate (v[1], 13) ^ v[0];
  v[0] = rotate (v[0], 32);
  v[2] += v[3];
  v[3] = rotate (v[3], 16) ^ v[2];
  v[0] += v[3];
  v[3] = rotate (v[3], 21) ^ v[0];
  v[2] += v[1];
  v[1] = rotate (v[1], 17) ^ v[2];
  v[2] = rotate (v[2], 32);
}

static guint64
read_word (const guint8 *bytes, gsize n)
{
  guint64 word = 0;

  for (gsize i = 0; i < n; i++)
    word |= (guint64) bytes[i] << (8 * i);
  return word;
}

static inline void
absorb (guint64 v[4], guint64 word)
{
  v[3] ^= word;
  sip_round (v);
  v[0] ^= word;
}

guint64
genos_mesh_seen_hash (GenosMeshSeen *self, const char *id)
{
  const guint8 *at = (const guint8 *) id;
  gsize size = strlen (id);
  gsize left = size;
  guint64 hash;
  guint64 v[4] = {
    self->key[0] ^ G_GUINT64_CONSTANT (0x736f6d6570736575),
    self->key[1] ^ G_GUINT64_CONSTANT (0x646f72616e646f6d),
    self->key[0] ^ G_GUINT64_CONSTANT (0x6c7967656e657261),
    self->key[1] ^ G_GUINT64_CONSTANT (0x7465646279746573),
  };

  for (; left >= 8; at += 8, left -= 8)
    absorb (v, read_word (at, 8));
  absorb (v, read_word (at, left) | (guint64) (size & 0xFF) << 56);
  v[2] ^= 0xFF;
  for (guint i = 0; i < 3; i++)
    sip_round (v);
  hash = v[0] ^ v[1] ^ v[2] ^ v[3];
  return hash != 0 ? hash : 1;
}

/* --- ids --- */

GenosMeshSeen *
genos_mesh_seen_new (const guint8 *key)
{
  GenosMeshSeen *self = g_new0 (GenosMeshSeen, 1);

  self->key[0] = read_word (key, 8);
  self->key[1] = read_word (key + 8, 8);
  self->order = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->origins = g_array_new (FALSE, FALSE, sizeof (Origin));
  self->n_slots = FIRST_SLOTS;
  self->slots = g_new0 (guint64, FIRST_SLOTS);
  return self;
}

void
genos_mesh_seen_free (GenosMeshSeen *self)
{
  g_array_unref (self->order);
  g_array_unref (self->origins);
  g_free (self->slots);
  g_free (self);
}

/* Where it is, or would be. */
static guint
find_slot (GenosMeshSeen *self, guint64 hash)
{
  guint slot = hash & (self->n_slots - 1);

  while (self->slots[slot] != 0 && self->slots[slot] != hash)
    slot = (slot + 1) & (self->n_slots - 1);
  return slot;
}

static void
forget (GenosMeshSeen *self, guint64 hash)
{
  guint mask = self->n_slots - 1;
  guint hole = find_slot (self, hash);

  /* What comes after it and was pushed aside moves back, so that it is found again. */
  for (guint next = (hole + 1) & mask; self->slots[next] != 0; next = (next + 1) & mask) {
    guint home = self->slots[next] & mask;

    if (((next - home) & mask) >= ((next - hole) & mask)) {
      self->slots[hole] = self->slots[next];
      hole = next;
    }
  }
  self->slots[hole] = 0;
}

static void
grow (GenosMeshSeen *self)
{
  g_free (self->slots);
  self->n_slots *= 2;
  self->slots = g_new0 (guint64, self->n_slots);
  for (guint i = 0; i < self->order->len; i++) {
    guint64 hash = g_array_index (self->order, guint64, i);

    self->slots[find_slot (self, hash)] = hash;
  }
}

gboolean
genos_mesh_seen_has (GenosMeshSeen *self, guint64 hash)
{
  return self->slots[find_slot (self, hash)] == hash;
}

gboolean
genos_mesh_seen_add (GenosMeshSeen *self, guint64 hash)
{
  if (genos_mesh_seen_has (self, hash))
    return FALSE;
  if (self->order->len < GENOS_MESH_SEEN_MAX) {
    g_array_append_val (self->order, hash);
    if (self->order->len > self->n_slots / 2) {
      grow (self);
      return TRUE;
    }
  } else {
    guint64 *oldest = &g_array_index (self->order, guint64, self->oldest);

    forget (self, *oldest);
    *oldest = hash;
    self->oldest = (self->oldest + 1) % GENOS_MESH_SEEN_MAX;
  }
  self->slots[find_slot (self, hash)] = hash;
  return TRUE;
}

guint
genos_mesh_seen_get_n (GenosMeshSeen *self)
{
  return self->order->len;
}

/* --- origins --- */

static Origin *
find_origin (GenosMeshSeen *self, guint64 hash)
{
  for (guint i = 0; i < self->origins->len; i++) {
    Origin *origin = &g_array_index (self->origins, Origin, i);

    if (origin->origin == hash)
      return origin;
  }
  return NULL;
}

static void
add_origin (GenosMeshSeen *self, guint64 hash, guint64 ms)
{
  Origin origin = { hash, ms };

  if (self->origins->len < GENOS_MESH_SEEN_ORIGINS) {
    g_array_append_val (self->origins, origin);
    return;
  }
  g_array_index (self->origins, Origin, self->oldest_origin) = origin;
  self->oldest_origin = (self->oldest_origin + 1) % GENOS_MESH_SEEN_ORIGINS;
}

gboolean
genos_mesh_seen_is_timely (GenosMeshSeen *self, const char *origin, guint64 ms, guint64 wall_ms)
{
  guint64 hash = genos_mesh_seen_hash (self, origin);
  Origin *known = find_origin (self, hash);
  guint64 newest = MIN (ms, wall_ms + GENOS_MESH_SEEN_AGE_MS / 2);

  if (known == NULL) {
    add_origin (self, hash, newest);
    return TRUE;
  }
  known->newest = MAX (known->newest, newest);
  return ms + GENOS_MESH_SEEN_AGE_MS >= known->newest;
}
