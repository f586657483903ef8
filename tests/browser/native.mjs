// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The elements against a browser. The same tests run with two kinds of peer: the project's own
// page, and Trystero as an independent implementation.

import {statSync} from 'node:fs';
import {
  artifact, browserName, check, finish, isColourBars, launch, openBrowser, openTab, pageUrl, received, run, screenPixels,
  seesAndHears, serveTrystero, sleep, startNative, startRelay, test, trysteroUrl, until,
} from './harness.mjs';

// ── the two kinds of browser peer ──

const page = {
  dialect: 'genosrtc',
  url: pageUrl,
  peers: tab => tab.evaluate(() => room.peers),
  heard: tab => tab.$$eval('#log li.theirs', lines => lines.map(line => line.lastChild.textContent)),
  async say(tab, text) {
    await tab.type('#message', text);
    await tab.keyboard.press('Enter');
  },
  share: tab => tab.click('#share'),
  unshare: tab => tab.click('#share'),
  names: tab => tab.$$eval('.tile:not(.own)',
    all => all.map(tile => tile.querySelector('.name').textContent)),
  badPassword: tab => tab.$('#notice-password').then(Boolean),
};

const trystero = base => ({
  dialect: 'trystero',
  url: (relay, fields) => trysteroUrl(base, relay, fields),
  peers: tab => tab.evaluate(() => Object.keys(room.getPeers())),
  heard: tab => tab.evaluate(() => messages.map(({data}) => data)),
  say: (tab, text) => tab.evaluate(words => sendChat(words), text),
  share: tab => tab.evaluate(() => share({name: 'Tess'})),
  unshare: tab => tab.evaluate(() => unshare()),
  names: tab => tab.evaluate(() => [...streams.values()].map(({metadata}) => metadata?.name)),
  badPassword: tab => tab.evaluate(() => joinErrors.length > 0),
});

// ── pictures and recordings ──

async function probe(file) {
  const {output} = await run('ffprobe', ['-v', 'error', '-count_packets', '-show_entries',
    'stream=codec_type,codec_name,nb_read_packets,width,height:format=duration', '-of', 'json', file]);
  return JSON.parse(output);
}

// How many frames of the decoded file differ from the one before, and the decoder's complaints.
async function motion(file) {
  const {output, errors} = await run('ffmpeg', ['-v', 'error', '-i', file, '-map', '0:v:0', '-vf',
    'scale=80:60,format=gray', '-f', 'framemd5', '-']);
  const hashes = output.split('\n').filter(line => line && !line.startsWith('#'))
    .map(line => line.split(',').at(-1).trim());
  return {
    frames: hashes.length,
    changes: hashes.filter((hash, i) => i && hash !== hashes[i - 1]).length,
    errors,
  };
}

async function loudness(file) {
  const {errors} = await run('ffmpeg', ['-i', file, '-map', '0:a:0', '-af', 'volumedetect', '-f', 'null', '-']);
  return Number(/max_volume: (-?[\d.]+) dB/.exec(errors)?.[1] ?? -Infinity);
}

async function checkRecording(file, seconds) {
  const {streams, format} = await probe(file);
  const kinds = streams.map(stream => `${stream.codec_type}:${stream.codec_name}`).sort().join();
  check(kinds === 'audio:opus,video:vp8', `streams of the recording: ${kinds}`);
  const duration = Number(format.duration);
  check(Math.abs(duration - seconds) < 0.15 * seconds + 0.7,
    `the recording lasts ${duration} s instead of ${seconds.toFixed(1)}`);
  const {frames, changes, errors} = await motion(file);
  check(errors === '', `decoding the recording: ${errors.slice(0, 300)}`);
  check(frames > 7 * duration, `${frames} frames in ${duration} s`);
  check(changes > frames / 2, `only ${changes} of ${frames} frames move`);
  check(await loudness(file) > -40, `the recording is silent: ${await loudness(file)} dB`);
  console.log(`# ${duration} s, ${frames} frames, ${changes} of them moving`);
}

// ── the tests ──

