// SPDX-License-Identifier: LGPL-2.1-or-later
//
// One relay: a socket that comes back by itself.
//
// Events: content (text of an event), state ({open, text}).

import {Emitter} from './emitter.js';
import {kindOf, randomId} from './dialects.js';

const RETRY_FIRST_MS = 3300;
const RETRY_MAX_MS = 30000;

export class Relay extends Emitter {
  #socket = null;
  #retryMs = RETRY_FIRST_MS;
  #timer = 0;
  #topics;
  #closed = false;
  #silenced = false;

  constructor(url, topics) {
    super();
    this.url = url;
    this.#topics = topics;
  }

  get open() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  connect() {
    try {
      this.#socket = new WebSocket(this.url);
    } catch (error) {
      this.emit('state', {open: false, text: error.message});
      return;
    }
    this.#socket.onopen = () => this.#onOpen();
    this.#socket.onclose = () => this.#onClose();
    this.#socket.onmessage = message => this.#onMessage(message.data);
  }

  publish(event) {
    if (this.open && !this.#silenced)
      this.#socket.send(JSON.stringify(['EVENT', event]));
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  #onOpen() {
    this.#retryMs = RETRY_FIRST_MS;
    const since = Math.floor(Date.now() / 1000);
    for (const topic of this.#topics) {
      const filter = {kinds: [kindOf(topic)], since, '#x': [topic]};
      this.#socket.send(JSON.stringify(['REQ', randomId(64), filter]));
    }
    this.emit('state', {open: true, text: ''});
  }

  #onClose() {
    if (this.#closed)
      return;
    const wait = this.#retryMs * (0.8 + 0.4 * Math.random());
    this.#timer = setTimeout(() => this.connect(), wait);
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS);
    this.emit('state', {open: false, text: `trying again in ${Math.round(wait / 1000)} s`});
  }

  #onMessage(data) {
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    if (!Array.isArray(message))
      return;
    const [verb, , third, fourth] = message;
    // Relays have checked id and signature; what counts is whether the seal of the SDP opens.
    if (verb === 'EVENT' && typeof third?.content === 'string')
      this.emit('content', third.content);
    else if (verb === 'OK' && third === false)
      this.#onRefusal(String(fourth));
    else if (verb === 'NOTICE')
      this.emit('state', {open: this.open, text: String(message[1])});
  }

  #onRefusal(reason) {
    // A relay that wants proof of work gets no more events from this page.
    this.#silenced ||= reason.startsWith('pow:');
    this.emit('state', {open: this.open, text: reason});
  }
}
