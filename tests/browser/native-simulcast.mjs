// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A page that offers its camera in several encodings (simulcast) is granted one, and the elements get it; a page
// that gives its tracks odd names is received all the same. What the elements send goes back meanwhile.

import {
  check, finish, openBrowser, openTab, received as shown, seesAndHears, serveTrystero, startNative, startRelay, test, trysteroUrl, until,
} from './harness.mjs';

const relay = await startRelay();
const base = await serveTrystero();
const browser = await openBrowser();

const place = room => `room=${room} relays=${relay.url} dialect=trystero stun-server=""`;
const bars = 'videotestsrc is-live=true pattern=smpte ! video/x-raw,width=320,height=240,framerate=15/1 ! queue';
const ticks = 'audiotestsrc is-live=true wave=ticks ! audioconvert ! queue';

// In the page, before anything else: cameras are added in three encodings, as video conferences do it.
const simulcast = () => {
  const {addTrack} = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.addTrack = function (track, ...streams) {
    if (track.kind !== 'video')
      return addTrack.call(this, track, ...streams);
    return this.addTransceiver(track, {
      streams,
      direction: 'sendrecv',
      sendEncodings: [{rid: 'full'}, {rid: 'half', scaleResolutionDownBy: 2}, {rid: 'low', scaleResolutionDownBy: 4}],
    }).sender;
  };
};

// What no browser writes, and what any peer may.
const oddNames = () => {
  const {get} = Object.getOwnPropertyDescriptor(RTCPeerConnection.prototype, 'localDescription');
  Object.defineProperty(RTCPeerConnection.prototype, 'localDescription', {
    get() {
      const {type, sdp} = get.call(this) ?? {};
      return type && {type, sdp: sdp.replace(/msid:(\S+) (\S+)/g, 'msid:"q\\"{;é=$1\\\\ \'t\\"rack%n$2\\')};
    },
  });
};

async function open(room, script) {
  const tab = await openTab(browser, 'about:blank', room);
  await tab.evaluateOnNewDocument(script);
  await tab.goto(trysteroUrl(base, relay, {room}), {timeout: 30000});
  return tab;
}

// What a tab sends now: how many encodings, and what was offered.
const sent = tab => tab.evaluate(async () => {
  const sum = {encodings: 0, frames: 0, offered: false};
  for (const connection of window.connections()) {
    sum.offered ||= /a=simulcast:send/.test(connection.localDescription?.sdp ?? '');
    for (const report of (await connection.getStats()).values())
      if (report.type === 'outbound-rtp' && report.kind === 'video' && report.framesEncoded) {
        sum.encodings++;
        sum.frames += report.framesEncoded;
      }
  }
  return sum;
});

const decoded = async tab => (await shown(tab)).frames;

async function received(room, script) {
  const element = startNative(room, `genosroomsrc name=r ${place(room)} output=raw
    genosroomsink name=s ${place(room)} ${bars} ! s.video_0 ${ticks} ! s.audio_0`);
  const tab = await open(room, script);
  await tab.evaluate(() => share({name: 'camera'}));
  for (const kind of ['video', 'audio'])
    await until(() => new RegExp(`^flowing ${kind}_`, 'm').test(element.output), `the tab's ${kind}`)
      .catch(error => {
        throw new Error(`${error.message}: ${element.output.slice(-2000)} ${element.errors.slice(-2000)}`);
      });
  return {element, tab};
}

await test('of several encodings one is taken, and comes', async () => {
  const {element, tab} = await received('simulcast', simulcast);
  const {encodings, offered} = await sent(tab);
  check(offered, 'the page offered several encodings');
  check(encodings === 1, `and sends one: ${encodings}`);
  await seesAndHears(tab, 'what the element sends');
  // An offer of the element's, after that.
  element.command('unlink s video_0');
  await until(() => element.output.includes('unlinked'), 'a pad to go');
  element.command('relink s video_%u');
  const before = await decoded(tab);
  await until(async () => (await decoded(tab)) > before + 30, 'the picture of the new pad');
  const {frames} = await sent(tab);
  await until(async () => (await sent(tab)).frames > frames + 15, 'the tab to go on');
  check(!/ERROR|WARNING/.test(element.output), element.output);
});

await test('tracks with odd names come', async () => {
  const {element, tab} = await received('odd-names', oddNames);
  const names = element.output.match(/^track .*$/gm);
  console.log(`# ${names.join('; ')}`);
  check(names.every(name => /^track "q\\"\{;é=\S+\\ 't\\"rack%n\S+\\$/.test(name)), 'under these names');
  await seesAndHears(tab, 'what the element sends');
  check(!element.output.includes('ERROR'), element.output);
});

await finish();
