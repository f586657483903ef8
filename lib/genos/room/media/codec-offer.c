/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/media/codec-offer.h>

#include <string.h>

/* RFC 6184, 8.1: profile_idc and constraints; the level follows in two more digits. */
#define CONSTRAINED_BASELINE "42e0"
#define LEVEL_DIGITS 4

void
genos_codec_offer_clear (GenosCodecOffer *self)
{
  g_clear_object (&self->source);
}

static const char *
get_profile (GstCaps *caps)
{
  return gst_structure_get_string (gst_caps_get_structure (caps, 0), "profile-level-id");
}

static GstCaps *
make_plain (GstCaps *caps)
{
  const char *profile = get_profile (caps);
  g_autofree char *plain = NULL;

  if (profile == NULL || strlen (profile) <= LEVEL_DIGITS)
    return caps;
  plain = g_strconcat (CONSTRAINED_BASELINE, profile + LEVEL_DIGITS, NULL);
  caps = gst_caps_make_writable (caps);
  gst_caps_set_simple (caps, "profile-level-id", G_TYPE_STRING, plain, NULL);
  return caps;
}

gboolean
genos_codec_offer_choose (
    GenosCodecOffer *self, GenosLocalTrack *track, GstCaps **caps, GError **error)
{
  g_autoptr (GenosLocalTrack) source = NULL;

  *caps = NULL;
  /* What is not known yet cannot have been refused. */
  if (genos_local_track_get_rtp_codec (track) == NULL)
    return TRUE;
  source = genos_local_track_dup_encoding (track, self->refused, error);
  if (source == NULL)
    return FALSE;
  *caps = genos_local_track_dup_rtp_caps (source);
  if (*caps != NULL && self->plain)
    *caps = make_plain (*caps);
  g_set_object (&self->source, source);
  return TRUE;
}

static gboolean
is_of_higher_profile (GenosLocalTrack *track)
{
  g_autoptr (GstCaps) caps = genos_local_track_dup_rtp_caps (track);
  const char *profile = caps != NULL ? get_profile (caps) : NULL;

  return profile != NULL && !g_str_has_prefix (profile, CONSTRAINED_BASELINE);
}

/* Browsers decode more profiles of H.264 than they say: what is refused as high is taken, and played,
 * as constrained baseline. */
void
genos_codec_offer_refuse (GenosCodecOffer *self)
{
  const GenosMediaCodec *codec;

  if (self->source == NULL)
    return;
  codec = genos_local_track_get_rtp_codec (self->source);
  if (codec->id == GENOS_CODEC_H264 && !self->plain && is_of_higher_profile (self->source))
    self->plain = TRUE;
  else
    self->refused |= 1u << codec->id;
  g_clear_object (&self->source);
}
