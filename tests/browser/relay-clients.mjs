// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Relay and client of this project, each against somebody else's other half: nostr-tools as the
// client of `genos relay`, and `genos chat` on the relay of test-relay.mjs. No browser is needed.

import './web-crypto.mjs';
import {finalizeEvent, generateSecretKey, getPublicKey, verifyEvent} from 'nostr-tools/pure';
import {Relay, useWebSocketImplementation} from 'nostr-tools/relay';
import {minePow} from 'nostr-tools/nip13';
import {fetchRelayInformation} from 'nostr-tools/nip11';
import WebSocket from 'ws';
import {atEnd, check, finish, startTool, test, until, within} from './harness.mjs';
import {startTestRelay} from './test-relay.mjs';

useWebSocketImplementation(WebSocket);

const KIND = 25000;
const now = () => Math.floor(Date.now() / 1000);

async function relay(...args) {
  const tool = startTool('genos relay', ['relay', '--port', '0', ...args]);
  tool.url = await until(() => /ws:\/\/[^\s"]+/.exec(tool.output)?.[0], 'the address of the relay');
  tool.http = tool.url.replace('ws', 'http');
  return tool;
}

async function connect(url) {
  const client = await within(Relay.connect(url), 10000, 'connecting');
  atEnd(() => client.close());
  return client;
}

const sign = (template, key = generateSecretKey()) =>
  finalizeEvent({kind: KIND, created_at: now(), tags: [], content: '', ...template}, key);

// A subscription that keeps what it hears; resolves at EOSE, rejects at CLOSED.
function listen(client, filters) {
  return within(new Promise((resolve, reject) => {
    const events = [];
    const subscription = client.subscribe(filters, {
      onevent: event => events.push(event),
      oneose: () => resolve({events, subscription}),
      onclose: reject,
    });
  }), 10000, 'EOSE');
}

const refusal = promise => within(promise.then(() => 'accepted', error => error.message ?? String(error)),
  10000, 'a refusal');

await test('publish and subscribe', async () => {
  const server = await relay();
  const [alice, bob] = [await connect(server.url), await connect(server.url)];
  const {events} = await listen(bob, [{kinds: [KIND], '#x': ['topic'], since: now() - 5}]);
  const other = sign({tags: [['x', 'elsewhere']]});
  const event = sign({tags: [['x', 'topic']], content: 'quotes " \\ \n\t and ☃ 😀'});
  await alice.publish(other);
  await alice.publish(event);
  await until(() => events.length, 'the event');
  check(events.length === 1 && events[0].id === event.id, 'another event than the one asked for');
  check(verifyEvent(events[0]), 'the event does not verify any more');
  for (const field of ['id', 'pubkey', 'created_at', 'kind', 'content', 'sig'])
    check(events[0][field] === event[field], `the event's ${field} was changed`);
  await server.stop('SIGTERM');
});

await test('nothing is stored', async () => {
  const server = await relay();
  const alice = await connect(server.url);
  await alice.publish(sign({content: 'gone'}));
  const {events} = await listen(await connect(server.url), [{kinds: [KIND]}]);
  await alice.publish(sign({content: 'after'}));
  await until(() => events.length, 'the event after EOSE');
  check(events.length === 1 && events[0].content === 'after', 'an ephemeral event was stored');
  check((await refusal(alice.publish(sign({kind: 1})))).startsWith('blocked:'), 'kind 1 was taken');
  await server.stop('SIGTERM');
});

await test('time', async () => {
  const server = await relay('--max-age', '60', '--max-lead', '60');
  const client = await connect(server.url);
  check((await refusal(client.publish(sign({created_at: now() - 120})))).startsWith('invalid:'), 'an old event');
  check((await refusal(client.publish(sign({created_at: now() + 120})))).startsWith('invalid:'), 'an early event');
  check((await refusal(client.publish(sign({tags: [['expiration', String(now() - 1)]]})))).startsWith('invalid:'),
    'an expired event');
  await client.publish(sign({tags: [['expiration', String(now() + 60)]]}));
  await server.stop('SIGTERM');
});

await test('work', async () => {
  const server = await relay('--min-pow', '8');
  const client = await connect(server.url);
  const key = generateSecretKey();
  const template = {kind: KIND, created_at: now(), tags: [], content: 'worked for', pubkey: getPublicKey(key)};
  let lazy = sign({}, key);
  for (let i = 0; lazy.id.startsWith('00'); i++)
    lazy = sign({content: String(i)}, key);
  check((await refusal(client.publish(lazy))).startsWith('pow:'), 'no work was asked for');
  await client.publish(finalizeEvent(minePow(template, 8), key));
  await server.stop('SIGTERM');
});

await test('AUTH', async () => {
  const key = generateSecretKey();
  const server = await relay('--allow-key', getPublicKey(key));
  const client = await connect(server.url);
  check((await refusal(client.publish(sign({}, key)))).startsWith('auth-required:'), 'published without AUTH');
  check((await refusal(listen(client, [{kinds: [KIND]}]))).includes('auth-required:'), 'subscribed without AUTH');
  await client.auth(async template => finalizeEvent(template, key));
  const {events} = await listen(client, [{kinds: [KIND]}]);
  await client.publish(sign({}, key));
  await until(() => events.length, 'the event');

  const stranger = await connect(server.url);
  await until(() => stranger.challenge, 'the challenge');
  check((await refusal(stranger.auth(async template => finalizeEvent(template, generateSecretKey()))))
    .startsWith('restricted:'), 'a key that is not on the list');
  await server.stop('SIGTERM');
});

await test('the information document is true', async () => {
  const server = await relay('--auth', '--min-pow', '4', '--max-age', '77');
  const information = await fetchRelayInformation(server.url);
  check([1, 11, 13, 40, 42].every(nip => information.supported_nips.includes(nip)), 'supported_nips');
  const {limitation} = information;
  check(limitation.auth_required && limitation.min_pow_difficulty === 4
    && limitation.created_at_lower_limit === 77 && limitation.restricted_writes, JSON.stringify(limitation));
  const status = await (await fetch(server.http)).json();
  check(Object.keys(status).join() === 'relay,protocol,connections,events,dropped', JSON.stringify(status));
  check(status.protocol === 'nostr (ephemeral subset)', status.protocol);
  await server.stop('SIGTERM');
});

// Our client on somebody else's relay: two peers meet, talk, and one leaves.
await test('genos chat on another relay', async () => {
  const other = await startTestRelay('.');
  atEnd(other.stop);
  const args = ['chat', '--room', 'two relays', '--relays', other.url];
  const alice = startTool('alice', args, 'pipe');
  const bob = startTool('bob', args, 'pipe');
  const id = tool => /^(\w+) is you/m.exec(tool.output)?.[1];
  await until(() => id(alice) && id(bob), 'both in the room', 30000);
  await until(() => alice.output.includes(`${id(bob)} joined`) && bob.output.includes(`${id(alice)} joined`),
    'the two to meet', 60000);
  alice.child.stdin.write('by way of another relay\n');
  await until(() => bob.output.includes(`${id(alice)}: by way of another relay`), 'the line');
  await bob.stop('SIGTERM');
  await until(() => alice.output.includes(`${id(bob)} left`), 'bob to leave', 30000);
  await alice.stop('SIGTERM');
}, 150000);

await finish();
