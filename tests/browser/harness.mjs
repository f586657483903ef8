// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Runs browser tests: TAP on stdout, Chromium or Firefox with fake devices, relays, pipelines; everything is
// bounded in time and ended at the end, whatever happened in between.

import {spawn} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
export const sourceRoot = join(here, '..', '..');
export const buildRoot = process.env.GENOS_BUILD;
export const webFolder = join(sourceRoot, 'web');

// A test whose file has Firefox in its name runs in Firefox.
const browsers = {
  chromium: process.env.GENOS_CHROMIUM ?? '/usr/bin/chromium',
  firefox: process.env.GENOS_FIREFOX ?? '/usr/bin/firefox-esr',
};
export const browserName = basename(process.argv[1]).includes('firefox') ? 'firefox' : 'chromium';
const browserProgram = browsers[browserName];

const SKIPPED = 77;

function skip(reason) {
  console.log(`1..0 # SKIP ${reason}`);
  process.exit(SKIPPED);
}

if (!existsSync(browserProgram))
  skip(`${browserProgram} is missing: apt-get install ${basename(browserProgram)}`);
for (const module of ['nostr-tools', 'puppeteer-core', 'trystero', 'ws'])
  if (!existsSync(join(here, 'node_modules', module)))
    skip(`the node module ${module} is missing: npm ci --prefix tests/browser`);

const {default: puppeteer} = await import('puppeteer-core');
const {serveFiles, startTestRelay} = await import('./test-relay.mjs');

// ── time ──

export const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

