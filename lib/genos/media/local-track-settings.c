/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/local-track-settings.h>

#include <gst/gst.h>

#define DEFAULT_PACKET_LOSS 10

void
genos_local_track_make_settings (GParamSpec **properties)
{
  /**
   * GenosLocalTrack:metadata:
   *
   * JSON text that peers get together with the track, or %NULL.
   */
  properties[PROP_METADATA] = g_param_spec_string (
      "metadata", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  /**
   * GenosLocalTrack:codec:
   *
   * `vp8`, `vp9`, `h264`, `h265`, `av1`; `opus`, `pcmu` or `pcma`. %NULL: VP8 and Opus for raw
   * input, and whatever comes in for encoded input. Set it before the caps.
   */
  properties[PROP_CODEC] =
      g_param_spec_string ("codec", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  /**
   * GenosLocalTrack:codecs:
   *
   * What raw media may be encoded as, best first; %NULL: what [property@LocalTrack:codec] says.
   * The first that can be encoded here is the track's; a peer that refuses it is offered the
   * next, within [property@LocalTrack:max-codecs]. Has no effect when
   * [property@LocalTrack:codec] is set, and none on encoded input. Set it before the caps.
   */
  properties[PROP_CODECS] = g_param_spec_boxed (
      "codecs", NULL, NULL, G_TYPE_STRV, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  /**
   * GenosLocalTrack:max-codecs:
   *
   * How many of [property@LocalTrack:codecs] may be encoded at a time. With 1, peers that do not
   * take the codec which is encoded for others get nothing, and the room says so in
   * [signal@Room::warning].
   */
  properties[PROP_MAX_CODECS] = g_param_spec_uint (
      "max-codecs", NULL, NULL, 1, 8, 1, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  /**
   * GenosLocalTrack:bitrate:
   *
   * What the encoder aims at, bit/s; 0: chosen by the size of the picture or the number
   * of channels. May be changed at any time.
   */
  properties[PROP_BITRATE] = g_param_spec_uint (
      "bitrate", NULL, NULL, 0, 200000000, 0, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  /**
   * GenosLocalTrack:inband-fec:
   *
   * Whether Opus packets also carry a coarse copy of the one before, against loss
   * (RFC 6716, section 2.1.7). Only speech modes can, so music suffers.
   */
  properties[PROP_INBAND_FEC] = g_param_spec_boolean (
      "inband-fec", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  /**
   * GenosLocalTrack:packet-loss-percentage:
   *
   * How many of a hundred packets are expected to be lost: what
   * [property@LocalTrack:inband-fec] is made for, 0 to 100.
   */
  properties[PROP_PACKET_LOSS] = g_param_spec_uint ("packet-loss-percentage", NULL, NULL, 0, 100,
      DEFAULT_PACKET_LOSS, G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  /**
   * GenosLocalTrack:dtx:
   *
   * Whether Opus sends next to nothing while there is silence (discontinuous transmission).
   */
  properties[PROP_DTX] =
      g_param_spec_boolean ("dtx", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  /**
   * GenosLocalTrack:rtp-caps:
   *
   * What the packets are; %NULL until the codec is known. Notified on any thread.
   */
  /* Not GST_TYPE_CAPS, which is zero until gst_init(): the GIR scanner looks at types
   * without. */
  properties[PROP_RTP_CAPS] = g_param_spec_boxed ("rtp-caps", NULL, NULL, gst_caps_get_type (),
      G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
}
