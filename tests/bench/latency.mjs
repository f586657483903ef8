// SPDX-License-Identifier: LGPL-2.1-or-later
//
// From encoder input to decoder output, two processes over loopback: the elements, and two bare
// webrtcbins with the same encoder, in turns. The time travels in the picture.

import {sleep} from '../browser/harness.mjs';
import {Child} from './child.mjs';
import {quantile} from './numbers.mjs';

const ROUNDS = 3;
const SECONDS = 8;
const SETTLE = 3000;

// What the elements give vp8enc at 1280×720.
export const ENCODER = 'vp8enc deadline=1 cpu-used=-8 threads=2 target-bitrate=2500000 end-usage=cbr '
  + 'lag-in-frames=0 error-resilient=default keyframe-max-dist=3000 keyframe-mode=auto undershoot=100 '
  + 'overshoot=15 buffer-size=1000 buffer-initial-size=500 buffer-optimal-size=600 min-quantizer=2 '
  + 'max-quantizer=56 max-intra-bitrate=900 token-partitions=2 static-threshold=1';
const SINK = 'fakesink name=watch sync=false async=false';

async function measure(sender, receiver) {
  await receiver.expect('picture');
  await sleep(SETTLE);
  await receiver.ask('report', 'report');
  await sleep(SECONDS * 1000);
  return JSON.parse(await receiver.ask('report', 'report'));
}

async function elements(relay, room) {
  const common = `room=${room} relays=${relay} stun-server=""`;
  const receiver = new Child('tests/bench/bench-pipe', `genosroomsrc ${common} ! ${SINK}`);
  const sender = new Child('tests/bench/bench-pipe', `appsrc name=camera ! genosroomsink ${common}`);
  await Promise.all([receiver.expect('ready'), sender.expect('ready')]);
  receiver.tell('play');
  sender.tell('play');
  return [sender, receiver];
}

async function bare() {
  const receiver = new Child('tests/bench/bench-pipe',
    `webrtcbin name=rtc bundle-policy=max-bundle rtpvp8depay name=depay ! vp8dec ! ${SINK}`);
  const sender = new Child('tests/bench/bench-pipe', `appsrc name=camera ! ${ENCODER} ! `
    + 'rtpvp8pay mtu=1200 pt=96 picture-id-mode=15-bit ! '
    + 'application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000 ! '
    + 'webrtcbin name=rtc bundle-policy=max-bundle');
  await Promise.all([receiver.expect('ready'), sender.expect('ready')]);
  receiver.tell('play');
  sender.tell('play');
  receiver.tell(`sdp ${await sender.expect('sdp')}`);
  sender.tell(`sdp ${await receiver.expect('sdp')}`);
  return [sender, receiver];
}

async function one(start) {
  const [sender, receiver] = await start();
  const report = await measure(sender, receiver);
  await sender.stop();
  await receiver.stop();
  return report;
}

const summary = reports => {
  const delays = reports.flatMap(report => report.delays).map(delay => delay / 1000);
  return {
    pictures: delays.length,
    unreadable: reports.reduce((sum, report) => sum + report.unreadable, 0),
    median: quantile(delays, 0.5),
    p95: quantile(delays, 0.95),
    worst: quantile(delays, 1),
  };
};

export async function latency(relay) {
  const reports = {bare: [], ours: []};
  for (let round = 0; round < ROUNDS; round++) {
    reports.bare.push(await one(bare));
    reports.ours.push(await one(() => elements(relay.url, `latency-${round}`)));
  }
  const [plain, ours] = [summary(reports.bare), summary(reports.ours)];
  const row = (name, key, aim = '') => [name, `${ours[key].toFixed(1)} ms`, `${plain[key].toFixed(1)} ms`,
    `${(ours[key] - plain[key]).toFixed(1)} ms more`, aim];
  return {
    beside: 'two bare webrtcbins',
    notes: `${ours.pictures} and ${plain.pictures} pictures of 1280×720, ${ours.unreadable} and `
      + `${plain.unreadable} unreadable`,
    rows: [
      row('latency, median', 'median'),
      row('latency, 95th percentile', 'p95', '≤ 5 ms more'),
      row('latency, worst', 'worst'),
    ],
  };
}
