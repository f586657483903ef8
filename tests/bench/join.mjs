// SPDX-License-Identifier: LGPL-2.1-or-later
//
// From both sides being told to start to the channel being open on both, and to the first picture
// out of the decoder: two processes with one element each, and two tabs of Chromium with Trystero,
// in turns, over the same relay.

import {dirname, join as path} from 'node:path';
import {fileURLToPath} from 'node:url';

import {atEnd, openBrowser, openTab, sleep, sourceRoot, until, within} from '../browser/harness.mjs';
import {serveFiles} from '../browser/test-relay.mjs';
import {Child} from './child.mjs';
import {median, worst} from './numbers.mjs';

const ROUNDS = 10;
// How long an application has its pipeline in READY before it plays, as the tab has its page loaded.
const PREPARED = 1000;

export async function serveTabs(page) {
  const modules = path(sourceRoot, 'tests', 'browser', 'node_modules');
  const {server, url} = await serveFiles({
    '/trystero/': path(modules, 'trystero', 'src'),
    '/noble-secp256k1/': path(modules, '@noble', 'secp256k1'),
    '/': path(dirname(fileURLToPath(import.meta.url)), 'pages'),
  });
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return url + page;
}

// Both start at the later one's start; the channel is open at the later one's joining.
const times = (a, b, picture) => {
  const start = Math.max(a.playing, b.playing);
  return {open: Math.max(a.joined, b.joined) - start, picture: picture - start};
};

async function elements(relay, room, lead) {
  const common = `room=${room} relays=${relay.url} stun-server=""`;
  const sender = new Child('tests/bench/bench-pipe', `appsrc name=camera ! genosroomsink ${common}`);
  const receiver = new Child('tests/bench/bench-pipe',
    `genosroomsrc ${common} ! fakesink name=watch sync=false async=false`);
  await Promise.all([sender.expect('ready'), receiver.expect('ready')]);
  await sleep(lead);
  sender.tell('play');
  receiver.tell('play');
  const when = async (child, word) => Number(await child.expect(word)) / 1000;
  const of = async child => ({playing: await when(child, 'playing'), joined: await when(child, 'joined')});
  const result = times(await of(sender), await of(receiver), await when(receiver, 'picture'));
  await Promise.all([sender.stop(), receiver.stop()]);
  return result;
}

async function tabs(browser, base, relay, room) {
  const url = extra => `${base}?${new URLSearchParams({relay: relay.url, room, ...extra})}`;
  const sender = await openTab(browser, url({camera: 1}), 'sender');
  const receiver = await openTab(browser, url({}), 'receiver');
  for (const page of [sender, receiver])
    await until(() => page.evaluate(() => window.ready), 'the page to be ready');
  await Promise.all([sender, receiver].map(page => page.evaluate(() => go())));
  const of = async (page, word) => {
    await until(() => page.evaluate(name => times[name], word), `the tab's “${word}”`, 40000);
    return page.evaluate(() => times);
  };
  const [a, b] = [await of(sender, 'joined'), await of(receiver, 'picture')];
  const result = times(a, b, b.picture);
  for (const page of [sender, receiver])
    await within(page.browserContext().close(), 10000, 'a tab to close');
  return result;
}

export async function join(relay) {
  const base = await serveTabs('join.html');
  const browser = await openBrowser({fps: 30});
  const prepared = [], cold = [], theirs = [];
  for (let round = 0; round < ROUNDS; round++) {
    prepared.push(await elements(relay, `join-${round}`, PREPARED));
    cold.push(await elements(relay, `cold-${round}`, 0));
    theirs.push(await tabs(browser, base, relay, `tabs-${round}`));
  }
  await browser.close();
  const row = (name, ours, key, pick, aim = '') => {
    const [here, beside] = [pick(ours.map(one => one[key])), pick(theirs.map(one => one[key]))];
    return [name, `${here.toFixed(0)} ms`, `${beside.toFixed(0)} ms`, `× ${(here / beside).toFixed(2)}`, aim];
  };
  return {
    beside: 'two Chromium tabs, Trystero 0.21.8',
    notes: `${ROUNDS} rounds of each in turns, both sides start at once. Elements: READY for ${PREPARED / 1000} s before; `
      + 'cold: in the first moment of a new process, so that making its DTLS key counts. Tabs: page loaded, camera open',
    rows: [
      row('channel open, median', prepared, 'open', median, '≤ × 1'),
      row('channel open, worst', prepared, 'open', worst),
      row('first picture, median', prepared, 'picture', median),
      row('first picture, worst', prepared, 'picture', worst),
      row('cold: channel open, median', cold, 'open', median),
      row('cold: channel open, worst', cold, 'open', worst),
      row('cold: first picture, median', cold, 'picture', median),
    ],
  };
}
