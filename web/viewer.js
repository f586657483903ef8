// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The viewer page: shows every stream of a room, shares this visitor's camera, and chats.
//
// Parameters, in the query or (better for a password, which then never leaves the browser) behind
// the #: room, password, name, relay (repeated or comma-separated; default: the host that served
// the page), dialect (genosrtc, trystero), app, stun (comma-separated URLs or "none"),
// video=WIDTHxHEIGHT@RATE for the camera, and cells (peers in a cell, or auto) for a room in cells.

import {$, listenToForm, notice, noticeInsecure, noticeRelay, param, relayDefault, roomOptions, setText, showForm}
  from './page.js';
import {Room, originOf} from './room-client.js';

const CHAT_LINES_MAX = 500;

const tiles = new Map();       // stream → its <figure>
const names = new Map();       // peer id → the name it gave
const warned = new Set();
let room = null;
let chat = null;
let camera = null;

// ── words ──

function say(text, state) {
  $('status').dataset.state = state;
  setText($('status'), text);
}

const nameOf = peerId => names.get(peerId) ?? `Guest ${peerId.slice(0, 4)}`;

function cellWords() {
  const {mesh} = room;
  if (!mesh?.layout || mesh.layout.total === 1)
    return '';
  return ` · you are ${mesh.isBridge ? 'the bridge' : 'a member'} of cell ${mesh.cell}, one of ${mesh.layout.total}`;
}

function showStatus() {
  if (!room)
    return;
  const count = room.others.length;
  const open = room.relays.some(relay => relay.open);
  const people = (count === 0 ? 'Nobody else is here yet'
    : count === 1 ? '1 other here' : `${count} others here`) + cellWords();
  if (open)
    say(people, 'open');
  else if (count)
    say(`${people}, but no relay: newcomers cannot find you`, 'closed');
  else
    say('Looking for a relay …', 'closed');
}

function showRelay(state) {
  noticeRelay(state, room.relays);
  showStatus();
}

// ── streams ──

function nameTile(tile, name) {
  const own = tile.classList.contains('own');
  tile.setAttribute('aria-label', own ? 'Your camera' : `Stream of ${name}`);
  tile.querySelector('.name').textContent = name;
  tile.querySelector('.sound').setAttribute('aria-label', `Sound of ${name}`);
}

function addTile(stream, name, own) {
  // Of this document from the start: an element of the template's begins to load there, and anew when it moves.
  const tile = document.importNode($('tile').content, true).firstElementChild;
  const [video, still, caption] = tile.children;
  const [, sound, full] = caption.children;
  still.textContent = '♪';
  tile.classList.toggle('own', own);
  nameTile(tile, name);
  video.muted = true;       // a page may start sound only after its visitor did something
  const look = () => {
    tile.classList.toggle('silent-picture', !stream.getVideoTracks().length);
    sound.hidden = own || !stream.getAudioTracks().length;
  };
  look();
  stream.addEventListener('addtrack', look);
  stream.addEventListener('removetrack', look);
  sound.onclick = () => {
    video.muted = !video.muted;
    sound.textContent = video.muted ? 'Unmute' : 'Mute';
    sound.setAttribute('aria-pressed', String(!video.muted));
    video.play().catch(() => {});
  };
  full.hidden = !document.fullscreenEnabled;
  full.onclick = () => document.fullscreenElement ? document.exitFullscreen()
    : tile.requestFullscreen();
  tiles.set(stream, tile);
  $('streams').append(tile);
  video.srcObject = stream;
  video.play().catch(() => {});
}

function removeTile(stream) {
  const tile = tiles.get(stream);
  if (tile) {
    tile.querySelector('video').srcObject = null;
    tile.remove();
  }
  tiles.delete(stream);
}

function nameFrom(metadata) {
  const name = typeof metadata === 'string' ? metadata : metadata?.name ?? metadata?.title;
  return typeof name === 'string' && name.trim() ? name.trim().slice(0, 60) : null;
}

// A peer may send several streams; each has a name of its own if it came with one. What a peer passes on for
// another says nothing of the peer itself.
function nameOfStream(peerId, metadata) {
  const name = nameFrom(metadata);
  const origin = originOf(metadata);
  if (origin)
    return name ?? nameOf(origin.peer);
  if (name)
    names.set(peerId, name);
  return nameOf(peerId);
}

function onStreamAdd(stream, peerId, metadata) {
  addTile(stream, nameOfStream(peerId, metadata), false);
}

function onStreamMetadata(stream, peerId, metadata) {
  const name = nameOfStream(peerId, metadata);
  if (tiles.has(stream))
    nameTile(tiles.get(stream), name);
}

// ── the visitor's camera ──

function cameraWords(error) {
  switch (error.name) {
    case 'NotAllowedError':
      return 'The camera was not allowed. You can change that beside the address of this page.';
    case 'NotFoundError':
      return 'No camera and no microphone was found on this device.';
    case 'NotReadableError':
      return 'The camera is in use by another program, or it cannot be read.';
    default:
      return `The camera could not be opened: ${error.message}`;
  }
}

