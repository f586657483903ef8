// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The monitor page over a room of five hundred that only announce themselves, some of them with malice: what
// it shows is what follows from the ids. And as a member of a room, and without a relay.

import './web-crypto.mjs';
import WebSocket from 'ws';
import {artifact, atEnd, check, finish, openBrowser, openTab, startRelay, test, until, within} from './harness.mjs';
import {Layout} from '../../web/mesh-topology.js';
import {kindOf, randomId, topicOf} from '../../web/dialects.js';
import {startTestRelay} from './test-relay.mjs';

const ROOM = 'monitored <b>room</b>';
const PEERS = 500;
const SIZE = 10;

// Ours serves the page. The other one does not look at signatures, of which five hundred take a while to make.
const {page} = await startRelay();
const relay = await startTestRelay('.');
atEnd(relay.stop);
const browser = await openBrowser();
const monitor = fields => `${page}monitor?${new URLSearchParams({relay: relay.url, stun: 'none', ...fields})}`;
const textOf = (tab, selector) => tab.$eval(selector, element => element.textContent);

// ── whoever is in the room ──

const topic = await topicOf(`GenosRTC@1234@app-sync-${ROOM}`);
const socket = new WebSocket(relay.url);
atEnd(() => socket.terminate());
const accepted = new Set();
socket.on('message', data => {
  const [verb, id, isAccepted] = JSON.parse(data);
  if (verb === 'OK' && isAccepted)
    accepted.add(id);
});
await within(new Promise(done => socket.on('open', done)), 10000, 'the relay');

function publish(contents) {
  const events = contents.map(content => ({
    id: randomId(20), kind: kindOf(topic), created_at: Math.floor(Date.now() / 1000), tags: [['x', topic]],
    content: typeof content === 'string' ? content : JSON.stringify(content),
  }));
  events.forEach(event => socket.send(JSON.stringify(['EVENT', event])));
  return until(() => events.every(({id}) => accepted.has(id)), `${contents.length} events to be taken`);
}

const announce = ids => publish(ids.map((peerId, i) => ({peerId, ...i % 2 && {ext: 1}})));

// What the picture, the table and the figures say.
const shown = tab => tab.evaluate(() => ({
  cells: Object.fromEntries([...document.querySelectorAll('#map .cell')].map(group => [group.dataset.cell,
    [...group.querySelectorAll('.dot')].map(dot => dot.dataset.id)])),
  bridges: [...document.querySelectorAll('#map .dot.bridge')].map(dot => dot.dataset.id),
  links: document.querySelectorAll('#map .link').length,
  rows: [...document.querySelectorAll('#rows tr')].map(row => [...row.cells].map(cell => cell.textContent)),
  figures: Object.fromEntries([...document.querySelectorAll('#figures div')].map(div =>
    [...div.children].map(child => child.textContent))),
}));

function checkShown({cells, bridges, links, rows, figures}, layout) {
  const filled = layout.cells.map((members, cell) => [cell, members]).filter(([, members]) => members.length);
  check(JSON.stringify(cells) === JSON.stringify(Object.fromEntries(filled)), 'the cells of the picture');
  check(bridges.join() === filled.map(([, members]) => members[0]).join(), 'the bridges of the picture');
  check(links === layout.edges.length, `${links} links between bridges, not ${layout.edges.length}`);
  check(rows.length === filled.length, `${rows.length} rows`);
  for (const [i, [cell, members]] of filled.entries()) {
    const [number, count, bridge, joined, others] = rows[i];
    check(Number(number) === cell && Number(count) === members.length && members[0].startsWith(bridge)
      && joined === layout.neighboursOf(cell).join(', ')
      && others === (members.slice(1).map(id => id.slice(0, 6)).join(' ') || '–'), rows[i].join(' | '));
  }
  check(figures.Peers === String(layout.peers) && figures.Cells === String(filled.length)
    && figures['Hops allowed'] === String(layout.ttl), JSON.stringify(figures));
}

// ── the tests ──

const ids = Array.from({length: PEERS}, () => randomId(20));
let tab;
// They have their first layout by the time that they are looked at.
const members = [];
for (const name of ['first', 'second'])
  members.push(await openTab(browser, monitor({room: 'members', join: 1}), name));

