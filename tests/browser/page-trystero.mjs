// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The page and its client against an independent implementation, and against themselves.

import {
  check, finish, openBrowser, openTab, pageUrl, pictures, seesAndHears, serveTrystero, startRelay,
  test, trysteroUrl, until,
} from './harness.mjs';

const relay = await startRelay();
const trysteroBase = await serveTrystero();
const browser = await openBrowser();
let room = '';
const openPage = (fields, name) => openTab(browser, pageUrl(relay, {room, ...fields}), name);
const openTrystero = (fields, name) =>
  openTab(browser, trysteroUrl(trysteroBase, relay, {room, ...fields}), name);

// A room of its own for each test: a tab left over from a failed one disturbs no other.
const testInRoom = (name, body, ms) => test(name, () => {
  room = name.replace(/\W+/g, '-');
  return body();
}, ms);

const peers = page => page.evaluate(() => window.room?.peers ?? []);
const log = page => page.$$eval('#log li', lines => lines.map(line => line.lastChild.textContent));
const tiles = page => page.$$eval('.tile:not(.own)',
  all => all.map(tile => tile.querySelector('.name').textContent));
const shareButton = page => page.click('#share');

async function say(page, text) {
  await page.type('#message', text);
  await page.keyboard.press('Enter');
}

async function both(a, b) {
  await until(async () => (await peers(a)).length && (await peers(b)).length, 'two pages to meet');
}

await testInRoom('two pages meet, chat and see each other', async () => {
  const a = await openPage({name: 'Ada'}, 'A');
  const b = await openPage({name: 'Bob'}, 'B');
  await both(a, b);
  await say(a, 'hello from A');
  await say(b, 'grüße 世界 ' + 'lang '.repeat(200));
  await until(async () => (await log(b)).includes('hello from A'), 'chat A → B');
  await until(async () => (await log(a)).some(line => line.startsWith('grüße 世界 lang')), 'chat B → A');
  await shareButton(a);
  await shareButton(b);     // at once: the offers collide
  await Promise.all([seesAndHears(a, 'A to see B'), seesAndHears(b, 'B to see A')]);
  check((await tiles(b)).join() === 'Ada', 'B shows the name that A gave');
  await shareButton(a);
  await until(async () => (await tiles(b)).length === 0, 'the stream of A to go');
  await shareButton(a);
  await until(async () => (await tiles(b)).length === 1, 'the stream of A to come again');
  await seesAndHears(b, 'B to see A again');
  await a.close();
  await until(async () => (await peers(b)).length === 0, 'A to leave', 15000);
  check(b.errors.length === 0, b.errors.join());
  await b.close();
});

await testInRoom('a page and Trystero: chat both ways', async () => {
  const page = await openPage({dialect: 'trystero', name: 'Ada'}, 'page');
  const other = await openTrystero({}, 'trystero');
  await until(async () => (await peers(page)).length && (await other.evaluate(() => joined.length)),
    'the two to meet');
  await say(page, 'to Trystero');
  const heard = () => other.evaluate(() => messages);
  await until(async () => (await heard()).some(({data}) => data === 'to Trystero'), 'chat → Trystero');
  await other.evaluate(() => sendChat('from Trystero'));
  await other.evaluate(() => sendChat({text: 'as JSON'}));
  await until(async () => (await log(page)).includes('as JSON'), 'chat ← Trystero');
  check((await log(page)).includes('from Trystero'), 'the string arrived as well');

  await page.evaluate(() => room.channel('chat').send(new Uint8Array(50000).fill(7),
    {metadata: {file: 'sevens'}}));
  const bytes = await until(async () => (await heard()).find(({metadata}) => metadata), 'bytes → Trystero');
  check(bytes.metadata.file === 'sevens' && bytes.data.length === 50000, 'bytes and metadata');
  await page.evaluate(() => room.channel('chat').on('message', (data, peer, metadata) => {
    if (data instanceof Uint8Array)
      window.bytes = {length: data.length, sum: data.reduce((a, b) => a + b, 0), metadata};
  }));
  await other.evaluate(() => sendChat(new Array(40000).fill(3), {file: 'threes'}));
  const got = await until(() => page.evaluate(() => window.bytes), 'bytes ← Trystero');
  check(got.length === 40000 && got.sum === 120000 && got.metadata.file === 'threes', JSON.stringify(got));
  await page.close();
  await other.close();
});

