// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What channels carry: two processes with one room each beside two bare webrtcbins; a process and a
// tab of Chromium with Trystero beside two tabs; small messages; a chat line while a file is sent;
// memory while a gigabyte is. All in one run, in turns.

import {openBrowser, openTab, sleep, until, within} from '../browser/harness.mjs';
import {Child} from './child.mjs';
import {serveTabs} from './join.mjs';
import {median, quantile, worst} from './numbers.mjs';

const ROUNDS = Number(process.env.CHANNELS_ROUNDS ?? 3);
const MB = 1e6;
const FRAME = 16384;
// A browser takes a hundred frames.
const BULK = {size: 1000000, count: 60, window: 4};
const SMALL = {size: 64, count: 20000, window: 32};
const CHAT = {count: 200, interval: 20};
const GIGABYTE = {size: 1 << 20, count: 1024, window: 8};
const TIMEOUT = 240000;
const TAB_TIMEOUT = 40000;
const ATTEMPTS = 4;

const seconds = (from, to) => (Number(to) - Number(from)) / 1e6;

// ── both ends ──

class NativePeer extends Child {
  constructor(relay, room, dialect, ...password) {
    super('tests/bench/bench-channels', relay.url, room, dialect, ...password);
  }

  expectAll = (channel, count) => this.ask(`take ${channel} ${count}`, 'taking');
  got = () => this.expect('got', TIMEOUT);

  async send(channel, {size, count, window, priority = 1}) {
    const sent = this.expect('sent', TIMEOUT);
    const begun = await this.ask(`send ${channel} ${size} ${count} ${window} ${priority}`, 'begun');
    await sent;
    return begun;
  }
}

class Tab {
  constructor(page, browser) {
    this.page = page;
    this.browser = browser;
  }

  // Of a pair: a browser in which a tab hangs is of no use for the other one.
  stop = () => this.browser.connected ? this.browser.close() : undefined;

  expectAll = (channel, count) => this.page.evaluate((name, n) => take(name, n), channel, count);
  got = () => until(() => this.page.evaluate(() => window.got), 'the tab to have it all', TIMEOUT);
  send = (channel, {size, count, window}) => this.page.evaluate((...args) => sendAll(...args), channel, size, count,
    window);
}

// MB/s of what the application sent, from the first message's start to the last one's arrival.
async function transfer(from, to, channel, what) {
  await to.expectAll(channel, what.count);
  const got = to.got();
  // Nobody waits for it any more when sending fails.
  got.catch(() => {});
  const begun = await from.send(channel, what);
  const rate = what.count / seconds(begun, await got);
  return {messages: rate, megabytes: rate * what.size / MB};
}

async function nativePair(relay, room, ...password) {
  const peers = [0, 1].map(() => new NativePeer(relay, room, 'genosrtc', ...password));
  await Promise.all(peers.map(peer => peer.expect('ready')));
  const joined = peers.map(peer => peer.expect('joined'));
  for (const peer of peers)
    peer.tell('join');
  await Promise.all(joined);
  return peers;
}

async function barePair() {
  const [a, b] = ['offer', 'answer'].map(role => new Child('tests/bench/bench-bare', role));
  const joined = [a, b].map(child => child.expect('joined'));
  b.tell(`sdp ${await a.expect('sdp')}`);
  a.tell(`sdp ${await b.expect('sdp')}`);
  await Promise.all(joined);
  return [a, b];
}

async function bareTransfer([a, b], size, count) {
  await b.ask(`take ${count}`, 'taking');
  const got = b.expect('got', TIMEOUT);
  const begun = await a.ask(`send ${size} ${count}`, 'begun');
  const rate = count / seconds(begun, await got);
  return {messages: rate, megabytes: rate * size / MB};
}

const stop = children => Promise.all(children.map(child => child.stop()));

// ── what is measured ──

