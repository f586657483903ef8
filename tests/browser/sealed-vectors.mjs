// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The sealed forms of docs/design/wire-extensions.md, written again from that page on libsodium's
// JavaScript build and noble's secp256k1, against sealed-messages.json, sealed-letters.json and
// group-keys.json of tests/vectors. With --write it makes these files. Sealing the messages of a link is deterministic, so
// equal bytes are proof in both directions; the library draws the nonces of letters itself, so the file
// of letters has some that the library has sealed (`ours`), which are opened here; and so has that of keys.

import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {getSharedSecret, schnorr} from '@noble/secp256k1';
import sodium from 'libsodium-wrappers-sumo';
import {check, finish, sourceRoot, test} from './harness.mjs';

await sodium.ready;
const fileOf = name => join(sourceRoot, 'tests', 'vectors', name);
const read = name => JSON.parse(readFileSync(fileOf(name)));
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

// ── letters: the mesh ──

const letterKey = (room, own, remote) => {
  const parts = [text('genosrooms mesh 1')];
  if (own) {
    // Only x is taken of the point, so the sign that is lacking in the remote key does not matter.
    const x = getSharedSecret(own, join2([2], remote)).slice(1);
    const both = [schnorr.getPublicKey(own), remote].map(hex).sort();
    parts.push(x, ...both.map(bytes));
  }
  return sodium.crypto_generichash(32, join2(...parts), room);
};

const letterContext = strings => join2(...strings.flatMap(s => [bigEndian(text(s).length, 2), text(s)]));

const sealLetter = (key, context, ms, inside, nonce) => join2([2], nonce,
  sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(join2(bigEndian(ms, 8), inside), letterContext(context), null,
    nonce, key));

const openLetter = (key, context, sealed) => {
  check(sealed[0] === 2, 'a letter');
  const plain = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, sealed.slice(25), letterContext(context),
    sealed.slice(1, 25), key);
  return {ms: Number(BigInt('0x' + hex(plain.slice(0, 8)))), inside: hex(plain.slice(8))};
};

const makeLetters = () => {
  const room = filler(32, 'room of letters');
  const [alice, bob] = ['alice', 'bob'].map(name => filler(32, `key of ${name}`));
  const publicOf = key => hex(schnorr.getPublicKey(key));
  const agreed = letterKey(room, alice, bytes(publicOf(bob)));
  check(hex(agreed) === hex(letterKey(room, bob, bytes(publicOf(alice)))), 'both have the same key');
  const letter = (key, context, ms, inside) => {
    const nonce = filler(24, `nonce of ${context}`);
    return {key: hex(key), context, ms, inside: hex(inside), sealed: hex(sealLetter(key, context, ms, inside, nonce))};
  };
  const everybody = letterKey(room);
  return {
    roomKey: hex(room), everybody: hex(everybody),
    pair: {alice: hex(alice), alicePublic: publicOf(alice), bob: hex(bob), bobPublic: publicOf(bob), key: hex(agreed)},
    theirs: [
      letter(everybody, ['chat', 'alice', ''], 1700000000123, text('hello')),
      letter(everybody, ['', 'ünï 🔑', ''], 0, new Uint8Array()),
      letter(agreed, ['chat', 'alice', 'bob'], 2 ** 52 + 1, filler(5000, 'letter')),
    ],
  };
};

// ── keys of senders: what is said to everybody ──

const GROUP = text('genosrooms group 1');
const encrypt = (plain, additional, nonce, key) =>
  sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, additional, null, nonce, key);
const decrypt = (sealed, additional, nonce, key) =>
  sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, sealed, additional, nonce, key);

const groupKey = (room, shared, generation) =>
  sodium.crypto_generichash(32, join2(GROUP, shared, generation), room);

const handingKey = (letter, own, remote, asker, giver) =>
  sodium.crypto_generichash(32, join2(GROUP, sodium.crypto_scalarmult(own, remote), asker, giver), letter);

const buildGive = (letter, generation, asker, giverPrivate, nonce, shared, signer) => {
  const giver = sodium.crypto_scalarmult_base(giverPrivate);
  const header = join2([2], generation, giver);
  return join2(header, nonce, encrypt(join2(shared, signer), header, nonce,
    handingKey(letter, giverPrivate, asker, asker, giver)));
};

const takeGive = (letter, askerPrivate, give) => {
  check(give[0] === 2 && give.length === 145, 'a key that is handed over');
  const [header, nonce, giver] = [give.slice(0, 41), give.slice(41, 65), give.slice(9, 41)];
  const key = handingKey(letter, askerPrivate, giver, sodium.crypto_scalarmult_base(askerPrivate), giver);
  const handed = decrypt(give.slice(65), header, nonce, key);
  return {generation: give.slice(1, 9), shared: handed.slice(0, 32), signer: handed.slice(32)};
};

