// SPDX-License-Identifier: LGPL-2.1-or-later
//
// usage: viewer.mjs RELAY-URL ROOM PASSWORD
//
// A tab with the page, in whatever network this is started in: tells once a second what it decodes, as JSON, one
// object a line, until its stdin is closed.

import {endAll, openBrowser, openTab, sleep, webFolder} from '../browser/harness.mjs';
import {serveFiles} from '../browser/test-relay.mjs';

const [relay, room, password] = process.argv.slice(2);
const fields = ['framesDecoded', 'keyFramesDecoded', 'framesDropped', 'freezeCount', 'totalFreezesDuration',
  'frameHeight', 'packetsReceived', 'packetsLost', 'pliCount', 'nackCount', 'concealmentEvents'];

let ended = false;
process.stdin.on('end', () => ended = true).resume();

const {server, url} = await serveFiles({'/': webFolder});
const browser = await openBrowser();
const tab = await openTab(browser, `${url}?${new URLSearchParams({stun: 'none', relay, room, password})}`, 'viewer');

while (!ended) {
  const seen = await tab.evaluate(async fields => {
    const media = [];
    for (const connection of window.connections())
      for (const report of (await connection.getStats()).values())
        if (report.type === 'inbound-rtp')
          media.push({kind: report.kind, ...Object.fromEntries(fields.filter(name => name in report)
            .map(name => [name, report[name]]))});
    return media;
  }, fields);
  for (const one of seen)
    console.log(JSON.stringify({event: 'seen', ...one}));
  await sleep(1000);
}
server.closeAllConnections();
server.close();
await endAll();
process.exit(0);
