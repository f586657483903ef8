#!/usr/bin/env -S gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// usage: gjs -m chat.js ROOM [RELAY [PASSWORD]]: the chat of chat.c in JavaScript, as GNOME's programs are written. It
// answers nothing by itself; each line typed goes to everybody in the room.

import GenosRooms from 'gi://GenosRooms?version=1.0';
import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Gst from 'gi://Gst?version=1.0';
import {exit, programArgs} from 'system';

function join(name, relays, password) {
  const room = GenosRooms.Room.new(name);
  if (relays)
    room.relays = relays;
  if (password)
    room.password = password;
  room.connect('peer-joined', (_, peer) => print(`(${peer.get_id().slice(0, 6)} is here)`));
  room.connect('peer-left', (_, peer) => print(`(${peer.get_id().slice(0, 6)} is gone)`));
  room.join();
  return room;
}

function openChat(room) {
  const channel = room.open_channel('chat');
  channel.connect('message', (_, peerId, message) => {
    if (message.get_kind() !== GenosRooms.MessageKind.BYTES)
      print(`${peerId.slice(0, 6)}: ${message.get_text()}`);
  });
  return channel;
}

function send(channel, text) {
  try {
    if (channel.send(GenosRooms.Message.new_string(text), null) === 0)
      print('(nobody is here)');
  } catch (error) {
    print(`(${error.message})`);
  }
}

function sendLines(input, channel, onEnd) {
  input.read_line_async(GLib.PRIORITY_DEFAULT, null, (_, result) => {
    const [line] = input.read_line_finish_utf8(result);
    if (line === null) {
      onEnd();
      return;
    }
    if (line.trim() !== '')
      send(channel, line.trim());
    sendLines(input, channel, onEnd);
  });
}

if (programArgs.length < 1) {
  printerr('usage: gjs -m chat.js ROOM [RELAY [PASSWORD]]');
  exit(2);
}
Gst.init(null);
const loop = new GLib.MainLoop(null, false);
try {
  const room = join(...programArgs);
  const input = new Gio.DataInputStream({base_stream: Gio.File.new_for_path('/dev/stdin').read(null)});
  sendLines(input, openChat(room), () => loop.quit());
  loop.run();
  room.leave();
} catch (error) {
  printerr(error.message);
  exit(1);
}
