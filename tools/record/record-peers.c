/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "record-peers.h"

struct _GenosRecordPeers {
  GHashTable *here; /* ids of those that are in the room */
  GenosRecordPeer last;
};

GenosRecordPeers *
genos_record_peers_new (void)
{
  GenosRecordPeers *self = g_new0 (GenosRecordPeers, 1);

  self->here = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

static void
clear_last (GenosRecordPeers *self)
{
  g_clear_pointer (&self->last.id, g_free);
  g_clear_pointer (&self->last.kind, g_free);
  g_clear_pointer (&self->last.key, g_free);
}

void
genos_record_peers_free (GenosRecordPeers *self)
{
  clear_last (self);
  g_hash_table_unref (self->here);
  g_free (self);
}

static const GstStructure *
find_stats (const GstStructure *stats, const char *peer_id)
{
  const GValue *list = gst_structure_get_value (stats, "peer");

  for (guint i = 0; list != NULL && i < gst_value_list_get_size (list); i++) {
    const GstStructure *peer = gst_value_get_structure (gst_value_list_get_value (list, i));

    if (g_strcmp0 (gst_structure_get_string (peer, "peer-id"), peer_id) == 0)
      return peer;
  }
  return NULL;
}

const GenosRecordPeer *
genos_record_peers_look_up (GenosRecordPeers *self, GstElement *source, const char *peer_id)
{
  g_autoptr (GstStructure) stats = NULL;
  const GstStructure *peer;

  clear_last (self);
  g_object_get (source, "stats", &stats, NULL);
  peer = stats != NULL ? find_stats (stats, peer_id) : NULL;
  self->last.id = g_strdup (peer_id);
  if (peer != NULL) {
    self->last.kind = g_strdup (gst_structure_get_string (peer, "kind"));
    self->last.key = g_strdup (gst_structure_get_string (peer, "key"));
    genos_record_peers_set_here (self, peer_id, TRUE);
  }
  self->last.here = genos_record_peers_is_here (self, peer_id);
  return &self->last;
}

void
genos_record_peers_set_here (GenosRecordPeers *self, const char *peer_id, gboolean here)
{
  if (here)
    g_hash_table_add (self->here, g_strdup (peer_id));
  else
    g_hash_table_remove (self->here, peer_id);
}

gboolean
genos_record_peers_is_here (GenosRecordPeers *self, const char *peer_id)
{
  return g_hash_table_contains (self->here, peer_id);
}
