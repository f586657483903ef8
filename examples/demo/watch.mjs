// SPDX-License-Identifier: LGPL-2.1-or-later
//
// usage: watch.mjs PAGE SECONDS PICTURE
//
// A visitor without a screen: opens the page, looks at it for a while, saves a picture of it, and
// prints `shown N`, the number of frames its videos have shown.

import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';

const [address, seconds, picture] = process.argv.slice(2);
const driver = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'tests', 'browser', 'package.json');
const chromium = process.env.GENOS_CHROMIUM ?? '/usr/bin/chromium';

async function loadDriver() {
  try {
    return (await import(pathToFileURL(createRequire(driver).resolve('puppeteer-core')))).default;
  } catch {
    console.log('the browser driver is missing: ./run setup');
    process.exit(1);
  }
}

if (!existsSync(chromium)) {
  console.log(`${chromium} is missing: ./run setup`);
  process.exit(1);
}
const puppeteer = await loadDriver();
const profile = mkdtempSync(join(tmpdir(), 'genos-watch-'));
const browser = await puppeteer.launch({
  executablePath: chromium,
  userDataDir: profile,
  headless: true,
  env: {...process.env, HOME: profile},
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
    '--autoplay-policy=no-user-gesture-required', '--use-fake-ui-for-media-stream'],
});

async function countFrames(page) {
  return page.evaluate(() => [...document.querySelectorAll('video')].reduce(
    (sum, video) => sum + video.getVideoPlaybackQuality().totalVideoFrames, 0));
}

async function close() {
  await browser.close().catch(() => {});
  rmSync(profile, {recursive: true, force: true, maxRetries: 5});
}
process.on('SIGTERM', () => close().finally(() => process.exit(1)));

try {
  const page = await browser.newPage();
  await page.setViewport({width: 1280, height: 800});
  await page.goto(address, {timeout: 30000});
  const end = Date.now() + Number(seconds) * 1000;
  let shown = 0;
  // The last answer counts: a tile that goes takes its number with it.
  while (Date.now() < end) {
    await new Promise(resolve => setTimeout(resolve, 500));
    shown = Math.max(shown, await countFrames(page));
  }
  await page.screenshot({path: picture});
  console.log(`shown ${shown}`);
} catch (error) {
  console.log(error.message);
  process.exitCode = 1;
} finally {
  await close();
}
