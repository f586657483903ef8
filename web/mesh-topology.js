// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Who is in which cell of a room, who is the bridge of each, and which cells are joined: a pure
// function of the ids that are there, so that everybody comes to the same without a word about it.
// Ours are the numbers of the browsers of GenosRTC and of libgenosrooms, to the bit.

export const DEFAULT_CELL_SIZE = 10;
export const MAX_CELL_SIZE = 1000;
export const MAX_CELLS = 65536;
export const MAX_TTL = 150;

// Over UTF-16 code units, going on from `state`.
export function hash(text, state = 0) {
  for (let i = 0; i < text.length; i++)
    state = Math.imul(state ^ text.charCodeAt(i), 2654435761);
  return state >>> 0;
}

export const countCells = (peers, cellSize) =>
  Math.min(Math.max(Math.ceil(peers / cellSize), 1), MAX_CELLS);

// How often a message may be passed on.
export function hopBudget(cells) {
  let log = 0;
  while (2 ** log < cells + 1)
    log++;
  return Math.min(MAX_TTL, 2 * log + 3);
}

// The cells a power of two away, ascending, whether or not anybody is in them.
export function neighboursOf(cell, cells) {
  const found = [];
  for (let distance = 1; distance < cells; distance *= 2)
    found.push(cell - distance, cell + distance);
  return found.filter(other => other >= 0 && other < cells).sort((a, b) => a - b);
}

// Scratch: the states after the digits of each cell's number. Numbers share their first digits, so that each
// is one step from an earlier one.
let states = new Uint32Array(64);

export function cellOf(peerId, cells) {
  if (states.length < cells)
    states = new Uint32Array(2 * cells);
  const start = hash(`${peerId}:`);
  let best = 0;
  let chosen = 0;
  for (let tens = 0; tens * 10 < cells; tens++) {
    const before = tens === 0 ? start : states[tens];
    const end = Math.min(cells, tens * 10 + 10);
    for (let cell = tens * 10, digit = 48; cell < end; cell++, digit++) {
      const value = Math.imul(before ^ digit, 2654435761) >>> 0;
      states[cell] = value;
      if (value > best) {
        best = value;
        chosen = cell;
      }
    }
  }
  return chosen;
}

const rankOf = (peerId, cell) => hash(`${peerId}@${cell}`);

// Of equal ranks, which is once in four thousand million, the lesser id comes first.
function bySuccession(ids, cell) {
  const ranked = ids.map(id => ({id, rank: rankOf(id, cell)}));
  ranked.sort((a, b) => b.rank - a.rank || (a.id < b.id ? -1 : 1));
  return ranked.map(({id}) => id);
}

// A roster as it was sealed. It never changes.
export class Layout {
  #cellOf = new Map();

  constructor(ids, cellSize) {
    const roster = [...new Set(ids)];
    this.peers = roster.length;
    this.cellSize = cellSize;
    this.total = countCells(roster.length, cellSize);
    this.ttl = hopBudget(this.total);
    const cells = Array.from({length: this.total}, () => []);
    for (const id of roster) {
      const cell = cellOf(id, this.total);
      this.#cellOf.set(id, cell);
      cells[cell].push(id);
    }
    // The members of each cell in the order of succession: the first one is the bridge.
    this.cells = cells.map(bySuccession);
  }

  get roster() {
    return [...this.#cellOf.keys()];
  }

  has(peerId) {
    return this.#cellOf.has(peerId);
  }

  // Of anybody, in the roster or not, in a room of this size.
  cellOf(peerId) {
    return this.#cellOf.get(peerId) ?? cellOf(peerId, this.total);
  }

  isBridge(peerId) {
    return this.has(peerId) && this.bridgeOf(this.cellOf(peerId)) === peerId;
  }

  bridgeOf(cell) {
    return this.cells[cell][0];
  }

  // Those with members.
  neighboursOf(cell) {
    return neighboursOf(cell, this.total).filter(other => this.cells[other].length);
  }

  // Pairs of cells whose bridges are linked, the lesser one first.
  get edges() {
    return this.cells.flatMap((members, cell) => members.length
      ? this.neighboursOf(cell).filter(other => other > cell).map(other => [cell, other]) : []);
  }
}
