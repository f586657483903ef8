/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stream-duo.h"

#include <glib/gstdio.h>

#include "../../common/peer-link-local.h"

static GenosPeerLink *
make_link (gboolean offerer, gpointer user_data, GError **error)
{
  StreamMember *member = user_data;

  GenosPeerLink *link = peer_link_local_new (offerer);

  g_ptr_array_add (member->links, g_object_ref (link));
  return link;
}

static void
on_joined (GenosRoom *room, GenosPeer *peer, StreamMember *member)
{
  member->n_joined++;
}

static void
on_relinked (GenosRoom *room, GenosPeer *peer, StreamMember *member)
{
  member->n_relinked++;
}

static void
on_message (GenosChannel *channel, const char *peer_id, GenosMessage *message, StreamMember *member)
{
  member->n_heard++;
}

static void
on_stream (GenosChannel *channel, GenosIncomingStream *stream, StreamMember *member)
{
  g_set_object (&member->offered, stream);
  member->n_offered++;
}

static void
join (StreamDuo *self, StreamMember *member, const char *peer_id, const char *password)
{
  g_autoptr (GError) error = NULL;

  member->links = g_ptr_array_new_with_free_func (g_object_unref);
  member->signaller = signaller_local_new (self->hub, peer_id);
  member->room = genos_room_new ("test");
  g_object_set (member->room, "peer-id", peer_id, "password", password, NULL);
  genos_room_set_signaller (member->room, member->signaller);
  genos_room_set_link_factory (member->room, make_link, member);
  g_signal_connect (member->room, "peer-joined", G_CALLBACK (on_joined), member);
  g_signal_connect (member->room, "peer-relinked", G_CALLBACK (on_relinked), member);
  member->channel = genos_room_open_channel (member->room, "files", NULL);
  g_signal_connect (member->channel, "message", G_CALLBACK (on_message), member);
  g_signal_connect (member->channel, "stream", G_CALLBACK (on_stream), member);
  genos_room_join (member->room, &error);
  g_assert_no_error (error);
  signaller_local_set_key (
      TEST_SIGNALLER_LOCAL (member->signaller), genos_room_get_key (member->room));
}

static void
member_clear (StreamMember *member)
{
  g_clear_object (&member->offered);
  g_clear_object (&member->channel);
  g_clear_object (&member->room);
  g_clear_object (&member->signaller);
  g_ptr_array_unref (member->links);
}

void
stream_duo_set_up (StreamDuo *self, gconstpointer password)
{
  g_autoptr (GError) error = NULL;

  self->hub = signal_hub_new ();
  self->folder = g_dir_make_tmp ("genos-streams-XXXXXX", &error);
  g_assert_no_error (error);
  join (self, &self->alice, "alice", password);
  join (self, &self->bob, "bob", password);
  genos_test_wait_until (self->alice.n_joined == 1 && self->bob.n_joined == 1);
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_assert_cmpint (g_unlink (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

void
stream_duo_tear_down (StreamDuo *self, gconstpointer data)
{
  member_clear (&self->alice);
  member_clear (&self->bob);
  g_clear_pointer (&self->hub, signal_hub_unref);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  remove_folder (self->folder);
  g_free (self->folder);
}

void
stream_duo_close_links (gpointer data)
{
  StreamDuo *self = data;
  g_autoptr (GPtrArray) links =
      g_ptr_array_copy (self->alice.links, (GCopyFunc) g_object_ref, NULL);

  for (guint i = 0; i < links->len; i++)
    genos_peer_link_close (g_ptr_array_index (links, i));
}

void
stream_duo_break_link (StreamDuo *self)
{
  guint before = self->alice.n_relinked;
  guint before_bob = self->bob.n_relinked;

  stream_duo_close_links (self);
  genos_test_wait_for (self->alice.n_relinked > before && self->bob.n_relinked > before_bob, 30);
}

void
stream_wait_done (GObject *source, GAsyncResult *result, gpointer data)
{
  StreamWait *wait = data;

  wait->source = source;
  wait->result = g_object_ref (result);
}

void
stream_wait_clear (StreamWait *wait)
{
  g_clear_object (&wait->result);
}

guint8 *
stream_make_content (gsize size)
{
  guint32 *words = g_malloc (size + 4);

  for (gsize i = 0; i < size / 4 + 1; i++)
    words[i] = (guint32) i * 2654435761u;
  return (guint8 *) words;
}