export function within(promise, ms, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing after ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// Asks again until the answer is true, and returns it.
export async function until(ask, what, ms = 45000) {
  const deadline = Date.now() + ms;
  let last;
  while (Date.now() < deadline) {
    last = await within(Promise.resolve(ask()), Math.max(1000, deadline - Date.now()), what);
    if (last)
      return last;
    await sleep(100);
  }
  throw new Error(`${what}: not so after ${ms} ms (last answer: ${JSON.stringify(last)})`);
}

export function check(condition, what) {
  if (!condition)
    throw new Error(what);
}

// ── what has to be ended ──

const endings = [];
export const atEnd = ending => endings.push(ending);

export async function endAll() {
  while (endings.length)
    await within(Promise.resolve().then(endings.pop()), 10000, 'ending').catch(error =>
      console.log(`# ${error.message}`));
}

function start(name, program, args, env = {}, stdin = 'ignore') {
  const child = spawn(program, args, {env: {...process.env, ...env}, stdio: [stdin, 'pipe', 'pipe']});
  const self = {name, child, output: '', errors: '', exited: false};
  child.stdout.on('data', data => self.output += data);
  child.stderr.on('data', data => self.errors += data);
  atEnd(() => {
    if (self.errors.trim() && process.env.GENOS_VERBOSE)
      console.log(self.errors.trim().replace(/^/gm, `# ${name}: `));
  });
  self.exit = new Promise(resolve => child.on('exit', (code, signal) => {
    self.exited = true;
    if (signal && signal !== self.wanted)
      self.errors += `ended by ${signal}\n`;
    resolve(code ?? signal);
  }));
  child.on('error', error => self.errors += error.message);
  self.stop = async (signal = 'SIGINT', ms = 8000) => {
    self.wanted = signal;
    if (!self.exited)
      child.kill(signal);
    return within(self.exit, ms, `${name} to end`).catch(error => {
      child.kill('SIGKILL');
      throw error;
    });
  };
  atEnd(() => self.exited || self.stop('SIGKILL'));
  return self;
}

// The program of this project.
export const startTool = (name, args, stdin = 'ignore') =>
  start(name, join(buildRoot, 'tools', 'genos'), args, {G_DEBUG: 'fatal-criticals', ...pluginEnv()}, stdin);

// ── relays and pages ──

// The project's own relay, with the page; the test relay where GENOS_TEST_RELAY is set.
export async function startRelay() {
  if (process.env.GENOS_TEST_RELAY) {
    const relay = await startTestRelay(webFolder);
    atEnd(relay.stop);
    return relay;
  }
  const program = join(buildRoot, 'tools', 'genos');
  const relay = start('genos relay', program, ['relay', '--port', '0', '--web', webFolder],
    {G_DEBUG: 'fatal-criticals'});
  const url = await until(() => /wss?:\/\/[^\s"]+/.exec(relay.output + relay.errors)?.[0],
    'the address of the relay', 10000);
  return {url, page: url.replace(/^ws/, 'http').replace(/\/?$/, '/'), stop: relay.stop};
}

export async function serveTrystero() {
  const {server, url} = await serveFiles({
    '/trystero/': join(here, 'node_modules', 'trystero', 'src'),
    '/noble-secp256k1/': join(here, 'node_modules', '@noble', 'secp256k1'),
    '/': join(here, 'pages'),
  });
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return url + 'trystero.html';
}

// ── the browser ──

const chromiumOptions = fps => ({
  ignoreDefaultArgs: ['--mute-audio'],
  headless: false,      // the flag below says it; puppeteer's own would add more
  args: [
    '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
    `--use-fake-device-for-media-stream=fps=${fps}`, '--use-fake-ui-for-media-stream',
    '--autoplay-policy=no-user-gesture-required', 'about:blank',
  ],
});

const firefoxOptions = () => ({
  browser: 'firefox',
  headless: true,
  extraPrefsFirefox: {
    'media.navigator.streams.fake': true,
    'media.navigator.permission.disabled': true,
    'media.autoplay.default': 0,
    'media.autoplay.blocking_policy': 0,
    'media.gmp-manager.updateEnabled': false,
    'app.normandy.enabled': false,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
  },
});

export async function openBrowser({fps = 15} = {}) {
  const profile = mkdtempSync(join(tmpdir(), `genos-${browserName}-`));
  const browser = await puppeteer.launch({
    executablePath: browserProgram,
    userDataDir: profile,
    timeout: 60000,
    protocolTimeout: 60000,
    env: {...process.env, HOME: profile},
    ...browserName === 'firefox' ? firefoxOptions() : chromiumOptions(fps),
  });
  atEnd(() => rmSync(profile, {recursive: true, force: true, maxRetries: 5}));
  atEnd(() => browser.connected ? browser.close() : undefined);
  return browser;
}

// What a page sends is in the first of these formats ("video/VP9") that the browser has; the rest goes behind.
const preferCodecs = wanted => {
  const {addTrack} = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.addTrack = function (track, ...streams) {
    const sender = addTrack.call(this, track, ...streams);
    const place = ({mimeType}) => wanted.includes(mimeType) ? wanted.indexOf(mimeType) : wanted.length;
    this.getTransceivers().find(transceiver => transceiver.sender === sender).setCodecPreferences(
      RTCRtpReceiver.getCapabilities(track.kind).codecs.sort((a, b) => place(a) - place(b)));
    return sender;
  };
};

// A tab whose console and uncaught errors show in the log.
export async function openTab(browser, url, name, {codecs} = {}) {
  const page = await (await browser.createBrowserContext()).newPage();
  page.errors = [];
  page.on('console', message => {
    if (['error', 'warn'].includes(message.type()))
      console.log(`# ${name}: ${message.text()}`);
  });
  page.on('pageerror', error => {
    page.errors.push(error.message);
    console.log(`# ${name}: uncaught: ${error.message}`);
  });
  if (codecs)
    await page.evaluateOnNewDocument(preferCodecs, codecs);
  await page.goto(url, {timeout: 30000});
  return page;
}

export const pageUrl = (relay, fields) =>
  `${relay.page}?${new URLSearchParams({stun: 'none', video: '320x240@15', relay: relay.url, ...fields})}`;

export const trysteroUrl = (base, relay, fields) =>
  `${base}?${new URLSearchParams({relay: relay.url, ...fields})}`;

// What a tab decodes, summed over its connections: frames and audio energy.
export const received = page => page.evaluate(async () => {
  const sum = {frames: 0, energy: 0, audioPackets: 0, samples: 0};
  for (const connection of window.connections())
    for (const report of (await connection.getStats()).values())
      if (report.type === 'inbound-rtp') {
        sum.frames += report.framesDecoded ?? 0;
        sum.energy += report.totalAudioEnergy ?? 0;
        sum.audioPackets += report.kind === 'audio' ? report.packetsReceived : 0;
        sum.samples += report.totalSamplesReceived ?? 0;
      }
  return sum;
});

// What the browser itself says of the media that came, and of the elements that are to play them.
async function explain(page) {
  const lines = await page.evaluate(async () => {
    const lines = [...document.querySelectorAll('video, audio')].map(({paused, muted, readyState, srcObject}) =>
      JSON.stringify({paused, muted, readyState, tracks: srcObject?.getTracks()
        .map(({id, kind, muted: silent, readyState: state}) => ({id, kind, silent, state}))}));
    for (const connection of window.connections())
      for (const report of (await connection.getStats()).values())
        if (['inbound-rtp', 'remote-outbound-rtp', 'media-playout'].includes(report.type))
          lines.push(JSON.stringify(report));
    return lines;
  }).catch(error => [error.message]);
  console.log(lines.join('\n').replace(/^/gm, '# '));
}

// Samples are decoded when the browser's output asks for them, and their energy is measured behind the player's
// volume, which is nothing while it is paused. Once in some hundred runs a player with autoplay never began: paused,
// readyState 0, both of its tracks live, 676 frames decoded and 45 s of samples, energy 0. That is not for the sender
// to mend: it is told, and the players are begun anew. Silence out of a player that plays is a failure.
async function restartPlayers(page, now) {
  console.log(`# a player has not begun: ${now.audioPackets} packets of sound have come, ${now.samples} samples`);
  await page.evaluate(() => document.querySelectorAll('video, audio').forEach(player => {
    const {srcObject} = player;
    player.srcObject = null;
    player.srcObject = srcObject;
  }));
}

const hasIdlePlayer = page => page.evaluate(() =>
  [...document.querySelectorAll('video, audio')].some(({srcObject, readyState}) => srcObject && !readyState));

export async function seesAndHears(page, what, ms = 45000) {
  const start = await received(page);
  let now = start;
  let restarted = false;
  return until(async () => {
    // A muted element counts as silent. A page mutes what comes, until its visitor asks for sound.
    await page.evaluate(() => document.querySelectorAll('.tile .sound:not([hidden])[aria-pressed=false]')
      .forEach(button => button.click()));
    now = await received(page);
    if (!restarted && now.audioPackets > 500 && !now.energy && (!now.samples || await hasIdlePlayer(page))) {
      restarted = true;
      await restartPlayers(page, now);
    }
    return now.frames >= start.frames + 15 && now.energy > start.energy && now;
  }, what, ms).catch(async error => {
    await explain(page);
    throw new Error(`${error.message}; at first ${JSON.stringify(start)}, then ${JSON.stringify(now)}`);
  });
}

// Pixels of the tab's videos that are not its own camera: a grid of RGB values of each.
export const pictures = (page, columns, rows) => page.evaluate((columns, rows) =>
  [...document.querySelectorAll('video')].filter(video => !video.closest('.own')).map(video => {
    const canvas = document.createElement('canvas');
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    const context = canvas.getContext('2d', {willReadFrequently: true});
    if (!canvas.width)
      return [];
    context.drawImage(video, 0, 0);
    const grid = [];
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++)
        grid.push([...context.getImageData(Math.floor((x + .5) * canvas.width / columns),
          Math.floor((y + .5) * canvas.height / rows), 1, 1).data].slice(0, 3));
    return grid;
  }), columns, rows);

// What the screen shows of the first video that is not the tab's own camera: pixels of one row of
// the picture, taken from a screenshot. `row` is 0 at its top and 1 at its bottom.
export async function screenPixels(page, file, columns, row) {
  const data = Buffer.from(await page.screenshot({path: file})).toString('base64');
  return page.evaluate(async (source, columns, row) => {
    const video = [...document.querySelectorAll('video')].find(element => !element.closest('.own'));
    if (!video?.videoWidth)
      return [];
    const image = new Image();
    image.src = `data:image/png;base64,${source}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width, image.height];
    const context = canvas.getContext('2d', {willReadFrequently: true});
    context.drawImage(image, 0, 0);
    const box = video.getBoundingClientRect();
    const scale = Math.min(box.width / video.videoWidth, box.height / video.videoHeight);
    const [width, height] = [video.videoWidth * scale, video.videoHeight * scale];
    const [left, top] = [box.x + (box.width - width) / 2, box.y + (box.height - height) / 2];
    return Array.from({length: columns}, (_, i) => [...context.getImageData(
      Math.round(left + (i + .5) * width / columns), Math.round(top + row * height), 1, 1).data].slice(0, 3));
  }, data, columns, row);
}

// The seven bars of videotestsrc pattern=smpte.
const BARS = [[255, 255, 255], [255, 255, 0], [0, 255, 255], [0, 255, 0], [255, 0, 255], [255, 0, 0],
  [0, 0, 255]];

export function isColourBars(pixels) {
  return pixels.length === BARS.length && pixels.every((pixel, i) =>
    pixel.every((value, channel) => Math.abs(value - BARS[i][channel]) < 50));
}

// ── pipelines ──

const pluginEnv = () => ({
  GST_PLUGIN_PATH: [join(buildRoot, 'gst'), process.env.GST_PLUGIN_PATH].filter(Boolean).join(':'),
  GST_REGISTRY: join(tmpdir(), `genos-browser-${process.pid}.registry`),
});
atEnd(() => rmSync(pluginEnv().GST_REGISTRY, {force: true}));

// gst-launch-1.0, as a user types it.
export const launch = (name, description) =>
  start(name, 'gst-launch-1.0', ['-e', '-m', ...description.trim().split(/\s+/)], pluginEnv());

// A pipeline that takes commands: see native-peer.c.
export function startNative(name, description) {
  const program = join(buildRoot, 'tests', 'browser', 'native-peer');
  const self = start(name, program, [description], {G_DEBUG: 'fatal-criticals', ...pluginEnv()}, 'pipe');
  self.child.stdin.on('error', () => {});
  self.command = line => self.child.stdin.write(line + '\n');
  self.lines = () => self.output.split('\n');
  return self;
}

// A room of the library that sends back what it hears: see native-echo.c.
export const startEcho = (name, args) =>
  start(name, join(buildRoot, 'tests', 'browser', 'native-echo'), args, {G_DEBUG: 'fatal-criticals'});

// Several rooms of the library in one process: see native-cells.c.
export function startCells(name, args) {
  const program = join(buildRoot, 'tests', 'browser', 'native-cells');
  const self = start(name, program, args, {G_DEBUG: 'fatal-criticals'}, 'pipe');
  self.child.stdin.on('error', () => {});
  self.command = line => self.child.stdin.write(line + '\n');
  self.said = word => self.output.split('\n').filter(line => line.startsWith(`${word} `));
  return self;
}

export function run(program, args, ms = 60000) {
  const child = start(program, program, args);
  return within(child.exit, ms, program).then(code => ({code, output: child.output, errors: child.errors}));
}

export function artifact(name) {
  const folder = process.env.GENOS_ARTIFACTS ?? join(tmpdir(), 'genos-browser');
  mkdirSync(folder, {recursive: true});
  return join(folder, name);
}

// ── TAP ──

let count = 0;
let failures = 0;

export async function test(name, body, ms = 180000) {
  const begun = Date.now();
  count++;
  try {
    await within(Promise.resolve().then(body), ms, name);
    console.log(`ok ${count} - ${name} # ${Date.now() - begun} ms`);
  } catch (error) {
    failures++;
    for (const line of (error.stack ?? String(error)).split('\n').slice(0, 6))
      console.log(`# ${line}`);
    console.log(`not ok ${count} - ${name}`);
  }
}

export async function finish() {
  console.log(`1..${count}`);
  await endAll();
  process.exit(failures ? 1 : 0);
}

for (const signal of ['SIGTERM', 'SIGINT'])
  process.on(signal, () => endAll().finally(() => process.exit(1)));
process.on('unhandledRejection', error => {
  failures++;
  console.log(`# unhandled: ${error?.stack ?? error}`);
});
