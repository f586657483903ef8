// SPDX-License-Identifier: LGPL-2.1-or-later

import {join} from 'node:path';

import {buildRoot, check, run} from '../browser/harness.mjs';

export async function relay() {
  const {code, output} = await run(join(buildRoot, 'tests', 'bench', 'bench-relay'), []);
  check(code === 0, `bench-relay ended with ${code}`);
  const bare = /^bare verification: (\d+)/m.exec(output)[1];
  const lines = [...output.matchAll(/^relay, ([^:]+): (\d+) events\/s \(wall clock (\d+)\), ratio ([\d.]+)/gm)];
  check(lines.length > 0, 'bench-relay said nothing');
  return {
    beside: 'bare verification of signatures',
    notes: 'by processor time of the one thread that works',
    rows: lines.map(([, who, rate, , ratio]) => [`relay, ${who}`, `${rate} events/s`, `${bare} /s`, `× ${ratio}`,
      '≥ 0.6']),
  };
}
