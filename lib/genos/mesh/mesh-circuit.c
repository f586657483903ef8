/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-circuit.h>

#include <string.h>

#define DATA 16
#define UNKNOWN 17
#define UNKNOWN_SIZE 9
/* Packets that came before those they follow: no more are sent ahead of a missing one. */
#define MAX_AHEAD (2 * GENOS_MESH_CIRCUIT_WINDOW)
/* Less than this is not worth being overtaken for. */
#define SMALL 4096

typedef struct {
  guint64 number;
  guint64 serial;
  GBytes *frame;
} Packet;

struct _GenosMeshCircuit {
  const GenosMeshCircuitEvents *events;
  gpointer data;
  gboolean ended;

  /* out */
  guint64 flow;
  guint64 next;
  guint64 mark;     /* when it was sent, nothing else was under way, nor waited */
  GQueue under_way; /* of Packet, in order */
  GQueue waiting;   /* of GBytes */
  gsize n_waiting;  /* bytes */
  guint window;
  guint n_since;   /* packets that arrived since the window changed */
  gboolean slow;   /* something was sent again: it grows by one a window from now on */
  guint64 recover; /* what was sent before shrinks it no further */

  /* in */
  guint64 their_flow; /* 0: none yet */
  guint64 expected;
  GHashTable *ahead; /* guint64 → GBytes */
};

static void
packet_free (gpointer data)
{
  Packet *packet = data;

  g_bytes_unref (packet->frame);
  g_free (packet);
}

GenosMeshCircuit *
genos_mesh_circuit_new (guint64 flow, const GenosMeshCircuitEvents *events, gpointer data)
{
  GenosMeshCircuit *self = g_new0 (GenosMeshCircuit, 1);

  self->flow = flow;
  self->events = events;
  self->data = data;
  self->window = GENOS_MESH_CIRCUIT_WINDOW_BEGIN;
  g_queue_init (&self->under_way);
  g_queue_init (&self->waiting);
  self->ahead =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) g_bytes_unref);
  return self;
}

void
genos_mesh_circuit_free (GenosMeshCircuit *self)
{
  g_queue_clear_full (&self->under_way, packet_free);
  g_queue_clear_full (&self->waiting, (GDestroyNotify) g_bytes_unref);
  g_hash_table_unref (self->ahead);
  g_free (self);
}

void
genos_mesh_circuit_stop (GenosMeshCircuit *self)
{
  self->ended = TRUE;
}

static void
end (GenosMeshCircuit *self, GenosMeshCircuitEnd how)
{
  if (self->ended)
    return;
  self->ended = TRUE;
  self->events->ended (how, self->data);
}

/* --- packets --- */

static void
append_number (GByteArray *array, guint64 value)
{
  guint64 big = GUINT64_TO_BE (value);

  g_byte_array_append (array, (const guint8 *) &big, sizeof big);
}

static guint64
read_number (const guint8 *at)
{
  guint64 big;

  memcpy (&big, at, sizeof big);
  return GUINT64_FROM_BE (big);
}

static GBytes *
build_data (GenosMeshCircuit *self, const Packet *packet, guint64 base)
{
  const guint8 type = DATA;
  gsize size;
  gconstpointer frame = g_bytes_get_data (packet->frame, &size);
  GByteArray *array = g_byte_array_sized_new (GENOS_MESH_CIRCUIT_HEADER + size);

  g_byte_array_append (array, &type, 1);
  append_number (array, self->flow);
  append_number (array, packet->number);
  append_number (array, base);
  g_byte_array_append (array, frame, size);
  return g_byte_array_free_to_bytes (array);
}

static GBytes *
build_unknown (guint64 flow)
{
  const guint8 type = UNKNOWN;
  GByteArray *array = g_byte_array_sized_new (UNKNOWN_SIZE);

  g_byte_array_append (array, &type, 1);
  append_number (array, flow);
  return g_byte_array_free_to_bytes (array);
}

typedef struct {
  guint64 flow, number, base;
  gsize size; /* of the frame */
} Header;

