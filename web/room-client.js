// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A browser peer for serverless rooms: finds others through Nostr relays, links to each of them
// with WebRTC and carries messages, cameras and microphones. No server sees what is exchanged.
//
//   const room = new Room({room: 'demo', relays: ['ws://127.0.0.1:7777']});
//   room.on('peer-join', (peerId, kind) => …);
//   room.on('stream-add', (stream, peerId, metadata) => …);
//   room.addStream(await navigator.mediaDevices.getUserMedia({video: true}), {name: 'Ada'});
//   const chat = room.channel('chat');
//   chat.on('message', (data, peerId, metadata) => …);
//   chat.send('hello');
//   await room.join();
//
// Events of a room: peer-join (id, kind), peer-leave (id), peer-seen (id, kind), peer-lost (id),
// stream-add (stream, id, metadata), stream-metadata (the same: it changed), stream-remove (stream,
// id), join-error ({peerId, message}), relay ({url, open, text}); in a room with cells also mesh-state
// (layout) and mesh-message (data, id).
//
// With {cells: 10}, which has to be the same for everybody, the room is a mesh of cells (mesh.js): links
// to a few, messages to all. Cameras and microphones go over links, so only to one's own cell; those of other
// cells come by way of a peer that passes them on, whose id they then have: originOf(metadata) tells whose they are.
//
// Whoever takes the client takes this file and what it imports: signaller.js (who is there) on relay.js, sealer.js,
// nostr-key.js and dialects.js; dialler.js and peer-link.js (links) on frames.js; channel.js; cells.js on mesh.js,
// mesh-census.js and mesh-topology.js; and emitter.js, text.js, timing.js.

import {Cells} from './cells.js';
import {Channel} from './channel.js';
import {DIALECTS, randomId} from './dialects.js';
import {Dialler, MAX_LINKS} from './dialler.js';
import {Emitter} from './emitter.js';
import {TYPE_BYTES} from './frames.js';
import {MAX_PEERS} from './mesh-census.js';
import {PeerLink} from './peer-link.js';
import {Signaller} from './signaller.js';
import {utf8} from './text.js';

export {originOf} from './peer-link.js';

const GOODBYE_MS = 100;   // for the last frames of links to go out

// Links that somebody closed, instead of breaking.
const OTHER_CELL = 'in another cell now';
const INTENDED = ['left', 'replaced', 'not needed', OTHER_CELL];

const DEFAULT_ICE = ['stun:stun.l.google.com:19302', 'stun:stun1.l.google.com:19302',
  'stun:stun2.l.google.com:19302', 'stun:stun.cloudflare.com:3478'].map(urls => ({urls}));

export class Room extends Emitter {
  #dialect;
  #iceServers;
  #signaller;
  #dialler;
  #cells = null;
  #links = new Map();       // peer id → the open PeerLink
  #kinds = new Map();
  #heardOn = new Map();     // peer id → the relay on which it was heard last
  #streams = new Map();     // local stream → metadata
  #channels = new Map();
  #left = false;

