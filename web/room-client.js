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
// (layout) and mesh-message (data, id). From top to bottom this file holds: dialects and topics,
// sealed SDP, relays, data-channel frames, the link to one peer, and the room that uses them all.
//
// With {cells: 10}, which has to be the same for everybody, the room is a mesh of cells (mesh.js): links
// to a few, messages to all. Cameras and microphones go over links, so only to one's own cell; those of other
// cells come by way of a peer that passes them on, whose id they then have: originOf(metadata) tells whose they are.

import {parseCellChannel, Mesh} from './mesh.js';
import {MAX_PEERS, TIMES} from './mesh-census.js';
import {DEFAULT_CELL_SIZE, MAX_CELL_SIZE} from './mesh-topology.js';
import {NostrKey} from './nostr-key.js';

const ANNOUNCE_MS = 2500;           // while somebody may be looking for us
const ANNOUNCE_QUIET_MS = 20000;    // in a room where nobody new was heard for a while
const QUIET_AFTER_MS = 60000;
const GATHER_MS = 5000;
const DIAL_MS = 15000;
const YOUNG_LINK_MS = 4000;
const RETRY_FIRST_MS = 3300;
const RETRY_MAX_MS = 30000;
const PING_MS = 25000;
const PONG_MS = 10000;
const LOST_ICE_MS = 3000;
const METADATA_MS = 10000;
const MAX_ORIGIN_CHARS = 256;

const HEADER_BYTES = 15;
const TYPE_BYTES = 12;
const CHUNK_BYTES = 16384 - HEADER_BYTES;
const MAX_CHUNKS = 100;
const DEFLATE_FROM_BYTES = 512;
const BUFFERED_MAX = 65535;

// What a stranger may make this page hold.
const MAX_LINKS = 100;
const MAX_PENDING_BYTES = 32 << 20;
const MAX_PENDING_MESSAGES = 64;
const MAX_INFLATED_BYTES = 16 << 20;
const MAX_PENDING_METADATA = 32;
const MAX_WAITING_BYTES = 4 << 20;      // of others' messages, in front of a slow link
const MAX_FAR_CHARS = 1 << 20;          // of a message that goes by way of others

const TAG = {last: 1, meta: 2, binary: 4, json: 8, deflated: 16};

const utf8 = text => new TextEncoder().encode(text);
const fromUtf8 = bytes => new TextDecoder().decode(bytes);
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

export class Emitter {
  #handlers = new Map();

