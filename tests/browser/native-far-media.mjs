// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A camera of another cell in tabs: from its sender to a bridge, to the bridge of the tabs' cell, and on to them, as
// an ordinary track that says whose it is. One tab is the page and there before the camera is, the other one has
// the page's library alone and comes when everything runs, so that it needs a key frame of the sender.

import {randomBytes} from 'node:crypto';
import {
  artifact, check, finish, isColourBars, openBrowser, openTab, pageUrl, received, screenPixels, seesAndHears, startCells,
  startNative, startRelay, test, until,
} from './harness.mjs';
import {Layout, cellOf} from '../../web/mesh-topology.js';

const ROOM = 'far media';
const SIZE = 3;
const CELLS = 2;

const relay = await startRelay();
const browser = await openBrowser();
const tab = await openTab(browser, pageUrl(relay, {room: ROOM, cells: SIZE}), 'tab');
const tabId = await tab.evaluate(() => room.peerId);
const own = cellOf(tabId, CELLS);
const fillers = Array.from({length: CELLS * SIZE}, (_, i) => `filler${i}`);

// One that comes into this cell, before or after another one of it.
function drawId(cell, {before, after} = {}) {
  for (let i = 0; i < 1e6; i++) {
    const id = randomBytes(10).toString('hex');
    if (cellOf(id, CELLS) !== cell)
      continue;
    const order = new Layout([before, after, id, ...fillers].filter(Boolean).slice(0, CELLS * SIZE), SIZE).cells[cell];
    if ((!before || order.indexOf(id) < order.indexOf(before)) && (!after || order.indexOf(id) > order.indexOf(after)))
      return id;
  }
  throw new Error(`no id for cell ${cell}`);
}

const near = drawId(own, {before: tabId});
const far = drawId(1 - own);
const other = drawId(1 - own, {after: far});
const sender = drawId(1 - own, {after: far});
const second = drawId(own, {after: near});
const cells = startCells('cells', [relay.url, ROOM, String(SIZE), near, far, other]);

const place = `room="${ROOM}" relays=${relay.url} dialect=genosrtc stun-server="" cells=${SIZE} peer-id=${sender}`;
const source = `genosroomsink name=s ${place} video_0::metadata="meta,name=bars" video_0::stream-id=gate audio_0::stream-id=gate
  videotestsrc is-live=true pattern=smpte ! video/x-raw,width=320,height=240,framerate=15/1 ! queue ! s.video_0
  audiotestsrc is-live=true wave=ticks ! audioconvert ! queue ! s.audio_0`;
let camera;

const linkedTo = page => page.evaluate(() => room.peers.toSorted().join());

await test('the tab watches a camera of another cell', async () => {
  await until(async () => await linkedTo(tab) === near, 'the tab to be linked to the bridge of its cell alone');
  camera = startNative('camera', source);
  await seesAndHears(tab, 'the camera, by way of two others', 90000);
  // Whoever has no layout yet may be linked with anybody for a while.
  await until(async () => await linkedTo(tab) === near, 'the tab to be linked to that bridge alone, again');
  await seesAndHears(tab, 'the camera, by way of nobody else');
  await until(async () => isColourBars(await screenPixels(tab, artifact('far-media-bars.png'), 7, 0.3)),
    'the colour bars on the screen');
});

await test('the page tells whose it is', async () => {
  const names = () => tab.$$eval('.tile:not(.own)', all => all.map(tile => tile.querySelector('.name').textContent));
  await until(async () => (await names()).join('; ') === 'bars', 'one tile, with the name');
  const label = await tab.$eval('.tile:not(.own)', tile => tile.getAttribute('aria-label'));
  check(label === 'Stream of bars', label);
});

const watch = async ({Room, originOf}, fields) => {
  window.room = new Room(fields);
  window.connections = () => room.peers.map(id => room.connection(id));
  window.shown = [];
  room.on('stream-add', (stream, peerId, metadata) => {
    shown.push({peerId, name: metadata?.name, origin: originOf(metadata)});
    const video = document.createElement('video');
    video.srcObject = stream;
    video.autoplay = true;
    document.body.append(video);
  });
  await room.join();
};

await test('another tab comes when it runs already', async () => {
  const late = await openTab(browser, relay.page, 'late');
  await late.evaluate(`(async () => (${watch})(await import('/room-client.js'), ${JSON.stringify(
    {room: ROOM, relays: [relay.url], iceServers: [], cells: SIZE, peerId: second})}))()`);
  await seesAndHears(late, 'the camera, from the middle of it', 90000);
  const shown = await until(() => late.evaluate(from => shown.find(({peerId}) => peerId === from), near),
    'it to come from the bridge');
  check(shown.name === 'bars', `it is called ${shown.name}`);
  check(shown.origin?.peer === sender && shown.origin.stream === 'gate', `its origin is ${JSON.stringify(shown.origin)}`);
  const {frames} = await received(tab);
  await until(async () => (await received(tab)).frames > frames + 15, 'the first tab to go on');
});

await test('when the camera goes it goes from the tabs', async () => {
  camera.command('quit');
  await until(() => tab.$$eval('.tile:not(.own)', tiles => tiles.length === 0), 'the tile to go');
  check(tab.errors.length === 0, tab.errors.join());
  check(!cells.exited && cells.said('error').length === 0, cells.said('error').join());
  check(!camera.output.includes('ERROR'), camera.output);
});

await finish();
