// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Channels between Trystero in a tab and a room of the library: every kind of message, there and back.
// Both sides look at what came; the tab compares it with what it sent.

import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {
  atEnd, check, finish, launch, openBrowser, openTab, serveTrystero, startEcho, startRelay, test, until, within,
} from './harness.mjs';

const CHUNK = 16384 - 15;
const MOST = 100 * CHUNK;
const CHANNELS = Array.from({length: 20}, (_, i) => `ch${i}`);
const ROOM = 'channels';

const relay = await startRelay();
const pages = (await serveTrystero()).replace(/[^/]*$/, '');
const browser = await openBrowser();
const echo = startEcho('echo', [relay.url, ROOM, ...CHANNELS, 'zwölf Byte']);
const query = new URLSearchParams([['relay', relay.url], ['room', ROOM], ...[...CHANNELS, 'zwölf Byte'].map(
  name => ['channel', name])]);
const tab = await openTab(browser, `${pages}channels.html?${query}`, 'tab');

const said = word => echo.output.split('\n').filter(line => line.startsWith(`${word} `));

await test('they meet', async () => {
  await until(() => tab.evaluate(() => window.joined?.length > 0), 'the tab to see the room');
  await until(() => said('joined').length > 0, 'the room to see the tab');
});

// One message there and back; the room is to have seen the same as the tab sent.
async function goesBothWays(what, channel = CHANNELS[0]) {
  const name = `${what.kind} ${JSON.stringify(what.value ?? what.size)}`;
  const before = said('returned').length;
  const {wrong, line, sent, received} = await within(tab.evaluate((...args) => window.echo(...args), channel, what),
    20000, name);
  check(wrong.length === 0, `${name}: ${wrong.join(', ')}`);
  check(said('message').at(-1) === `message ${line}`, `${name}: ${said('message').at(-1)}, not ${line}`);
  await until(() => said('returned').length > before, `${name}: its progress`);
  check(said('returned').at(-1) === `returned ${channel} ${received}`, said('returned').at(-1));
  // A message of one frame is no progress.
  check(said('taken').at(-1) === `taken ${channel} ${sent > 1 ? sent : 0}`, said('taken').at(-1));
}

const eachGoesBothWays = (name, whats) => test(name, async () => {
  for (const what of whats)
    await goesBothWays(what);
  check(said('error').length === 0, said('error').join());
});

const sizes = [0, 1, 2, 511, 512, 513, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 100000, MOST - 1, MOST];

await eachGoesBothWays('strings of every size', sizes.map(size => ({kind: 'string', size})));
await eachGoesBothWays('bytes of every size', sizes.map(size => ({kind: 'bytes', size})));
// The metadata is a chunk of its own.
await eachGoesBothWays('bytes with metadata', [0, 1, CHUNK, CHUNK + 1, MOST - CHUNK].map(size => (
  {kind: 'bytes', size, metadata: {name: 'größe 📷.bin', size, list: [1, null, true]}})));
// Characters of two, three and four bytes are cut by the frames. (A byte order mark in front is lost in browsers.)
await eachGoesBothWays('Unicode', ['ä', '語', '📷', '👩‍👩‍👧‍👦', 'a\u0301', '\u202e', 'x\ufeff', '\u2028'].map(unit => (
  {kind: 'string', size: 9001, unit})));
await eachGoesBothWays('JSON of every type', [null, 0, -1, 1.5, 1e300, 2 ** 53 - 1, [], {}, [[[]]], [null, true, false],
  {a: {b: ['c', 1, {d: null}]}}, {'': 'empty', 'schlüssel 🔑': '語'}, ['\u0001"\\/\n'], {long: 'x'.repeat(40000)}]
  .map(value => ({kind: 'json', value})));

await test('a channel with a name of twelve bytes', () => goesBothWays({kind: 'string', size: 5}, 'zwölf Byte'));

await test('twenty channels at once', async () => {
  const whats = [{kind: 'bytes', size: 100000, metadata: {n: 1}}, {kind: 'string', size: 0}, {kind: 'bytes', size: 0},
    {kind: 'string', size: 20000}, {kind: 'json', value: {x: [1, 2, 3]}}, {kind: 'bytes', size: 3 * CHUNK},
    {kind: 'string', size: 1}];
  const wrong = await within(tab.evaluate((...args) => window.echoAll(...args), CHANNELS, whats), 30000, 'all of them');
  check(wrong.length === 0, wrong.slice(0, 5).join('; '));
  check(said('error').length === 0, said('error').join());
});

