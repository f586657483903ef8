// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Sealed descriptions: relays carry them but cannot read them.

import {fromUtf8, utf8} from './text.js';

export class Sealer {
  #key;
  #ivBytes;

  static async create(password, appId, roomId, ivBytes) {
    const self = new Sealer();
    const raw = await crypto.subtle.digest('SHA-256', utf8(`${password}:${appId}:${roomId}`));
    self.#key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
    self.#ivBytes = ivBytes;
    return self;
  }

  async seal(text, iv = crypto.getRandomValues(new Uint8Array(this.#ivBytes))) {
    const sealed = await crypto.subtle.encrypt({name: 'AES-GCM', iv}, this.#key, utf8(text));
    const binary = Array.from(new Uint8Array(sealed), byte => String.fromCharCode(byte)).join('');
    return `${iv.join(',')}$${btoa(binary)}`;
  }

  // Throws when the password differs.
  async open(sealed) {
    const [iv, body] = sealed.split('$');
    const bytes = Uint8Array.from(atob(body), letter => letter.charCodeAt(0));
    const algorithm = {name: 'AES-GCM', iv: Uint8Array.from(iv.split(','), Number)};
    return fromUtf8(await crypto.subtle.decrypt(algorithm, this.#key, bytes));
  }
}
