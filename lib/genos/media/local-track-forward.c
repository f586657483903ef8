/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/local-track-struct.h>

/**
 * genos_local_track_new_forward:
 * @source: a track of a peer
 * @error: return location for an error
 *
 * Makes a track that passes another one on, packet by packet, without decoding it: to
 * another room, or to peers that do not get it from where it comes from. It has the stream
 * id, track id and metadata of @source; to choose others, use g_object_new() with
 * [property@LocalTrack:source].
 *
 * It is not fed. Packets are taken from @source while somebody watches, beside whoever else
 * takes them; the key frames that peers ask for are asked for there, and what gets lost is
 * repaired between neighbours only. Each time this is done costs the delay of one more
 * jitterbuffer. Whoever passes a track on can see what is in it.
 *
 * When @source ends (its peer's [signal@Room::track-removed]), nothing comes any more:
 * take the track out of the rooms it is in.
 *
 * Errors: %GENOS_ERROR_UNSUPPORTED, @source is of a codec that is not known here.
 *
 * Returns: (transfer full): a new track
 */
GenosLocalTrack *
genos_local_track_new_forward (GenosRemoteTrack *source, GError **error)
{
  g_return_val_if_fail (GENOS_IS_REMOTE_TRACK (source), NULL);

  if (genos_track_forward_get_codec (source) == NULL) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED,
        "the track's codec is not known here: decode it, and send it as another track");
    return NULL;
  }
  return g_object_new (GENOS_TYPE_LOCAL_TRACK, "source", source, "kind",
      genos_remote_track_get_kind (source), "stream-id", genos_remote_track_get_stream_id (source),
      "track-id", genos_remote_track_get_track_id (source), "metadata",
      genos_remote_track_get_metadata (source), NULL);
}

void
genos_local_track_set_sealed (GenosLocalTrack *self)
{
  g_return_if_fail (self->forward != NULL);
  genos_track_forward_set_sealed (self->forward);
}
