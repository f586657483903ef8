// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The mesh of cells (mesh.js) of one room: gives it a clock and the links that its frames go over.
//
// Events: sealed (layout), tick (), message (channel's name, value, peerId), mesh-message (data, peerId).

import {randomId} from './dialects.js';
import {Emitter} from './emitter.js';
import {TIMES} from './mesh-census.js';
import {DEFAULT_CELL_SIZE, MAX_CELL_SIZE} from './mesh-topology.js';
import {Mesh, parseCellChannel} from './mesh.js';
import {PONG_MS} from './peer-link.js';
import {isInTime} from './timing.js';

const MAX_WAITING_BYTES = 4 << 20;      // of others' messages, in front of a slow link

export class Cells extends Emitter {
  #links;
  #timer = 0;
  #waiting = new WeakMap();   // link → what waits in front of it
  #pings = new Map();         // id of a ping by way of others → {peerId, resolve}

  // size: of a cell, or "auto"; links: peer id → its open link.
  constructor({selfId, size, links}) {
    super();
    this.#links = links;
    const cellSize = size === 'auto' ? DEFAULT_CELL_SIZE : Number(size);
    if (!Number.isInteger(cellSize) || cellSize < 1 || cellSize > MAX_CELL_SIZE)
      throw new Error(`cells is "auto", or a number of peers from 1 to ${MAX_CELL_SIZE}`);
    this.mesh = new Mesh({
      selfId, cellSize, now: performance.now(),
      send: (peerId, channel, text) => this.#sendFrame(peerId, channel, text),
      deliver: (peerId, data) => this.#onMessage(peerId, data),
      pong: (peerId, pingId) => this.#onPong(peerId, pingId),
      sealed: layout => this.emit('sealed', layout),
    });
  }

  static isChannel(type) {
    return parseCellChannel(type) !== null;
  }

  get others() {
    return this.mesh.others;
  }

  start() {
    this.#timer = setInterval(() => {
      this.mesh.tick(performance.now());
      this.emit('tick');
    }, TIMES.tick);
  }

  stop() {
    clearInterval(this.#timer);
  }

  // ── who is there ──

  knows(peerId) {
    return this.mesh.census.knows(peerId);
  }

  wish(peerId) {
    return this.mesh.wish(peerId, performance.now());
  }

  get wanted() {
    return this.mesh.wanted(performance.now());
  }

  heard(peerId, isLibrary) {
    this.mesh.heard(peerId, performance.now(), isLibrary);
  }

  left(peerId) {
    this.mesh.left(peerId, performance.now());
  }

  linkUp(peerId) {
    this.mesh.linkUp(peerId, performance.now());
  }

  linkDown(peerId, isBroken) {
    this.mesh.linkDown(peerId, isBroken, performance.now());
  }

  // ── what is said ──

  receive(peerId, type, value) {
    this.mesh.receive(peerId, type, value, performance.now());
  }

  send(data, target) {
    return this.mesh.send(data, target, performance.now());
  }

  // Milliseconds there and back, by way of others.
  async ping(peerId) {
    const start = performance.now();
    const pingId = randomId(8);
    const pong = new Promise(resolve => this.#pings.set(pingId, {peerId, resolve}));
    const isAnswered = this.mesh.ping(peerId, pingId, start) && await isInTime(pong, PONG_MS);
    this.#pings.delete(pingId);
    return isAnswered ? performance.now() - start : Infinity;
  }

  // A member that floods must not fill this page's memory before a slow link.
  #sendFrame(peerId, channel, text) {
    const link = this.#links.get(peerId);
    const waiting = this.#waiting.get(link) ?? 0;
    if (!link || waiting + text.length > MAX_WAITING_BYTES) {
      this.mesh.counters.dropped++;
      return;
    }
    this.#waiting.set(link, waiting + text.length);
    link.send(channel, text).catch(() => {}).finally(() =>
      this.#waiting.set(link, this.#waiting.get(link) - text.length));
  }

  #onMessage(peerId, data) {
    const {_ch: name, _d: value, _t: target} = Object(data);
    // Without a value it is sealed, for others than browsers.
    if (typeof name === 'string' && value !== undefined)
      this.emit('message', name, value, peerId);
    else if (name === undefined)
      this.emit('mesh-message', target === undefined ? data : value, peerId);
  }

  // Only who was asked can answer.
  #onPong(peerId, pingId) {
    const ping = this.#pings.get(pingId);
    if (ping?.peerId === peerId)
      ping.resolve();
  }
}