  on(name, handler) {
    if (!this.#handlers.has(name))
      this.#handlers.set(name, new Set());
    this.#handlers.get(name).add(handler);
    return () => this.#handlers.get(name).delete(handler);
  }

  emit(name, ...args) {
    for (const handler of [...this.#handlers.get(name) ?? []])
      handler(...args);
  }
}

// ── Dialects, names and topics ─────────────────────────────────────────────────────────────────

export const DIALECTS = {
  genosrtc: {namespace: 'GenosRTC', roomPrefix: 'app-sync-', ivBytes: 12, deflatesText: true},
  trystero: {namespace: 'Trystero', roomPrefix: '', ivBytes: 16, deflatesText: false},
};

export function randomId(length) {
  const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  return Array.from(crypto.getRandomValues(new Uint32Array(length)),
    n => letters[n % letters.length]).join('');
}

// The SHA-1 of a path, each byte in base 36 without padding.
export async function topicOf(path) {
  const digest = await crypto.subtle.digest('SHA-1', utf8(path));
  return Array.from(new Uint8Array(digest), byte => byte.toString(36)).join('');
}

export function kindOf(topic) {
  let sum = 0;
  for (let i = 0; i < topic.length; i++)
    sum += topic.charCodeAt(i);
  return 20000 + sum % 10000;
}

// ── Sealed SDP: relays carry it but cannot read it ─────────────────────────────────────────────

export class Sealer {
  #key;
  #ivBytes;

  static async create(password, appId, roomId, ivBytes) {
    const self = new Sealer();
    const raw = await crypto.subtle.digest('SHA-256', utf8(`${password}:${appId}:${roomId}`));
    self.#key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
    self.#ivBytes = ivBytes;
    return self;
  }

  async seal(text, iv = crypto.getRandomValues(new Uint8Array(this.#ivBytes))) {
    const sealed = await crypto.subtle.encrypt({name: 'AES-GCM', iv}, this.#key, utf8(text));
    const binary = Array.from(new Uint8Array(sealed), byte => String.fromCharCode(byte)).join('');
    return `${iv.join(',')}$${btoa(binary)}`;
  }

  // Throws when the password differs.
  async open(sealed) {
    const [iv, body] = sealed.split('$');
    const bytes = Uint8Array.from(atob(body), letter => letter.charCodeAt(0));
    const algorithm = {name: 'AES-GCM', iv: Uint8Array.from(iv.split(','), Number)};
    return fromUtf8(await crypto.subtle.decrypt(algorithm, this.#key, bytes));
  }
}

// ── One relay: a socket that comes back by itself ──────────────────────────────────────────────

export class Relay extends Emitter {
  #socket = null;
  #retryMs = RETRY_FIRST_MS;
  #timer = 0;
  #topics;
  #closed = false;
  #silenced = false;

  constructor(url, topics) {
    super();
    this.url = url;
    this.#topics = topics;
  }

  get open() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  connect() {
    try {
      this.#socket = new WebSocket(this.url);
    } catch (error) {
      this.emit('state', {open: false, text: error.message});
      return;
    }
    this.#socket.onopen = () => this.#onOpen();
    this.#socket.onclose = () => this.#onClose();
    this.#socket.onmessage = message => this.#onMessage(message.data);
  }

  publish(event) {
    if (this.open && !this.#silenced)
      this.#socket.send(JSON.stringify(['EVENT', event]));
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  #onOpen() {
    this.#retryMs = RETRY_FIRST_MS;
    const since = Math.floor(Date.now() / 1000);
    for (const topic of this.#topics) {
      const filter = {kinds: [kindOf(topic)], since, '#x': [topic]};
      this.#socket.send(JSON.stringify(['REQ', randomId(64), filter]));
    }
    this.emit('state', {open: true, text: ''});
  }

  #onClose() {
    if (this.#closed)
      return;
    const wait = this.#retryMs * (0.8 + 0.4 * Math.random());
    this.#timer = setTimeout(() => this.connect(), wait);
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS);
    this.emit('state', {open: false, text: `trying again in ${Math.round(wait / 1000)} s`});
  }

  #onMessage(data) {
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    if (!Array.isArray(message))
      return;
    const [verb, , third, fourth] = message;
    // Relays have checked id and signature; what counts is whether the seal of the SDP opens.
    if (verb === 'EVENT' && typeof third?.content === 'string')
      this.emit('content', third.content);
    else if (verb === 'OK' && third === false)
      this.#onRefusal(String(fourth));
    else if (verb === 'NOTICE')
      this.emit('state', {open: this.open, text: String(message[1])});
  }

  #onRefusal(reason) {
    // A relay that wants proof of work gets no more events from this page.
    this.#silenced ||= reason.startsWith('pow:');
    this.emit('state', {open: this.open, text: reason});
  }
}

// ── Data-channel frames ────────────────────────────────────────────────────────────────────────

async function through(stream, bytes, limit) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const parts = [];
  for (let size = 0; ;) {
    const {done, value} = await reader.read();
    if (done)
      return new Uint8Array(await new Blob(parts).arrayBuffer());
    size += value.length;
    if (size > limit) {
      await reader.cancel();
      throw new RangeError('inflates to more than is allowed');
    }
    parts.push(value);
  }
}

const deflate = bytes => through(new CompressionStream('deflate'), bytes, Infinity);
const inflate = bytes => through(new DecompressionStream('deflate'), bytes, MAX_INFLATED_BYTES);

function frame(type, nonce, tag, progress, payload) {
  const bytes = new Uint8Array(HEADER_BYTES + payload.length);
  bytes.set(type);
  bytes.set([nonce, tag, progress], TYPE_BYTES);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

export async function splitMessage(type, nonce, data, metadata, dialect) {
  const isBlob = data instanceof Blob;
  const isBinary = isBlob || data instanceof ArrayBuffer || ArrayBuffer.isView(data);
  let tag = isBinary ? TAG.binary | TAG.json : typeof data === 'string' ? 0 : TAG.json;
  let body;
  if (isBlob)
    body = new Uint8Array(await data.arrayBuffer());
  else if (ArrayBuffer.isView(data))
    body = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  else if (isBinary)
    body = new Uint8Array(data);
  else
    body = utf8(typeof data === 'string' ? data : JSON.stringify(data));
  if (!isBinary && dialect.deflatesText && body.length >= DEFLATE_FROM_BYTES) {
    body = await deflate(body);
    tag |= TAG.deflated;
  }

  const parts = metadata && isBinary ? [utf8(JSON.stringify(metadata))] : [];
  for (let at = 0; at < body.length; at += CHUNK_BYTES)
    parts.push(body.subarray(at, at + CHUNK_BYTES));
  if (!parts.length)
    parts.push(body);
  if (parts.length > MAX_CHUNKS || parts[0].length > CHUNK_BYTES)
    throw new RangeError(`a message has at most ${MAX_CHUNKS} chunks of ${CHUNK_BYTES} bytes`);
  const name = utf8(type);
  return parts.map((part, i) => {
    const last = i === parts.length - 1 ? TAG.last : 0;
    const meta = i === 0 && metadata && isBinary ? TAG.meta : 0;
    return frame(name, nonce, tag | last | meta, Math.round(255 * (i + 1) / parts.length), part);
  });
}

// Puts the chunks of one peer together again.
export class Assembler {
  #pending = new Map();
  #bytes = 0;
  dropped = 0;

  // Returns {type, progress, metadata, complete} and, when complete, {tag, body}; or null.
  push(bytes) {
    if (bytes.length < HEADER_BYTES)
      return this.#drop();
    const type = fromUtf8(bytes.subarray(0, TYPE_BYTES)).replaceAll('\0', '');
    const [nonce, tag, progress] = bytes.subarray(TYPE_BYTES, HEADER_BYTES);
    const payload = bytes.subarray(HEADER_BYTES);
    const key = `${type}\0${nonce}`;
    const entry = this.#pending.get(key) ?? {parts: [], size: 0, metadata: undefined};
    this.#pending.set(key, entry);
    entry.size += payload.length;
    this.#bytes += payload.length;
    if (this.#bytes > MAX_PENDING_BYTES || this.#pending.size > MAX_PENDING_MESSAGES)
      return this.#drop(key);
    if (tag & TAG.meta) {
      try {
        entry.metadata = JSON.parse(fromUtf8(payload));
      } catch {
        return this.#drop(key);
      }
    } else {
      entry.parts.push(payload);
    }
    const result = {type, progress: progress / 255, metadata: entry.metadata, complete: false};
    if (!(tag & TAG.last))
      return result;
    this.#forget(key);
    const body = new Uint8Array(entry.parts.reduce((size, part) => size + part.length, 0));
    entry.parts.reduce((at, part) => (body.set(part, at), at + part.length), 0);
    return {...result, complete: true, tag, body};
  }

  #forget(key) {
    this.#bytes -= this.#pending.get(key)?.size ?? 0;
    this.#pending.delete(key);
  }

  #drop(key) {
    this.#forget(key);
    this.dropped++;
    return null;
  }
}

export async function valueOf({tag, body}) {
  if (tag & TAG.binary)
    return body;
  const text = fromUtf8(tag & TAG.deflated ? await inflate(body) : body);
  return tag & TAG.json ? JSON.parse(text) : text;
}

// ── The link to one peer ───────────────────────────────────────────────────────────────────────

// Events: open, close (reason), message (type, value, metadata),
// progress (type, fraction, metadata), stream-add and stream-metadata (stream, metadata), stream-remove (stream).
class PeerLink extends Emitter {
  #pc;
  #channel = null;
  #dialect;
  #wants;
  #offerer;
  #opened = false;
  #closed = false;
  #makingOffer = false;
  #assembler = new Assembler();
  #nonces = new Map();
  #sending = new Map();       // type → the end of its queue, so that its chunks stay in order
  #receiving = Promise.resolve();
  #streamMetadata = [];       // announced for streams that have not arrived yet
  #trackMetadata = [];
  #remote = new Map();        // stream → its metadata
  #senders = new Map();       // local stream → its RTCRtpSenders
  #pongs = new Set();
  #pingTimer = 0;
  #lostTimer = 0;

  constructor({offerer, iceServers, dialect, wants}) {
    super();
    this.born = Date.now();
    this.#offerer = offerer;
    this.#dialect = dialect;
    this.#wants = wants;
    this.#pc = new RTCPeerConnection({iceServers});
    this.#pc.onconnectionstatechange = () => this.#onConnectionState();
    this.#pc.onnegotiationneeded = () => this.#opened && this.#renegotiate();
    this.#pc.ontrack = event => this.#onTrack(event);
    this.#pc.ondatachannel = event => !this.#channel && this.#adopt(event.channel);
    if (offerer)
      this.#adopt(this.#pc.createDataChannel('data'));
  }

  get connection() {
    return this.#pc;
  }

  get streams() {
    return this.#remote;
  }

  async offer() {
    await this.#pc.setLocalDescription();
    return (await this.#description()).sdp;
  }

  async answer(sdp) {
    await this.#pc.setRemoteDescription({type: 'offer', sdp});
    await this.#pc.setLocalDescription();
    return (await this.#description()).sdp;
  }

  async accept(sdp) {
    if (this.#pc.signalingState === 'have-local-offer')
      await this.#pc.setRemoteDescription({type: 'answer', sdp});
  }

  // Resolves when everything is handed to the browser's own buffer.
  send(type, data, metadata, onProgress) {
    const turn = (this.#sending.get(type) ?? Promise.resolve())
      .then(() => this.#sendNow(type, data, metadata, onProgress));
    this.#sending.set(type, turn.catch(() => {}));
    return turn;
  }

  async ping(limitMs = PONG_MS) {
    const start = performance.now();
    let resolve;
    const pong = new Promise(done => this.#pongs.add(resolve = done));
    this.send('@_ping', '').catch(() => {});
    const late = sleep(limitMs).then(() => 'late');
    const result = await Promise.race([pong, late]);
    this.#pongs.delete(resolve);
    return result === 'late' ? Infinity : performance.now() - start;
  }

  async addStream(stream, metadata) {
    if (this.#senders.has(stream))
      return;
    const senders = [];
    this.#senders.set(stream, senders);
    if (metadata !== undefined)
      await this.send('@_stream', metadata);
    if (this.#closed || this.#senders.get(stream) !== senders)
      return;
    for (const track of stream.getTracks())
      senders.push(this.#pc.addTrack(track, stream));
  }

  removeStream(stream) {
    const senders = this.#senders.get(stream) ?? [];
    this.#senders.delete(stream);
    if (this.#pc.signalingState !== 'closed')
      senders.forEach(sender => this.#pc.removeTrack(sender));
  }

  // Synchronous, because a page that is being closed gets no later turn.
  sayGoodbye() {
    if (this.#channel?.readyState === 'open')
      this.#channel.send(frame(utf8('@_leave'), 0, TAG.last, 255, new Uint8Array()));
  }

  close(reason = 'closed') {
    if (this.#closed)
      return;
    this.#closed = true;
    clearInterval(this.#pingTimer);
    clearTimeout(this.#lostTimer);
    this.#channel?.close();
    this.#pc.close();
    for (const stream of this.#remote.keys())
      this.emit('stream-remove', stream);
    this.#remote.clear();
    this.emit('close', reason);
  }

  #adopt(channel) {
    this.#channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = BUFFERED_MAX;
    channel.onopen = () => this.#onOpen();
    channel.onclose = () => this.close('channel closed');
    channel.onmessage = ({data}) => {
      if (data instanceof ArrayBuffer)
        this.#onFrame(new Uint8Array(data));
    };
    if (channel.readyState === 'open')
      this.#onOpen();
  }

  #onOpen() {
    if (this.#opened || this.#closed)
      return;
    this.#opened = true;
    this.#pingTimer = setInterval(async () => {
      if (await this.ping() === Infinity)
        this.close('no answer to a ping');
    }, PING_MS);
    this.emit('open');
  }

  #onConnectionState() {
    clearTimeout(this.#lostTimer);
    const state = this.#pc.connectionState;
    if (state === 'failed' || state === 'closed')
      this.close(state);
    else if (state === 'disconnected')
      this.#lostTimer = setTimeout(() => this.close('connection lost'), LOST_ICE_MS);
  }

  // Everything travels in the SDP: nobody in this family of protocols trickles.
  async #description() {
    const pc = this.#pc;
    const gathered = new Promise(resolve => {
      const check = () => pc.iceGatheringState === 'complete' && resolve();
      pc.addEventListener('icegatheringstatechange', check);
      check();
    });
    await Promise.race([gathered, sleep(GATHER_MS)]);
    const {type, sdp} = pc.localDescription ?? {};
    return {type, sdp: sdp?.replace(/a=ice-options:trickle\r?\n/g, '')};
  }

  async #renegotiate() {
    try {
      this.#makingOffer = true;
      await this.#pc.setLocalDescription();
      const description = await this.#description();
      // While candidates were gathered, the other side's offer may have taken the place of ours.
      if (description.type === 'offer' && this.#pc.signalingState === 'have-local-offer')
        await this.send('@_signal', description);
    } catch (error) {
      console.warn('room: an offer could not be made:', error.message);
    } finally {
      this.#makingOffer = false;
    }
  }

  // Perfect negotiation: the original offerer is the impolite one.
  async #onSignal({type, sdp}) {
    const pc = this.#pc;
    if (type === 'offer') {
      const collision = this.#makingOffer || pc.signalingState !== 'stable';
      if (collision && this.#offerer)
        return;
      await pc.setRemoteDescription({type, sdp});    // rolls back an own offer by itself
      await pc.setLocalDescription();
      await this.send('@_signal', await this.#description());
    } else if (type === 'answer' && pc.signalingState === 'have-local-offer') {
      await pc.setRemoteDescription({type, sdp});
    }
  }

  #onTrack({track, streams}) {
    const stream = streams[0] ?? new MediaStream([track]);
    const gone = () => {
      if (!stream.getTracks().length && this.#remote.delete(stream))
        this.emit('stream-remove', stream);
    };
    stream.onremovetrack = gone;
    track.onended = gone;
    const ofTrack = this.#takeMetadata(this.#trackMetadata);
    const metadata = this.#takeMetadata(this.#streamMetadata) ?? ofTrack;
    if (!this.#remote.has(stream)) {
      this.#remote.set(stream, metadata);
      this.emit('stream-add', stream, metadata);
    } else if (metadata !== undefined) {
      // It came with a later track of the stream.
      this.#remote.set(stream, metadata);
      this.emit('stream-metadata', stream, metadata);
    }
  }

  // What nothing came for is not kept for a stream that has nothing to do with it.
  #takeMetadata(queue) {
    while (queue[0]?.until < Date.now())
      queue.shift();
    return queue.shift()?.value;
  }

  #onFrame(bytes) {
    const message = this.#assembler.push(bytes);
    const known = message && (message.type.startsWith('@_') || this.#wants(message.type));
    if (!known)
      return;
    if (!message.type.startsWith('@_'))
      this.emit('progress', message.type, message.progress, message.metadata);
    // Inflating takes a while: the queue keeps messages in the order in which they were sent.
    if (message.complete)
      this.#receiving = this.#receiving.then(() => this.#onMessage(message)).catch(error =>
        console.warn(`room: a message on ${message.type} was dropped:`, error.message));
  }

  async #onMessage(message) {
    const {type, metadata} = message;
    const value = await valueOf(message);
    if (type === '@_ping') {
      this.send('@_pong', '').catch(() => {});
    } else if (type === '@_pong') {
      this.#pongs.forEach(resolve => resolve());
    } else if (type === '@_signal') {
      await this.#onSignal(Object(value));
    } else if (type === '@_stream' || type === '@_track') {
      const queue = type === '@_stream' ? this.#streamMetadata : this.#trackMetadata;
      if (queue.length < MAX_PENDING_METADATA)
        queue.push({value, until: Date.now() + METADATA_MS});
    } else if (type === '@_leave') {
      this.close('left');
    } else if (!type.startsWith('@_')) {
      this.emit('message', type, value, metadata);
    }
  }

  async #sendNow(type, data, metadata, onProgress) {
    const nonce = this.#nonces.get(type) ?? 0;
    this.#nonces.set(type, (nonce + 1) % 256);
    const frames = await splitMessage(type, nonce, data, metadata, this.#dialect);
    for (const [i, bytes] of frames.entries()) {
      await this.#roomToSend();
      this.#channel.send(bytes);
      onProgress?.((i + 1) / frames.length);
    }
  }

  async #roomToSend() {
    const channel = this.#channel;
    while (channel?.readyState === 'open' && channel.bufferedAmount > BUFFERED_MAX)
      await new Promise(resolve => {
        channel.addEventListener('bufferedamountlow', resolve, {once: true});
        channel.addEventListener('close', resolve, {once: true});
      });
    if (channel?.readyState !== 'open')
      throw new Error('the peer is gone');
  }
}

// ── Named channels ─────────────────────────────────────────────────────────────────────────────

// Whose a stream is that comes by way of another peer, which says so: {peer, stream, track}. Null: its own.
export function originOf(metadata) {
  const origin = metadata?.['@_origin'];
  const isName = text => typeof text === 'string' && text && text.length <= MAX_ORIGIN_CHARS;
  return isName(origin?.peer) && isName(origin.stream) && isName(origin.track) ? origin : null;
}

// Events: message (data, peerId, metadata), progress (fraction, peerId, metadata).
class Channel extends Emitter {
  #links;
  #mesh;

  constructor(name, links, mesh) {
    super();
    this.name = name;
    this.#links = links;
    this.#mesh = mesh;
  }

  // To everybody, or to the peers named in `to`. Returns the ids it was sent to. What goes by way of
  // others has no metadata, and bytes arrive there as {"0": 1, "1": 2, …}.
  async send(data, {to, metadata, onProgress} = {}) {
    if (this.#mesh && to === undefined)
      return await this.#sendFar(data) ? this.#mesh.others : [];
    const targets = to === undefined ? [...this.#links.keys()] : [to].flat();
    const results = await Promise.allSettled(targets.map(async id => {
      const link = this.#links.get(id);
      if (link)
        return link.send(this.name, data, metadata, part => onProgress?.(part, id));
      if (!this.#mesh?.census.knows(id) || !await this.#sendFar(data, id))
        throw new Error(`no peer ${id}`);
    }));
    const failure = results.find(result => result.reason instanceof RangeError);
    if (failure)
      throw failure.reason;
    return targets.filter((id, i) => results[i].status === 'fulfilled');
  }

  async #sendFar(data, target) {
    const buffer = data instanceof Blob ? await data.arrayBuffer() : data;
    const value = buffer instanceof ArrayBuffer ? new Uint8Array(buffer) : buffer;
    if (JSON.stringify(value)?.length > MAX_FAR_CHARS)
      throw new RangeError('a message that goes by way of others has at most a million characters');
    return this.#mesh.send({_ch: this.name, _d: value}, target, performance.now());
  }
}

// ── The room ───────────────────────────────────────────────────────────────────────────────────

// Links that somebody closed, instead of breaking.
const OTHER_CELL = 'in another cell now';
const INTENDED = ['left', 'replaced', 'not needed', OTHER_CELL];

const DEFAULT_ICE = ['stun:stun.l.google.com:19302', 'stun:stun1.l.google.com:19302',
  'stun:stun2.l.google.com:19302', 'stun:stun.cloudflare.com:3478'].map(urls => ({urls}));

export class Room extends Emitter {
  #options;
  #dialect;
  #key = new NostrKey();
  #sealer = null;
  #rootPath = '';
  #rootTopic = '';
  #relays = [];
  #links = new Map();       // peer id → the open PeerLink
  #dials = new Map();       // peer id → Map (relay → our dial)
  #answers = new Map();     // peer id → the link that answered it, not open yet
  #kinds = new Map();
  #heardOn = new Map();     // peer id → the relay on which it was heard last
  #streams = new Map();     // local stream → metadata
  #channels = new Map();
  #farewell = null;
  #announceTimer = 0;
  #lastNews = 0;
  #left = false;
  #mesh = null;
  #meshTimer = 0;
  #waiting = new WeakMap();   // link → what waits in front of it
  #pings = new Map();         // id of a ping by way of others → {peerId, resolve}

  constructor({room, password = '', appId = '1234', dialect = 'genosrtc', relays = [],
    iceServers = DEFAULT_ICE, peerId = randomId(20), kind, cells = 0}) {
    super();
    if (!room)
      throw new Error('a room needs a name');
    if (!DIALECTS[dialect])
      throw new Error(`unknown dialect "${dialect}"`);
    this.peerId = peerId;
    this.#dialect = DIALECTS[dialect];
    const roomId = this.#dialect.roomPrefix + room;
    this.#options = {roomId, password, appId, relays, iceServers, kind};
    if (cells)
      this.#mesh = this.#newMesh(cells === 'auto' ? DEFAULT_CELL_SIZE : Number(cells));
  }

  // In a room with cells; null otherwise.
  get mesh() {
    return this.#mesh;
  }

  // Everybody else who is here, linked or not.
  get others() {
    return this.#mesh?.others ?? this.peers;
  }

  get peers() {
    return [...this.#links.keys()];
  }

  get relays() {
    return this.#relays.map(({url, open}) => ({url, open}));
  }

  // The RTCPeerConnection to a peer, for statistics.
  connection(peerId) {
    return this.#links.get(peerId)?.connection;
  }

  async join() {
    const {password, appId, roomId, relays} = this.#options;
    this.#rootPath = `${this.#dialect.namespace}@${appId}@${roomId}`;
    this.#rootTopic = await topicOf(this.#rootPath);
    const selfTopic = await topicOf(`${this.#rootPath}@${this.peerId}`);
    this.#sealer = await Sealer.create(password, appId, roomId, this.#dialect.ivBytes);
    if (this.#left)
      return;
    this.#lastNews = Date.now();
    if (this.#mesh)
      this.#meshTimer = setInterval(() => this.#onMeshTick(), TIMES.tick);
    for (const url of relays) {
      const relay = new Relay(url, [this.#rootTopic, selfTopic]);
      this.#relays.push(relay);
      relay.on('content', content => this.#onContent(relay, content));
      relay.on('state', ({open, text}) => {
        this.emit('relay', {url, open, text});
        if (open)
          this.#announceSoon();
      });
      relay.connect();
    }
  }

  // Synchronous as far as others must notice it: may be called while the page goes away.
  leave() {
    this.#left = true;
    clearTimeout(this.#announceTimer);
    clearInterval(this.#meshTimer);
    for (const relay of this.#relays)
      if (this.#farewell)
        relay.publish(this.#farewell);
    const links = [...this.#links.values()];
    links.forEach(link => link.sayGoodbye());
    for (const link of [...this.#answers.values(),
      ...[...this.#dials.values()].flatMap(dials => [...dials.values()])])
      link.close('left');
    setTimeout(() => {
      links.forEach(link => link.close('left'));
      this.#relays.forEach(relay => relay.close());
    }, 100);
  }

  channel(name) {
    const size = utf8(name).length;
    if (!size || size > TYPE_BYTES || name.startsWith('@_'))
      throw new Error(`"${name}" cannot be the name of a channel`);
    if (this.#mesh && parseCellChannel(name) !== null)
      throw new Error(`"${name}" is the name of a cell's channel`);
    if (!this.#channels.has(name))
      this.#channels.set(name, new Channel(name, this.#links, this.#mesh));
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
    if (this.#mesh && !this.#links.has(peerId))
      return this.#pingFar(peerId);
    return this.#links.get(peerId)?.ping() ?? Infinity;
  }

  #announceSoon() {
    clearTimeout(this.#announceTimer);
    this.#announceTimer = setTimeout(() => this.#announce(), 0);
  }

  async #announce() {
    const {kind} = this.#options;
    const content = kind ? {peerId: this.peerId, type: kind} : {peerId: this.peerId};
    const event = await this.#event(this.#rootTopic, content);
    // Signing is asynchronous and a closing page has no time for that: have it ready.
    this.#farewell = await this.#event(this.#rootTopic, {peerId: this.peerId, bye: 1});
    if (this.#left)
      return;
    this.#relays.forEach(relay => relay.publish(event));
    const quiet = this.#links.size > 0 && Date.now() - this.#lastNews > QUIET_AFTER_MS;
    clearTimeout(this.#announceTimer);
    this.#announceTimer = setTimeout(() => this.#announce(),
      quiet ? ANNOUNCE_QUIET_MS : ANNOUNCE_MS);
  }

  #event(topic, content) {
    return this.#key.event(kindOf(topic), [['x', topic]], JSON.stringify(content));
  }

  async #signalTo(relay, peerId, content) {
    const topic = await topicOf(`${this.#rootPath}@${peerId}`);
    relay.publish(await this.#event(topic, {peerId: this.peerId, ...content}));
  }

  async #onContent(relay, text) {
    let content;
    try {
      content = Object(JSON.parse(text));
    } catch {
      return;
    }
    const {peerId, offer, answer, bye} = content;
    if (this.#left || typeof peerId !== 'string' || !peerId || peerId.length > 64
        || peerId === this.peerId)
      return;
    try {
      if (bye)
        this.#onBye(peerId);
      else if (typeof offer?.sdp === 'string')
        await this.#onOffer(relay, peerId, offer.sdp);
      else if (typeof answer?.sdp === 'string')
        await this.#onAnswer(relay, peerId, answer.sdp);
      else if (!offer && !answer)
        await this.#onAnnounce(relay, peerId, content);
    } catch (error) {
      console.warn(`room: signalling with ${peerId} failed:`, error.message);
    }
  }

  #onBye(peerId) {
    this.#links.get(peerId)?.close('left');
    this.#dropDials(peerId);
    this.#kinds.delete(peerId);
    this.#heardOn.delete(peerId);
    this.#mesh?.left(peerId, performance.now());
    this.emit('peer-lost', peerId);
  }

  async #onAnnounce(relay, peerId, {type: kind, ext}) {
    if (!this.#kinds.has(peerId)) {
      if (this.#kinds.size >= (this.#mesh ? MAX_PEERS : 10 * MAX_LINKS))
        return;
      this.#lastNews = Date.now();
    }
    if (this.#mesh) {
      this.#mesh.heard(peerId, performance.now(), ext === 1);
      this.#heardOn.set(peerId, relay);
    }
    this.#kinds.set(peerId, typeof kind === 'string' ? kind : undefined);
    this.emit('peer-seen', peerId, this.#kinds.get(peerId));
    if (!this.#links.has(peerId) && !this.#answers.has(peerId)
        && !this.#dials.get(peerId)?.has(relay) && this.#links.size < MAX_LINKS
        && this.#wish(peerId) === 'wanted')
      await this.#dial(relay, peerId);
  }

  async #dial(relay, peerId) {
    const link = this.#newLink(true);
    if (!this.#dials.has(peerId))
      this.#dials.set(peerId, new Map());
    this.#dials.get(peerId).set(relay, link);
    const drop = () => {
      clearTimeout(timer);
      const dials = this.#dials.get(peerId);
      if (dials?.get(relay) === link)
        dials.delete(relay);
      if (dials?.size === 0)
        this.#dials.delete(peerId);
    };
    const timer = setTimeout(() => link.close('no answer'), DIAL_MS);
    link.on('close', drop);
    link.on('open', () => {
      drop();
      this.#onLinkOpen(peerId, link);
    });
    const sdp = await this.#sealer.seal(await link.offer());
    if (this.#dials.get(peerId)?.get(relay) === link)
      await this.#signalTo(relay, peerId, {offer: {type: 'offer', sdp}});
  }

  async #onOffer(relay, peerId, sealed) {
    const sdp = await this.#unseal(peerId, sealed);
    if (sdp === null || this.#links.size >= MAX_LINKS || this.#wish(peerId) === 'unwanted')
      return;
    // Both dial at once: the greater id keeps its offer, the other one answers.
    if (this.#dials.get(peerId)?.has(relay) && this.peerId > peerId)
      return;
    // The same offer may come through several relays; one connection is enough.
    const young = this.#links.get(peerId) ?? this.#answers.get(peerId);
    if (young && Date.now() - young.born < YOUNG_LINK_MS)
      return;
    // A peer that dials although it is connected has restarted, unless the old link still works.
    const old = this.#links.get(peerId);
    if (old && await old.ping(1000) !== Infinity)
      return;
    old?.close('replaced');
    this.#answers.get(peerId)?.close('replaced');
    this.#dials.get(peerId)?.get(relay)?.close('the other side dials');

    const link = this.#newLink(false);
    this.#answers.set(peerId, link);
    const drop = () => {
      clearTimeout(timer);
      if (this.#answers.get(peerId) === link)
        this.#answers.delete(peerId);
    };
    const timer = setTimeout(() => link.close('never connected'), DIAL_MS);
    link.on('close', drop);
    link.on('open', () => {
      drop();
      this.#onLinkOpen(peerId, link);
    });
    const answer = await this.#sealer.seal(await link.answer(sdp));
    if (this.#answers.get(peerId) === link)
      await this.#signalTo(relay, peerId, {answer: {type: 'answer', sdp: answer}});
  }

  async #onAnswer(relay, peerId, sealed) {
    const link = this.#dials.get(peerId)?.get(relay);
    const sdp = link && await this.#unseal(peerId, sealed);
    if (sdp)
      await link.accept(sdp);
  }

  async #unseal(peerId, sealed) {
    try {
      return await this.#sealer.open(sealed);
    } catch {
      this.emit('join-error', {peerId, message: 'another password is used there'});
      return null;
    }
  }

  #newLink(offerer) {
    const {iceServers} = this.#options;
    return new PeerLink({
      offerer, iceServers, dialect: this.#dialect,
      wants: type => this.#channels.has(type) || this.#isOfMesh(type),
    });
  }

  #dropDials(peerId, except) {
    const links = [...this.#dials.get(peerId)?.values() ?? [], this.#answers.get(peerId)];
    for (const link of links)
      if (link && link !== except)
        link.close('not needed');
  }

  // The first connection that opens wins; dials through other relays are dropped.
  #onLinkOpen(peerId, link) {
    if (this.#links.has(peerId) || this.#left) {
      link.close('not needed');
      return;
    }
    this.#links.set(peerId, link);
    this.#dropDials(peerId, link);
    this.#lastNews = Date.now();
    this.#mesh?.linkUp(peerId, performance.now());
    link.on('message', (type, value, metadata) => {
      if (this.#isOfMesh(type))
        this.#mesh.receive(peerId, type, value, performance.now());
      else
        this.#channels.get(type)?.emit('message', value, peerId, metadata);
    });
    link.on('progress', (type, part, metadata) =>
      this.#channels.get(type)?.emit('progress', part, peerId, metadata));
    link.on('stream-add', (stream, metadata) => this.emit('stream-add', stream, peerId, metadata));
    link.on('stream-metadata', (stream, metadata) =>
      this.emit('stream-metadata', stream, peerId, metadata));
    link.on('stream-remove', stream => this.emit('stream-remove', stream, peerId));
    link.on('close', reason => this.#onLinkClosed(peerId, link, reason));
    for (const [stream, metadata] of this.#streams)
      link.addStream(stream, metadata).catch(() => {});
    this.emit('peer-join', peerId, this.#kinds.get(peerId));
  }

  #onLinkClosed(peerId, link, reason) {
    if (this.#links.get(peerId) !== link)
      return;
    this.#links.delete(peerId);
    this.#lastNews = Date.now();
    this.#mesh?.linkDown(peerId, !INTENDED.includes(reason), performance.now());
    this.emit('peer-leave', peerId, reason);
    if (!this.#left)
      this.#announceSoon();
  }

  // ── the mesh of cells ──

  #newMesh(cellSize) {
    if (!Number.isInteger(cellSize) || cellSize < 1 || cellSize > MAX_CELL_SIZE)
      throw new Error(`cells is "auto", or a number of peers from 1 to ${MAX_CELL_SIZE}`);
    return new Mesh({
      selfId: this.peerId, cellSize, now: performance.now(),
      send: (peerId, channel, text) => this.#sendFrame(peerId, channel, text),
      deliver: (peerId, data) => this.#onFarMessage(peerId, data),
      pong: (peerId, pingId) => this.#onFarPong(peerId, pingId),
      sealed: layout => this.#onSealed(layout),
    });
  }

  // Whoever is silent is forgotten, or strangers would fill up what may be remembered.
  #onSealed(layout) {
    for (const peers of [this.#kinds, this.#heardOn])
      peers.forEach((value, id) => this.#mesh.census.knows(id) || peers.delete(id));
    this.emit('mesh-state', layout);
  }

  #isOfMesh(type) {
    return this.#mesh !== null && parseCellChannel(type) !== null;
  }

  #wish(peerId) {
    return this.#mesh?.wish(peerId, performance.now()) ?? 'wanted';
  }

  #onMeshTick() {
    this.#mesh.tick(performance.now());
    for (const [peerId, link] of this.#links) {
      if (this.#wish(peerId) !== 'unwanted')
        continue;
      link.sayGoodbye();
      setTimeout(() => link.close(OTHER_CELL), 100);
    }
    for (const peerId of this.#mesh.wanted(performance.now())) {
      const relay = this.#heardOn.get(peerId);
      if (relay?.open && !this.#links.has(peerId) && !this.#answers.has(peerId) && !this.#dials.has(peerId)
          && this.#links.size + this.#dials.size < MAX_LINKS)
        this.#dial(relay, peerId).catch(error =>
          console.warn(`room: ${peerId} could not be dialled:`, error.message));
    }
  }

  // A member that floods must not fill this page's memory before a slow link.
  #sendFrame(peerId, channel, text) {
    const link = this.#links.get(peerId);
    const waiting = this.#waiting.get(link) ?? 0;
    if (!link || waiting + text.length > MAX_WAITING_BYTES) {
      this.#mesh.counters.dropped++;
      return;
    }
    this.#waiting.set(link, waiting + text.length);
    link.send(channel, text).catch(() => {}).finally(() =>
      this.#waiting.set(link, this.#waiting.get(link) - text.length));
  }

  #onFarMessage(peerId, data) {
    const {_ch: name, _d: value, _t: target} = Object(data);
    // Without a value it is sealed, for others than browsers.
    if (typeof name === 'string' && value !== undefined)
      this.#channels.get(name)?.emit('message', value, peerId);
    else if (name === undefined)
      this.emit('mesh-message', target === undefined ? data : value, peerId);
  }

  async #pingFar(peerId) {
    const start = performance.now();
    const pingId = randomId(8);
    const pong = new Promise(resolve => this.#pings.set(pingId, {peerId, resolve}));
    const late = sleep(PONG_MS).then(() => 'late');
    const result = this.#mesh.ping(peerId, pingId, start) ? await Promise.race([pong, late]) : 'late';
    this.#pings.delete(pingId);
    return result === 'late' ? Infinity : performance.now() - start;
  }

  // Only who was asked can answer.
  #onFarPong(peerId, pingId) {
    const ping = this.#pings.get(pingId);
    if (ping?.peerId === peerId)
      ping.resolve();
  }
}
