/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/room-properties.h>

#include <genos/room/joining/admission-rules.h>
#include <genos/room/far/far-tracks.h>
#include <genos/base/encryption.h>
#include <genos/room/room.h>

G_DEFINE_ENUM_TYPE (GenosIceTransportPolicy, genos_ice_transport_policy,
    G_DEFINE_ENUM_VALUE (GENOS_ICE_TRANSPORT_POLICY_ALL, "all"),
    G_DEFINE_ENUM_VALUE (GENOS_ICE_TRANSPORT_POLICY_RELAY, "relay"))

G_DEFINE_ENUM_TYPE (GenosRoomState, genos_room_state, G_DEFINE_ENUM_VALUE (GENOS_ROOM_IDLE, "idle"),
    G_DEFINE_ENUM_VALUE (GENOS_ROOM_JOINING, "joining"),
    G_DEFINE_ENUM_VALUE (GENOS_ROOM_JOINED, "joined"),
    G_DEFINE_ENUM_VALUE (GENOS_ROOM_LEAVING, "leaving"))

/* A property with a nick and a blurb appears on both elements by itself, under the same name; with
 * GST_PARAM_MUTABLE_PLAYING it may be changed there while the room is joined. */
GParamSpec *genos_room_properties[GENOS_ROOM_N_PROPS];

static const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