  constructor({room, password = '', appId = '1234', dialect = 'genosrtc', relays = [],
    iceServers = DEFAULT_ICE, peerId = randomId(20), kind, cells = 0}) {
    super();
    if (!room)
      throw new Error('a room needs a name');
    if (!DIALECTS[dialect])
      throw new Error(`unknown dialect "${dialect}"`);
    this.peerId = peerId;
    this.#dialect = DIALECTS[dialect];
    this.#iceServers = iceServers;
    if (cells)
      this.#cells = this.#newCells(cells);
    this.#signaller = this.#newSignaller({
      peerId, dialect: this.#dialect, appId, roomId: this.#dialect.roomPrefix + room, password, relays, kind,
    });
    this.#dialler = new Dialler({
      selfId: peerId, signaller: this.#signaller, links: this.#links,
      wish: id => this.#wish(id),
      newLink: isOfferer => this.#newLink(isOfferer),
      opened: (id, link) => this.#onLinkOpen(id, link),
    });
  }

  // In a room with cells; null otherwise.
  get mesh() {
    return this.#cells?.mesh ?? null;
  }

  // Everybody else who is here, linked or not.
  get others() {
    return this.#cells?.others ?? this.peers;
  }

  get peers() {
    return [...this.#links.keys()];
  }

  get relays() {
    return this.#signaller.relays;
  }

  // The RTCPeerConnection to a peer, for statistics.
  connection(peerId) {
    return this.#links.get(peerId)?.connection;
  }

  async join() {
    await this.#signaller.join();
    if (!this.#left)
      this.#cells?.start();
  }

  // Synchronous as far as others must notice it: may be called while the page goes away.
  leave() {
    this.#left = true;
    this.#signaller.sayGoodbye();
    this.#cells?.stop();
    const links = [...this.#links.values()];
    links.forEach(link => link.sayGoodbye());
    this.#dialler.close();
    setTimeout(() => {
      links.forEach(link => link.close('left'));
      this.#signaller.close();
    }, GOODBYE_MS);
  }

  channel(name) {
    const size = utf8(name).length;
    if (!size || size > TYPE_BYTES || name.startsWith('@_'))
      throw new Error(`"${name}" cannot be the name of a channel`);
    if (this.#isOfCells(name))
      throw new Error(`"${name}" is the name of a cell's channel`);
    if (!this.#channels.has(name))
      this.#channels.set(name, new Channel(name, this.#links, this.#cells));
    return this.#channels.get(name);
  }

  // Everybody who is there or comes later gets the stream, until it is removed.
  addStream(stream, metadata) {
    this.#streams.set(stream, metadata);
    for (const link of this.#links.values())
      link.addStream(stream, metadata).catch(() => {});
  }

  removeStream(stream) {
    this.#streams.delete(stream);
    for (const link of this.#links.values())
      link.removeStream(stream);
  }

  // Milliseconds there and back.
  async ping(peerId) {
    if (this.#cells && !this.#links.has(peerId))
      return this.#cells.ping(peerId);
    return this.#links.get(peerId)?.ping() ?? Infinity;
  }

  // ── who is there ──

  #newSignaller(options) {
    const signaller = new Signaller(options, {
      hears: {
        announce: (relay, peerId, content) => this.#onAnnounce(relay, peerId, content),
        bye: peerId => this.#onBye(peerId),
        offer: (relay, peerId, sealed) => this.#dialler.takeOffer(relay, peerId, sealed),
        answer: (relay, peerId, sealed) => this.#dialler.takeAnswer(relay, peerId, sealed),
      },
      isAlone: () => this.#links.size === 0,
    });
    signaller.on('relay', state => this.emit('relay', state));
    signaller.on('join-error', error => this.emit('join-error', error));
    return signaller;
  }

  #onBye(peerId) {
    this.#links.get(peerId)?.close('left');
    this.#dialler.drop(peerId);
    this.#kinds.delete(peerId);
    this.#heardOn.delete(peerId);
    this.#cells?.left(peerId);
    this.emit('peer-lost', peerId);
  }

  async #onAnnounce(relay, peerId, {type: kind, ext}) {
    if (!this.#kinds.has(peerId)) {
      if (this.#kinds.size >= (this.#cells ? MAX_PEERS : 10 * MAX_LINKS))
        return;
      this.#signaller.noteNews();
    }
    if (this.#cells) {
      this.#cells.heard(peerId, ext === 1);
      this.#heardOn.set(peerId, relay);
    }
    this.#kinds.set(peerId, typeof kind === 'string' ? kind : undefined);
    this.emit('peer-seen', peerId, this.#kinds.get(peerId));
    await this.#dialler.meet(relay, peerId);
  }

  // ── links ──

  #newLink(offerer) {
    return new PeerLink({
      offerer, iceServers: this.#iceServers, dialect: this.#dialect,
      wants: type => this.#channels.has(type) || this.#isOfCells(type),
    });
  }

  // The first connection that opens wins; dials through other relays are dropped.
  #onLinkOpen(peerId, link) {
    if (this.#links.has(peerId) || this.#left) {
      link.close('not needed');
      return;
    }
    this.#links.set(peerId, link);
    this.#dialler.drop(peerId, link);
    this.#signaller.noteNews();
    this.#cells?.linkUp(peerId);
    this.#listen(peerId, link);
    for (const [stream, metadata] of this.#streams)
      link.addStream(stream, metadata).catch(() => {});
    this.emit('peer-join', peerId, this.#kinds.get(peerId));
  }

  #listen(peerId, link) {
    link.on('message', (type, value, metadata) => {
      if (this.#isOfCells(type))
        this.#cells.receive(peerId, type, value);
      else
        this.#channels.get(type)?.emit('message', value, peerId, metadata);
    });
    link.on('progress', (type, part, metadata) =>
      this.#channels.get(type)?.emit('progress', part, peerId, metadata));
    link.on('stream-add', (stream, metadata) => this.emit('stream-add', stream, peerId, metadata));
    link.on('stream-metadata', (stream, metadata) => this.emit('stream-metadata', stream, peerId, metadata));
    link.on('stream-remove', stream => this.emit('stream-remove', stream, peerId));
    link.on('close', reason => this.#onLinkClosed(peerId, link, reason));
  }

  #onLinkClosed(peerId, link, reason) {
    if (this.#links.get(peerId) !== link)
      return;
    this.#links.delete(peerId);
    this.#signaller.noteNews();
    this.#cells?.linkDown(peerId, !INTENDED.includes(reason));
    this.emit('peer-leave', peerId, reason);
    this.#signaller.announceSoon();
  }

  // ── the mesh of cells ──

  #newCells(size) {
    const cells = new Cells({selfId: this.peerId, size, links: this.#links});
    cells.on('sealed', layout => this.#onSealed(layout));
    cells.on('tick', () => this.#onTick());
    cells.on('message', (name, value, peerId) => this.#channels.get(name)?.emit('message', value, peerId));
    cells.on('mesh-message', (data, peerId) => this.emit('mesh-message', data, peerId));
    return cells;
  }

  // Whoever is silent is forgotten, or strangers would fill up what may be remembered.
  #onSealed(layout) {
    for (const peers of [this.#kinds, this.#heardOn])
      peers.forEach((value, id) => this.#cells.knows(id) || peers.delete(id));
    this.emit('mesh-state', layout);
  }

  #isOfCells(type) {
    return this.#cells !== null && Cells.isChannel(type);
  }

  #wish(peerId) {
    return this.#cells?.wish(peerId) ?? 'wanted';
  }

  #onTick() {
    for (const [peerId, link] of this.#links) {
      if (this.#wish(peerId) !== 'unwanted')
        continue;
      link.sayGoodbye();
      setTimeout(() => link.close(OTHER_CELL), GOODBYE_MS);
    }
    for (const peerId of this.#cells.wanted) {
      const relay = this.#heardOn.get(peerId);
      if (relay?.open)
        this.#dialler.call(relay, peerId).catch(error =>
          console.warn(`room: ${peerId} could not be dialled:`, error.message));
    }
  }
}
