// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The monitor page: who is in which cell of a room, who is a bridge, what is linked. The layout is worked out
// from who is heard, as every peer does it; the page says what it worked out and what it saw.
//
// Parameters, in the query or behind the #: room, cells (peers in a cell, or auto), relay (repeated or
// comma-separated; default: the host that served the page), dialect, app, join=1 (be one of the room, with
// password and stun as on the viewer page), made-up=N (a room of N peers that is not there).

import {CellMap, canDraw, distanceClass} from './monitor-map.js';
import {MadeUp, Member, Watcher, parseCellSize} from './monitor-sources.js';
import {$, hasParam, listenToForm, notice, noticeInsecure, noticeRelay, param, relayDefault, roomOptions, setText,
  showForm} from './page.js';

const QUIET_MS = 60000;
const SETTLE_MS = 35000;      // who has nothing to say announces itself every half minute
const MAX_ROWS = 500;
const ID_CHARS = 6;

let source = null;
let map = null;
let begun = 0;
let lastHeard = null;
let chosen = null;            // {cell, id}

// ── words ──

const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
const brief = id => id.length > ID_CHARS ? id.slice(0, ID_CHARS) : id;
const seconds = ms => ms < 1500 ? 'just now' : `${Math.round(ms / 1000)} s ago`;

function listFacts(list, facts) {
  list.replaceChildren(...facts.map(([name, value]) => {
    const entry = document.createElement('div');
    const [term, detail] = ['dt', 'dd'].map(tag => document.createElement(tag));
    term.textContent = name;
    detail.textContent = value;
    entry.append(term, detail);
    return entry;
  }));
}

function describe(cell, id) {
  const {layout} = source.census;
  const members = layout.cells[cell];
  if (id === undefined || id === null) {
    const joined = layout.neighboursOf(cell);
    return `Cell ${cell}: ${plural(members.length, 'peer')}, bridge ${brief(members[0])}`
      + (joined.length ? `, joined to ${joined.length === 1 ? 'cell' : 'cells'} ${joined.join(', ')}` : '');
  }
  const place = members.indexOf(id);
  const role = place === 0 ? 'bridge' : `member, ${place + 1} of ${members.length} in the succession,`;
  return `${id}: ${role} of cell ${cell}` + (id === source.selfId ? ', this page' : '');
}

const mostLinks = layout => layout.cells.reduce((most, {length}, cell) =>
  length ? Math.max(most, length - 1 + layout.neighboursOf(cell).length) : most, 0);

function countLinks(layout) {
  const within = layout.cells.reduce((sum, {length}) => sum + length * (length - 1) / 2, 0);
  return within + layout.edges.length;
}

// ── what is always there ──

function showStatus() {
  const {census} = source;
  const heard = plural(census.size, 'peer');
  const open = source instanceof MadeUp || source.relays.some(relay => relay.open);
  const waited = performance.now() - begun;
  let words = `${heard}${source.isMember ? ', this page among them' : ' heard'}`;
  if (!open)
    words = census.size > (source.isMember ? 1 : 0)
      ? `No relay: this is how it was ${seconds(performance.now() - (lastHeard ?? begun))}` : 'Looking for a relay …';
  else if (source instanceof MadeUp)
    words = `Made up: ${heard}, none of them real`;
  else if (!source.isMember && waited < SETTLE_MS)
    words += `; more may follow for ${Math.ceil((SETTLE_MS - waited) / 5000) * 5} s`;
  setText($('status'), words);
  $('status').dataset.state = open ? 'open' : 'closed';
}

function showFigures() {
  const {layout, epoch, sealedAt, isChanging, size} = source.census;
  if (!layout)
    return;
  const waiting = size - layout.peers;
  listFacts($('figures'), [
    ['Peers', `${layout.peers}`],
    ['Cells', `${layout.cells.filter(members => members.length).length}`],
    ['Hops allowed', `${layout.ttl}`],
    ['Links', `${countLinks(layout)}`],
    ['of bridges', `${layout.edges.length}`],
    ['Most of a peer', `${mostLinks(layout)}`],
    ['Layout', `${epoch}, sealed ${seconds(performance.now() - sealedAt)}`
      + (isChanging && waiting ? `; ${waiting > 0 ? '+' : ''}${waiting} since` : '')],
  ]);
}

