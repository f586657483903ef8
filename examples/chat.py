#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: chat.py ROOM [RELAY [PASSWORD]]: the chat of chat.c in Python. It answers nothing by
itself; each line typed goes to everybody in the room."""
import sys

import gi

gi.require_version("GenosRooms", "1.0")
gi.require_version("Gst", "1.0")
from gi.repository import GenosRooms, GLib, Gst  # noqa: E402


def on_message(channel, peer_id, message):
    if message.get_kind() != GenosRooms.MessageKind.BYTES:
        print(f"{peer_id[:6]}: {message.get_text()!r}", flush=True)


def on_peer(room, peer, *rest):
    print(f"({peer.get_id()[:6]} is {rest[-1]})", flush=True)


def on_line(source, condition, channel, loop):
    line = sys.stdin.readline()
    if not line:
        loop.quit()
        return GLib.SOURCE_REMOVE
    if line.strip():
        try:
            if channel.send(GenosRooms.Message.new_string(line.strip()), None) == 0:
                print("(nobody is here)", flush=True)
        except GLib.Error as error:
            print(f"({error.message})", flush=True)
    return GLib.SOURCE_CONTINUE


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    Gst.init(None)
    room = GenosRooms.Room.new(sys.argv[1])
    if len(sys.argv) > 2:
        room.set_property("relays", sys.argv[2])
    if len(sys.argv) > 3:
        room.set_property("password", sys.argv[3])
    room.connect("peer-joined", on_peer, "here")
    room.connect("peer-left", on_peer, "gone")
    channel = room.open_channel("chat")
    channel.connect("message", on_message)
    try:
        room.join()
    except GLib.Error as error:
        sys.exit(error.message)

    loop = GLib.MainLoop()
    GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, on_line, channel, loop)
    loop.run()
    room.leave()


main()
