// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The mesh of cells as one peer runs it: whom to be linked with, what to pass on to whom, what is for
// us. It knows no sockets and no clock: it is told what was heard and what came over which link.
//
// Members of a cell are linked with each other, and the bridge of a cell with the bridges of the cells
// a power of two away. A broadcast goes to one's own cell; a bridge passes on what it has not seen yet
// to the neighbouring cells and to its own, not back into the cell that it came from.

import {Census, TIMES} from './mesh-census.js';

const MAX_TTL = 150;
const SEEN_MAX = 5000;
const ORIGINS_MAX = 1024;
const REPLAY_MS = 120000;
const FRAME_MAX = 1536 * 1024;
const ID_MAX = 160;
const HEADS = 3;          // of a cell: its bridge, and who would follow

const isPeerId = value => typeof value === 'string' && /^[0-9A-Za-z]{1,64}$/.test(value);

// The cell in the name of a channel, or null.
export function parseCellChannel(type) {
  const digits = /^c(0|[1-9]\d{0,4})$/.exec(type)?.[1];
  return digits !== undefined && Number(digits) < 65536 ? Number(digits) : null;
}

// {t, id, ttl, data, origin, originCell, ms, target}, or null for anything else.
export function parseFrame(text) {
  let frame;
  try {
    frame = typeof text === 'string' && text.length <= FRAME_MAX ? Object(JSON.parse(text)) : {};
  } catch {
    return null;
  }
  const {t, id, ttl, data = null, origin, originCell} = frame;
  if (!['msg', 'ping', 'pong', 'g-have', 'g-want'].includes(t) || !isPeerId(origin)
      || !Number.isInteger(ttl) || ttl < 0 || ttl > MAX_TTL
      || typeof id !== 'string' || id.length > ID_MAX || !id.startsWith(`${origin}:`)
      || typeof originCell !== 'string' || !/^cell-\d{1,5}$/.test(originCell))
    return null;
  const [, time] = id.slice(origin.length).split(':');
  if (!/^[0-9a-z]{1,10}$/.test(time))
    return null;
  const target = Object(data)[t === 'msg' ? '_t' : 'target'] ?? undefined;
  if (target === undefined ? t === 'ping' : !isPeerId(target))
    return null;
  return {t, id, ttl, data, origin, originCell, ms: parseInt(time, 36), target};
}

// The fewest powers of two, added and taken away, that lead from one cell to the other; the nearer
// one among equals.
function cost(cell, target) {
  const distance = Math.abs(cell - target);
  const steps = (distance ^ 3 * distance).toString(2).replaceAll('0', '').length;
  return steps * 2 ** 20 + distance;
}

export class Mesh {
  #send;
  #deliver;
  #onPong;
  #onSeal;
  #wallClock;
  #times;
  #links = new Map();       // id → {up, fell, since, told}: those that are there, and that should be
  #seen = new Set();
  #newest = new Map();      // origin → the time of its newest message
  #extended = new Set();    // ids of libgenosrooms' own kind
  #sequence = 0;
  counters = {originated: 0, delivered: 0, sent: 0, forwarded: 0, received: 0, duplicates: 0, dropped: 0};

  // send(peerId, channel, text); deliver(origin, data, target); pong(origin, pingId);
  // sealed(layout): links may be wanted now that were not, and the other way round.
  constructor({selfId, cellSize, now, send, deliver, pong = () => {}, sealed = () => {},
    wallClock = Date.now, times = TIMES}) {
    this.selfId = selfId;
    this.cellSize = cellSize;
    this.#send = send;
    this.#deliver = deliver;
    this.#onPong = pong;
    this.#onSeal = sealed;
    this.#wallClock = wallClock;
    this.#times = times;
    this.census = new Census({selfId, cellSize, now, times});
  }

  // ── how it is ──

  get layout() {
    return this.census.layout;
  }

  get epoch() {
    return this.census.epoch;
  }

  // -1 before the first seal
  get cell() {
    return this.layout?.cellOf(this.selfId) ?? -1;
  }

  get isBridge() {
    return this.layout?.isBridge(this.selfId) ?? false;
  }

  get neighbours() {
    return this.layout?.neighboursOf(this.cell) ?? [];
  }

