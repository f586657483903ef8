// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The frames of a data channel, and messages made of them:
//
//   0-11 type   12 nonce   13 tag   14 progress   15- payload

import {fromUtf8, utf8} from './text.js';

const HEADER_BYTES = 15;
export const TYPE_BYTES = 12;
const CHUNK_BYTES = 16384 - HEADER_BYTES;
const MAX_CHUNKS = 100;
const DEFLATE_FROM_BYTES = 512;

// What a stranger may make this page hold.
const MAX_PENDING_BYTES = 32 << 20;
const MAX_PENDING_MESSAGES = 64;
const MAX_INFLATED_BYTES = 16 << 20;

export const TAG = {last: 1, meta: 2, binary: 4, json: 8, deflated: 16};

async function through(stream, bytes, limit) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const parts = [];
  for (let size = 0; ;) {
    const {done, value} = await reader.read();
    if (done)
      return new Uint8Array(await new Blob(parts).arrayBuffer());
    size += value.length;
    if (size > limit) {
      await reader.cancel();
      throw new RangeError('inflates to more than is allowed');
    }
    parts.push(value);
  }
}

const deflate = bytes => through(new CompressionStream('deflate'), bytes, Infinity);
const inflate = bytes => through(new DecompressionStream('deflate'), bytes, MAX_INFLATED_BYTES);

export function frame(type, nonce, tag, progress, payload) {
  const bytes = new Uint8Array(HEADER_BYTES + payload.length);
  bytes.set(type);
  bytes.set([nonce, tag, progress], TYPE_BYTES);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

export async function splitMessage(type, nonce, data, metadata, dialect) {
  const isBlob = data instanceof Blob;
  const isBinary = isBlob || data instanceof ArrayBuffer || ArrayBuffer.isView(data);
  let tag = isBinary ? TAG.binary | TAG.json : typeof data === 'string' ? 0 : TAG.json;
  let body;
  if (isBlob)
    body = new Uint8Array(await data.arrayBuffer());
  else if (ArrayBuffer.isView(data))
    body = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  else if (isBinary)
    body = new Uint8Array(data);
  else
    body = utf8(typeof data === 'string' ? data : JSON.stringify(data));
  if (!isBinary && dialect.deflatesText && body.length >= DEFLATE_FROM_BYTES) {
    body = await deflate(body);
    tag |= TAG.deflated;
  }

  const parts = metadata && isBinary ? [utf8(JSON.stringify(metadata))] : [];
  for (let at = 0; at < body.length; at += CHUNK_BYTES)
    parts.push(body.subarray(at, at + CHUNK_BYTES));
  if (!parts.length)
    parts.push(body);
  if (parts.length > MAX_CHUNKS || parts[0].length > CHUNK_BYTES)
    throw new RangeError(`a message has at most ${MAX_CHUNKS} chunks of ${CHUNK_BYTES} bytes`);
  const name = utf8(type);
  return parts.map((part, i) => {
    const last = i === parts.length - 1 ? TAG.last : 0;
    const meta = i === 0 && metadata && isBinary ? TAG.meta : 0;
    return frame(name, nonce, tag | last | meta, Math.round(255 * (i + 1) / parts.length), part);
  });
}

// Puts the chunks of one peer together again.
export class Assembler {
  #pending = new Map();
  #bytes = 0;
  dropped = 0;

  // Returns {type, progress, metadata, complete} and, when complete, {tag, body}; or null.
  push(bytes) {
    if (bytes.length < HEADER_BYTES)
      return this.#drop();
    const type = fromUtf8(bytes.subarray(0, TYPE_BYTES)).replaceAll('\0', '');
    const [nonce, tag, progress] = bytes.subarray(TYPE_BYTES, HEADER_BYTES);
    const payload = bytes.subarray(HEADER_BYTES);
    const key = `${type}\0${nonce}`;
    const entry = this.#pending.get(key) ?? {parts: [], size: 0, metadata: undefined};
    this.#pending.set(key, entry);
    entry.size += payload.length;
    this.#bytes += payload.length;
    if (this.#bytes > MAX_PENDING_BYTES || this.#pending.size > MAX_PENDING_MESSAGES)
      return this.#drop(key);
    if (tag & TAG.meta) {
      try {
        entry.metadata = JSON.parse(fromUtf8(payload));
      } catch {
        return this.#drop(key);
      }
    } else {
      entry.parts.push(payload);
    }
    const result = {type, progress: progress / 255, metadata: entry.metadata, complete: false};
    if (!(tag & TAG.last))
      return result;
    this.#forget(key);
    const body = new Uint8Array(entry.parts.reduce((size, part) => size + part.length, 0));
    entry.parts.reduce((at, part) => (body.set(part, at), at + part.length), 0);
    return {...result, complete: true, tag, body};
  }

  #forget(key) {
    this.#bytes -= this.#pending.get(key)?.size ?? 0;
    this.#pending.delete(key);
  }

  #drop(key) {
    this.#forget(key);
    this.dropped++;
    return null;
  }
}

export async function valueOf({tag, body}) {
  if (tag & TAG.binary)
    return body;
  const text = fromUtf8(tag & TAG.deflated ? await inflate(body) : body);
  return tag & TAG.json ? JSON.parse(text) : text;
}