/* Which room, and who we are in it. */
static void
make_names (void)
{
  /**
   * GenosRoom:name:
   *
   * The room's name, UTF-8, at most 256 bytes; needed. With the dialect
   * `genosrtc` it is the database name of the web app.
   */
  genos_room_properties[GENOS_ROOM_PROP_NAME] =
      g_param_spec_string ("name", NULL, NULL, NULL, flags);

  /**
   * GenosRoom:password:
   *
   * Seals offers and answers so that relays cannot read them; peers with another
   * password cannot link to us. %NULL and the empty string are the same: sealed
   * with a key that anybody can compute.
   */
  genos_room_properties[GENOS_ROOM_PROP_PASSWORD] =
      g_param_spec_string ("password", NULL, NULL, NULL, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GenosRoom:app-id:
   *
   * The application's id; peers with another one are in another room.
   */
  genos_room_properties[GENOS_ROOM_PROP_APP_ID] =
      g_param_spec_string ("app-id", NULL, NULL, "1234", flags);

  /**
   * GenosRoom:dialect:
   *
   * Which members of the protocol family to meet: `genosrtc` or `trystero`.
   */
  genos_room_properties[GENOS_ROOM_PROP_DIALECT] =
      g_param_spec_string ("dialect", NULL, NULL, "genosrtc", flags);

  /**
   * GenosRoom:peer-id:
   *
   * Our own id, 1 to 64 characters of `[0-9A-Za-z]`. Drawn at random by
   * [method@Room.join] when it is not set.
   */
  genos_room_properties[GENOS_ROOM_PROP_PEER_ID] =
      g_param_spec_string ("peer-id", NULL, NULL, NULL, flags);

  /**
   * GenosRoom:kind:
   *
   * What our announces say we are; informational. Empty: nothing.
   */
  genos_room_properties[GENOS_ROOM_PROP_KIND] =
      g_param_spec_string ("kind", NULL, NULL, "native", flags);

  /**
   * GenosRoom:identity-file:
   *
   * A file that keeps our key, so that others know us again: 64 hex digits. It is made when it
   * is not there; it has to be readable by its owner only. Empty: a fresh key each time.
   */
  genos_room_properties[GENOS_ROOM_PROP_IDENTITY_FILE] =
      g_param_spec_string ("identity-file", "Identity file",
          "File that keeps our key, made when absent (empty: a fresh key each time)", NULL, flags);

  /**
   * GenosRoom:metadata:
   *
   * What this application says of itself to the peers of this project: JSON text, at
   * most 16 KiB, such as `{"name":"front door"}`. May be changed while the room is
   * joined: peers hear of it at once, newcomers when they join
   * ([signal@Room::peer-metadata]). Browsers do not hear of it.
   */
  genos_room_properties[GENOS_ROOM_PROP_METADATA] = g_param_spec_string ("metadata", "Metadata",
      "What to tell peers of oneself: JSON like {\"name\":\"front door\"}, up to 16 KiB", NULL,
      flags | GST_PARAM_MUTABLE_PLAYING);
}

static void
make_relays (void)
{
  /**
   * GenosRoom:relays:
   *
   * URLs of Nostr relays (`ws://` or `wss://`), separated by commas. Empty: those of
   * the environment variable `GENOS_RELAYS`, and without it the built-in list, which are the
   * relays that browsers of the dialect use by default.
   *
   * The entry `lan` stands for those that announce themselves on the local network,
   * also later ones; with nothing else beside it the room needs no Internet. It needs
   * Avahi: [signal@Room::warning] tells when that is missing.
   */
  genos_room_properties[GENOS_ROOM_PROP_RELAYS] =
      g_param_spec_string ("relays", NULL, NULL, NULL, flags);

  /**
   * GenosRoom:relay-list-url:
   *
   * Where further relays are found when fewer than three of the first ones work: the URL of a
   * JSON array of relay URLs, asked at most once a day and kept in
   * `genosrooms/relays.json` of the user's cache folder. `auto`: nostr.watch's list, but nothing as
   * soon as relays are named by [property@Room:relays] or `GENOS_RELAYS`. `none` or empty:
   * never.
   */
  genos_room_properties[GENOS_ROOM_PROP_RELAY_LIST_URL] = g_param_spec_string ("relay-list-url",
      "Relay list URL",
      "JSON array of relay URLs, used when too few relays work; auto: nostr.watch's unless relays "
      "are named, none: never",
      "auto", flags);

  /**
   * GenosRoom:relay-server:
   *
   * Brings a relay along while the room is joined, and uses it: `port` or `address:port` to
   * listen on, like `127.0.0.1:7777`; port 0 is any free one. Without an address, other
   * machines cannot reach it; with `0.0.0.0:7777` all of the local network can, and finds it
   * by `lan` in [property@Room:relays]. [property@Room:relays] are used beside it, none when
   * they are empty.
   *
   * Rooms of one process that name the same address share the relay. A port that another
   * program's relay has is used as it is; [method@Room.join] fails when something else
   * has it.
   */
  genos_room_properties[GENOS_ROOM_PROP_RELAY_SERVER] =
      g_param_spec_string ("relay-server", "Relay server",
          "address:port on which the room brings a relay along, like 127.0.0.1:7777", NULL, flags);

  /**
   * GenosRoom:relay-server-url:
   *
   * Where the relay of [property@Room:relay-server] is, for programs of this machine;
   * %NULL while the room is not joined.
   */
  genos_room_properties[GENOS_ROOM_PROP_RELAY_SERVER_URL] = g_param_spec_string (
      "relay-server-url", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GenosRoom:proxy:
   *
   * The proxy through which relays are reached: `http://host:port`, `socks5://host:port`,
   * also with `user:password@`. It is used for every relay, those on this machine too.
   * Empty: what the system has set: the settings of a GNOME desktop, else what libproxy finds, as in the
   * environment variables `http_proxy` (for `ws://`), `https_proxy` (for `wss://`) and
   * `no_proxy`. `none`: no proxy, whatever the system has set. The links between peers do not go
   * through it.
   */
  genos_room_properties[GENOS_ROOM_PROP_PROXY] = g_param_spec_string ("proxy", "Proxy",
      "http://host:port or socks5://host:port for relays; empty: the system's, none: no proxy",
      NULL, flags);

  /**
   * GenosRoom:relay-headers:
   *
   * Further HTTP headers for certain relays, as a list of `URL|Name: value` with a line
   * break or `||` between entries. A header goes to exactly that URL, with the opening
   * of the WebSocket and with the question for the relay's NIP-11 document. Cannot be
   * read back: it may hold keys.
   */
  genos_room_properties[GENOS_ROOM_PROP_RELAY_HEADERS] = g_param_spec_string ("relay-headers",
      "Relay headers", "Further HTTP headers for relays: URL|Name: value, || between entries", NULL,
      G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GenosRoom:tls-ca-file:
   *
   * A PEM file with certificates of authorities that are believed in addition to the
   * system's, for relays (`wss://`), TURN servers (`turns://`) and whatever else is
   * asked over `https://`: one of one's own, or a single self-signed certificate.
   */
  genos_room_properties[GENOS_ROOM_PROP_TLS_CA_FILE] =
      g_param_spec_string ("tls-ca-file", "TLS CA file",
          "PEM file of authorities that are believed in addition to the system's", NULL, flags);

  /**
   * GenosRoom:pow-budget:
   *
   * How much proof of work (NIP-13) a relay may ask for, in bits; each bit
   * doubles the work. It is done beside everything else, for that relay only. A
   * relay that asks for more gets no events, and is left while another one
   * serves. 0: no work for anybody. The default takes about a third of a second
   * of one core for each announce, offer and answer on a laptop's processor.
   */
  genos_room_properties[GENOS_ROOM_PROP_POW_BUDGET] =
      g_param_spec_uint ("pow-budget", "Budget of work",
          "Bits of proof of work that a relay may ask for; each doubles the work, 0: none", 0, 32,
          18, flags);
}

static void
make_links (void)
{
  /**
   * GenosRoom:stun-server:
   *
   * `stun://host:port` of the server that tells peers their public addresses, as
   * browsers of the dialect use it; it learns that this address is about to
   * connect to somebody. `none` or empty: none.
   */
  genos_room_properties[GENOS_ROOM_PROP_STUN_SERVER] =
      g_param_spec_string ("stun-server", NULL, NULL, "stun://stun.l.google.com:19302", flags);

  /**
   * GenosRoom:turn-servers:
   *
   * Servers that pass packets on where no direct way exists, separated by commas:
   * `turn://user:password@host:port` tries UDP and TCP, `?transport=udp` or
   * `?transport=tcp` behind it one of them, `turns://user:password@host:port` is
   * TLS over TCP. In user and password `:`, `@`, `/`, `,` and the like are written
   * as `%3A`, `%40`, `%2F`, `%2C`. Without user and password see
   * [property@Room:turn-secret]. Can be set, not read.
   */
  genos_room_properties[GENOS_ROOM_PROP_TURN_SERVERS] = g_param_spec_string (
      "turn-servers", NULL, NULL, NULL, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GenosRoom:turn-secret:
   *
   * The secret that this application shares with its TURN servers (coturn:
   * `use-auth-secret` and `static-auth-secret`). For servers that are given without
   * user and password, credentials that are good for a day are made from it for
   * each link anew. Can be set, not read.
   */
  genos_room_properties[GENOS_ROOM_PROP_TURN_SECRET] =
      g_param_spec_string ("turn-secret", "TURN secret",
          "Secret shared with the TURN servers, for those that are given without user and "
          "password",
          NULL, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GenosRoom:ice-transport-policy:
   *
   * Whether links may take any way, or only those by a TURN server. Read when a
   * link is made.
   */
  genos_room_properties[GENOS_ROOM_PROP_ICE_TRANSPORT_POLICY] =
      g_param_spec_enum ("ice-transport-policy", "ICE transport policy",
          "Ways to peers that may be used: all, or those by a TURN server only",
          GENOS_TYPE_ICE_TRANSPORT_POLICY, GENOS_ICE_TRANSPORT_POLICY_ALL, flags);

  /**
   * GenosRoom:ice-interfaces:
   *
   * Network interfaces that links may use: names separated by commas, with `*` and
   * `?` as wildcards; a name behind `!` is left out. `eth0,wlan*` are only those,
   * `!docker*,!wg0` are all but those. Empty: all but those of containers and
   * virtual machines. When none is up that matches, no link is made.
   */
  genos_room_properties[GENOS_ROOM_PROP_ICE_INTERFACES] = g_param_spec_string ("ice-interfaces",
      "ICE interfaces",
      "Network interfaces for links, separated by commas, with wildcards; those behind ! are left "
      "out (empty: all)",
      NULL, flags);

  /**
   * GenosRoom:ice-min-port:
   *
   * The lowest UDP port for links; 0: no bound. Each link takes a port for each of
   * this machine's addresses.
   */
  genos_room_properties[GENOS_ROOM_PROP_ICE_MIN_PORT] = g_param_spec_uint ("ice-min-port",
      "Lowest port", "Lowest UDP port for links (0: any)", 0, G_MAXUINT16, 0, flags);

  /**
   * GenosRoom:ice-max-port:
   *
   * The highest UDP port for links; 0: no bound.
   */
  genos_room_properties[GENOS_ROOM_PROP_ICE_MAX_PORT] = g_param_spec_uint ("ice-max-port",
      "Highest port", "Highest UDP port for links (0: any)", 0, G_MAXUINT16, 0, flags);
}

static void
make_media (void)
{
  /**
   * GenosRoom:latency:
   *
   * How long incoming packets may wait for those before them, in milliseconds.
   */
  genos_room_properties[GENOS_ROOM_PROP_LATENCY] =
      g_param_spec_uint ("latency", NULL, NULL, 0, 10000, 100, flags);

  /**
   * GenosRoom:drop-on-latency:
   *
   * Whether no packet waits longer than [property@Room:latency] for those before it: the oldest go
   * when more than that is waiting. Else packets of video wait up to half a second for one that was lost
   * and has been asked for again, since a picture which comes late is still what the next one builds
   * upon. For those who would rather see a gap than fall behind. For links that are made from then on.
   */
  genos_room_properties[GENOS_ROOM_PROP_DROP_ON_LATENCY] = g_param_spec_boolean ("drop-on-latency",
      "Drop on latency",
      "Let no packet wait longer than the latency for those before it, and drop the oldest instead",
      FALSE, flags);

  /**
   * GenosRoom:receive-video-codecs:
   *
   * What video to take from the peers, best first, separated by commas: `vp8`, `vp9`, `h264`, `h265`,
   * `av1`. Answers to their offers name no other codec; a track that comes in no codec of the list is
   * refused, and a peer of this project may then send it in another. What follows a `*`, up to the next
   * one, is equally good, and taken in the order that the peer prefers. %NULL or empty: whatever comes,
   * in that order. For links that are made from then on.
   *
   * A peer that sends its video where it receives ours sends it in the codec of ours.
   */
  genos_room_properties[GENOS_ROOM_PROP_RECEIVE_VIDEO_CODECS] =
      g_param_spec_string ("receive-video-codecs", NULL, NULL, NULL, flags);

  /**
   * GenosRoom:receive-audio-codecs:
   *
   * As [property@Room:receive-video-codecs], of sound: `opus`, `pcmu`, `pcma`.
   */
  genos_room_properties[GENOS_ROOM_PROP_RECEIVE_AUDIO_CODECS] =
      g_param_spec_string ("receive-audio-codecs", NULL, NULL, NULL, flags);
}

static void
make_admission (void)
{
  /**
   * GenosRoom:require-verified:
   *
   * Whether to link only to peers that prove who they are: those of this library, no
   * browsers. Whoever does not even say that it can is sent nothing; whoever does
   * not prove it within 10 seconds is left. See [property@Peer:verified]. May be
   * changed while joined, for those who come then.
   */
  genos_room_properties[GENOS_ROOM_PROP_REQUIRE_VERIFIED] =
      g_param_spec_boolean ("require-verified", "Require verified peers",
          "Link only to peers that prove who they are (no browsers)", FALSE,
          flags | GST_PARAM_MUTABLE_PLAYING);

  /**
   * GenosRoom:allow-peers:
   *
   * Ids and keys of the peers to link to, and nobody else, separated by commas. A
   * key is 64 hex digits; an id is only claimed, a key is not. Empty: anybody. May
   * be changed while joined: whoever is not on it leaves.
   */
  genos_room_properties[GENOS_ROOM_PROP_ALLOW_PEERS] = g_param_spec_string ("allow-peers",
      "Allow peers", "Ids or keys of the only peers to link to, separated by commas", NULL,
      flags | GST_PARAM_MUTABLE_PLAYING);

  /**
   * GenosRoom:deny-peers:
   *
   * Ids and keys of peers not to link to, separated by commas; it goes before
   * [property@Room:allow-peers]. May be changed while joined: whoever is on it
   * leaves.
   */
  genos_room_properties[GENOS_ROOM_PROP_DENY_PEERS] = g_param_spec_string ("deny-peers",
      "Deny peers", "Ids or keys of peers not to link to, separated by commas", NULL,
      flags | GST_PARAM_MUTABLE_PLAYING);

  /**
   * GenosRoom:max-peers:
   *
   * How many peers to have at most, those being linked included; 0: no limit. Who
   * is there stays when it is lowered; who was refused for it is admitted as others leave.
   */
  genos_room_properties[GENOS_ROOM_PROP_MAX_PEERS] = g_param_spec_uint ("max-peers",
      "Maximum of peers", "How many peers to link to at most (0: no limit)", 0, 100000, 0,
      flags | GST_PARAM_MUTABLE_PLAYING);

  /**
   * GenosRoom:admit-timeout:
   *
   * How long a decision put off with [method@Admission.defer] may take, in
   * milliseconds; then the peer is denied, until it is heard of again.
   */
  genos_room_properties[GENOS_ROOM_PROP_ADMIT_TIMEOUT] = g_param_spec_uint ("admit-timeout",
      "Time to admit", "How long a decision about a peer may be put off (ms)", 100, 3600000,
      GENOS_ADMISSION_TIMEOUT_MS, flags | GST_PARAM_MUTABLE_PLAYING);
}

static void
make_sealing (void)
{
  /**
   * GenosRoom:encryption:
   *
   * Whether the messages of channels are sealed end to end between peers of this
   * project, with keys that are made for each link and that the password has a part
   * in. A room without a password has nothing to seal with.
   *
   * [property@Peer:encrypted] and [method@Message.is_sealed] say whether it was
   * done. Counts from the next [method@Room.join] on.
   */
  genos_room_properties[GENOS_ROOM_PROP_ENCRYPTION] = g_param_spec_enum ("encryption", "Encryption",
      "Whether messages are sealed end to end, beyond the encryption of each link",
      GENOS_TYPE_ENCRYPTION, GENOS_ENCRYPTION_PREFERRED, flags);

  /**
   * GenosRoom:media-encryption:
   *
   * Whether our pictures and sound are sealed (SFrame, RFC 9605), so that those who pass them on in a room with
   * [property@Room:cells] cannot watch them; without cells nobody passes anything on. Who wants to watch asks for
   * the key of a track, and is given it if it is in the track's audience and nothing keeps it out of the room; when
   * one of them leaves another key is used. There has to be a password, and [property@Room:encryption] must not
   * be `off`. `off`, the default: they are not. `preferred`: for every peer that can open them; browsers of our
   * own cell get them as they are, over their own link. `required`: the others get nothing. What others have sealed
   * is opened in any case. Counts from the next [method@Room.join] on.
   */
  genos_room_properties[GENOS_ROOM_PROP_MEDIA_ENCRYPTION] =
      g_param_spec_enum ("media-encryption", "Encryption of media",
          "Whether our pictures and sound are sealed end to end, so that nobody who passes them on "
          "can watch",
          GENOS_TYPE_ENCRYPTION, GENOS_ENCRYPTION_OFF, flags);
}

static void
make_cells (void)
{
  /**
   * GenosRoom:cells:
   *
   * For rooms of a hundred and more: how many peers have links to each other, in a cell;
   * cells are joined by bridges. `auto`: ten, as browsers have by default. `0`: no
   * cells, everybody is linked to everybody. All peers of a room need the same value, up to
   * 1000. See [class@Mesh]. Counts from the next [method@Room.join] on.
   */
  genos_room_properties[GENOS_ROOM_PROP_CELLS] = g_param_spec_string ("cells", "Cells",
      "Peers in a cell of the mesh, for large rooms: a number, auto (10), or 0 for no cells", "0",
      flags);

  /**
   * GenosRoom:forward-max:
   *
   * In a room with [property@Room:cells], to how many peers a track is sent at most: each of ours, and each of
   * others that is passed on to those who are not linked to its sender. The others have it from one
   * of those. Browsers, which cannot be sent elsewhere, come on top. What an uplink carries, divided by
   * the bitrate of a track, is a good value; 1 may leave somebody without. `0`: nothing is passed on, and ours are sent
   * to all who are linked. May be changed while the room is joined.
   *
   * Whoever passes a track on could watch it, unless it is sealed: see [property@Room:media-encryption].
   */
  genos_room_properties[GENOS_ROOM_PROP_FORWARD_MAX] =
      g_param_spec_uint ("forward-max", "Most receivers of a track",
          "In a room with cells, peers a track is sent or passed on to; 0: "
          "nothing is passed on",
          0, 64, GENOS_FORWARD_MAX, flags | GST_PARAM_MUTABLE_PLAYING);
}

static void
make_state (void)
{
  /**
   * GenosRoom:stats-interval:
   *
   * How often [signal@Room::stats] is emitted while the room is joined, in milliseconds;
   * 0: never. Below 200 nothing new is learnt of links. May be changed while joined.
   */
  genos_room_properties[GENOS_ROOM_PROP_STATS_INTERVAL] =
      g_param_spec_uint ("stats-interval", "Interval of statistics",
          "How often statistics are told by signal and message (ms, 0: never)", 0, 3600000, 0,
          flags | GST_PARAM_MUTABLE_PLAYING);

  /**
   * GenosRoom:state:
   *
   * Where the room stands.
   */
  genos_room_properties[GENOS_ROOM_PROP_STATE] =
      g_param_spec_enum ("state", NULL, NULL, GENOS_TYPE_ROOM_STATE, GENOS_ROOM_IDLE,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
}

void
genos_room_properties_install (GObjectClass *klass)
{
  make_names ();
  make_relays ();
  make_links ();
  make_media ();
  make_admission ();
  make_sealing ();
  make_cells ();
  make_state ();
  g_object_class_install_properties (klass, GENOS_ROOM_N_PROPS, genos_room_properties);
}
