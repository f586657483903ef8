// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Measures this project beside something that everybody has, in one run, because absolute times of
// a busy or virtual machine say little. Prints a table; writes nothing.

import {cpus, loadavg} from 'node:os';

import {endAll, startRelay} from '../browser/harness.mjs';
import {channels} from './channels.mjs';
import {crowd} from './crowd.mjs';
import {join as joining} from './join.mjs';
import {latency} from './latency.mjs';
import {table} from './numbers.mjs';
import {relay as relaying} from './relay.mjs';
import {viewers} from './viewers.mjs';

const sections = {join: joining, viewers, latency, relay: relaying, channels, crowd};
const only = process.argv.includes('--only')
  ? process.argv[process.argv.indexOf('--only') + 1].split(',') : Object.keys(sections);
const begun = Date.now();

// What others use beside us shows how far to trust the figures.
const load = () => loadavg()[0].toFixed(1);
const before = load();

const relay = await startRelay();
const rows = [];
const notes = [];
let failed = false;
for (const name of only) {
  console.error(`# ${name} …`);
  try {
    const result = await sections[name](relay);
    rows.push([`**${name}**`, 'genosrooms', result.beside, '', 'aim'], ...result.rows);
    notes.push(`${name}: ${result.notes}`);
  } catch (error) {
    failed = true;
    rows.push([`**${name}**`, `failed: ${error.message}`, '', '', '']);
  }
}
console.log(table(['what', 'here', 'beside it', 'ratio', 'aim'], rows));
console.log(`\n${new Date().toISOString().slice(0, 16)}Z, ${cpus().length} × ${cpus()[0].model}, load before ${before}, `
  + `after ${load()}, ${Math.round((Date.now() - begun) / 1000)} s`);
for (const note of notes)
  console.log(`- ${note}`);
await endAll();
process.exit(failed ? 1 : 0);
