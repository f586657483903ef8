// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A throw-away Nostr key: BIP-340 signatures over secp256k1, with BigInt.
//
// The arithmetic takes no care about timing. That is acceptable here and only here: the key is
// made when the page opens, dies with it and protects nothing but the relay's bookkeeping.

const P = 2n ** 256n - 2n ** 32n - 977n;
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const GENERATOR = [
  0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
  0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n,
  1n,
];
const INFINITY = [0n, 1n, 0n];

const mod = (a, m = P) => { const r = a % m; return r < 0n ? r + m : r; };

function invert(a) {
  let [r0, r1, t0, t1] = [P, mod(a), 0n, 1n];
  while (r1) {
    const q = r0 / r1;
    [r0, r1, t0, t1] = [r1, r0 - q * r1, t1, t0 - q * t1];
  }
  return mod(t0);
}

// Points are Jacobian: (X / Z², Y / Z³).
function double([x, y, z]) {
  const yy = mod(y * y);
  const s = mod(4n * x * yy);
  const m = mod(3n * x * x);
  const x3 = mod(m * m - 2n * s);
  return [x3, mod(m * (s - x3) - 8n * yy * yy), mod(2n * y * z)];
}

function add(a, b) {
  if (!a[2])
    return b;
  if (!b[2])
    return a;
  const [x1, y1, z1] = a;
  const [x2, y2, z2] = b;
  const zz1 = mod(z1 * z1);
  const zz2 = mod(z2 * z2);
  const u1 = mod(x1 * zz2);
  const s1 = mod(y1 * zz2 * z2);
  const h = mod(x2 * zz1 - u1);
  const r = mod(y2 * zz1 * z1 - s1);
  if (!h)
    return r ? INFINITY : double(a);
  const hh = mod(h * h);
  const hhh = mod(h * hh);
  const v = mod(u1 * hh);
  const x3 = mod(r * r - hhh - 2n * v);
  return [x3, mod(r * (v - x3) - s1 * hhh), mod(h * z1 * z2)];
}

function timesGenerator(scalar) {
  let sum = INFINITY;
  for (let power = GENERATOR; scalar; scalar >>= 1n, power = double(power))
    if (scalar & 1n)
      sum = add(sum, power);
  const inverse = invert(sum[2]);
  const inverse2 = mod(inverse * inverse);
  return {x: mod(sum[0] * inverse2), odd: (mod(sum[1] * inverse2 * inverse) & 1n) === 1n};
}

export const toHex = bytes => Array.from(bytes, b => b.toString(16).padStart(2, '0')).join('');

export const fromHex = text =>
  Uint8Array.from(text.match(/../g) ?? [], pair => parseInt(pair, 16));

const toNumber = bytes => BigInt('0x' + toHex(bytes));
const toBytes = number => fromHex(number.toString(16).padStart(64, '0'));

const join = (...parts) => {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
};

export const sha256 = async bytes => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

async function taggedHash(tag, ...parts) {
  const prefix = await sha256(new TextEncoder().encode(tag));
  return sha256(join(prefix, prefix, ...parts));
}

export class NostrKey {
  #secret;   // as BIP-340 wants it: the one whose public point has an even y
  #public;

  constructor(secretBytes = crypto.getRandomValues(new Uint8Array(32))) {
    // The bias of the reduction is about 2⁻¹²⁸.
    const secret = mod(toNumber(secretBytes) - 1n, N - 1n) + 1n;
    const point = timesGenerator(secret);
    this.#secret = point.odd ? N - secret : secret;
    this.#public = toBytes(point.x);
  }

  get publicHex() {
    return toHex(this.#public);
  }

  async sign(digest, random = crypto.getRandomValues(new Uint8Array(32))) {
    const mask = await taggedHash('BIP0340/aux', random);
    const masked = toBytes(this.#secret).map((byte, i) => byte ^ mask[i]);
    const nonceHash = await taggedHash('BIP0340/nonce', masked, this.#public, digest);
    const nonce = mod(toNumber(nonceHash) - 1n, N - 1n) + 1n;
    const point = timesGenerator(nonce);
    const k = point.odd ? N - nonce : nonce;
    const r = toBytes(point.x);
    const challenge = mod(toNumber(await taggedHash('BIP0340/challenge', r, this.#public, digest)), N);
    return join(r, toBytes(mod(k + challenge * this.#secret, N)));
  }

  // NIP-01: the signed event, ready to be sent.
  async event(kind, tags, content, createdAt = Math.floor(Date.now() / 1000)) {
    const pubkey = this.publicHex;
    const canonical = JSON.stringify([0, pubkey, createdAt, kind, tags, content]);
    const digest = await sha256(new TextEncoder().encode(canonical));
    return {
      id: toHex(digest), pubkey, created_at: createdAt, kind, tags, content,
      sig: toHex(await this.sign(digest)),
    };
  }
}