function showWords() {
  const cells = `cells of ${source.cellSize}${hasParam('cells') ? '' : ', the usual size'}`;
  setText($('computed'), `Worked out here, as every peer does it from the ids that are heard (${cells}, which nobody `
    + 'announces): cells, bridges, and the links that the layout asks for.');
  setText($('observed'), source instanceof MadeUp ? 'Seen: nothing. This room is made up.'
    : `Seen: who announces itself on ${plural(source.relays.length, 'relay')}, and who says goodbye`
      + (source.isMember ? '; and the links of this page, drawn in its colour.' : '.'));
  $('unseen').hidden = source instanceof MadeUp;
  setText($('unseen'), source.isMember
    ? 'Whether links of others are open, only their two ends know.'
    : 'Whether a link is open, only its two ends know. Announces are not sealed, so a room with a password looks the '
      + 'same from here; what is said in it does not come here.');
}

// ── one cell, one peer ──

function factsOfCell(layout, cell) {
  const members = layout.cells[cell];
  return [
    ['Peers', String(members.length)],
    ['Bridge', brief(members[0])],
    ['Would follow', members.slice(1, 3).map(brief).join(', ') || 'nobody'],
    ['Joined to cells', layout.neighboursOf(cell).join(', ') || 'none'],
  ];
}

function factsOfPeer(layout, cell, id) {
  const members = layout.cells[cell];
  const place = members.indexOf(id);
  const joined = place === 0 ? layout.neighboursOf(cell).length : 0;
  const heard = source.census.lastHeard(id);
  const facts = [
    ['Id', id],
    ['Cell', `${cell}, ${place === 0 ? 'its bridge' : `${place + 1} of ${members.length} in the succession`}`],
    ['Links, by the layout', `${members.length - 1} in its cell${joined ? `, ${joined} to other bridges` : ''}`],
    ['Announced', id === source.selfId ? 'by this page' : heard === undefined ? 'said goodbye'
      : seconds(performance.now() - heard)],
  ];
  if (id !== source.selfId && !(source instanceof MadeUp))
    facts.push(['Says it is', source.isLibrary(id) ? 'of libgenosrooms' : 'a browser, or another program']);
  if (source.isMember && id !== source.selfId)
    facts.push(['Link to this page', source.linked.includes(id) ? 'open' : 'none']);
  return facts;
}

function showChosen() {
  const {layout} = source.census;
  const {cell, id} = chosen ?? {};
  const isThere = layout && cell !== undefined && (id === null || layout.has(id));
  $('chosen').hidden = !isThere;
  if (!isThere)
    return;
  setText($('chosen-title'), id === null ? `Cell ${cell}` : `Peer ${brief(id)}`);
  listFacts($('chosen-facts'), id === null ? factsOfCell(layout, cell) : factsOfPeer(layout, cell, id));
  $('ping').hidden = !(source.isMember && id !== null && id !== source.selfId);
}

function choose(subject) {
  chosen = subject;
  map.choose(subject);
  $('ping').textContent = 'Ping';
  showChosen();
  for (const row of $('rows').children)
    row.classList.toggle('chosen', Number(row.dataset.cell) === subject?.cell);
}

async function ping() {
  const {id} = chosen;
  $('ping').textContent = 'Pinging …';
  const ms = await source.ping(id);
  if (chosen?.id === id)
    $('ping').textContent = `${ms === Infinity ? 'No answer' : `${Math.round(ms)} ms`} – ping again`;
}

function showTip(subject) {
  $('tip').hidden = !subject;
  if (!subject)
    return;
  setText($('tip'), describe(subject.cell, subject.id));
  const box = $('picture').getBoundingClientRect();
  const width = Math.min($('tip').offsetWidth, box.width);
  $('tip').style.left = `${Math.max(0, Math.min(subject.x - box.x - width / 2, box.width - width))}px`;
  $('tip').style.top = `${subject.y - box.y - $('tip').offsetHeight - 10}px`;
}

// ── the layout ──

function makeRow(layout, cell) {
  const members = layout.cells[cell];
  const row = document.createElement('tr');
  row.dataset.cell = cell;
  const head = document.createElement('th');
  head.scope = 'row';
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = cell;
  button.setAttribute('aria-label', `Show cell ${cell}`);
  button.onclick = () => choose({cell, id: null});
  head.append(button);
  row.append(head);
  const texts = [members.length, brief(members[0]), layout.neighboursOf(cell).join(', ') || '–',
    members.slice(1).map(brief).join(' ') || '–'];
  for (const [i, text] of texts.entries()) {
    const field = row.insertCell();
    field.textContent = text;
    field.className = ['number', 'id', '', 'id'][i];
  }
  return row;
}

