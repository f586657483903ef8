// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The page's mesh without a browser: the layout against the captured rooms, seals against a clock that is
// made up, and rooms of many in one process, whose links are function calls.

import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {check, finish, sourceRoot, test} from './harness.mjs';
import {Census} from '../../web/mesh-census.js';
import {Layout, hash, hopBudget, neighboursOf} from '../../web/mesh-topology.js';
import {Mesh, parseCellChannel, parseFrame} from '../../web/mesh.js';

const same = (a, b, what) =>
  check(JSON.stringify(a) === JSON.stringify(b), `${what}: ${JSON.stringify(a)} is not ${JSON.stringify(b)}`);
const idOf = number => `peer${number}`;

await test('the layout of the captured rooms', () => {
  for (const {cellSize, totalCells, dynamicTTL, roster, peers} of
    JSON.parse(readFileSync(join(sourceRoot, 'tests', 'vectors', 'cells.json')))) {
    for (const ids of [roster, [...roster].reverse()]) {
      const layout = new Layout(ids, cellSize);
      same([layout.total, layout.ttl, layout.peers], [totalCells, dynamicTTL, roster.length], 'sizes');
      for (const [id, {cell, isBridge, neighbours}] of Object.entries(peers)) {
        const own = layout.cellOf(id);
        const joined = layout.isBridge(id) ? layout.neighboursOf(own).map(other => `cell-${other}`) : [];
        same([`cell-${own}`, layout.isBridge(id), joined], [cell, isBridge, neighbours], id);
      }
    }
  }
});

await test('hash, hops and neighbours', () => {
  same([hash(''), hash('a')], [0, Math.imul(97, 2654435761) >>> 0], 'hash');
  check(hash('📷') === hash('\ud83d\udcf7') && hash('b', hash('a')) === hash('ab'), 'UTF-16 units, one by one');
  same([1, 2, 3, 4, 15, 16, 1000].map(hopBudget), [5, 7, 7, 9, 11, 13, 23], 'hops');
  same(neighboursOf(5, 12), [1, 3, 4, 6, 7, 9], 'of cell 5');
  same(neighboursOf(0, 1), [], 'of the only cell');
  const empty = new Layout([], 10);
  same([empty.total, empty.peers, empty.edges], [1, 0, []], 'of nobody');
});

await test('seals: after a quiet time, at the latest after the cap, and without the silent', () => {
  const census = new Census({selfId: 'me', cellSize: 10, now: 0});
  const sealedUntil = (from, to, each = () => {}) => {
    const times = [];
    for (let now = from; now <= to; now += 2000) {
      each(now);
      if (census.tick(now))
        times.push(now);
    }
    return times;
  };
  same(sealedUntil(0, 8000), [2000], 'alone');
  same(sealedUntil(10000, 32000, now => census.heard(idOf(now), now)), [20000, 32000], 'while somebody always comes');
  census.left(idOf(10000), 33000);
  same(sealedUntil(34000, 38000), [36000], 'a goodbye');
  check(!census.layout.has(idOf(10000)) && census.layout.has(idOf(12000)), 'who left is not in the roster');
  const keep = now => {
    for (const id of census.known)
      if (id !== idOf(12000))
        census.heard(id, now);
  };
  same(sealedUntil(40000, 140000, keep), [132000], 'one is silent from 12 s on: gone at 102 s, sealed 30 s later');
  check(!census.layout.has(idOf(12000)) && census.layout.has(idOf(14000)), 'who is silent is not in the roster');
  const before = census.size;
  same(sealedUntil(900000, 930000), [], 'the page slept, and takes nobody for gone');
  same(census.size, before, 'peers');
});

await test('of who is gone nothing is kept', () => {
  const mesh = new Mesh({selfId: 'me', cellSize: 10, now: 0, send() {}, deliver() {}});
  mesh.heard('silent', 0, true);
  mesh.heard('leaving', 0, true);
  for (let now = 0; now < 10000; now += 2000)
    mesh.tick(now);
  check(mesh.isExtended('silent') && mesh.layout.peers === 3, 'they are there');
  mesh.left('leaving', 10000);
  check(!mesh.isExtended('leaving'), 'one said goodbye');
  for (let now = 10000; now < 130000; now += 2000)
    mesh.tick(now);
  check(!mesh.isExtended('silent') && mesh.others.length === 0, 'one was silent');
});

// ── rooms of many ──

class World {
  now = 0;
  frames = [];
  heard = [];           // [who, from whom, what]
  sent = [];            // [from, to, frame]
  peers = new Map();

  constructor(count, cellSize) {
    for (let i = 0; i < count; i++)
      this.add(idOf(i), cellSize);
    this.peers.forEach((mesh, id) => this.announce(id));
    this.run(12000);
  }

