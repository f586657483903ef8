// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The page's client against the captured bytes, without a browser.

import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {webcrypto} from 'node:crypto';
import {schnorr} from '@noble/secp256k1';
import {check, finish, sourceRoot, test} from './harness.mjs';
import {DIALECTS, kindOf, topicOf} from '../../web/dialects.js';
import {Assembler, splitMessage, valueOf} from '../../web/frames.js';
import {NostrKey, fromHex, toHex} from '../../web/nostr-key.js';
import {originOf} from '../../web/room-client.js';
import {Sealer} from '../../web/sealer.js';

// Node 18, Debian 12's, has it in the module only.
globalThis.crypto ??= webcrypto;

const vectors = name => JSON.parse(readFileSync(join(sourceRoot, 'tests', 'vectors', name)));
const same = (a, b, what) =>
  check(JSON.stringify(a) === JSON.stringify(b), `${what}: ${JSON.stringify(a)} is not ${JSON.stringify(b)}`);

await test('topics and kinds', async () => {
  for (const vector of vectors('topics.json')) {
    const root = `${vector.namespace}@${vector.appId}@${vector.roomId}`;
    const topics = [await topicOf(root), await topicOf(`${root}@${vector.peerId}`)];
    same(topics, [vector.rootTopic, vector.selfTopic], vector.roomId);
    same(topics.map(kindOf), [vector.rootKind, vector.selfKind], vector.roomId);
  }
});

await test('sealed SDP', async () => {
  for (const vector of vectors('sealed-sdp.json')) {
    const {password, appId, roomId, plaintext, sealed} = vector;
    for (const {ivBytes} of Object.values(DIALECTS)) {
      const sealer = await Sealer.create(password, appId, roomId, ivBytes);
      same(await sealer.open(sealed), plaintext, 'opened');
      same(await sealer.open(await sealer.seal(plaintext)), plaintext, 'sealed and opened');
      const other = await Sealer.create(password + 'x', appId, roomId, ivBytes);
      check(await other.open(sealed).then(() => false, () => true), 'another password must not open it');
    }
    const iv = Uint8Array.from(sealed.split('$')[0].split(','), Number);
    same(await (await Sealer.create(password, appId, roomId, 12)).seal(plaintext, iv), sealed, 'sealed');
  }
});

await test('signatures: BIP-340 vectors, and events that another implementation accepts', async () => {
  const known = [
    ['3', '0', '0',
      'e907831f80848d1069a5371b402410364bdf1c5f8307b0084c55f1ce2dca8215'
      + '25f66a4a85ea8b71e482a74f382d2ce5ebeee8fdb2172f477df4900d310536c0'],
    ['b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da56a784d9045190cfef', '1',
      '243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89',
      '6896bd60eeae296db48a229ff71dfe071bde413e6d43f917dc8dcf8c78de3341'
      + '8906d11ac976abccb20b091292bff4ea897efcb639ea871cfa95f6de339e4b0a'],
  ];
  for (const vector of known) {
    const [secret, random, message, signature] = vector.map(text => fromHex(text.padStart(64, '0')));
    same(toHex(await new NostrKey(secret).sign(message, random)), toHex(signature), 'signature');
  }
  for (let i = 0; i < 20; i++) {
    const key = new NostrKey();
    const event = await key.event(20001, [['x', 'topic']], JSON.stringify({text: 'ünïcode "\n" \u0007 ' + i}));
    check(await schnorr.verifyAsync(fromHex(event.sig), fromHex(event.id), fromHex(event.pubkey)),
      'the signature of an event');
  }
});

await test('frames of other browsers are understood', async () => {
  for (const {name, expect, frames} of vectors('frames.json')) {
    const assembler = new Assembler();
    const results = frames.map(hex => assembler.push(fromHex(hex)));
    const last = results.at(-1);
    check(last?.complete && results.slice(0, -1).every(result => result && !result.complete), name);
    const value = await valueOf(last);
    same(last.type, expect.channel, name);
    same(value instanceof Uint8Array, expect.kind === 'binary', `${name}: kind`);
    if ('value' in expect)
      same(value, expect.value, name);
    if ('hex' in expect)
      same(toHex(value), expect.hex, name);
    if ('meta' in expect)
      same(last.metadata, expect.meta, name);
  }
});

await test('own frames equal those of other browsers', async () => {
  for (const {name, expect, frames} of vectors('frames.json')) {
    const data = 'value' in expect ? expect.value : 'hex' in expect ? fromHex(expect.hex) : undefined;
    if (data === undefined)
      continue;
    const nonce = fromHex(frames[0])[12];
    const own = await splitMessage(expect.channel, nonce, data, expect.meta, DIALECTS.genosrtc);
    same(own.map(toHex), frames, name);
  }
});

await test('hostile frames are dropped and counted', async () => {
  const assembler = new Assembler();
  for (let size = 0; size < 15; size++)
    check(assembler.push(new Uint8Array(size)) === null, `${size} bytes are no frame`);
  same(assembler.dropped, 15, 'dropped');
  const frame = (nonce, tag, payload) => {
    const bytes = new Uint8Array(15 + payload.length);
    bytes.set([99, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, nonce, tag, 1]);
    bytes.set(payload, 15);
    return bytes;
  };
  check(assembler.push(frame(0, 2, [1, 2, 3])) === null, 'metadata that is not JSON');
  for (let nonce = 0; nonce < 200; nonce++)
    assembler.push(frame(nonce, 0, new Uint8Array(9)));
  check(assembler.dropped > 100, 'messages that never end');
  const chunk = new Uint8Array(16369);
  let pushed = 0;
  const endless = new Assembler();
  while (endless.push(frame(1, 0, chunk)))
    check(++pushed < 10000, 'a message without end is held for ever');

  const zeros = new Blob([new Uint8Array(64 << 20)]).stream().pipeThrough(new CompressionStream('deflate'));
  const body = new Uint8Array(await new Response(zeros).arrayBuffer());
  check(await valueOf({tag: 16, body}).then(() => false, error => error instanceof RangeError),
    'a deflate bomb is refused');
});

await test('what is too large is refused before anything is sent', async () => {
  const data = new Uint8Array(100 * 16369 + 1);
  check(await splitMessage('big', 0, data, undefined, DIALECTS.trystero).then(() => false, () => true),
    '101 chunks');
  const most = await splitMessage('big', 0, data.subarray(1), undefined, DIALECTS.trystero);
  same(most.length, 100, 'chunks');
});

await test('whose a stream is that another peer passes on', () => {
  const origin = {peer: 'p'.repeat(20), stream: 'gate', track: 'picture'};
  same(originOf({name: 'Ada', '@_origin': origin}), origin, 'origin');
  const nonsense = [undefined, null, 'text', 7, {}, {'@_origin': null}, {'@_origin': 'peer'}, {'@_origin': []},
    ...Object.keys(origin).flatMap(key => ['', 3, {}, 'x'.repeat(257)].map(value => ({'@_origin': {...origin, [key]: value}})))];
  for (const metadata of nonsense)
    same(originOf(metadata), null, JSON.stringify(metadata));
});

await finish();
