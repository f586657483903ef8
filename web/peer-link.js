// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The link to one peer: a WebRTC connection with one data channel, and what travels over it.

import {Emitter} from './emitter.js';
import {Assembler, TAG, frame, splitMessage, valueOf} from './frames.js';
import {utf8} from './text.js';
import {isInTime} from './timing.js';

const GATHER_MS = 5000;
const PING_MS = 25000;
export const PONG_MS = 10000;
const LOST_ICE_MS = 3000;
const METADATA_MS = 10000;
const MAX_PENDING_METADATA = 32;
const MAX_ORIGIN_CHARS = 256;
const BUFFERED_MAX = 65535;

// Whose a stream is that comes by way of another peer, which says so: {peer, stream, track}. Null: its own.
export function originOf(metadata) {
  const origin = metadata?.['@_origin'];
  const isName = text => typeof text === 'string' && text && text.length <= MAX_ORIGIN_CHARS;
  return isName(origin?.peer) && isName(origin.stream) && isName(origin.track) ? origin : null;
}

// Events: open, close (reason), message (type, value, metadata),
// progress (type, fraction, metadata), stream-add and stream-metadata (stream, metadata), stream-remove (stream).
export class PeerLink extends Emitter {
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
    const isAnswered = await isInTime(pong, limitMs);
    this.#pongs.delete(resolve);
    return isAnswered ? performance.now() - start : Infinity;
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
    await isInTime(gathered, GATHER_MS);
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
