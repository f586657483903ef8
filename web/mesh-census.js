// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Who is in a room as far as one has heard, and when to look again: not at each coming and going,
// or everybody would move all the time; and at about the same time everywhere, without a word.
//
//   coming, bye, dead bridge ──► 2 s without another one, or 10 s in all ──► seal
//   silent for 90 s ───────────► 30 s later it is still silent ────────────► seal
//
// It has no clock: it is told the time, in milliseconds.

import {Layout} from './mesh-topology.js';

export const TIMES = {quiet: 2000, cap: 10000, shrink: 30000, grace: 5000, tick: 2000};
export const SILENCE_MS = 90000;
// More are not heard.
export const MAX_PEERS = 65536;
// Not called for that long, the page slept: nobody could be heard.
const FROZEN_MS = 10000;

export class Census {
  #selfId;
  #cellSize;
  #times;
  #known = new Map();     // id → when it was heard last
  #firstChange = null;
  #lastChange = null;
  #silentSince = null;
  #lastTick;
  layout = null;
  previous = null;        // during its time of grace
  epoch = 0;
  sealedAt = 0;

  // Without `selfId` it only looks on, and is not in the roster.
  constructor({selfId = null, cellSize, now, times = TIMES}) {
    this.#selfId = selfId;
    this.#cellSize = cellSize;
    this.#times = times;
    this.#lastTick = now;
    if (selfId !== null)
      this.#known.set(selfId, now);
    this.changed(now);
  }

  get size() {
    return this.#known.size;
  }

  get known() {
    return [...this.#known.keys()];
  }

  // Another seal is on its way.
  get isChanging() {
    return this.#firstChange !== null;
  }

  get inGrace() {
    return this.previous !== null;
  }

  knows(id) {
    return this.#known.has(id);
  }

  lastHeard(id) {
    return this.#known.get(id);
  }

  changed(now) {
    this.#firstChange ??= now;
    this.#lastChange = now;
  }

  heard(id, now) {
    if (!this.#known.has(id) && this.#known.size >= MAX_PEERS)
      return;
    // One that said goodbye and is back changes nothing that was sealed.
    if (!this.#known.has(id) && !this.layout?.has(id))
      this.changed(now);
    this.#known.set(id, now);
  }

  left(id, now) {
    if (id !== this.#selfId && this.#known.delete(id))
      this.changed(now);
  }

  // Every two seconds, give or take. True when another layout was sealed.
  tick(now) {
    if (now - this.#lastTick > FROZEN_MS + 2 * this.#times.tick)
      this.#forgive(now - this.#lastTick);
    this.#lastTick = now;
    const silent = this.#findSilent(now);
    this.#silentSince = silent.length ? this.#silentSince ?? now : null;
    const shrinks = this.#silentSince !== null && now - this.#silentSince >= this.#times.shrink;
    if (shrinks || this.#isQuiet(now)) {
      this.#seal(shrinks ? silent : [], now);
      return true;
    }
    if (this.previous && now - this.sealedAt >= this.#times.grace)
      this.previous = null;
    return false;
  }

  #isQuiet(now) {
    return this.isChanging && (now - this.#lastChange >= this.#times.quiet
      || now - this.#firstChange >= this.#times.cap);
  }

  #findSilent(now) {
    return [...this.#known].filter(([id, heard]) => id !== this.#selfId && now - heard >= SILENCE_MS)
      .map(([id]) => id);
  }

  #forgive(span) {
    for (const [id, heard] of this.#known)
      this.#known.set(id, heard + span);
  }

  #seal(gone, now) {
    gone.forEach(id => this.#known.delete(id));
    if (gone.length)
      this.#silentSince = null;
    this.#firstChange = null;
    this.#lastChange = null;
    this.sealedAt = now;
    this.epoch++;
    this.previous = this.layout;
    this.layout = new Layout(this.#known.keys(), this.#cellSize);
  }
}