static gboolean
parse_data (GBytes *bytes, Header *header)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (size <= GENOS_MESH_CIRCUIT_HEADER
      || size > GENOS_MESH_CIRCUIT_HEADER + GENOS_MESH_CIRCUIT_FRAME_MAX || data[0] != DATA)
    return FALSE;
  *header = (Header){ read_number (data + 1), read_number (data + 9), read_number (data + 17),
    size - GENOS_MESH_CIRCUIT_HEADER };
  return header->flow != 0 && header->base <= header->number
      && header->number - header->base < MAX_AHEAD;
}

static gboolean
parse_unknown (GBytes *bytes, guint64 *flow)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (size != UNKNOWN_SIZE || data[0] != UNKNOWN)
    return FALSE;
  *flow = read_number (data + 1);
  return TRUE;
}

/* --- out --- */

static guint64
get_base (GenosMeshCircuit *self)
{
  Packet *first = g_queue_peek_head (&self->under_way);

  return first != NULL ? first->number : self->next;
}

static gboolean
send_packet (GenosMeshCircuit *self, Packet *packet)
{
  g_autoptr (GBytes) bytes = build_data (self, packet, get_base (self));

  packet->serial =
      self->events->send (bytes, g_bytes_get_size (packet->frame) <= SMALL, self->data);
  return packet->serial != 0;
}

static gboolean
send_next (GenosMeshCircuit *self)
{
  GBytes *frame = g_queue_peek_head (&self->waiting);
  Packet *packet = g_new0 (Packet, 1);
  gboolean is_first = g_queue_is_empty (&self->under_way);

  packet->number = self->next;
  packet->frame = g_bytes_ref (frame);
  g_queue_push_tail (&self->under_way, packet);
  if (!send_packet (self, packet)) {
    packet_free (g_queue_pop_tail (&self->under_way));
    return FALSE;
  }
  if (is_first)
    self->mark = packet->number;
  self->next++;
  self->n_waiting -= g_bytes_get_size (frame);
  g_bytes_unref (g_queue_pop_head (&self->waiting));
  return TRUE;
}

void
genos_mesh_circuit_pump (GenosMeshCircuit *self)
{
  gsize before = self->n_waiting;
  guint64 base = get_base (self);

  while (!self->ended && !g_queue_is_empty (&self->waiting)
      && g_queue_get_length (&self->under_way) < self->window && self->next - base < MAX_AHEAD
      && send_next (self))
    ;
  if (!self->ended && self->n_waiting < before)
    self->events->drained (self->data);
}

void
genos_mesh_circuit_send (GenosMeshCircuit *self, GBytes *frame)
{
  gsize size = g_bytes_get_size (frame);

  g_return_if_fail (size > 0 && size <= GENOS_MESH_CIRCUIT_FRAME_MAX);

  if (self->ended)
    return;
  g_queue_push_tail (&self->waiting, g_bytes_ref (frame));
  self->n_waiting += size;
  genos_mesh_circuit_pump (self);
}

static Packet *
take_packet (GenosMeshCircuit *self, guint64 serial)
{
  for (GList *l = self->under_way.head; l != NULL; l = l->next) {
    Packet *packet = l->data;

    if (packet->serial != serial)
      continue;
    g_queue_delete_link (&self->under_way, l);
    return packet;
  }
  return NULL;
}

static void
shrink_window (GenosMeshCircuit *self, guint64 number)
{
  if (number < self->recover)
    return;
  self->recover = self->next;
  self->window = MAX (1, self->window / 2);
  self->n_since = 0;
  self->slow = TRUE;
}

static void
grow_window (GenosMeshCircuit *self)
{
  self->n_since++;
  if (self->window >= GENOS_MESH_CIRCUIT_WINDOW || (self->slow && self->n_since < self->window))
    return;
  self->window++;
  self->n_since = 0;
}

void
genos_mesh_circuit_settled (GenosMeshCircuit *self, guint64 serial, gboolean arrived, guint n_again)
{
  Packet *packet = self->ended ? NULL : take_packet (self, serial);
  guint64 number;

  if (packet == NULL)
    return;
  number = packet->number;
  packet_free (packet);
  if (!arrived) {
    end (self, GENOS_MESH_CIRCUIT_LOST);
    return;
  }
  if (n_again > 0)
    shrink_window (self, number);
  else
    grow_window (self);
  genos_mesh_circuit_pump (self);
}