await test('nothing at all is a message to nobody', async () => {
  await tab.evaluate(() => sendNothing());
  await goesBothWays({kind: 'string', size: 3});
  check(said('error').length === 0, said('error').join());
});

await test('more than a browser takes is refused', async () => {
  await tab.evaluate(name => sendOnly(name, 'more than you take'), CHANNELS[1]);
  const line = await until(() => said('error')[0], 'the error');
  check(line.startsWith(`error ${CHANNELS[1]} the message needs 101 chunks`), line);
  await goesBothWays({kind: 'bytes', size: 10}, CHANNELS[2]);
});

await test('neither side complained', () => {
  check(tab.errors.length === 0, tab.errors.join());
  check(!echo.exited, 'the room has ended');
});

// ── data pads: elements in a pipeline of gst-launch-1.0, and a tab of its own ──

const folder = mkdtempSync(join(tmpdir(), 'genos-pads-'));
atEnd(() => rmSync(folder, {recursive: true, force: true}));
const file = name => join(folder, name);
const toHex = data => Buffer.from(data).toString('hex');

const formats = {
  string: {caps: 'text/x-raw,format=utf8', data: 'Grüße 🚲'.repeat(300)},
  json: {caps: 'application/x-json', data: '{"a":[1,2,null],"schlüssel":"語"}'},
  bytes: {caps: 'application/octet-stream', data: Buffer.from(Array.from({length: 40000}, (_, i) => i * 7 & 255))},
};
const kinds = Object.keys(formats);

await test('data pads say text, JSON and bytes to a tab, and give what it says', async () => {
  const place = `room=pads relays=${relay.url} dialect=trystero stun-server=none`;
  // Again and again, so that nothing depends on when the tab is there.
  const out = kinds.map((kind, i) => {
    writeFileSync(file(`${kind}-0`), formats[kind].data);
    return `multifilesrc location=${file(kind)}-%d loop=true start-index=0 stop-index=0 caps=${formats[kind].caps}
      ! identity sleep-time=100000 ! s.data_${i}`;
  });
  const into = kinds.map(kind => `r. ! ${formats[kind].caps.split(',')[0]}
    ! filesink async=false buffer-mode=unbuffered location=${file(`${kind}-got`)}`);
  const pads = launch('pads', `genosroomsink name=s ${place} ${kinds.map((kind, i) => `data_${i}::channel=${kind}`).join(' ')}
    genosroomsrc name=r ${place} data-channels=talk ${[...out, ...into].join(' ')}`);
  const there = new URLSearchParams([['relay', relay.url], ['room', 'pads'],
    ...[...kinds, 'talk'].map(name => ['channel', name])]);
  const visitor = await openTab(browser, `${pages}channels.html?${there}`, 'visitor');
  for (const kind of kinds) {
    const heard = await within(visitor.evaluate(name => hear(name), kind), 60000, `the tab to hear ${kind}`);
    const data = kind === 'json' ? JSON.stringify(JSON.parse(formats.json.data)) : formats[kind].data;
    check(heard[0] === kind && heard[1] === toHex(data), `${kind}: ${heard[0]} ${heard[1].slice(0, 200)}`);
  }
  await visitor.evaluate(text => sendOnly('talk', text), formats.string.data);
  await visitor.evaluate(text => sendOnly('talk', JSON.parse(text)), formats.json.data);
  await visitor.evaluate(text => sendHex('talk', text), toHex(formats.bytes.data));
  for (const kind of kinds) {
    const got = await until(() => {
      const data = readFileSync(file(`${kind}-got`));
      return data.length >= Buffer.from(formats[kind].data).length && data;
    }, `${kind} to come out of a pad`);
    const same = kind === 'json' ? JSON.stringify(JSON.parse(got)) === JSON.stringify(JSON.parse(formats.json.data))
      : toHex(got) === toHex(formats[kind].data);
    check(same, `${kind}: ${toHex(got).slice(0, 200)}`);
  }
  check(!pads.exited && visitor.errors.length === 0, `${pads.errors} ${visitor.errors}`);
  await pads.stop('SIGINT');
});

await finish();
