// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The sealed forms of docs/design/wire-extensions.md, written again from that page on libsodium's
// JavaScript build, against tests/vectors/sealed-messages.json. With --write it makes that file:
// sealing is deterministic, so equal bytes are proof in both directions.

import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import sodium from 'libsodium-wrappers-sumo';
import {check, finish, sourceRoot, test} from './harness.mjs';

await sodium.ready;
const file = join(sourceRoot, 'tests', 'vectors', 'sealed-messages.json');
const text = s => new TextEncoder().encode(s);
const hex = bytes => sodium.to_hex(bytes);
const bytes = h => sodium.from_hex(h);
const join2 = (...parts) => Uint8Array.from(parts.flatMap(part => [...part]));

const roomKey = (password, roomPath) => {
  const salt = sodium.crypto_generichash(16, text(roomPath), text('genosrooms room key 1'));
  return sodium.crypto_pwhash(32, password, salt, 2, 64 * 1024 * 1024,
    sodium.crypto_pwhash_ALG_ARGON2ID13);
};

const derive = (key, context, id) => sodium.crypto_kdf_derive_from_key(32, id, context, key);

const linkKeys = (own, remote, room, transcript) => {
  const shared = sodium.crypto_scalarmult(own, remote);
  const both = sodium.crypto_generichash(
    64, join2(text('genosrooms link 1'), shared, transcript), room);
  return [both.slice(0, 32), both.slice(32)];
};

const padded = size => {
  if (size <= 64)
    return 64;
  const exponent = Math.floor(Math.log2(size));
  const step = 2 ** (exponent - (Math.floor(Math.log2(exponent)) + 1));
  return Math.ceil(size / step) * step;
};

const bigEndian = (value, size) =>
  Uint8Array.from({length: size}, (_, i) => Number(BigInt(value) >> BigInt(8 * (size - 1 - i)) & 255n));

const seal = (key, channel, counter, kind, metadata, payload) => {
  const meta = text(metadata ?? '');
  const inner = join2([kind], bigEndian(meta.length, 4), meta, payload, [0x80]);
  const whole = new Uint8Array(padded(inner.length));
  whole.set(inner);
  const header = join2([1], bigEndian(counter, 8));
  const nonce = join2(sodium.crypto_generichash(16, text(channel)), bigEndian(counter, 8));
  return join2(header,
    sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(whole, header, null, nonce, key));
};

// Bytes that look like nothing in particular, the same each time.
const filler = (size, seed) => sodium.randombytes_buf_deterministic(size, sodium.crypto_generichash(32, text(seed)));

const makeLink = (name, room) => {
  const [offerer, answerer] = ['offerer', 'answerer'].map(side => filler(32, `${name} ${side}`));
  const transcript = filler(32, `${name} transcript`);
  const publicOf = key => sodium.crypto_scalarmult_base(key);
  const [tx, rx] = linkKeys(offerer, publicOf(answerer), room, transcript);
  return {offererPrivate: hex(offerer), offererPublic: hex(publicOf(offerer)),
    answererPrivate: hex(answerer), answererPublic: hex(publicOf(answerer)),
    roomKey: room && hex(room), transcript: hex(transcript), tx: hex(tx), rx: hex(rx)};
};

const makeMessage = (channel, counter, kind, metadata, payload) => {
  const key = filler(32, `key of ${channel}`);
  return {key: hex(key), channel, counter, kind, metadata, payload: hex(payload),
    sealed: hex(seal(key, channel, counter, kind, metadata, payload))};
};

const make = () => {
  const keys = [['correct horse', 'GenosRTC@1234@app-sync-garden'], ['', 'Trystero@a@b'],
    ['pässwörd 🔑', 'GenosRTC@1234@app-sync-ünï']];
  const first = roomKey(...keys[0]);
  return {
    roomKeys: keys.map(([password, roomPath]) =>
      ({password, roomPath, key: hex(roomKey(password, roomPath))})),
    derived: [['GRmesh_1', 0], ['GRmesh_1', 1], ['GRstream', 2147483647]].map(([context, id]) =>
      ({key: hex(first), context, id, derived: hex(derive(first, context, id))})),
    links: [makeLink('with password', first), makeLink('without', null)],
    messages: [
      makeMessage('chat', 1, 0, null, text('hello')),
      makeMessage('chat', 2, 0, null, new Uint8Array()),
      makeMessage('12bytes-long', 2 ** 32 + 7, 1, null, text('{"a":[1,2,3]}')),
      makeMessage('file', 3, 2, '{"name":"a.txt"}', filler(1000, 'file')),
      ...[57, 58, 59, 64, 65, 255, 256, 4096, 16369].map(size =>
        makeMessage('größe', size, 2, null, filler(size, `size ${size}`))),
    ],
  };
};

const made = make();
if (process.argv.includes('--write'))
  writeFileSync(file, JSON.stringify(made, null, 1) + '\n');

const stored = JSON.parse(readFileSync(file));
for (const part of Object.keys(made)) {
  await test(part, async () => {
    check(made[part].length === stored[part].length, 'as many as are stored');
    made[part].forEach((vector, i) => check(JSON.stringify(vector) === JSON.stringify(stored[part][i]),
      `number ${i} is ${JSON.stringify(vector).slice(0, 300)}`));
  });
}
await finish();
