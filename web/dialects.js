// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What rooms, peers and topics are called, in each of the dialects that browsers speak.

import {utf8} from './text.js';

export const DIALECTS = {
  genosrtc: {namespace: 'GenosRTC', roomPrefix: 'app-sync-', ivBytes: 12, deflatesText: true},
  trystero: {namespace: 'Trystero', roomPrefix: '', ivBytes: 16, deflatesText: false},
};

export function randomId(length) {
  const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  return Array.from(crypto.getRandomValues(new Uint32Array(length)),
    n => letters[n % letters.length]).join('');
}

// The SHA-1 of a path, each byte in base 36 without padding.
export async function topicOf(path) {
  const digest = await crypto.subtle.digest('SHA-1', utf8(path));
  return Array.from(new Uint8Array(digest), byte => byte.toString(36)).join('');
}

export function kindOf(topic) {
  let sum = 0;
  for (let i = 0; i < topic.length; i++)
    sum += topic.charCodeAt(i);
  return 20000 + sum % 10000;
}