  get roster() {
    return this.layout?.roster ?? [];
  }

  // Everybody else, sealed or not yet.
  get others() {
    return this.census.known.filter(id => id !== this.selfId);
  }

  // Of libgenosrooms, as it says itself.
  isExtended(peerId) {
    return this.#extended.has(peerId);
  }

  isLinked(peerId) {
    return this.#links.get(peerId)?.up ?? false;
  }

  get linked() {
    return [...this.#links].filter(([, link]) => link.up).map(([id]) => id);
  }

  get #hasLayout() {
    return this.layout?.peers > 1;
  }

  get #mates() {
    return this.layout.cells[this.cell];
  }

  // No use to wait for it: its link fell, or never came.
  #isMissed(peerId, now) {
    const link = this.#links.get(peerId);
    return link !== undefined && !link.up && (link.fell || now - link.since >= this.#times.cap);
  }

  // Doing a bridge's work: all who come before us in the succession are gone.
  #isActing(now) {
    if (!this.layout)
      return false;
    const mates = this.#mates;
    return mates.slice(0, mates.indexOf(this.selfId)).every(id => this.#isMissed(id, now));
  }

  // Most of our cell are not linked, or take us to be elsewhere: their layout is another one.
  get #isAdrift() {
    if (!this.#hasLayout)
      return true;
    const withUs = this.#mates.filter(id => {
      const link = this.#links.get(id);
      return link?.up && (link.told === null || link.told === this.cell);
    });
    return 2 * withUs.length < this.#mates.length - 1;
  }

  #isMate(peerId) {
    return [this.layout, this.census.previous].some(layout =>
      layout?.has(peerId) && layout.cellOf(peerId) === layout.cellOf(this.selfId));
  }

  // The first of that cell's succession that there is a link to.
  #findHead(cell) {
    return this.layout.cells[cell].slice(0, HEADS).find(id => this.isLinked(id));
  }

  // Bridges pass on what others say, and who follows them.
  #mayForward(peerId) {
    if (this.#isAdrift)
      return true;
    return [this.layout, this.census.previous].some(layout => {
      if (!layout)
        return false;
      const own = layout.cellOf(this.selfId);
      const cell = layout.cellOf(peerId);
      if (cell !== own && !layout.neighboursOf(own).includes(cell))
        return false;
      const heads = layout.cells[cell].slice(0, HEADS);
      return heads.length < HEADS || heads.includes(peerId);
    });
  }

  // ── which links there are ──

  #isWantedHead(cell, peerId, now) {
    for (const head of this.layout.cells[cell].slice(0, HEADS)) {
      if (head === peerId)
        return true;
      if (!this.#isMissed(head, now))
        return false;
    }
    return false;
  }

  #isTolerated(layout, peerId, bridges) {
    const own = layout.cellOf(this.selfId);
    const cell = layout.cellOf(peerId);
    if (cell === own)
      return layout.has(peerId);
    // The bridges of other browsers want the members of neighbouring cells too; the library's do not.
    return layout.neighboursOf(own).includes(cell)
      && (bridges || layout.isBridge(peerId) && !this.isExtended(peerId));
  }

  // "wanted": to be dialled; "tolerated": may dial us, and stay; "unwanted": to be closed.
  wish(peerId, now) {
    if (peerId === this.selfId)
      return 'unwanted';
    const count = this.linked.length;
    if (!this.#hasLayout)
      return count < this.cellSize ? 'wanted' : 'tolerated';
    const {layout, census} = this;
    const cell = layout.cellOf(peerId);
    const bridges = this.isBridge || this.#isActing(now);
    if (layout.has(peerId) && (cell === this.cell
        || bridges && this.neighbours.includes(cell) && this.#isWantedHead(cell, peerId, now)))
      return 'wanted';
    if (this.#isTolerated(layout, peerId, bridges)
        || census.previous && this.#isTolerated(census.previous, peerId, bridges)
        || census.inGrace && this.isLinked(peerId))
      return 'tolerated';
    // It may have sealed who came already, and we not yet.
    const unsettled = !layout.has(peerId) || census.isChanging || this.#isAdrift;
    return census.knows(peerId) && count < 4 * this.cellSize && unsettled ? 'tolerated' : 'unwanted';
  }

  wanted(now) {
    if (!this.#hasLayout)
      return [];
    const near = [...this.#mates, ...this.neighbours.flatMap(cell => this.layout.cells[cell].slice(0, HEADS))];
    return near.filter(id => this.wish(id, now) === 'wanted');
  }

  // ── what happens ──

  // Every announce, of anybody.
  heard(peerId, now, extended = false) {
    if (!isPeerId(peerId))
      return;
    this.census.heard(peerId, now);
    if (extended && this.census.knows(peerId))
      this.#extended.add(peerId);
    else
      this.#extended.delete(peerId);
  }

  left(peerId, now) {
    this.census.left(peerId, now);
    this.#extended.delete(peerId);
  }

  linkUp(peerId, now) {
    this.#links.set(peerId, {up: true, fell: false, since: now, told: null});
    if (!this.census.knows(peerId))
      this.heard(peerId, now);
  }

  // `broken`: nobody closed it. A bridge that is needed counts as gone then, until it is heard again.
  linkDown(peerId, broken, now) {
    const link = this.#links.get(peerId);
    if (!link?.up)
      return;
    const needed = this.#hasLayout && (this.#mates[0] === peerId
      || this.layout.isBridge(peerId) && this.wish(peerId, now) === 'wanted');
    if (broken && needed)
      this.left(peerId, now);
    Object.assign(link, {up: false, fell: true, since: now});
    this.#refresh(now);
  }

  tick(now) {
    const sealed = this.census.tick(now);
    this.#refresh(now);
    if (!sealed)
      return;
    this.#extended.forEach(id => this.census.knows(id) || this.#extended.delete(id));
    this.#onSeal(this.layout);
  }

  // Those that should be there are remembered although they are not: who does not come is missed.
  #refresh(now) {
    const wanted = new Set(this.wanted(now));
    for (const id of wanted)
      if (!this.#links.has(id))
        this.#links.set(id, {up: false, fell: false, since: now, told: null});
    for (const [id, link] of this.#links)
      if (!link.up && !wanted.has(id))
        this.#links.delete(id);
  }

  // ── frames ──

  #handTo(peerId, frame, ttl) {
    const {t, id, data, origin, originCell} = frame;
    const channel = `c${this.layout?.cellOf(peerId) ?? 0}`;
    this.counters.sent++;
    this.counters.forwarded += origin !== this.selfId;
    this.#send(peerId, channel, JSON.stringify({t, id, ttl, data, origin, originCell}));
  }

  #handToMates(frame, ttl, except) {
    const all = frame.origin === this.selfId && this.#isAdrift;
    const mates = this.linked.filter(id =>
      (all || this.#isMate(id)) && id !== except && id !== frame.origin);
    mates.forEach(id => this.#handTo(id, frame, ttl));
    return mates.length;
  }

  #handToNeighbours(frame, ttl, fromCell) {
    const heads = this.neighbours
      .filter(cell => cell !== fromCell && cell !== this.layout.cellOf(frame.origin))
      .map(cell => this.#findHead(cell)).filter(head => head !== undefined);
    heads.forEach(head => this.#handTo(head, frame, ttl));
    return heads.length;
  }

  #passOn(frame, ttl, from, now) {
    const fromOutside = !this.#isMate(from);
    // Of libgenosrooms' kind, only who takes us for the bridge hands us anything from outside.
    const asked = fromOutside && this.#extended.has(from) && this.#mayForward(this.selfId);
    if (!this.#hasLayout || ttl === 0 || !(asked || this.#isActing(now)))
      return;
    if (fromOutside)
      this.#handToMates(frame, ttl - 1, from);
    this.#handToNeighbours(frame, ttl - 1, fromOutside ? this.layout.cellOf(from) : this.cell);
  }

  // To one peer: itself, or who is nearer to it.
  #direct(frame, ttl, from, now) {
    if (this.isLinked(frame.target)) {
      this.#handTo(frame.target, frame, ttl);
      return true;
    }
    if (!this.#hasLayout)
      return from === null && this.#handToMates(frame, ttl) > 0;
    const cell = this.layout.cellOf(frame.target);
    const fromCell = from === null ? -1 : this.layout.cellOf(from);
    let next;
    if (cell !== this.cell && this.#isActing(now))
      next = this.neighbours.filter(other => other !== fromCell && this.#findHead(other) !== undefined)
        .sort((a, b) => cost(a, cell) - cost(b, cell)).map(other => this.#findHead(other))[0];
    next ??= this.#mates.find(id => id !== from && this.isLinked(id));
    if (next !== undefined)
      this.#handTo(next, frame, ttl);
    return next !== undefined;
  }

  #originate(t, data, target, now) {
    const ms = this.#wallClock();
    const id = `${this.selfId}:${ms.toString(36)}:${this.#sequence++}`;
    const frame = {t, id, data, origin: this.selfId, originCell: `cell-${Math.max(0, this.cell)}`, target};
    // Who does not know how large the room is leaves it to those who do.
    const ttl = this.#isAdrift ? MAX_TTL : this.layout.ttl;
    this.#remember(id);
    this.counters.originated++;
    if (target !== undefined)
      return this.#direct(frame, ttl, null, now);
    let count = this.#handToMates(frame, ttl);
    if (this.#hasLayout && this.#isActing(now))
      count += this.#handToNeighbours(frame, ttl, this.cell);
    return count > 0;
  }

  // To everybody, or to one peer. False when there is nobody to hand it to.
  send(data, target, now) {
    return this.#originate('msg', target === undefined ? data : {...data, _t: target}, target, now);
  }

  ping(target, pingId, now) {
    return this.#originate('ping', {pingId, target}, target, now);
  }

  // What came over the link of `from`, on a channel of cells.
  receive(from, channel, text, now) {
    const link = this.#links.get(from);
    const cell = parseCellChannel(channel);
    if (!link?.up || cell === null)
      return;
    const frame = parseFrame(text);
    this.counters.received++;
    if (!frame) {
      this.counters.dropped++;
      return;
    }
    // Where its sender takes us to be.
    link.told = cell;
    if (frame.t.startsWith('g-') || !this.#admit(from, frame))
      return;
    const ttl = this.#isAdrift ? frame.ttl : Math.min(frame.ttl, this.layout.ttl);
    if (frame.target === undefined)
      this.#passOn(frame, ttl, from, now);
    else if (frame.target !== this.selfId && ttl > 0)
      this.#direct(frame, ttl - 1, from, now);
    if (frame.target === undefined || frame.target === this.selfId)
      this.#take(frame, now);
  }

  #admit(from, frame) {
    if (this.#seen.has(frame.id) || frame.origin === this.selfId) {
      this.counters.duplicates++;
      return false;
    }
    if (frame.origin !== from && !this.#mayForward(from) || !this.#isTimely(frame)) {
      this.counters.dropped++;
      return false;
    }
    this.#remember(frame.id);
    return true;
  }

  #remember(id) {
    this.#seen.add(id);
    if (this.#seen.size > SEEN_MAX)
      this.#seen.delete(this.#seen.values().next().value);
  }

  // Much older than the newest of its origin, it is a replay whose id may have been forgotten. What
  // claims to come from the future does not make the present look old.
  #isTimely({origin, ms}) {
    const newest = this.#newest.get(origin) ?? -Infinity;
    if (ms < newest - REPLAY_MS)
      return false;
    this.#newest.delete(origin);
    this.#newest.set(origin, Math.max(newest, Math.min(ms, this.#wallClock())));
    if (this.#newest.size > ORIGINS_MAX)
      this.#newest.delete(this.#newest.keys().next().value);
    return true;
  }

  // The last thing that is done with a frame: whoever takes it may do anything.
  #take({t, data, origin, target}, now) {
    const pingId = Object(data).pingId;
    const isPingId = ['string', 'number'].includes(typeof pingId) && String(pingId).length <= 64;
    if (t === 'msg') {
      this.counters.delivered++;
      this.#deliver(origin, data, target);
    } else if (t === 'ping' && isPingId) {
      // With its target, so that it is not passed on to everybody.
      this.#originate('pong', {pingId, receivedAt: this.#wallClock(), target: origin}, origin, now);
    } else if (t === 'pong' && isPingId) {
      this.#onPong(origin, pingId);
    }
  }
}