  add(id, cellSize) {
    this.peers.set(id, new Mesh({
      selfId: id, cellSize, now: this.now, wallClock: () => 1e12 + this.now,
      send: (to, channel, text) => {
        this.sent.push([id, to, JSON.parse(text)]);
        this.frames.push({from: id, to, channel, text});
      },
      deliver: (from, data) => this.heard.push([id, from, data]),
      pong: (from, pingId) => this.heard.push([id, from, pingId]),
    }));
  }

  announce(id) {
    for (const [other, mesh] of this.peers)
      if (other !== id)
        mesh.heard(id, this.now);
  }

  link() {
    for (const [id, mesh] of this.peers)
      for (const other of mesh.wanted(this.now)) {
        const peer = this.peers.get(other);
        if (peer && !mesh.isLinked(other) && peer.wish(id, this.now) !== 'unwanted') {
          mesh.linkUp(other, this.now);
          peer.linkUp(id, this.now);
        }
      }
    for (const [id, mesh] of this.peers)
      for (const other of mesh.linked)
        if (mesh.wish(other, this.now) === 'unwanted')
          this.cut(id, other, false);
  }

  cut(a, b, broken) {
    this.peers.get(a)?.linkDown(b, broken, this.now);
    this.peers.get(b)?.linkDown(a, broken, this.now);
  }

  run(ms) {
    for (const end = this.now + ms; this.now < end; this.now += 2000) {
      this.peers.forEach(mesh => mesh.tick(this.now));
      this.link();
      this.flush();
    }
  }

  flush() {
    for (const {from, to, channel, text} of this.frames.splice(0))
      if (this.peers.get(to)?.isLinked(from))
        this.peers.get(to).receive(from, channel, text, this.now);
    if (this.frames.length)
      this.flush();
  }

  say(id, data, target) {
    this.heard = [];
    this.sent = [];
    const said = this.peers.get(id).send(data, target, this.now);
    this.flush();
    return said;
  }

  kill(id) {
    const links = this.peers.get(id).linked;
    this.peers.delete(id);
    links.forEach(other => this.peers.get(other)?.linkDown(id, true, this.now));
  }
}

function checkHeard(world, sender, what) {
  const ids = world.heard.map(([id]) => id).sort();
  same(ids, [...world.peers.keys()].filter(id => id !== sender).sort(), `who heard ${sender}, ${what}`);
}

await test('everybody hears every broadcast once, and has few links', () => {
  const world = new World(60, 5);
  const {layout} = world.peers.get(idOf(0));
  same([layout.peers, layout.total], [60, 12], 'the layout');
  let sent = 0;
  for (const id of world.peers.keys()) {
    check(world.say(id, {text: id}), 'nobody was there');
    checkHeard(world, id, 'everybody');
    sent += world.sent.length;
    const mesh = world.peers.get(id);
    const mates = layout.cells[mesh.cell].length - 1;
    const joined = mesh.isBridge ? mesh.neighbours.length : 0;
    same(mesh.linked.length, mates + joined, `links of ${id}`);
    // Nothing goes back into the cell that it came from.
    for (const [from, to, frame] of world.sent)
      check(to !== frame.origin && layout.cellOf(to) !== layout.cellOf(frame.origin)
        || layout.cellOf(from) === layout.cellOf(frame.origin), `${from} → ${to} of ${frame.origin}`);
  }
  console.log(`# ${(sent / 60 / 59).toFixed(2)} frames for each that arrives`);
});

// What the library says to everybody in chunks is for others than browsers: a page passes them on as they are, and tells
// nobody of them.
await test('chunks of something large are passed on, and are on no channel', () => {
  const world = new World(30, 5);
  const origin = idOf(7);
  const mesh = world.peers.get(origin);
  const data = {_ch: '@_chunk', _b: 1, _p: 'AAAAC2hlbGxvIHRoZXJl'};
  world.heard = [];
  for (let i = 0; i < 3; i++)
    for (const to of mesh.linked) {
      const frame = {t: 'msg', id: `${origin}:loyw3v28:5.${i}`, ttl: 9, data, origin, originCell: `cell-${mesh.cell}`};
      world.frames.push({from: origin, to, channel: `c${mesh.cell}`, text: JSON.stringify(frame)});
    }
  world.flush();
  same(world.heard.length, 3 * 29, 'how often chunks came');
  for (const [id, from, heard] of world.heard) {
    same(heard, data, `what ${id} passed on`);
    check(from === origin && heard._d === undefined, 'a page takes it for a message');
  }
});

await test('what is for one peer comes to it only', () => {
  const world = new World(60, 5);
  const {layout} = world.peers.get(idOf(0));
  for (let i = 1; i < 60; i++) {
    check(world.say(idOf(0), {_ch: 'chat', _d: i}, idOf(i)), `no way to ${idOf(i)}`);
    same(world.heard.map(([id, from, {_d: value}]) => [id, from, value]), [[idOf(i), idOf(0), i]], 'heard');
    check(world.sent.length <= layout.ttl, `${world.sent.length} hops`);
  }
  world.heard = [];
  check(world.peers.get(idOf(0)).ping(idOf(59), 'p1', world.now), 'no way');
  world.flush();
  same(world.heard, [[idOf(0), idOf(59), 'p1']], 'the answer to a ping');
});

