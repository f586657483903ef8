// SPDX-License-Identifier: LGPL-2.1-or-later
//
// SFrame (RFC 9605), written again from the RFC on Node's own crypto, against sframe.json of tests/vectors.
// With --write it makes that file. Sealing is deterministic, so equal bytes are proof in both directions; the
// two of the RFC's appendix C are in it as they are printed there.

import {createCipheriv, createHmac} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {check, finish, sourceRoot, test} from './harness.mjs';

const file = join(sourceRoot, 'tests', 'vectors', 'sframe.json');
const hex = bytes => Buffer.from(bytes).toString('hex');
const bytes = text => Buffer.from(text, 'hex');

const suites = {
  4: {hash: 'sha256', cipher: 'aes-128-gcm', keySize: 16},
  5: {hash: 'sha512', cipher: 'aes-256-gcm', keySize: 32},
};

const number = (value, size) => {
  const out = Buffer.alloc(size);
  let rest = BigInt(value);
  for (let i = size - 1; i >= 0; i--, rest >>= 8n)
    out[i] = Number(rest & 255n);
  return out;
};

const compact = value => {
  if (BigInt(value) < 8n)
    return [Number(value), Buffer.alloc(0)];
  const size = Math.ceil(BigInt(value).toString(16).length / 2);
  return [8 | (size - 1), number(value, size)];
};

const header = (kid, ctr) => {
  const [k, kidBytes] = compact(kid), [c, ctrBytes] = compact(ctr);
  return Buffer.concat([Buffer.from([k << 4 | c]), kidBytes, ctrBytes]);
};

const derive = (suite, kid, base) => {
  const {hash, keySize} = suites[suite];
  const secret = createHmac(hash, Buffer.alloc(0)).update(base).digest();
  const expand = (label, size) => createHmac(hash, secret)
    .update(Buffer.concat([Buffer.from(label), number(kid, 8), number(suite, 2), Buffer.from([1])]))
    .digest().subarray(0, size);
  return [expand('SFrame 1.0 Secret key ', keySize), expand('SFrame 1.0 Secret salt ', 12)];
};

const seal = ({suite, kid, ctr, base, metadata, plain}) => {
  const [key, salt] = derive(suite, kid, bytes(base));
  const head = header(kid, ctr);
  const nonce = number(ctr, 12).map((byte, i) => byte ^ salt[i]);
  const cipher = createCipheriv(suites[suite].cipher, key, nonce);
  cipher.setAAD(Buffer.concat([head, bytes(metadata)]));
  const sealed = Buffer.concat([cipher.update(bytes(plain)), cipher.final()]);
  return hex(Buffer.concat([head, sealed, cipher.getAuthTag()]));
};

// Appendix C.3: AES_128_GCM_SHA256_128 and AES_256_GCM_SHA512_128.
const count = n => hex(Uint8Array.from({length: n}, (_, i) => i));
const common = {
  kid: '291', ctr: '17767', metadata: '4945544620534672616d65205747',
  plain: '64726166742d696574662d736672616d652d656e63',
};
const printed = [
  {suite: 4, ...common, base: count(16),
    sealed: '9901234567b7412c2513a1b66dbb48841bbaf17f598751176ad847681a69c6d0b091c07018ce4adb34eb'},
  {suite: 5, ...common, base: count(16),
    sealed: '990123456794f509d36e9beacb0e261d99c7d1e972f1fed787d4049f17ca21353c1cc24d56ceabced279'},
];

const make = () => {
  const sealed = [];
  const numbers = ['0', '7', '8', '255', '256', '65536', '4294967296', '18446744073709551615'];
  for (const [i, kid] of numbers.entries())
    for (const [j, ctr] of numbers.entries()) {
      const one = {suite: 4 + (i + j) % 2, kid, ctr, base: count(32), metadata: j % 3 ? '01' : '',
        plain: count((i * 8 + j) * 3 % 41)};
      sealed.push({...one, header: hex(header(kid, ctr)), sealed: seal(one)});
    }
  return {printed, sealed};
};

if (process.argv.includes('--write')) {
  writeFileSync(file, `${JSON.stringify(make(), null, 1)}\n`);
} else {
  await test('the vectors of RFC 9605 come out', () => {
    for (const one of printed)
      check(seal(one) === one.sealed, `suite ${one.suite}`);
  });
  await test('the file is what this makes', () => {
    check(JSON.stringify(JSON.parse(readFileSync(file))) === JSON.stringify(make()), 'sframe.json');
  });
  await finish();
}