await test('five hundred peers are laid out as everybody does', async () => {
  tab = await openTab(browser, monitor({room: ROOM, cells: SIZE}), 'monitor');
  await tab.setViewport({width: 1280, height: 900});
  await until(() => tab.evaluate(() => source.relays.some(({open}) => open)), 'the page to listen');
  await announce(ids);
  // As those who have nothing to say do; or they would be given up on a slow machine.
  const timer = setInterval(() => socket.readyState === WebSocket.OPEN && announce(ids), 30000);
  atEnd(() => clearInterval(timer));
  await until(() => tab.evaluate(count => source.census.layout?.peers === count, PEERS), 'the seal');
  checkShown(await shown(tab), new Layout(ids, SIZE));
  await tab.screenshot({path: artifact('monitor-500.png')});
  check((await textOf(tab, '#observed')).includes('1 relay'), 'it says what it saw');
});

await test('malice in announces and names is text, or nothing, and a goodbye takes a peer away', async () => {
  const gone = ids.splice(17, 1)[0];
  await publish([
    {peerId: '<img src=x onerror=alert(1)>'}, {peerId: 'a b'}, {peerId: ''}, {peerId: 7}, {peerId: 'x'.repeat(65)},
    {peerId: ['a']}, {}, [], 'null', 'no JSON at all', '{"peerId":"cut', {peerId: ids[0], offer: {}},
    {peerId: '__proto__', bye: 1}, {peerId: 'unknown', bye: 1}, {peerId: gone, bye: 1},
  ]);
  // One more that counts, so that it is known that the others have come as well.
  ids.push('constructor');
  await publish([{peerId: 'constructor', type: '<b>bold</b>', ext: '<i>'}]);
  await until(() => tab.evaluate(id => source.census.layout.has('constructor') && !source.census.layout.has(id), gone),
    'the next seal');
  checkShown(await shown(tab), new Layout(ids, SIZE));
  check(await tab.evaluate(() => document.querySelectorAll('b, img').length) === 0, 'an element of a name');
  check((await textOf(tab, '#title')).includes(ROOM), 'the name of the room');
});

await test('what is chosen is told in words, by mouse, keyboard and search', async () => {
  const layout = new Layout(ids, SIZE);
  const [bridge, member] = layout.cells[7];
  await tab.evaluate(id => document.querySelector(`[data-id="${id}"]`)
    .dispatchEvent(new MouseEvent('click', {bubbles: true})), bridge);
  const facts = await textOf(tab, '#chosen-facts');
  check(facts.includes(bridge) && facts.includes('7, its bridge'), facts);
  await tab.evaluate(() => document.querySelector('#map [tabindex="0"]').focus());
  for (const [keys, label] of [[['ArrowRight', 'ArrowLeft'], 'Cell'], [['ArrowDown'], 'bridge of cell'],
    [['ArrowDown'], 'member, 2 of']]) {
    for (const name of keys)
      await tab.keyboard.press(name);
    const words = await tab.evaluate(() => document.activeElement.getAttribute('aria-label'));
    check(words.includes(label), `${keys}: ${words}`);
    await until(async () => await textOf(tab, '#tip') === words, 'the words beside it');
  }
  await tab.keyboard.press('Escape');
  check(await tab.$eval('#chosen', element => element.hidden), 'Escape lets go');
  await tab.type('#find', member.slice(0, 12));
  await until(async () => (await textOf(tab, '#chosen-facts')).includes(member), 'what was looked for');
  check(await tab.$$eval('#map .found', found => found.length) === 1, 'one is found');
});

await test('it fits on a phone', async () => {
  await tab.setViewport({width: 360, height: 740, deviceScaleFactor: 2});
  await until(() => tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth
    && document.querySelector('#map').clientWidth > 280), 'the page to be no wider than its window');
  await tab.screenshot({path: artifact('monitor-phone.png')});
  checkShown(await shown(tab), new Layout(ids, SIZE));
});

await test('two members see their link, and the answer to a ping', async () => {
  const [first, second] = members;
  const other = await second.evaluate(() => source.selfId);
  await until(() => first.evaluate(() => document.querySelectorAll('#map .own').length === 1), 'the link');
  await first.type('#find', other);
  await until(() => first.$eval('#ping', button => !button.hidden), 'the button');
  await first.click('#ping');
  await until(async () => /^\d+ ms/.test(await textOf(first, '#ping')), 'the answer');
  for (const member of members)
    check(member.errors.length === 0, member.errors.join());
});

await test('a missing relay is said in words, and what was heard stays', async () => {
  await relay.stop();
  await until(async () => (await textOf(tab, '#status')).startsWith('No relay'), 'the status');
  check((await textOf(tab, '#notices')).includes('No connection to the relay'), 'the notice');
  checkShown(await shown(tab), new Layout(ids, SIZE));
  check(tab.errors.length === 0, tab.errors.join());
});

await finish();
