#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The typelib loads, and what an application in Python needs is in it. Skips without python3-gi."""
import sys

try:
    import gi
except ImportError:
    print("python3-gi is not installed for this interpreter")
    sys.exit(77)

gi.require_version("GenosRooms", "1.0")
from gi.repository import GenosRooms, GLib  # noqa: E402


def main():
    error = GLib.Error.new_literal(GenosRooms.error_quark(), "text", GenosRooms.Error.LIMIT)
    assert error.matches(GenosRooms.error_quark(), GenosRooms.Error.LIMIT), error
    wanted = ("Channel", "LocalTrack", "Message", "Peer", "RelayServer", "RemoteTrack", "Room")
    missing = [name for name in wanted if not hasattr(GenosRooms, name)]
    assert not missing, missing
    message = GenosRooms.Message.new_string("hello")
    assert message.get_kind() == GenosRooms.MessageKind.STRING and message.get_text() == "hello"
    room = GenosRooms.Room.new("garden")
    assert room.get_state() == GenosRooms.RoomState.IDLE and room.get_peers() == []
    print("GenosRooms", len(dir(GenosRooms)), "names")


main()