const sealGroup = (key, generation, signing, context, ms, inside, nonce) => {
  const header = join2([3], generation, nonce);
  const rest = join2(bigEndian(ms, 8), inside);
  const signature = sodium.crypto_sign_detached(join2(GROUP, header, letterContext(context), rest), signing);
  return join2(header,
    encrypt(join2(signature, rest), join2(header.slice(0, 9), letterContext(context)), nonce, key));
};

const openGroup = (key, signer, context, sealed) => {
  check(sealed[0] === 3, 'sealed with the key of a sender');
  const header = sealed.slice(0, 33);
  const plain = decrypt(sealed.slice(33), join2(header.slice(0, 9), letterContext(context)), header.slice(9), key);
  const rest = plain.slice(64);
  check(sodium.crypto_sign_verify_detached(plain.slice(0, 64), join2(GROUP, header, letterContext(context), rest),
    signer), 'signed by its sender');
  return {ms: Number(BigInt('0x' + hex(rest.slice(0, 8)))), inside: hex(rest.slice(8))};
};

const askOf = (generation, askerPrivate) => join2([1], generation, sodium.crypto_scalarmult_base(askerPrivate));

const makeGroup = () => {
  const [room, letter, asker, giver, shared, seed, others] =
    ['room', 'letter', 'asker', 'giver', 'shared', 'seed', 'seed of another'].map(name => filler(32, `group ${name}`));
  const generation = filler(8, 'group generation');
  const {publicKey, privateKey} = sodium.crypto_sign_seed_keypair(seed);
  const key = groupKey(room, shared, generation);
  const message = (context, ms, inside, signing) => ({context, ms, inside: hex(inside),
    sealed: hex(sealGroup(key, generation, signing, context, ms, inside, filler(24, `nonce of ${context} ${ms}`)))});
  return {theirs: {
    roomKey: hex(room), letterKey: hex(letter), askerPrivate: hex(asker), ask: hex(askOf(generation, asker)),
    give: hex(buildGive(letter, generation, sodium.crypto_scalarmult_base(asker), giver, filler(24, 'group nonce'),
      shared, publicKey)),
    messages: [
      message(['chat', 'alice', ''], 1700000000123, text('hello'), privateKey),
      message(['', 'ünï 🔑', ''], 0, new Uint8Array(), privateKey),
      message(['chat', 'alice', ''], 2 ** 52 + 1, filler(5000, 'group'), privateKey),
    ],
    forged: message(['chat', 'alice', ''], 5, text('not from alice'), sodium.crypto_sign_seed_keypair(others).privateKey),
  }};
};

const made = {'sealed-messages.json': make(), 'sealed-letters.json': makeLetters(),
  'group-keys.json': makeGroup()};
if (process.argv.includes('--write')) {
  for (const name of ['sealed-letters.json', 'group-keys.json']) {
    const {ours} = read(name);
    Object.assign(made[name], {ours});
  }
  for (const [name, vectors] of Object.entries(made))
    writeFileSync(fileOf(name), JSON.stringify(vectors, null, 1) + '\n');
}

for (const [name, vectors] of Object.entries(made)) {
  const stored = read(name);
  for (const part of Object.keys(vectors)) {
    await test(part, async () => {
      const [mine, theirs] = [vectors[part], stored[part]].map(vector => Array.isArray(vector) ? vector : [vector]);
      check(mine.length === theirs.length, 'as many as are stored');
      mine.forEach((vector, i) => check(JSON.stringify(vector) === JSON.stringify(theirs[i]),
        `number ${i} is ${JSON.stringify(vector).slice(0, 300)}`));
    });
  }
}

await test('letters that the library has sealed', async () => {
  const {ours} = read('sealed-letters.json');
  check(ours.length > 0, 'there are some');
  for (const {key, context, ms, inside, sealed} of ours) {
    const opened = openLetter(bytes(key), context, bytes(sealed));
    check(opened.ms === ms && opened.inside === inside, `${JSON.stringify(opened)} is in ${context}`);
  }
});

await test('what the library has sealed with the key of a sender, and handed over', async () => {
  const {ours} = read('group-keys.json');
  const {generation, shared, signer} = takeGive(bytes(ours.letterKey), bytes(ours.askerPrivate), bytes(ours.give));
  const key = groupKey(bytes(ours.roomKey), shared, generation);
  check(hex(askOf(generation, bytes(ours.askerPrivate))) === ours.ask, 'it asked for that');
  check(ours.messages.length > 0, 'there are some');
  for (const {context, ms, inside, sealed} of ours.messages) {
    const opened = openGroup(key, signer, context, bytes(sealed));
    check(opened.ms === ms && opened.inside === inside, `${JSON.stringify(opened)} is in ${context}`);
  }
});
await finish();
