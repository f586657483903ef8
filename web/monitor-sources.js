// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What the monitor page shows comes from one of these, each with the same face:
//
//   census           who is there, and the layout that was sealed (mesh-census.js)
//   selfId           our own id, or null
//   linked           ids at the other end of links of our own
//   relays           [{url, open}]
//   isLibrary(id)    whether it is of libgenosrooms, as it says; browsers are not
//   events           heard (id), left (id), sealed (), links (), relay ({url, open, text}), join-error ()

import {DIALECTS, randomId, topicOf} from './dialects.js';
import {Emitter} from './emitter.js';
import {Census, TIMES} from './mesh-census.js';
import {DEFAULT_CELL_SIZE, MAX_CELL_SIZE} from './mesh-topology.js';
import {Relay} from './relay.js';
import {Room} from './room-client.js';

const isPeerId = value => typeof value === 'string' && /^[0-9A-Za-z]{1,64}$/.test(value);

export function parseCellSize(text) {
  const size = text === 'auto' ? DEFAULT_CELL_SIZE : Number(text);
  if (!Number.isInteger(size) || size < 1 || size > MAX_CELL_SIZE)
    throw new Error(`cells is “auto”, or a number of peers from 1 to ${MAX_CELL_SIZE}, and not “${text}”`);
  return size;
}

class Source extends Emitter {
  #library = new Set();
  #timer = 0;
  selfId = null;
  isMember = false;

  constructor(cellSize) {
    super();
    this.cellSize = cellSize;
    this.census = new Census({cellSize, now: performance.now()});
  }

  get linked() {
    return [];
  }

  get relays() {
    return [];
  }

  isLibrary(peerId) {
    return this.#library.has(peerId);
  }

  leave() {
    clearInterval(this.#timer);
  }

  startTicking(onTick = () => {}) {
    this.#timer = setInterval(() => {
      onTick();
      if (!this.census.tick(performance.now()))
        return;
      this.#library.forEach(id => this.census.knows(id) || this.#library.delete(id));
      this.emit('sealed');
    }, TIMES.tick);
  }

  takeAnnounce(peerId, isLibrary) {
    this.census.heard(peerId, performance.now());
    if (isLibrary && this.census.knows(peerId))
      this.#library.add(peerId);
    this.emit('heard', peerId);
  }

  takeBye(peerId) {
    this.census.left(peerId, performance.now());
    this.#library.delete(peerId);
    this.emit('left', peerId);
  }
}

// Listens to the announces of a room, and says nothing. They are not sealed: no password is needed.
export class Watcher extends Source {
  #options;
  #relays = [];

  constructor(options) {
    super(options.cellSize);
    if (!DIALECTS[options.dialect])
      throw new Error(`unknown dialect “${options.dialect}”`);
    this.#options = options;
  }

  get relays() {
    return this.#relays.map(({url, open}) => ({url, open}));
  }

  async join() {
    const {room, appId, dialect, relays} = this.#options;
    const {namespace, roomPrefix} = DIALECTS[dialect];
    const topic = await topicOf(`${namespace}@${appId}@${roomPrefix}${room}`);
    for (const url of relays) {
      const relay = new Relay(url, [topic]);
      this.#relays.push(relay);
      relay.on('content', text => this.#onContent(text));
      relay.on('state', ({open, text}) => this.emit('relay', {url, open, text}));
      relay.connect();
    }
    this.startTicking();
  }

  leave() {
    super.leave();
    this.#relays.forEach(relay => relay.close());
  }

  #onContent(text) {
    let content;
    try {
      content = Object(JSON.parse(text));
    } catch {
      return;
    }
    const {peerId, bye, offer, answer, ext} = content;
    if (!isPeerId(peerId) || offer || answer)
      return;
    if (bye)
      this.takeBye(peerId);
    else
      this.takeAnnounce(peerId, ext === 1);
  }
}

// Is one of the room, with links of its own.
export class Member extends Source {
  #room;
  isMember = true;

  constructor(options) {
    super(options.cellSize);
    this.#room = new Room({...options, cells: options.cellSize});
    this.selfId = this.#room.peerId;
    this.census = this.#room.mesh.census;
    this.#room.on('mesh-state', () => this.emit('sealed'));
    this.#room.on('peer-seen', id => this.emit('heard', id));
    this.#room.on('peer-lost', id => this.emit('left', id));
    this.#room.on('peer-join', () => this.emit('links'));
    this.#room.on('peer-leave', () => this.emit('links'));
    this.#room.on('relay', state => this.emit('relay', state));
    this.#room.on('join-error', () => this.emit('join-error'));
  }

  get linked() {
    return this.#room.mesh.linked;
  }

  get relays() {
    return this.#room.relays;
  }

  isLibrary(peerId) {
    return this.#room.mesh.isExtended(peerId);
  }

  join() {
    return this.#room.join();
  }

  leave() {
    this.#room.leave();
  }

  // Milliseconds there and back, by way of bridges where there is no link.
  ping(peerId) {
    return this.#room.ping(peerId);
  }
}

// A room that is not there, for looking at the page: its peers announce themselves as real ones would when
// nothing happens, and now and then one goes and another one comes.
export class MadeUp extends Source {
  #ids;
  #next = 0;

  constructor(cellSize, count) {
    super(cellSize);
    this.#ids = Array.from({length: Math.min(count, 20000)}, () => randomId(20));
  }

  async join() {
    this.#ids.forEach(id => this.takeAnnounce(id, true));
    this.startTicking(() => this.#onTick());
  }

  #onTick() {
    const due = Math.ceil(this.#ids.length * TIMES.tick / 30000);
    for (let i = 0; i < due; i++)
      this.takeAnnounce(this.#ids[this.#next++ % this.#ids.length], true);
    if (Math.random() > 0.1)
      return;
    this.takeBye(this.#ids.splice(Math.floor(Math.random() * this.#ids.length), 1)[0]);
    this.#ids.push(randomId(20));
    this.takeAnnounce(this.#ids.at(-1), true);
  }
}
