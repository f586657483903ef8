/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/lobby.h>

#include <string.h>

#include <genos/room/joining/link-proof.h>
#include <genos/wire/hello-message.h>

/* A peer that says it can prove who it is has that long for it; where nobody has to, less. Its hello may be
 * lost, and is sent again after three seconds; and one that does not wait for ours takes a link for dead that
 * says nothing for seven. */
#define PROOF_TIMEOUT_MS 20000
#define PROOF_WISH_TIMEOUT_MS 6000

typedef struct {
  GenosNewcomer newcomer;
  GenosLobby *lobby; /* not owned */
  GenosLinkProof *proof;
} Visitor;

struct _GenosLobby {
  char *self_id;
  char *path;
  char *kind;
  GenosSchnorrKey *key;  /* (nullable) */
  GenosSecret *room_key; /* (nullable) */
  GenosLobbySettled settled;
  gpointer user_data;
  GPtrArray *visitors; /* Visitor */
};

static void
visitor_free (gpointer data)
{
  Visitor *visitor = data;
  GenosNewcomer *newcomer = &visitor->newcomer;

  if (visitor->proof != NULL)
    g_signal_handlers_disconnect_by_data (visitor->proof, visitor);
  g_clear_object (&visitor->proof);
  if (newcomer->link != NULL)
    genos_peer_link_close (newcomer->link);
  g_clear_object (&newcomer->link);
  g_free (newcomer->peer_id);
  g_free (newcomer->key);
  g_free (visitor);
}

/* --- proofs --- */

/* The lobby may be gone when it returns. */
static void
on_settled (GenosLinkProof *proof, const GError *error, Visitor *visitor)
{
  GenosLobby *self = visitor->lobby;
  guint index;

  if (!g_ptr_array_find (self->visitors, visitor, &index))
    return;
  g_ptr_array_steal_index (self->visitors, index);
  self->settled (&visitor->newcomer, error == NULL ? genos_link_proof_get_identity (proof) : NULL,
      error, self->user_data);
  if (visitor->newcomer.link == NULL)
    genos_link_proof_release (proof);
  visitor_free (visitor);
}

static const char *const features[] = { GENOS_FEATURE_IDENTITY, GENOS_FEATURE_EXTENDED,
  GENOS_FEATURE_CLOCK, GENOS_FEATURE_TRACKS, GENOS_FEATURE_FAR, GENOS_FEATURE_SEALED, NULL };

static GenosLinkProof *
make_proof (GenosLobby *self, const GenosNewcomer *newcomer)
{
  GenosPeerIdentityConfig config = {
    .path = self->path,
    .self_id = self->self_id,
    .peer_id = newcomer->peer_id,
    .peer_key = newcomer->key,
    .key = self->key,
    .features = features,
    .kind = self->kind,
    .room_key = self->room_key,
  };
  g_autoptr (GenosSecret) box = self->room_key != NULL ? genos_secret_new_random () : NULL;

  config.box = box;
  if (!genos_peer_link_get_certificates (newcomer->link, &config.certificates))
    return NULL;
  return genos_link_proof_new (newcomer->link, &config);
}

/* --- who comes --- */

static Visitor *
find (GenosLobby *self, const char *peer_id, const char *key)
{
  for (guint i = 0; i < self->visitors->len; i++) {
    Visitor *visitor = g_ptr_array_index (self->visitors, i);

    if (strcmp (visitor->newcomer.peer_id, peer_id) == 0
        && g_strcmp0 (visitor->newcomer.key, key) == 0)
      return visitor;
  }
  return NULL;
}

static Visitor *
visitor_new (
    GenosLobby *self, const char *peer_id, GenosPeerLink *link, const GenosSignalOrigin *origin)
{
  Visitor *visitor = g_new0 (Visitor, 1);
  GenosNewcomer *newcomer = &visitor->newcomer;

  visitor->lobby = self;
  newcomer->peer_id = g_strdup (peer_id);
  newcomer->key = g_strdup (origin->key);
  newcomer->extended = origin->extended;
  newcomer->link = g_object_ref (link);
  if (self->key != NULL && origin->extended)
    visitor->proof = make_proof (self, newcomer);
  return visitor;
}

void
genos_lobby_take (GenosLobby *self, const char *peer_id, GenosPeerLink *link,
    const GenosSignalOrigin *origin, gboolean required)
{
  Visitor *visitor = find (self, peer_id, origin->key);

  /* Of two links to one peer that are being proven, the later one counts; somebody else under its id
   * does not end its. */
  if (visitor != NULL)
    g_ptr_array_remove (self->visitors, visitor);
  visitor = visitor_new (self, peer_id, link, origin);
  if (visitor->proof == NULL) {
    self->settled (&visitor->newcomer, NULL, NULL, self->user_data);
    visitor_free (visitor);
    return;
  }
  g_ptr_array_add (self->visitors, visitor);
  g_signal_connect (visitor->proof, "settled", G_CALLBACK (on_settled), visitor);
  genos_link_proof_start (
      visitor->proof, required ? PROOF_TIMEOUT_MS : PROOF_WISH_TIMEOUT_MS, PROOF_TIMEOUT_MS);
}

void
genos_lobby_add_ids (GenosLobby *self, GHashTable *ids)
{
  for (guint i = 0; i < self->visitors->len; i++) {
    const Visitor *visitor = g_ptr_array_index (self->visitors, i);

    g_hash_table_add (ids, g_strdup (visitor->newcomer.peer_id));
  }
}

void
genos_lobby_clear (GenosLobby *self)
{
  g_ptr_array_set_size (self->visitors, 0);
}

/* --- life --- */

void
genos_lobby_set_room_key (GenosLobby *self, GenosSecret *room_key)
{
  g_clear_pointer (&self->room_key, genos_secret_unref);
  if (room_key != NULL)
    self->room_key = genos_secret_ref (room_key);
}

GenosLobby *
genos_lobby_new (const GenosLobbyConfig *config)
{
  GenosLobby *self = g_new0 (GenosLobby, 1);

  self->self_id = g_strdup (config->self_id);
  self->path = g_strdup (config->path);
  self->kind = g_strdup (config->kind);
  self->key = config->key != NULL ? genos_schnorr_key_ref (config->key) : NULL;
  self->settled = config->settled;
  self->user_data = config->user_data;
  self->visitors = g_ptr_array_new_with_free_func (visitor_free);
  return self;
}

void
genos_lobby_free (GenosLobby *self)
{
  g_ptr_array_unref (self->visitors);
  g_clear_pointer (&self->key, genos_schnorr_key_unref);
  g_clear_pointer (&self->room_key, genos_secret_unref);
  g_free (self->self_id);
  g_free (self->path);
  g_free (self->kind);
  g_free (self);
}
