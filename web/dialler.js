// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Links on their way to being open: our own dials, one for each relay that a peer is heard on, and answers to those
// of others.

const DIAL_MS = 15000;
const YOUNG_LINK_MS = 4000;
export const MAX_LINKS = 100;    // what strangers may make this page hold

export class Dialler {
  #selfId;
  #signaller;
  #links;
  #wish;
  #newLink;
  #opened;
  #dials = new Map();       // peer id → Map (relay → our dial)
  #answers = new Map();     // peer id → the link that answered it

  // links: those that are open; wish (peerId): wanted, unwanted, or neither; newLink (isOfferer);
  // opened (peerId, link): it is none of this any more.
  constructor({selfId, signaller, links, wish, newLink, opened}) {
    this.#selfId = selfId;
    this.#signaller = signaller;
    this.#links = links;
    this.#wish = wish;
    this.#newLink = newLink;
    this.#opened = opened;
  }

  // Somebody was heard.
  async meet(relay, peerId) {
    if (!this.#links.has(peerId) && !this.#answers.has(peerId) && !this.#dials.get(peerId)?.has(relay)
        && this.#links.size < MAX_LINKS && this.#wish(peerId) === 'wanted')
      await this.#dial(relay, peerId);
  }

  // Somebody is wanted who may not be heard again for a while.
  async call(relay, peerId) {
    if (!this.#links.has(peerId) && !this.#answers.has(peerId) && !this.#dials.has(peerId)
        && this.#links.size + this.#dials.size < MAX_LINKS)
      await this.#dial(relay, peerId);
  }

  async takeOffer(relay, peerId, sealed) {
    const sdp = await this.#signaller.open(peerId, sealed);
    if (sdp === null || this.#links.size >= MAX_LINKS || this.#wish(peerId) === 'unwanted')
      return;
    // Both dial at once: the greater id keeps its offer, the other one answers.
    if (this.#dials.get(peerId)?.has(relay) && this.#selfId > peerId)
      return;
    // The same offer may come through several relays; one connection is enough.
    const young = this.#links.get(peerId) ?? this.#answers.get(peerId);
    if (young && Date.now() - young.born < YOUNG_LINK_MS)
      return;
    // A peer that dials although it is connected has restarted, unless the old link still works.
    const old = this.#links.get(peerId);
    if (old && await old.ping(1000) !== Infinity)
      return;
    old?.close('replaced');
    this.#answers.get(peerId)?.close('replaced');
    this.#dials.get(peerId)?.get(relay)?.close('the other side dials');
    await this.#answer(relay, peerId, sdp);
  }

  async takeAnswer(relay, peerId, sealed) {
    const link = this.#dials.get(peerId)?.get(relay);
    const sdp = link && await this.#signaller.open(peerId, sealed);
    if (sdp)
      await link.accept(sdp);
  }

  drop(peerId, except) {
    const links = [...this.#dials.get(peerId)?.values() ?? [], this.#answers.get(peerId)];
    for (const link of links)
      if (link && link !== except)
        link.close('not needed');
  }

  close() {
    const dials = [...this.#dials.values()].flatMap(ofPeer => [...ofPeer.values()]);
    for (const link of [...this.#answers.values(), ...dials])
      link.close('left');
  }

  async #dial(relay, peerId) {
    const link = this.#newLink(true);
    if (!this.#dials.has(peerId))
      this.#dials.set(peerId, new Map());
    this.#dials.get(peerId).set(relay, link);
    this.#watch(peerId, link, 'no answer', () => {
      const dials = this.#dials.get(peerId);
      if (dials?.get(relay) === link)
        dials.delete(relay);
      if (dials?.size === 0)
        this.#dials.delete(peerId);
    });
    const sdp = await this.#signaller.seal(await link.offer());
    if (this.#dials.get(peerId)?.get(relay) === link)
      await this.#signaller.send(relay, peerId, {offer: {type: 'offer', sdp}});
  }

  async #answer(relay, peerId, offered) {
    const link = this.#newLink(false);
    this.#answers.set(peerId, link);
    this.#watch(peerId, link, 'never connected', () => {
      if (this.#answers.get(peerId) === link)
        this.#answers.delete(peerId);
    });
    const sdp = await this.#signaller.seal(await link.answer(offered));
    if (this.#answers.get(peerId) === link)
      await this.#signaller.send(relay, peerId, {answer: {type: 'answer', sdp}});
  }

  // Until it is open, or closed, or late.
  #watch(peerId, link, late, forget) {
    const timer = setTimeout(() => link.close(late), DIAL_MS);
    const drop = () => {
      clearTimeout(timer);
      forget();
    };
    link.on('close', drop);
    link.on('open', () => {
      drop();
      this.#opened(peerId, link);
    });
  }
}