async function betweenNatives(relay) {
  const open = await nativePair(relay, 'channels-open');
  const sealed = await nativePair(relay, 'channels-sealed', 'correct horse battery staple');
  const bare = await barePair();
  const frames = Math.ceil(BULK.size * BULK.count / FRAME);
  const results = {open: [], sealed: [], bare: [], smallOpen: [], smallSealed: [], smallBare: []};
  for (let round = 0; round < ROUNDS; round++) {
    results.bare.push((await bareTransfer(bare, FRAME, frames)).megabytes);
    results.open.push((await transfer(...open, 'bulk', BULK)).megabytes);
    results.sealed.push((await transfer(...sealed, 'bulk', BULK)).megabytes);
    results.smallBare.push((await bareTransfer(bare, SMALL.size, SMALL.count)).messages);
    results.smallOpen.push((await transfer(...open, 'small', SMALL)).messages);
    results.smallSealed.push((await transfer(...sealed, 'small', SMALL)).messages);
  }
  await stop([...open, ...sealed, ...bare]);
  return results;
}

// A tab may stop sending for good, and answers nothing any more: then two new ones begin again.
class Pair {
  constructor(open) {
    this.open = open;
  }

  async transfer(channel, what, back = false) {
    for (let attempt = 1; ; attempt++) {
      this.ends ??= await this.open();
      const ends = back ? this.ends.toReversed() : this.ends;
      try {
        return await within(transfer(...ends, channel, what), TAB_TIMEOUT, `${channel} to arrive`);
      } catch (error) {
        console.error(`# tabs, attempt ${attempt}: ${error.message}`);
        await this.stop();
        if (attempt === ATTEMPTS)
          throw error;
      }
    }
  }

  async stop() {
    const ends = this.ends ?? [];
    this.ends = undefined;
    await Promise.all(ends.map(end => within(end.stop(), 10000, 'the end to stop').catch(() => {})));
  }
}

async function withBrowsers(relay) {
  const base = await serveTabs('channels.html');
  const joined = tab => until(() => tab.page.evaluate(() => window.joined), 'the tab to be joined', 40000);
  let rooms = 0;

  const openTabIn = async (browser, room) => {
    const page = await openTab(browser, `${base}?${new URLSearchParams({relay: relay.url, room})}`, room);
    await until(() => page.evaluate(() => window.ready), 'the page to be ready');
    await page.evaluate(() => join());
    return new Tab(page, browser);
  };
  const tabs = new Pair(async () => {
    const room = `channels-tabs-${rooms++}`;
    const browser = await openBrowser();
    const both = [await openTabIn(browser, room), await openTabIn(browser, room)];
    await Promise.all(both.map(joined));
    return both;
  });
  const mixed = new Pair(async () => {
    const room = `channels-mixed-${rooms++}`;
    const native = new NativePeer(relay, room, 'trystero');
    await native.expect('ready');
    native.tell('join');
    const tab = await openTabIn(await openBrowser(), room);
    await Promise.all([native.expect('joined'), joined(tab)]);
    return [native, tab];
  });

  const results = {tabs: [], to: [], from: [], smallTabs: [], smallTo: [], smallFrom: []};
  for (let round = 0; round < ROUNDS; round++) {
    results.tabs.push((await tabs.transfer('bulk', BULK)).megabytes);
    results.to.push((await mixed.transfer('bulk', BULK)).megabytes);
    results.from.push((await mixed.transfer('bulk', BULK, true)).megabytes);
    results.smallTabs.push((await tabs.transfer('small', SMALL)).messages);
    results.smallTo.push((await mixed.transfer('small', SMALL)).messages);
    results.smallFrom.push((await mixed.transfer('small', SMALL, true)).messages);
  }
  await Promise.all([tabs.stop(), mixed.stop()]);
  return results;
}

async function latencies([a, b]) {
  await a.ask(`chat ${CHAT.count} ${CHAT.interval}`, 'said');
  await sleep(200);
  const {all, free} = JSON.parse(await b.ask('report', 'latency'));
  return {all: all.map(us => us / 1000), free: free.map(us => us / 1000)};
}

async function peak(children, work) {
  const memory = () => children.map(child => child.usage().memory);
  const idle = memory();
  const most = [...idle];
  const timer = setInterval(() => memory().forEach((now, i) => most[i] = Math.max(most[i], now)), 20);
  await work().finally(() => clearInterval(timer));
  return most.map((value, i) => value - idle[i]);
}