function showTable(layout) {
  const filled = [...layout.cells.keys()].filter(cell => layout.cells[cell].length);
  $('rows').replaceChildren(...filled.slice(0, MAX_ROWS).map(cell => makeRow(layout, cell)));
  $('more').hidden = filled.length <= MAX_ROWS;
  setText($('more'), `And ${filled.length - MAX_ROWS} cells more. Find a peer above to see where it is.`);
}

function showDistances(layout) {
  const distances = [...new Set(layout.edges.map(([a, b]) => b - a))].sort((a, b) => a - b);
  $('distances').replaceChildren(...distances.map(distance => {
    const entry = document.createElement('li');
    const key = document.createElement('i');
    key.className = `key line ${distanceClass(distance)}`;
    entry.append(key, String(distance));
    return entry;
  }));
  document.querySelector('.distances').hidden = distances.length === 0;
}

function showLayout() {
  const {layout} = source.census;
  if (!layout)
    return;
  const {selfId, linked} = source;
  const isEmpty = layout.peers === 0;
  $('empty').hidden = !isEmpty && canDraw(layout);
  setText($('empty'), isEmpty ? 'Nobody was heard yet. Is that the name of the room, and its relay?'
    : `${layout.total} cells are too many for a picture. The table has them.`);
  map.show(layout, {selfId, linked, describe});
  showTable(layout);
  showDistances(layout);
  if (chosen?.id)
    chosen = layout.has(chosen.id) ? {cell: layout.cellOf(chosen.id), id: chosen.id} : null;
  else if (chosen && !layout.cells[chosen.cell]?.length)
    chosen = null;
  choose(chosen);
  find();
  showFigures();
}

function find() {
  const wanted = $('find').value.trim().toLowerCase();
  const {layout} = source.census;
  const isFound = id => id.toLowerCase().startsWith(wanted);
  map.markFound(wanted ? isFound : null);
  const found = wanted && layout ? layout.roster.filter(isFound) : [];
  $('find').classList.toggle('nothing', wanted !== '' && !found.length);
  if (found.length === 1 && chosen?.id !== found[0])
    choose({cell: layout.cellOf(found[0]), id: found[0]});
}

function onTick() {
  const now = performance.now();
  showStatus();
  showFigures();
  showChosen();
  map.markQuiet(id => id !== source.selfId && now - (source.census.lastHeard(id) ?? -Infinity) > QUIET_MS);
}

function onRelay(state) {
  noticeRelay(state, source.relays, 'What is shown is what was heard before.');
  showStatus();
}

// ── beginning ──

function makeSource() {
  const cellSize = parseCellSize(param('cells', 'auto'));
  const count = Number(param('made-up', 0));
  if (count)
    return new MadeUp(cellSize, count);
  const options = {...roomOptions(), cellSize};
  return param('join') === '1' ? new Member(options) : new Watcher(options);
}

function watch() {
  source = makeSource();
  map = new CellMap($('map'), {choose, hover: showTip});
  begun = performance.now();
  source.on('heard', id => {
    lastHeard = performance.now();
    map.flash(id);
  });
  source.on('sealed', showLayout);
  source.on('links', showLayout);
  source.on('relay', onRelay);
  source.on('join-error', () => notice('password',
    'Somebody in this room uses another password, so this page has no link there. The layout is the same.'));
  $('find').oninput = find;
  $('ping').onclick = ping;
  $('join-room').hidden = source.isMember || source instanceof MadeUp;
  $('join-room').onclick = () => {
    // Behind the #, where a password may be, which no server is to see.
    const fields = new URLSearchParams(location.hash.slice(1));
    fields.set('join', '1');
    location.hash = fields;
  };
  const name = source instanceof MadeUp ? 'A made-up room' : `Cells of ${param('room')}`;
  document.title = `${name} – genosrooms`;
  $('title').textContent = name;
  $('room').hidden = false;
  $('actions').hidden = false;
  document.body.classList.toggle('joined', source.isMember);
  // For the browser's console, and for the tests.
  window.source = source;
  setText($('empty'), 'Listening. The first layout comes two seconds after the last newcomer.');
  $('empty').hidden = false;
  setInterval(onTick, 1000);
  showStatus();
  return source.join().then(showWords);
}

async function start() {
  listenToForm('watch', ['room', 'cells', 'relay', 'dialect']);
  addEventListener('pagehide', () => source?.leave());
  if (!window.isSecureContext) {
    noticeInsecure();
    return;
  }
  if (!param('room') && !param('made-up')) {
    showForm('watch', {relay: relayDefault, dialect: 'genosrtc', cells: ''});
    return;
  }
  try {
    await watch();
  } catch (error) {
    notice('room', `The room cannot be watched: ${error.message}`);
  }
}

start();