async function openCamera() {
  if (!navigator.mediaDevices)
    throw new Error('browsers allow that only on https:// pages and on this very computer');
  const [, width, height, rate] = /^(\d+)x(\d+)(?:@(\d+))?$/.exec(param('video', '1280x720@30')) ?? [];
  const ideal = value => value && {ideal: Number(value)};
  const video = {width: ideal(width), height: ideal(height), frameRate: ideal(rate)};
  // A camera without a microphone, or the other way round, is still worth sharing.
  let failure = null;
  for (const wish of [{video, audio: true}, {video}, {audio: true}]) {
    try {
      return await navigator.mediaDevices.getUserMedia(wish);
    } catch (error) {
      failure ??= error;
      if (error.name !== 'NotFoundError')
        break;
    }
  }
  throw failure;
}

async function startSharing() {
  $('share').disabled = true;
  try {
    camera = await openCamera();
    notice('camera', '');
    for (const track of camera.getTracks())
      track.onended = () => {
        stopSharing();
        notice('camera', 'The camera was taken away.');
      };
    room.addStream(camera, {name: param('name', nameOf(room.peerId))});
    addTile(camera, 'You', true);
    $('share').textContent = 'Stop sharing';
    $('share').setAttribute('aria-pressed', 'true');
  } catch (error) {
    notice('camera', cameraWords(error));
  } finally {
    $('share').disabled = false;
  }
}

function stopSharing() {
  if (!camera)
    return;
  room.removeStream(camera);
  removeTile(camera);
  for (const track of camera.getTracks()) {
    track.onended = null;
    track.stop();
  }
  camera = null;
  $('share').textContent = 'Share my camera';
  $('share').setAttribute('aria-pressed', 'false');
}

// ── chat ──

function addLine(text, who, kind) {
  const line = document.createElement('li');
  line.className = kind;
  if (who) {
    const label = document.createElement('span');
    label.className = 'who';
    label.textContent = who;
    line.append(label);
  }
  line.append(text);
  const log = $('log');
  const follow = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  log.append(line);
  while (log.children.length > CHAT_LINES_MAX)
    log.firstChild.remove();
  if (follow)
    log.scrollTop = log.scrollHeight;
}

function onChat(data, peerId) {
  const text = typeof data === 'string' ? data : data?.text;
  if (typeof text === 'string')
    addLine(text.slice(0, 4000), nameOf(peerId), 'theirs');
}

async function sendChat(event) {
  event.preventDefault();
  const text = $('message').value.trim();
  if (!text)
    return;
  $('message').value = '';
  const reached = await chat.send(text);
  addLine(text, 'You', 'mine');
  if (!reached.length)
    addLine('Nobody is here to read this yet.', null, 'event');
}

// ── the room ──

function enter() {
  room = new Room({...roomOptions(), cells: param('cells', 0)});
  room.on('relay', showRelay);
  room.on('stream-add', onStreamAdd);
  room.on('stream-metadata', onStreamMetadata);
  room.on('stream-remove', removeTile);
  room.on('peer-join', showStatus);
  room.on('peer-seen', showStatus);
  room.on('peer-lost', showStatus);
  room.on('mesh-state', showStatus);
  room.on('peer-leave', peerId => {
    showStatus();
    if (names.has(peerId))
      addLine(`${nameOf(peerId)} left.`, null, 'event');
  });
  room.on('join-error', ({peerId}) => {
    if (warned.size < 1000)
      warned.add(peerId);
    notice('password', warned.size === 1
      ? 'Somebody in this room uses another password, so you cannot meet. Is yours right?'
      : `${warned.size} others in this room use another password. Is yours right?`);
  });
  chat = room.channel('chat');
  chat.on('message', onChat);
  // For the browser's console, and for the tests.
  window.room = room;
  window.connections = () => room.peers.map(id => room.connection(id));

  document.title = `${param('room')} – genosrooms`;
  $('title').textContent = param('room');
  $('launch').textContent = `gst-launch-1.0 v4l2src ! videoconvert ! \\\n  genosroomsink room=${param('room')} `
    + `relays=${param('relay', relayDefault)}`;
  $('lobby').hidden = true;
  $('room').hidden = false;
  $('actions').hidden = false;
  $('cells').hidden = !room.mesh;
  $('cells').href = `monitor.html${location.search}${location.hash}`;
  showStatus();
  return room.join();
}

async function start() {
  listenToForm('join', ['room', 'password', 'name', 'relay', 'dialect', 'cells']);
  $('say').onsubmit = sendChat;
  $('share').onclick = () => camera ? stopSharing() : startSharing();
  $('leave').onclick = () => location.assign(location.pathname);
  addEventListener('pagehide', () => room?.leave());

  if (!window.isSecureContext || !window.RTCPeerConnection) {
    say('Cannot join from here', 'closed');
    if (window.isSecureContext)
      notice('browser', 'This browser has no WebRTC.');
    else
      noticeInsecure();
    return;
  }
  if (!param('room')) {
    showForm('join', {relay: relayDefault, dialect: 'genosrtc', name: '', cells: ''});
    return;
  }
  try {
    await enter();
  } catch (error) {
    say('Not in a room', 'closed');
    notice('room', `The room cannot be entered: ${error.message}`);
  }
}

start();
