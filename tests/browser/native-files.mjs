// SPDX-License-Identifier: LGPL-2.1-or-later
//
// `genos receive` with Trystero in a tab at the other end, and what its statistics say of the tab's microphone,
// which nobody decodes.

import {createHash} from 'node:crypto';
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {
  atEnd, check, finish, openBrowser, openTab, serveTrystero, startRelay, startTool, test, until, within,
} from './harness.mjs';

const ROOM = 'files';
const SIZE = 300000;
const folder = mkdtempSync(join(tmpdir(), 'genos-files-'));
atEnd(() => rmSync(folder, {recursive: true, force: true}));

const relay = await startRelay();
const pages = (await serveTrystero()).replace(/[^/]*$/, '');
const browser = await openBrowser();
const receiver = startTool('genos receive', ['receive', '--room', ROOM, '--relays', relay.url,
  '--dialect', 'trystero', '--to', folder, '--metrics', '0']);
const metricsUrl = await until(() => /http:\/\/\S+/.exec(receiver.errors)?.[0], 'the address of the metrics');
const tab = await openTab(browser, `${pages}channels.html?${new URLSearchParams({relay: relay.url, room: ROOM})}`,
  'tab');
await until(() => tab.evaluate(() => window.joined?.length > 0), 'the tab to see the receiver');

const sha256 = bytes => createHash('sha256').update(bytes).digest('hex');
const metrics = async () => (await within(fetch(metricsUrl), 20000, 'the metrics')).text();

await test('genos receive takes a file of a tab', async () => {
  await tab.evaluate(size => {
    const [send] = room.makeAction('files');
    const data = Uint8Array.from({length: size}, (_, i) => i * 7 + (i >> 8));
    return send(data, null, {name: 'größe 📷.bin', size, type: 'application/octet-stream'});
  }, SIZE);
  const path = join(folder, 'größe 📷.bin');
  await until(() => existsSync(path), 'the file');
  const expected = Uint8Array.from({length: SIZE}, (_, i) => i * 7 + (i >> 8));
  check(sha256(readFileSync(path)) === sha256(expected), 'another file came');
});

await test('the microphone of a tab is heard without being decoded', async () => {
  await tab.evaluate(async () => room.addStream(await navigator.mediaDevices.getUserMedia({audio: true})));
  const level = /^genos_rtp_audio_level\{[^}]*kind="audio"\} ([0-9.e-]+)$/m;
  await until(async () => Number(level.exec(await metrics())?.[1] ?? 0) > 0, 'a level above silence');
});

await test('a tab takes a file of genos send, which stays until it is there', async () => {
  const path = join(folder, 'back.bin');
  writeFileSync(path, Uint8Array.from({length: 1500000}, (_, i) => i * 11 + (i >> 7)));
  await tab.evaluate(() => {
    window.taken = [];
    room.makeAction('back')[1]((data, peer, metadata) => window.taken.push({size: data.byteLength, ...metadata}));
  });
  const sender = startTool('genos send', ['send', '--room', ROOM, '--relays', relay.url, '--dialect', 'trystero',
    '--channel', 'back', path]);
  await until(() => sender.exited, 'genos send to end');
  await until(() => tab.evaluate(() => window.taken.length > 0), 'the file in the tab');
  const [file] = await tab.evaluate(() => window.taken);
  check(file.name === 'back.bin' && file.size === 1500000, JSON.stringify(file));
});

await test('neither side complained', () => {
  check(tab.errors.length === 0, tab.errors.join());
  check(!receiver.exited, 'genos receive has ended');
});

await finish();
