// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Hello and proof of docs/design/wire-extensions.md, written again from that page on noble's secp256k1
// and node's SHA-256, against tests/vectors/identity.json. With --write it makes that file. The
// signatures of the file are made with given auxiliary bytes, so equal bytes are proof in both
// directions; each is verified as well, and must not verify with the two sides exchanged.

import {createHash} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import * as secp from '@noble/secp256k1';
import {check, finish, sourceRoot, test} from './harness.mjs';

const sha256 = bytes => new Uint8Array(createHash('sha256').update(bytes).digest());
secp.hashes.sha256 = sha256;

const file = join(sourceRoot, 'tests', 'vectors', 'identity.json');
const text = s => new TextEncoder().encode(s);
const hex = bytes => Buffer.from(bytes).toString('hex');
const bytes = h => Uint8Array.from(Buffer.from(h, 'hex'));
const concat = (...parts) => Uint8Array.from(parts.flatMap(part => [...part]));
const filler = seed => sha256(text(seed));

const id = s => concat([text(s).length], text(s));

const statement = (path, prover, verifier) => {
  const tag = sha256(text('genosrooms/identity/1'));
  return sha256(concat(tag, tag, sha256(text(path)), id(prover.peerId), id(verifier.peerId),
    bytes(prover.certificate), bytes(verifier.certificate),
    sha256(text(prover.hello)), sha256(text(verifier.hello))));
};

const side = (peerId, features) => {
  const secret = filler(`secret of ${peerId}`);
  const nonce = hex(filler(`nonce of ${peerId}`));
  const key = hex(secp.schnorr.getPublicKey(secret));
  const hello = JSON.stringify({v: 1, features, key, nonce});
  return {peerId, secret: hex(secret), key, nonce, features, hello,
    certificate: hex(filler(`certificate of ${peerId}`))};
};

const makeCase = (path, prover, verifier) => {
  const digest = statement(path, prover, verifier);
  const aux = filler(`aux of ${prover.peerId}`);
  const sig = secp.schnorr.sign(digest, bytes(prover.secret), aux);
  return {path, prover, verifier, statement: hex(digest), aux: hex(aux), sig: hex(sig),
    proof: JSON.stringify({sig: hex(sig)})};
};

const make = () => {
  const [camera, recorder] = [side('camera', ['identity']), side('recorder', ['identity', 'x-1'])];
  const long = side('Z'.repeat(64), []);
  return [
    makeCase('GenosRTC@1234@app-sync-garden', camera, recorder),
    makeCase('GenosRTC@1234@app-sync-garden', recorder, camera),
    makeCase('Trystero@app@ünï 🔑', long, camera),
  ];
};

const made = make();
if (process.argv.includes('--write'))
  writeFileSync(file, JSON.stringify(made, null, 1) + '\n');
const stored = JSON.parse(readFileSync(file));

await test('vectors', async () => {
  check(made.length === stored.length, 'as many as are stored');
  made.forEach((vector, i) => check(JSON.stringify(vector) === JSON.stringify(stored[i]),
    `number ${i} is ${JSON.stringify(vector).slice(0, 300)}`));
});

await test('signatures', async () => {
  for (const {path, prover, verifier, sig} of stored) {
    const holds = (a, b) => secp.schnorr.verify(bytes(sig), statement(path, a, b), bytes(prover.key));
    check(holds(prover, verifier), `${prover.peerId} proves itself`);
    check(!holds(verifier, prover), 'not with the sides exchanged');
    check(!holds(prover, {...verifier, certificate: hex(filler('other'))}), 'not over another link');
  }
});
await finish();
