// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The codecs beside VP8 and Opus, between the elements and Trystero, each way and both at once: what
// comes is decoded, and looked at.

import {mkdtempSync, readdirSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {
  artifact, atEnd, check, finish, openBrowser, openTab, pictures, run, serveTrystero, startNative, startRelay,
  startTool, test, trysteroUrl, until,
} from './harness.mjs';

const relay = await startRelay();
const base = await serveTrystero();
const browser = await openBrowser();

const open = (room, name, codecs) => openTab(browser, trysteroUrl(base, relay, {room}), name, {codecs});
const place = room => `room=${room} relays=${relay.url} dialect=trystero stun-server=""`;

// What is decoded by each codec, over all connections of a tab: frames, and packets of sound.
const decoded = tab => tab.evaluate(async () => {
  const sum = {};
  for (const connection of window.connections()) {
    const reports = await connection.getStats();
    for (const report of reports.values())
      if (report.type === 'inbound-rtp' && report.codecId) {
        const {mimeType, sdpFmtpLine} = reports.get(report.codecId);
        const codec = sum[mimeType.split('/')[1]] ??= {amount: 0, energy: 0, sdpFmtpLine};
        codec.amount += report.framesDecoded ?? report.packetsReceived;
        codec.energy += report.totalAudioEnergy ?? 0;
      }
  }
  return sum;
});

// All of these go up, by a second of pictures at least.
async function decodes(tab, names, what) {
  const first = await decoded(tab);
  let now = first;
  await until(async () => {
    now = await decoded(tab);
    return names.every(name => (now[name]?.amount ?? 0) >= (first[name]?.amount ?? 0) + 15
      && (!name.startsWith('PCM') || now[name].energy > (first[name]?.energy ?? 0)));
  }, `${what}: ${names}`, 45000).catch(error => {
    throw new Error(`${error.message}; at first ${JSON.stringify(first)}, then ${JSON.stringify(now)}`);
  });
  return now;
}

// A row of the seven bars of videotestsrc.
const BARS = [[255, 255, 255], [255, 255, 0], [0, 255, 255], [0, 255, 0], [255, 0, 255], [255, 0, 0], [0, 0, 255]];
const isBars = row => row.length === BARS.length
  && row.every((pixel, i) => pixel.every((value, channel) => Math.abs(value - BARS[i][channel]) < 60));

// Frames of a recording that differ from the one before, and what the decoder says; a picture is kept.
async function look(file, kept) {
  const {output, errors} = await run('ffmpeg', ['-v', 'error', '-i', file, '-map', '0:v:0', '-vf',
    'scale=80:60,format=gray', '-f', 'framemd5', '-']);
  const hashes = output.split('\n').filter(line => line && !line.startsWith('#'))
    .map(line => line.split(',').at(-1).trim());
  await run('ffmpeg', ['-v', 'error', '-y', '-i', file, '-map', '0:v:0', '-vf', 'select=gte(n\\,20)', '-frames:v', '1', kept]);
  return {frames: hashes.length, moving: hashes.filter((hash, i) => i && hash !== hashes[i - 1]).length, errors};
}

async function streams(file) {
  const {output} = await run('ffprobe', ['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', file]);
  return output.split('\n').map(line => line.trim()).filter(Boolean).sort().join();
}

const picture = 'videotestsrc is-live=true pattern=smpte ! video/x-raw,format=I420,width=320,height=240,framerate=15/1';
const sound = 'audiotestsrc is-live=true wave=ticks ! audioconvert ! audioresample ! audio/x-raw,rate=8000,channels=1';

// H.265 is what Chromium refuses, so VP9 is made for it, while the recorder gets H.265; H.264 of the high profile it
// refuses by that name only.
await test('VP9, H.264 and PCM go both ways at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'genos-codecs-'));
  atEnd(() => rmSync(folder, {recursive: true, force: true}));
  const both = startNative('both', `genosroomsink name=s ${place('codecs')} video-codecs=h265,vp9 max-codecs=2 audio-codec=pcmu
    video_0::stream-id=vp9 audio_0::stream-id=vp9 video_1::stream-id=h264 audio_1::stream-id=h264
    ${picture} ! queue ! s.video_0 ${sound} ! queue ! s.audio_0
    ${picture} ! x264enc tune=zerolatency key-int-max=30 ! video/x-h264,profile=high ! queue ! s.video_1
    ${sound} ! alawenc ! queue ! s.audio_1`);
  const recorder = startTool('recorder', ['record', 'codecs', folder, '-u', relay.url, '-d', 'trystero', '-s', 'stun-server=none']);
  const recordings = () => readdirSync(folder, {recursive: true}).filter(name => name.endsWith('.mkv'))
    .map(name => join(folder, name));
  const sizes = () => recordings().map(file => statSync(file).size);
  await until(() => sizes().length === 2, 'the recorder, which comes first and takes the first codec');
  const one = await open('codecs', 'one', ['video/VP9', 'audio/PCMU']);
  const other = await open('codecs', 'other', ['video/H264', 'audio/PCMA']);
  for (const tab of [one, other])
    await tab.evaluate(() => share({name: 'camera'}));

  const seen = await decodes(one, ['VP9', 'H264', 'PCMU', 'PCMA'], 'what the elements and the other tab send');
  console.log(`# ${JSON.stringify(seen)}`);
  await until(async () => (await pictures(one, 7, 4)).filter(grid => isBars(grid.slice(7, 14))).length === 2,
    'the colour bars in both codecs');
  await one.screenshot({path: artifact('codecs.png')});
  check(!both.output.includes('ERROR'), both.output);

  await until(() => sizes().length === 4 && sizes().every(size => size > 50000), 'four recordings to grow', 60000);
  check(await recorder.stop() === 0, `genos record ends well: ${recorder.errors}`);
  const files = recordings();
  const kinds = await Promise.all(files.map(streams));
  console.log(`# recorded: ${kinds.join(' and ')}`);
  check([...kinds].sort().join(' ') === 'h264,pcm_alaw h264,pcm_alaw hevc,pcm_mulaw pcm_mulaw,vp9',
    'two of the elements, one of each tab');
  for (const [i, file] of files.entries()) {
    const {frames, moving, errors} = await look(file, artifact(`codecs-${i}.png`));
    // A busy machine loses packets: that a decoder misses some is told, not held against anybody.
    console.log(`# ${kinds[i]}: ${frames} frames, ${moving} of them moving${errors && `; ${errors.trim().slice(0, 120)}`}`);
    check(frames > 15 && moving > 5, `${kinds[i]}: ${frames} frames, ${moving} of them moving`);
  }
}, 120000);

await finish();
