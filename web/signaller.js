// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Finds the others of a room through relays, and carries descriptions to them that relays cannot read.
//
// Events: relay ({url, open, text}), join-error ({peerId, message}).

import {kindOf, topicOf} from './dialects.js';
import {Emitter} from './emitter.js';
import {NostrKey} from './nostr-key.js';
import {Relay} from './relay.js';
import {Sealer} from './sealer.js';

const ANNOUNCE_MS = 2500;           // while somebody may be looking for us
const ANNOUNCE_QUIET_MS = 20000;    // in a room where nobody new was heard for a while
const QUIET_AFTER_MS = 60000;
const MAX_ID_CHARS = 64;

export class Signaller extends Emitter {
  #options;
  #hears;
  #isAlone;
  #key = new NostrKey();
  #sealer = null;
  #rootPath = '';
  #rootTopic = '';
  #relays = [];
  #farewell = null;
  #timer = 0;
  #lastNews = 0;
  #left = false;

  // options: peerId, dialect, appId, roomId, password, relays, kind. hears: what to do with what others say, as
  // announce (relay, peerId, content), bye (peerId), offer and answer (relay, peerId, sealed).
  constructor(options, {hears, isAlone}) {
    super();
    this.#options = options;
    this.#hears = hears;
    this.#isAlone = isAlone;
  }

  get relays() {
    return this.#relays.map(({url, open}) => ({url, open}));
  }

  async join() {
    const {peerId, dialect, appId, roomId, password, relays} = this.#options;
    this.#rootPath = `${dialect.namespace}@${appId}@${roomId}`;
    this.#rootTopic = await topicOf(this.#rootPath);
    const selfTopic = await topicOf(`${this.#rootPath}@${peerId}`);
    this.#sealer = await Sealer.create(password, appId, roomId, dialect.ivBytes);
    if (this.#left)
      return;
    this.noteNews();
    for (const url of relays) {
      const relay = new Relay(url, [this.#rootTopic, selfTopic]);
      this.#relays.push(relay);
      relay.on('content', content => this.#onContent(relay, content));
      relay.on('state', ({open, text}) => {
        this.emit('relay', {url, open, text});
        if (open)
          this.announceSoon();
      });
      relay.connect();
    }
  }

  sayGoodbye() {
    this.#left = true;
    clearTimeout(this.#timer);
    for (const relay of this.#relays)
      if (this.#farewell)
        relay.publish(this.#farewell);
  }

  close() {
    this.#relays.forEach(relay => relay.close());
  }

  // Somebody came or went: others may be looking for us.
  noteNews() {
    this.#lastNews = Date.now();
  }

  announceSoon() {
    if (this.#left)
      return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#announce(), 0);
  }

  seal(sdp) {
    return this.#sealer.seal(sdp);
  }

  // Null when another password is used there.
  async open(peerId, sealed) {
    try {
      return await this.#sealer.open(sealed);
    } catch {
      this.emit('join-error', {peerId, message: 'another password is used there'});
      return null;
    }
  }

  async send(relay, peerId, content) {
    const topic = await topicOf(`${this.#rootPath}@${peerId}`);
    relay.publish(await this.#event(topic, {peerId: this.#options.peerId, ...content}));
  }

  #event(topic, content) {
    return this.#key.event(kindOf(topic), [['x', topic]], JSON.stringify(content));
  }

  async #announce() {
    const {peerId, kind} = this.#options;
    const event = await this.#event(this.#rootTopic, kind ? {peerId, type: kind} : {peerId});
    // Signing is asynchronous and a closing page has no time for that: have it ready.
    this.#farewell = await this.#event(this.#rootTopic, {peerId, bye: 1});
    if (this.#left)
      return;
    this.#relays.forEach(relay => relay.publish(event));
    const quiet = !this.#isAlone() && Date.now() - this.#lastNews > QUIET_AFTER_MS;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#announce(), quiet ? ANNOUNCE_QUIET_MS : ANNOUNCE_MS);
  }

  async #onContent(relay, text) {
    let content;
    try {
      content = Object(JSON.parse(text));
    } catch {
      return;
    }
    const {peerId, offer, answer, bye} = content;
    if (this.#left || typeof peerId !== 'string' || !peerId || peerId.length > MAX_ID_CHARS
        || peerId === this.#options.peerId)
      return;
    try {
      if (bye)
        this.#hears.bye(peerId);
      else if (typeof offer?.sdp === 'string')
        await this.#hears.offer(relay, peerId, offer.sdp);
      else if (typeof answer?.sdp === 'string')
        await this.#hears.answer(relay, peerId, answer.sdp);
      else if (!offer && !answer)
        await this.#hears.announce(relay, peerId, content);
    } catch (error) {
      console.warn(`room: signalling with ${peerId} failed:`, error.message);
    }
  }
}