/* All of it again, from 0 on. */
static void
begin_flow (GenosMeshCircuit *self, guint64 flow)
{
  self->flow = flow;
  self->next = self->mark = self->recover = 0;
  for (GList *l = self->under_way.tail; l != NULL; l = l->prev) {
    Packet *packet = l->data;

    g_queue_push_head (&self->waiting, g_bytes_ref (packet->frame));
    self->n_waiting += g_bytes_get_size (packet->frame);
  }
  g_queue_clear_full (&self->under_way, packet_free);
  genos_mesh_circuit_pump (self);
}

/* The other side has forgotten us while nothing was said, which happens, and is no loss; or it is another process
 * by now, and has not got the beginning of what is under way. */
static void
take_unknown (GenosMeshCircuit *self, guint64 flow, guint64 new_flow)
{
  if (flow != self->flow)
    return;
  if (get_base (self) == self->mark)
    begin_flow (self, new_flow);
  else
    end (self, GENOS_MESH_CIRCUIT_RESTART);
}

/* --- in --- */

static void
deliver (GenosMeshCircuit *self, GBytes *frame)
{
  self->expected++;
  self->events->frame (frame, self->data);
}

static void
deliver_ahead (GenosMeshCircuit *self)
{
  GBytes *frame;

  while (!self->ended && (frame = g_hash_table_lookup (self->ahead, &self->expected)) != NULL) {
    guint64 number = self->expected;

    g_bytes_ref (frame);
    g_hash_table_remove (self->ahead, &number);
    deliver (self, frame);
    g_bytes_unref (frame);
  }
}

static void
take_data (GenosMeshCircuit *self, GBytes *packet, const Header *header)
{
  g_autoptr (GBytes) frame =
      g_bytes_new_from_bytes (packet, GENOS_MESH_CIRCUIT_HEADER, header->size);
  guint64 key = header->number;

  if (header->number < self->expected || header->number - self->expected >= MAX_AHEAD)
    return;
  if (header->number != self->expected) {
    g_hash_table_replace (self->ahead, g_memdup2 (&key, sizeof key), g_bytes_ref (frame));
    return;
  }
  deliver (self, frame);
  deliver_ahead (self);
}

static void
refuse (GenosMeshCircuit *self, guint64 flow)
{
  g_autoptr (GBytes) packet = build_unknown (flow);

  self->events->send (packet, TRUE, self->data);
}

static gboolean
is_beginning (const Header *header)
{
  return header->base == 0;
}

gboolean
genos_mesh_circuit_is_opening (GenosMeshCircuit *self, GBytes *packet)
{
  Header header;

  return parse_data (packet, &header) && header.flow != self->their_flow && is_beginning (&header);
}

static gboolean
is_of_another_flow (GenosMeshCircuit *self, const Header *header)
{
  return header->flow != self->their_flow && self->their_flow != 0 && self->expected > 0;
}

static void
follow_flow (GenosMeshCircuit *self, guint64 flow)
{
  if (flow == self->their_flow)
    return;
  self->their_flow = flow;
  self->expected = 0;
  g_hash_table_remove_all (self->ahead);
}

gboolean
genos_mesh_circuit_take (GenosMeshCircuit *self, GBytes *packet, guint64 new_flow)
{
  Header header;
  guint64 flow;

  if (self->ended)
    return FALSE;
  if (parse_unknown (packet, &flow)) {
    take_unknown (self, flow, new_flow);
    return TRUE;
  }
  /* Nonsense does not become better by being sent again. */
  if (!parse_data (packet, &header))
    return TRUE;
  if (header.flow != self->their_flow && !is_beginning (&header)) {
    refuse (self, header.flow);
    return FALSE;
  }
  if (is_of_another_flow (self, &header)) {
    end (self, GENOS_MESH_CIRCUIT_RESTART);
    return FALSE;
  }
  follow_flow (self, header.flow);
  take_data (self, packet, &header);
  return TRUE;
}

gsize
genos_mesh_circuit_get_waiting (GenosMeshCircuit *self)
{
  return self->n_waiting;
}

guint
genos_mesh_circuit_get_n_under_way (GenosMeshCircuit *self)
{
  return g_queue_get_length (&self->under_way);
}

guint
genos_mesh_circuit_get_window (GenosMeshCircuit *self)
{
  return self->window;
}