export async function testNative(kind) {
  const relay = await startRelay();
  const peer = kind === 'page' ? page : trystero(await serveTrystero());
  const browser = await openBrowser();
  let room = '';

  const open = (name, fields, options) => openTab(browser, peer.url(relay, {room, ...fields}), name, options);
  const place = (fields = '') => `room=${room} relays=${relay.url} dialect=${peer.dialect} stun-server="" ${fields}`;
  const bars = sink => `videotestsrc is-live=true pattern=smpte ! video/x-raw,width=320,height=240,framerate=15/1
    ! queue ! ${sink}.video_0 audiotestsrc is-live=true wave=ticks ! audioconvert ! queue ! ${sink}.audio_0`;
  const broadcast = () => startNative('broadcast',
    `genosroomsink name=s ${place()} video_0::metadata="meta,name=bars" video_0::stream-id=bars audio_0::stream-id=bars ${bars('s')}`);
  const recorder = file => launch('recorder',
    `genosroomsrc name=r ${place('output=encoded')} matroskamux name=mux ! filesink buffer-mode=unbuffered location=${file}
     r. ! video/x-vp8 ! queue ! mux.video_0 r. ! audio/x-opus ! queue ! mux.audio_0`);

  // For whoever is looking for a fault: only the tests whose names contain this.
  const only = process.env.GENOS_ONLY;
  const inRoom = (name, body, ms = 240000) => (only && !name.includes(only)) || test(name, async () => {
    room = `${kind}-${name}`.replace(/\W+/g, '-');
    const tabs = [];
    const pipelines = [];
    try {
      await body({
        tab: async (label, fields, options) => (tabs.push(await open(label, fields, options)), tabs.at(-1)),
        native: pipeline => (pipelines.push(pipeline), pipeline),
      });
    } catch (error) {
      for (const {name: label, output, errors} of pipelines)
        console.log(`${output.slice(-3000)}\n${errors.slice(-3000)}`.trim().replace(/^/gm, `# ${label}: `));
      throw error;
    } finally {
      for (const tab of tabs)
        if (!tab.isClosed())
          await tab.close().catch(() => {});
      for (const pipeline of pipelines)
        await (pipeline.exited || pipeline.stop('SIGKILL'));
    }
  }, ms);

  const linked = (tab, what = 'the tab and the element to meet') =>
    until(async () => (await peer.peers(tab)).length > 0, what);
  const showsBars = (tab, what) =>
    until(async () => isColourBars(await screenPixels(tab, artifact(`${kind}-bars.png`), 7, 0.3)), what);

  await inRoom('the element is seen and heard in the browser', async ({tab, native}) => {
    const source = native(broadcast());
    const viewer = await tab('viewer');
    await linked(viewer);
    await seesAndHears(viewer, 'pictures and sound of the element');
    await showsBars(viewer, 'the colour bars on the screen');
    await until(async () => (await peer.names(viewer)).join() === 'bars', 'the name of the stream');
    check(!source.output.includes('ERROR'), source.output);
  });

  await inRoom('an element that comes later is seen and heard', async ({tab, native}) => {
    const viewer = await tab('viewer');
    await sleep(1000);      // so that the browser has announced itself, and dials
    native(broadcast());
    await seesAndHears(viewer, 'pictures and sound of the element');
    await showsBars(viewer, 'the colour bars on the screen');
  });

  await inRoom('chat goes both ways', async ({tab, native}) => {
    const source = native(startNative('chatter', `genosroomsrc name=r ${place()}`));
    const viewer = await tab('viewer');
    await linked(viewer);
    const long = 'ä'.repeat(40000);
    await peer.say(viewer, 'from the tab');
    await until(() => /genos-channel-message.*text=\(string\)"?from the tab|genos-channel-message.*from\\ the\\ tab/
      .test(source.output), 'the words of the tab');
    source.command('send r chat grüße vom Element');
    source.command(`send r chat ${long}`);
    await until(async () => (await peer.heard(viewer)).includes('grüße vom Element'), 'the words of the element');
    await until(async () => (await peer.heard(viewer)).some(text => text.startsWith('äää')), 'many words');
  });

  await inRoom('a stream is taken away and given again', async ({tab, native}) => {
    const source = native(broadcast());
    const viewer = await tab('viewer');
    await seesAndHears(viewer, 'the element at first');
    for (let round = 0; round < 2; round++) {
      source.command('unlink s video_0');
      const before = await until(async () => {
        const first = await received(viewer);
        await sleep(1000);
        const second = await received(viewer);
        return second.frames === first.frames && second;
      }, 'the picture to stop');
      source.command('relink s video_%u');
      await until(async () => (await received(viewer)).frames > before.frames + 10, 'the picture to go on');
    }
    check(!source.output.includes('ERROR'), source.output);
  });

  await inRoom('the camera of the browser is recorded', async ({tab, native}) => {
    const file = artifact(`${kind}-camera.mkv`);
    const viewer = await tab('camera');
    await peer.share(viewer);
    const recording = native(recorder(file));
    await linked(viewer, 'the recorder to come');
    const size = () => {
      try {
        return statSync(file).size;
      } catch {
        return 0;
      }
    };
    await until(() => size() > 0, 'the recording to begin');
    const begun = Date.now();
    await sleep(8000);
    const seconds = (Date.now() - begun) / 1000;
    check(await recording.stop() === 0, 'gst-launch-1.0 ends well');
    await checkRecording(file, seconds);
  });

  await inRoom('both directions at once, in one pipeline', async ({tab, native}) => {
    const both = native(startNative('both', `genosroomsink name=s ${place()} ${bars('s')} genosroomsrc name=r ${place()}`));
    const viewer = await tab('camera');
    await linked(viewer);
    check((await peer.peers(viewer)).length === 1, 'sink and source are one peer');
    await peer.share(viewer);
    await Promise.all([
      seesAndHears(viewer, 'the element in the browser'),
      until(() => both.lines().filter(line => line.startsWith('first-buffer')).length === 2,
        'audio and video of the browser'),
    ]);
    await showsBars(viewer, 'the colour bars on the screen');

    await peer.unshare(viewer);
    await until(() => both.lines().filter(line => line.startsWith('pad-removed')).length === 2,
      'both pads to go');
    await peer.share(viewer);
    await until(() => both.lines().filter(line => line.startsWith('first-buffer')).length === 4,
      'audio and video to come again');
    await seesAndHears(viewer, 'the element all the while');
    check(!both.output.includes('ERROR'), both.output);
  });

  await inRoom('a tab is reloaded', async ({tab, native}) => {
    const both = native(startNative('both', `genosroomsink name=s ${place()} ${bars('s')} genosroomsrc name=r ${place()}`));
    const viewer = await tab('viewer');
    await seesAndHears(viewer, 'the element');
    for (let round = 0; round < 2; round++) {
      const joined = both.output.split('genos-peer-joined').length;
      await viewer.reload();
      await until(() => both.output.split('genos-peer-joined').length > joined, 'the tab to be back');
      await seesAndHears(viewer, 'the element again');
    }
    await until(() => both.output.split('genos-peer-left').length >= 3, 'the old ones to be gone');
  });

  // Chromium has a test of its own for these, with more of them: native-codecs.mjs.
  // The camera comes late, onto the lines that the element has opened. The page chooses codecs, and so Firefox offers
  // these lines again with payload types of its own, 121 and 125 for what were 98 and 96 (docs/design/codecs.md).
  browserName === 'firefox' && await inRoom('VP9 and PCMU go both ways, renumbered', async ({tab, native}) => {
    const both = native(startNative('both', `genosroomsink name=s ${place('video-codec=vp9 audio-codec=pcmu')} ${bars('s')}
      genosroomsrc name=r ${place()}`));
    const viewer = await tab('camera', {}, {codecs: ['video/VP9', 'audio/PCMU']});
    await seesAndHears(viewer, 'the element before the camera comes');
    await peer.share(viewer);
    await until(() => both.lines().filter(line => line.startsWith('flowing')).length === 2,
      'audio and video of the browser');
    await seesAndHears(viewer, 'the element in the browser');
    await showsBars(viewer, 'the colour bars on the screen');
    const [lines, types] = await viewer.evaluate(() => {
      const sections = window.connections()[0].remoteDescription.sdp.split(/^m=/m).slice(1);
      return [sections.length, sections.map(text => /^video \d+ \S+ (.*)/.exec(text)?.[1]).find(Boolean)];
    });
    check(lines === 3, `${lines} lines: both share the element's`);
    console.log(`# VP9 has the payload types ${types}`);
    const codecs = await viewer.evaluate(async () => {
      const found = new Set();
      for (const connection of window.connections()) {
        const reports = await connection.getStats();
        for (const {type, codecId} of reports.values())
          if (['inbound-rtp', 'outbound-rtp'].includes(type) && codecId)
            found.add(`${type} ${reports.get(codecId).mimeType}`);
      }
      return [...found].sort().join();
    });
    check(codecs === 'inbound-rtp audio/PCMU,inbound-rtp video/VP9,outbound-rtp audio/PCMU,outbound-rtp video/VP9',
      `the codecs are ${codecs}`);
    check(!both.output.includes('ERROR'), both.output);
  });

  // WebDriver BiDi, by which Firefox is driven, cannot kill a tab.
  browserName === 'chromium' && await inRoom('a tab is killed', async ({tab, native}) => {
    const both = native(startNative('both', `genosroomsink name=s ${place()} ${bars('s')} genosroomsrc name=r ${place()}`));
    const victim = await tab('victim');
    const other = await tab('other');
    await seesAndHears(victim, 'the element in the first tab');
    await seesAndHears(other, 'the element in the second tab');
    const id = await victim.evaluate(() => window.selfId ?? room.peerId);
    // The renderer goes without a word; its tab cannot answer that command any more.
    const session = await victim.createCDPSession();
    session.send('Page.crash').catch(() => {});
    await until(() => both.lines().some(line => line.startsWith('genos-peer-left') && line.includes(id)),
      'the victim to be missed', 90000);
    await seesAndHears(other, 'the element in the second tab, still');
  });

  await inRoom('another password is reported', async ({tab, native}) => {
    const source = native(startNative('right',
      `genosroomsink name=s ${place('password=right')} ${bars('s')}`));
    const wrong = await tab('wrong', {password: 'wrong'});
    await until(() => peer.badPassword(wrong), 'the tab to report it');
    const id = await wrong.evaluate(() => window.selfId ?? room.peerId);
    await until(() => source.lines().some(line => line.startsWith('genos-join-error') && line.includes(id)),
      'the element to report it, with the peer');
    const right = await tab('right', {password: 'right'});
    await seesAndHears(right, 'who knows the password');
    check((await peer.peers(wrong)).length === 0, 'the wrong one is alone');
    check(!source.output.includes('ERROR'), source.output);
  });

  await finish();
}