for (const first of ['page', 'Trystero'])
  await testInRoom(`a page and Trystero: cameras both ways, ${first} first`, async () => {
    const page = await openPage({dialect: 'trystero', name: 'Ada'}, 'page');
    const other = await openTrystero({}, 'trystero');
    await until(async () => (await peers(page)).length && (await other.evaluate(() => joined.length)),
      'the two to meet');
    const shares = [() => shareButton(page), () => other.evaluate(() => share({name: 'Tess'}))];
    if (first !== 'page')
      shares.reverse();
    for (const share of shares)
      await share();
    await Promise.all([seesAndHears(page, 'the page to see'), seesAndHears(other, 'Trystero to see')]);
    check((await tiles(page)).join() === 'Tess', 'the page shows the name');
    const metadata = await other.evaluate(() => [...streams.values()][0].metadata);
    check(metadata?.name === 'Ada', 'Trystero got the name');
    const [grid] = await pictures(page, 4, 4);
    check(grid.some(pixel => Math.max(...pixel) > 60), 'the picture is not black');

    await other.evaluate(() => unshare());
    await until(async () => (await tiles(page)).length === 0, 'the stream of Trystero to go');
    await other.evaluate(() => share({name: 'Tess again'}));
    await until(async () => (await tiles(page)).join() === 'Tess again', 'it to come again');
    await shareButton(page);
    await until(() => other.evaluate(() => streams.size === 0), 'the stream of the page to go');
    await shareButton(page);
    await until(() => other.evaluate(() => streams.size === 1), 'it to come again');
    await Promise.all([seesAndHears(page, 'the page to see again'), seesAndHears(other, 'Trystero to see again')]);

    await page.reload();
    await until(async () => (await tiles(page)).join() === 'Tess again', 'the reloaded page to see');
    await seesAndHears(page, 'moving pictures after the reload');
    await other.reload();
    await until(async () => (await tiles(page)).length === 0, 'the reloaded Trystero to be gone');
    await until(async () => (await peers(page)).length === 1, 'it to be back');
    check(page.errors.length === 0, page.errors.join());
    await page.close();
    await other.close();
  }, 150000);

await testInRoom('another password is reported and breaks nothing else', async () => {
  const right = await openPage({dialect: 'trystero', password: 'right'}, 'right');
  const wrong = await openPage({dialect: 'trystero', password: 'wrong'}, 'wrong');
  const other = await openTrystero({password: 'right'}, 'trystero');
  await until(() => wrong.$('#notice-password'), 'a notice on the page with the wrong password');
  await until(() => right.$('#notice-password'), 'a notice on the page with the right one');
  await until(() => other.evaluate(() => joinErrors.length > 0), 'a join error in Trystero');
  await until(async () => (await peers(right)).length === 1, 'the right ones to meet');
  check((await peers(wrong)).length === 0, 'the wrong one is alone');
  for (const page of [right, wrong, other])
    await page.close();
});

await testInRoom('a missing relay is said in words', async () => {
  const page = await openPage({relay: 'ws://127.0.0.1:58999/'}, 'lost');
  const words = await until(() => page.$eval('#notice-relay', line => line.textContent).catch(() => null),
    'the notice');
  check(words.includes('No connection to the relay ws://127.0.0.1:58999/'), words);
  await page.close();
});

await testInRoom('a denied camera is said in words', async () => {
  const page = await openPage({}, 'denied');
  await page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  });
  await page.focus('#share');
  await page.keyboard.press('Enter');
  const words = await until(() => page.$eval('#notice-camera', line => line.textContent).catch(() => null),
    'the notice');
  check(words.includes('not allowed'), words);
  await page.close();
});

await finish();
