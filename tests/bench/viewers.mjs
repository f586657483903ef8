// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What viewers cost the sending process: one track of 1280×720 at 30 pictures a second in VP8, its
// viewers in another process, which take the packets and throw them away. Beside it the same with an
// encoder for each viewer.

import {cpus} from 'node:os';

import {sleep, webFolder, atEnd} from '../browser/harness.mjs';
import {startTestRelay} from '../browser/test-relay.mjs';
import {Child} from './child.mjs';
import {mean} from './numbers.mjs';

const SECONDS = 6;
const SETTLE = 2500;
const UP_AND_DOWN = [0, 1, 4, 8, 16, 32, 16, 8, 4, 1, 0];
const COUNTS = [0, 1, 4, 8, 16, 32];
// More encoders than a machine can run say nothing, and nothing else runs meanwhile.
const ENCODERS = COUNTS.filter(n => n > 0 && n <= 2 * cpus().length);
const JOIN_TIMEOUT = 60000;
const FULL_TIMEOUT = 15000;

const sink = (room, relay) => `appsrc name=camera-${room} ! genosroomsink room=${room} relays=${relay} stun-server=""`;

// Viewers that found each other would make links among themselves, 496 pairs of them in one process:
// a machine's worth of work that real viewers do elsewhere. Here leaves hear the hub only.
async function startStar() {
  const star = await startTestRelay(webFolder, 0, (from, to) => from.path !== to.path || from.path === '/hub');
  atEnd(star.stop);
  return {hub: `${star.url}hub`, leaf: `${star.url}leaf`};
}

async function measure(sender, viewers) {
  await sleep(SETTLE);
  await viewers.ask('count', 'counts');
  const before = sender.usage();
  await sleep(SECONDS * 1000);
  const after = sender.usage();
  const counts = JSON.parse(await viewers.ask('count', 'counts'));
  const seconds = after.at - before.at;
  return {
    cpu: (after.cpu - before.cpu) / seconds,
    threads: after.threads,
    files: after.files,
    memory: after.memory,
    rate: counts.length ? Math.min(...counts) / seconds : 0,
  };
}

async function start(senders, star, ...viewersArguments) {
  const sender = new Child('tests/bench/bench-pipe', senders);
  const viewers = new Child('tests/bench/bench-viewers', star.leaf, ...viewersArguments);
  await Promise.all([sender.expect('ready'), viewers.expect('ready')]);
  sender.tell('play');
  return [sender, viewers];
}

async function shared(star) {
  const [sender, viewers] = await start(sink('shared', star.hub), star, 'shared');
  const seen = new Map(COUNTS.map(n => [n, []]));
  for (const n of UP_AND_DOWN) {
    await viewers.ask(`viewers ${n}`, n ? 'watching' : 'alone', JOIN_TIMEOUT);
    seen.get(n).push(await measure(sender, viewers));
  }
  await viewers.stop();
  await sender.stop();
  return seen;
}

async function separate(star, n) {
  const sinks = Array.from({length: n}, (_, i) => sink(`own-${n}-${i}`, star.hub)).join(' ');
  const [sender, viewers] = await start(sinks, star, `own-${n}`, 'separate');
  try {
    await viewers.ask(`viewers ${n}`, 'watching', FULL_TIMEOUT);
    return await measure(sender, viewers);
  } catch {
    return null;        // the machine is too small for so many encoders
  } finally {
    await sender.stop();
    await viewers.stop();
  }
}

function cell(use) {
  if (use === null)
    return 'more than this machine can do';
  const cost = `${(use.cpu * 100).toFixed(0)} % CPU, ${use.threads} threads, ${use.files} fds, `
    + `${use.memory.toFixed(0)} MB`;
  return use.rate ? `${cost}, ${use.rate.toFixed(0)} fps` : cost;
}

const average = uses => Object.fromEntries(Object.keys(uses[0]).map(key => [key, mean(uses.map(use => use[key]))]));
const round = use => ({...use, threads: Math.round(use.threads), files: Math.round(use.files)});

const times = (uses, n) => (uses.get(n).cpu / uses.get(1).cpu).toFixed(2);

export async function viewers() {
  const star = await startStar();
  const seen = await shared(star);
  const own = new Map();
  for (const n of ENCODERS)
    own.set(n, await separate(star, n));
  const ours = new Map([...seen].map(([n, uses]) => [n, round(average(uses))]));
  const rows = COUNTS.map(n => [`${n} viewer${n === 1 ? '' : 's'}`, cell(ours.get(n)), own.has(n) ? cell(own.get(n)) : '',
    n ? `× ${times(ours, n)} of 1${own.get(n) && own.get(1) ? ` (× ${times(own, n)})` : ''}` : '', n === 8 ? '≤ 1.3' : '']);
  const [first, last] = [seen.get(0)[0], seen.get(0).at(-1)];
  return {
    beside: 'one encoder for each viewer',
    notes: `of the sending process; shared: mean of the way up (0 to 32) and down; threads and fds with 0 viewers `
      + `before ${first.threads} and ${first.files}, after ${last.threads} and ${last.files}; `
      + `8 viewers of 1: ${[0, 1].map(i => (seen.get(8)[i].cpu / seen.get(1)[i].cpu).toFixed(2)).join(' up, ')} down; `
      + 'below 30 fps the machine is full and the CPU figure too low',
    rows,
  };
}