async function chatAndFile(relay, ...password) {
  const pair = await nativePair(relay, `channels-file-${password.length}`, ...password);
  pair[1].tell('watch');
  const quiet = await latencies(pair);
  let busy;
  let rate;
  const memory = await peak(pair, async () => {
    const file = transfer(...pair, 'bulk', {...GIGABYTE, priority: 0}).then(result => rate = result.megabytes);
    await sleep(500);
    busy = await latencies(pair);
    await file;
  });
  await stop(pair);
  return {quiet, busy, memory, rate};
}

// Without the lines that waited while the kernel took a processor away from real-time threads (chrt).
const freeRows = ({all, free}) => free.length < all.length && free.length > 0 ? [
  [`those of them that no stop of a processor held up (${free.length} of ${all.length}): 95 %, worst`,
    `${ms(quantile(free, 0.95))}, ${ms(worst(free))}`, '', '', '']] : [];

const mega = value => `${value.toFixed(1)} MB/s`;
const each = value => `${Math.round(value)} /s`;
const ms = value => `${value.toFixed(1)} ms`;
const ratios = (ours, theirs) => ours.map((value, round) => value / theirs[round]);
const row = (name, ours, theirs, show, aim = '') =>
  [name, show(median(ours)), show(median(theirs)), `× ${median(ratios(ours, theirs)).toFixed(2)}`, aim];

export async function channels(relay) {
  const native = await betweenNatives(relay);
  // A tab may stop sending (see the page): the rest is worth having all the same.
  const mixed = await withBrowsers(relay).catch(error => console.error(`# tabs: ${error.message}`));
  const file = await chatAndFile(relay);
  const sealed = await chatAndFile(relay, 'correct horse battery staple');
  return {
    beside: 'bare webrtcbin, or two Chromium tabs',
    notes: `${ROUNDS} rounds in turns, medians, also of the rounds' ratios; messages of ${BULK.size / MB} MB, ${BULK.window} at once, `
      + `${BULK.count} a round; bare frames of ${FRAME} bytes. Small: ${SMALL.count} of ${SMALL.size} bytes, `
      + `${SMALL.window} at once. Chat: ${CHAT.count} lines, one each ${CHAT.interval} ms, while 1 GiB is sent at low `
      + `priority (${mega(file.rate)}, sealed ${mega(sealed.rate)}); memory: the most during that over before, `
      + 'sender and receiver',
    rows: [
      row('bulk', native.open, native.bare, mega, '≥ × 0.85'),
      row('bulk, sealed', native.sealed, native.bare, mega, '≥ × 0.7'),
      ...mixed ? [
        row('bulk, to a tab', mixed.to, mixed.tabs, mega, '≥ × 1'),
        row('bulk, from a tab', mixed.from, mixed.tabs, mega, '≥ × 1'),
        row('small, to a tab', mixed.smallTo, mixed.smallTabs, each),
        row('small, from a tab', mixed.smallFrom, mixed.smallTabs, each),
      ] : [['tabs', 'failed', '', '', '']],
      row('small', native.smallOpen, native.smallBare, each),
      row('small, sealed', native.smallSealed, native.smallBare, each),
      ['chat, nothing else sent: 95 %', ms(quantile(file.quiet.all, 0.95)), '', '', ''],
      ['chat beside a file: median', ms(median(file.busy.all)), '', '', ''],
      ['chat beside a file: 95 %', ms(quantile(file.busy.all, 0.95)), '', '', '< 20 ms'],
      ['chat beside a file: worst', ms(worst(file.busy.all)), '', '', ''],
      ...freeRows(file.busy),
      ['the same sealed: 95 %', ms(quantile(sealed.busy.all, 0.95)), '', '', '< 20 ms'],
      ...freeRows(sealed.busy),
      ['memory for 1 GiB', file.memory.map(value => `${value.toFixed(0)} MB`).join(', '), '', '', '< 40 MB'],
      ['memory for 1 GiB, sealed', sealed.memory.map(value => `${value.toFixed(0)} MB`).join(', '), '', '', '< 40 MB'],
    ],
  };
}
