// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The page in a room in cells with five peers of the library: who is where, and what is said, across cells.
// The ids are drawn so that the page is a member of its cell at first, and its bridge when another one left.

import {randomBytes} from 'node:crypto';
import {check, finish, openBrowser, openTab, pageUrl, startCells, startRelay, test, until} from './harness.mjs';
import {Layout, cellOf} from '../../web/mesh-topology.js';

const ROOM = 'in cells';
const SIZE = 2;
const CELLS = 3;

const relay = await startRelay();
const browser = await openBrowser();
const tab = await openTab(browser, pageUrl(relay, {room: ROOM, cells: SIZE}), 'tab');
const tabId = await tab.evaluate(() => room.peerId);

// So that the room has as many cells as it will have.
const fillers = Array.from({length: CELLS * SIZE - 2}, (_, i) => `filler${i}`);

// One that comes into this cell, of a room of this size, and there before or after the page.
function drawId(cell, accepts = () => true) {
  for (let i = 0; i < 1e6; i++) {
    const id = randomBytes(10).toString('hex');
    if (cellOf(id, CELLS) !== cell)
      continue;
    const layout = new Layout([tabId, id, ...fillers], SIZE);
    if (accepts(layout.cells[cell].filter(other => other === tabId || other === id), id))
      return id;
  }
  throw new Error(`no id for cell ${cell} beside ${tabId}`);
}

const own = cellOf(tabId, CELLS);
const [near, far] = [0, 1, 2].filter(cell => cell !== own);
const first = drawId(own, (ids, id) => ids[0] === id);
const last = drawId(own, (ids, id) => ids[0] === tabId);
const others = [drawId(near), drawId(near), drawId(far)];
const natives = [first, last, ...others];
const cells = startCells('cells', [relay.url, ROOM, String(SIZE), ...natives]);

// ── what everybody thinks and hears ──

const layoutOf = async id => {
  const before = cells.said('layout').length;
  cells.command(`layout ${id}`);
  const line = await until(() => cells.said('layout')[before], `the layout of ${id}`);
  return JSON.stringify(JSON.parse(line.split(' ').slice(3).join(' ')));
};

const view = () => tab.evaluate(() => ({
  cells: JSON.stringify(room.mesh.layout?.cells), cell: room.mesh.cell, isBridge: room.mesh.isBridge,
  neighbours: room.mesh.neighbours, total: room.mesh.layout?.total, peers: room.mesh.layout?.peers,
  isLinked: room.mesh.wanted(performance.now()).every(id => room.mesh.isLinked(id)),
}));

async function settled(ids) {
  const expected = JSON.stringify(new Layout([tabId, ...ids], SIZE).cells);
  await until(async () => {
    const {cells: seen, isLinked} = await view();
    return seen === expected && isLinked;
  }, 'the tab to have the layout, and the links in it', 60000);
  for (const id of ids)
    await until(async () => await layoutOf(id) === expected, `${id} to have the same layout`, 60000);
}

const heardBy = (id, text) => id === tabId
  ? tab.$$eval('#log li.theirs', (lines, text) => lines.filter(line => line.lastChild.textContent === text).length, text)
  : cells.said('message').filter(line => line.split(' ')[1] === id && line.endsWith(` ${text}`)).length;

async function say(id, text) {
  if (id !== tabId) {
    cells.command(`say ${id} ${text}`);
    return;
  }
  await tab.type('#message', text);
  await tab.keyboard.press('Enter');
}

const said = [];

async function reaches(sender, text, ids) {
  await say(sender, text);
  said.push([sender, text, ids]);
  for (const id of ids.filter(other => other !== sender))
    await until(() => heardBy(id, text), `${id} to hear “${text}” of ${sender}`);
}

// ── the tests ──

await test('the page is laid out as the library lays it out', async () => {
  await settled(natives);
  const {cell, isBridge, total, peers, neighbours} = await view();
  check(peers === CELLS * SIZE && total === CELLS, `${peers} peers in ${total} cells`);
  check(cell === own && !isBridge, `the tab is in cell ${cell}, ${isBridge ? 'as its bridge' : 'a member'}`);
  check(neighbours.join() === [0, 1, 2].filter(other => other !== own).join(), `neighbours ${neighbours}`);
  await until(() => tab.$eval('#status', status => status.textContent.includes('a member of cell')), 'the words');
});

await test('chat crosses cells, by way of the bridge', async () => {
  const all = [tabId, ...natives];
  for (const [i, id] of all.entries())
    await reaches(id, `at first ${i}`, all);
});

await test('what is for one peer', async () => {
  await tab.evaluate(to => room.channel('chat').send('for one', {to}), others[1]);
  await until(() => heardBy(others[1], 'for one'), 'it to hear what is for it');
  cells.command(`tell ${others[0]} ${tabId} only for the tab`);
  await until(() => heardBy(tabId, 'only for the tab'), 'the tab to hear what is for it');
  said.push([tabId, 'for one', [others[1]]], [others[0], 'only for the tab', [tabId]]);
});

await test('the bridge leaves, and the page is the bridge', async () => {
  cells.command(`leave ${first}`);
  const rest = natives.filter(id => id !== first);
  await settled(rest);
  const {isBridge, cell} = await view();
  check(isBridge && cell === own, 'the tab is not the bridge');
  const all = [tabId, ...rest];
  for (const [i, id] of all.entries())
    await reaches(id, `then ${i}`, all);
});

await test('everything was heard once, and by whom it was for', async () => {
  for (const [sender, text, ids] of said)
    for (const id of [tabId, ...natives]) {
      const times = await heardBy(id, text);
      check(times === (id !== sender && ids.includes(id) ? 1 : 0), `${id} heard “${text}” ${times} times`);
    }
  check(tab.errors.length === 0, tab.errors.join());
  check(!cells.exited && cells.said('error').length === 0, cells.said('error').join());
});

await finish();
