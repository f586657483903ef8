// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What the pages have in common: parameters, notices, and the form that asks for a room. Parameters come from the
// query, or from behind the #, which no server sees.

export const $ = id => document.getElementById(id);

const params = new URLSearchParams(location.search);
for (const [name, value] of new URLSearchParams(location.hash.slice(1)))
  params.append(name, value);

export const param = (name, fallback) => params.getAll(name).at(-1) || fallback;
export const hasParam = name => params.has(name);

export const relayDefault = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/`;

// What a Room takes.
export function roomOptions() {
  const relays = params.has('relay') ? params.getAll('relay').flatMap(list => list.split(',')) : [relayDefault];
  const stun = param('stun');
  return {
    room: param('room'), password: param('password', ''), appId: param('app', '1234'),
    dialect: param('dialect', 'genosrtc'), relays: [...new Set(relays)].filter(Boolean),
    ...stun && {iceServers: stun === 'none' ? [] : [{urls: stun.split(',')}]},
  };
}

export function setText(element, text) {
  if (element.textContent !== text)
    element.textContent = text;
}

// ── notices ──

function makeNotice(subject) {
  const line = document.createElement('div');
  line.className = 'notice';
  line.id = `notice-${subject}`;
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = 'Dismiss';
  close.onclick = () => line.remove();
  line.append(document.createElement('span'), close);
  $('notices').append(line);
  return line;
}

// One line per subject: a newer text takes the place of the older one, and none takes it away.
export function notice(subject, text) {
  const line = $(`notice-${subject}`);
  if (text)
    setText((line ?? makeNotice(subject)).firstChild, text);
  else
    line?.remove();
}

// state: what a relay said last; relays: how all of them are; consequence: of having none, a sentence.
export function noticeRelay({url, open, text}, relays, consequence) {
  if (open && text)
    notice('relay', `The relay ${url} says: ${text}`);
  else if (relays.some(relay => relay.open))
    notice('relay', '');
  else
    notice('relay', [`No connection to the relay ${url}. Is it running there?`, text && `Now ${text}.`, consequence]
      .filter(Boolean).join(' '));
}

export function noticeInsecure() {
  notice('browser', 'Browsers allow what this page needs only on https:// pages and on http://localhost. '
    + 'Open this page that way.');
}

// ── the form ──

// The fields of a form are called like it and a parameter, as in join-room. What is filled in goes behind the #.
function onForm(form, names) {
  const fields = new URLSearchParams();
  for (const name of names) {
    const value = $(`${form}-${name}`).value.trim();
    if (value && !(name === 'relay' && value === relayDefault))
      fields.set(name, value);
  }
  location.hash = fields;
}

// A change of what is behind the # begins anew.
export function listenToForm(form, names) {
  $(form).onsubmit = event => {
    event.preventDefault();
    onForm(form, names);
  };
  addEventListener('hashchange', () => location.reload());
}

export function showForm(form, defaults) {
  $('lobby').hidden = false;
  for (const [name, value] of Object.entries(defaults))
    $(`${form}-${name}`).value = param(name, value);
  $(`${form}-room`).focus();
}
