// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Everybody joins at once: thirty peers in a few processes, and as many tabs of Chromium with Trystero
// as the machine carries, one process or tab for each of as many peers beside them.

import {openBrowser, openTab, sleep, until, within} from '../browser/harness.mjs';
import {Child} from './child.mjs';
import {serveTabs} from './join.mjs';
import {median, worst} from './numbers.mjs';

const PEERS = Number(process.env.CROWD_PEERS ?? 30);
const PROCESSES = 3;
const TABS = Number(process.env.CROWD_TABS ?? 8);
// The key of a process's links is made meanwhile, and tabs have loaded their page.
const PREPARED = 3000;
const TIMEOUT = 300000;

// Events that clients sent; what the relay passes on to how many is its own affair.
async function countEvents(relay) {
  const text = await (await fetch(`${relay.page}metrics`)).text();
  return Number(/^genos_relay_events_total (\d+)/m.exec(text)?.[1] ?? NaN);
}

async function measure(relay, start) {
  const before = await countEvents(relay);
  const peers = await start();
  const after = await countEvents(relay);
  return {
    // A peer has joined when it is linked to all others.
    joins: peers.map(links => Math.max(...links)),
    links: peers.flat(),
    events: after - before,
  };
}

async function peers(relay, room, n, processes) {
  const children = [];
  for (let i = 0; i < processes; i++) {
    const here = Math.floor((n + i) / processes);
    children.push(new Child('tests/bench/bench-crowd', relay.url, room, String(here), String(n)));
  }
  await Promise.all(children.map(child => child.expect('ready')));
  await sleep(PREPARED);
  const result = await measure(relay, async () => {
    for (const child of children)
      child.tell('play');
    const seen = await Promise.all(children.map(child => child.expect('full', TIMEOUT)));
    return seen.flatMap(text => JSON.parse(text));
  });
  const errors = await Promise.all(children.map(child => child.expect('errors')));
  result.errors = errors.map(Number).reduce((sum, one) => sum + one);
  result.memory = children.map(child => child.usage().memory).reduce((sum, one) => sum + one);
  result.threads = children.map(child => child.usage().threads).reduce((sum, one) => sum + one);
  await Promise.all(children.map(child => child.stop()));
  return result;
}

async function tabs(relay, room, n) {
  const base = await serveTabs('crowd.html');
  const browser = await openBrowser();
  const url = `${base}?${new URLSearchParams({relay: relay.url, room})}`;
  const pages = [];
  for (let i = 0; i < n; i++)
    pages.push(await openTab(browser, url, `tab ${i}`));
  for (const page of pages)
    await until(() => page.evaluate(() => window.ready), 'the page to be ready');
  await sleep(PREPARED);
  const result = await measure(relay, async () => {
    await Promise.all(pages.map(page => page.evaluate(() => go())));
    for (const page of pages)
      await until(() => page.evaluate(count => links.length >= count, n - 1), 'a tab to have all links', TIMEOUT);
    return Promise.all(pages.map(page => page.evaluate(() => links)));
  });
  await within(browser.close(), 20000, 'the browser to close');
  return result;
}

const seconds = ms => `${(ms / 1000).toFixed(2)} s`;

export async function crowd(relay) {
  const many = await peers(relay, 'crowd-many', PEERS, PROCESSES);
  const few = await peers(relay, 'crowd-few', TABS, TABS);
  const theirs = await tabs(relay, 'crowd-tabs', TABS);
  const row = (name, of, show = seconds) => [
    [`${PEERS} peers: ${name}`, show(of(many)), '', '', ''],
    [`${TABS} peers: ${name}`, show(of(few)), show(of(theirs)), `× ${(of(few) / of(theirs)).toFixed(2)}`, ''],
  ];
  return {
    beside: `${TABS} Chromium tabs, Trystero 0.21.8`,
    notes: `all join at once; ${PEERS} peers in ${PROCESSES} processes on this machine (${many.links.length / 2} links, `
      + `${many.threads} threads, ${many.memory.toFixed(0)} MB, ${many.errors} join-errors), ${TABS} in as many. `
      + 'A join is over when the peer is linked to all others',
    rows: [
      ...row('join, median', one => median(one.joins)),
      ...row('join, worst: all links are up', one => worst(one.joins)),
      ...row('one link, median', one => median(one.links)),
      ...row('events sent', one => one.events, String),
    ],
  };
}