await test('a bridge dies: who follows takes its place, and is sealed', () => {
  const world = new World(40, 5);
  const {layout} = world.peers.get(idOf(0));
  const cell = layout.cells.findIndex(members => members.length > 2);
  const [bridge, next, member] = layout.cells[cell];
  const stranger = layout.bridgeOf(layout.neighboursOf(cell)[0]);
  world.kill(bridge);
  world.link();
  world.say(member, 'at once');
  checkHeard(world, member, 'before the next seal');
  world.run(8000);
  check(world.peers.get(next).isBridge && !world.peers.get(next).layout.has(bridge), 'the next one is the bridge');
  world.peers.get(stranger).left(bridge, world.now);
  world.run(8000);
  for (const id of [member, stranger, next]) {
    world.say(id, 'later');
    checkHeard(world, id, 'after it');
  }
});

await test('hostile frames', () => {
  const world = new World(40, 5);
  const victim = idOf(0);
  const mesh = world.peers.get(victim);
  const {layout} = mesh;
  const members = layout.cells[mesh.cell];
  const mate = members.find(id => id !== victim);
  const good = {t: 'msg', id: `${mate}:abc:0`, ttl: 5, data: 'x', origin: mate, originCell: 'cell-0'};
  const text = JSON.stringify(good);
  for (let size = 0; size < text.length; size++)
    same(parseFrame(text.slice(0, size)), null, text.slice(0, size));
  const bad = [{t: 'what'}, {id: 'other:abc:0'}, {id: mate}, {id: `${mate}:ABC:0`}, {id: 7}, {ttl: -1}, {ttl: 151},
    {ttl: 1.5}, {ttl: '5'}, {origin: ''}, {origin: 'a b', id: 'a b:1:1'}, {origin: 'x'.repeat(65)}, {originCell: '0'},
    {originCell: 'cell-'}, {data: {_t: 5}}, {data: {_t: '<b>'}}, {t: 'ping', data: null}, {t: 'ping', data: {pingId: 1}},
    {id: `${mate}:${'9'.repeat(200)}:0`}];
  for (const change of bad)
    same(parseFrame(JSON.stringify({...good, ...change})), null, JSON.stringify(change));
  for (const junk of ['null', '[]', '7', '"x"', '{}', '', undefined, 7, 'x'.repeat(2 << 20)])
    same(parseFrame(junk), null, String(junk).slice(0, 9));
  same(['c', 'c01', 'c-1', 'c65536', 'c99999', 'chat', 'c1x'].map(parseCellChannel), Array(7).fill(null), 'channels');
  same([parseCellChannel('c0'), parseCellChannel('c65535')], [0, 65535], 'channels');

  world.heard = [];
  const give = (from, change) => mesh.receive(from, `c${mesh.cell}`, JSON.stringify({...good, ...change}), world.now);
  const saidBy = (origin, number) => ({origin, id: `${origin}:abc:${number}`});
  give(mate, saidBy(mate, 1));
  give(mate, saidBy(mate, 1));
  same(world.heard.length, 1, 'a repeated one is taken once');
  give(mate, saidBy(victim, 2));
  give(idOf(999), saidBy(idOf(999), 3));
  same(world.heard.length, 1, 'one of our own, and one of who is not linked');
  // Who is neither bridge nor near it has no business to pass on what others say.
  const last = layout.cells.find(ids => ids.length > 4).at(-1);
  const other = world.peers.get(layout.cells.find(ids => ids.includes(last))[0]);
  const dropped = other.counters.dropped;
  other.receive(last, `c${other.cell}`, JSON.stringify({...good, ...saidBy('somebody', 4)}), world.now);
  same(other.counters.dropped, dropped + 1, 'a member that speaks for others');
  give(mate, {...saidBy(mate, 5), id: `${mate}:${(1e12).toString(36)}:5`});
  give(mate, {...saidBy(mate, 6), id: `${mate}:${(1e12 - 130000).toString(36)}:6`});
  same(world.heard.length, 2, 'two minutes behind its newest');
  world.sent = [];
  const bridge = world.peers.get(layout.bridgeOf(mesh.cell));
  const inside = members.find(id => id !== bridge.selfId);
  bridge.receive(inside, `c${mesh.cell}`, JSON.stringify({...good, ...saidBy(inside, 7), ttl: 0}), world.now);
  same(world.sent, [], 'no hops left');
  bridge.receive(inside, `c${mesh.cell}`, JSON.stringify({...good, ...saidBy(inside, 8), ttl: 150}), world.now);
  check(world.sent.length && world.sent.every(([, , {ttl}]) => ttl < layout.ttl), 'no more hops than there can be');
});

await finish();
