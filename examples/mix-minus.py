#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: mix-minus.py ROOM [RELAY]: a conference for thin links. Everybody in the room gets one sound:
all the others, mixed here, without their own voice. Whoever is short of bandwidth takes the tracks of
this peer alone."""
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402


class Conference:
    def __init__(self, place):
        # Both elements are in the same room: they are one peer.
        self.pipeline = Gst.parse_launch(f"genosroommix name=in {place} genosroomsink name=out {place}")
        self.mix = self.pipeline.get_by_name("in")
        self.sink = self.pipeline.get_by_name("out")
        self.guests = {}  # peer → what it gets: the mix's pad, and the track's
        # They are told on a thread of the element's, pads are linked on this one.
        self.mix.connect("peer-joined", lambda mix, peer, *_: GLib.idle_add(self.welcome, peer))
        self.mix.connect("peer-left", lambda mix, peer, *_: GLib.idle_add(self.say_goodbye, peer))

    def welcome(self, peer):
        if peer in self.guests:  # a link that broke, and is mended
            return GLib.SOURCE_REMOVE
        others = self.mix.request_pad_simple(f"audio_{peer}")
        track = self.sink.request_pad_simple("audio_%u")
        track.set_property("targets", peer)
        track.set_property("stream-id", f"mix-{peer}"[:64])
        others.link(track)
        self.guests[peer] = others, track
        print(f"{peer} is in", flush=True)
        return GLib.SOURCE_REMOVE

    def say_goodbye(self, peer):
        if peer in self.guests:
            others, track = self.guests.pop(peer)
            others.unlink(track)
            self.sink.release_request_pad(track)
            self.mix.release_request_pad(others)
            print(f"{peer} is out", flush=True)
        return GLib.SOURCE_REMOVE


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    Gst.init(None)
    place = f"room={sys.argv[1]}" + (f" relays={sys.argv[2]}" if len(sys.argv) > 2 else "")
    conference = Conference(place)
    loop = GLib.MainLoop()
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, 2, loop.quit)
    conference.pipeline.set_state(Gst.State.PLAYING)
    loop.run()
    conference.pipeline.set_state(Gst.State.NULL)


main()
