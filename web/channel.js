// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A named channel: messages to everybody in a room, or to some of them.

import {Emitter} from './emitter.js';

const MAX_FAR_CHARS = 1 << 20;          // of a message that goes by way of others

// Events: message (data, peerId, metadata), progress (fraction, peerId, metadata).
export class Channel extends Emitter {
  #links;
  #cells;

  constructor(name, links, cells) {
    super();
    this.name = name;
    this.#links = links;
    this.#cells = cells;
  }

  // To everybody, or to the peers named in `to`. Returns the ids it was sent to. What goes by way of
  // others has no metadata, and bytes arrive there as {"0": 1, "1": 2, …}.
  async send(data, {to, metadata, onProgress} = {}) {
    if (this.#cells && to === undefined)
      return await this.#sendFar(data) ? this.#cells.others : [];
    const targets = to === undefined ? [...this.#links.keys()] : [to].flat();
    const results = await Promise.allSettled(targets.map(async id => {
      const link = this.#links.get(id);
      if (link)
        return link.send(this.name, data, metadata, part => onProgress?.(part, id));
      if (!this.#cells?.knows(id) || !await this.#sendFar(data, id))
        throw new Error(`no peer ${id}`);
    }));
    const failure = results.find(result => result.reason instanceof RangeError);
    if (failure)
      throw failure.reason;
    return targets.filter((id, i) => results[i].status === 'fulfilled');
  }

  async #sendFar(data, target) {
    const buffer = data instanceof Blob ? await data.arrayBuffer() : data;
    const value = buffer instanceof ArrayBuffer ? new Uint8Array(buffer) : buffer;
    if (JSON.stringify(value)?.length > MAX_FAR_CHARS)
      throw new RangeError('a message that goes by way of others has at most a million characters');
    return this.#cells.send({_ch: this.name, _d: value}, target);
  }
}
