#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: mix-minus.py ROOM [RELAY]: a conference for thin links. Everybody who speaks to the room gets one
sound back: all the others, mixed here, without their own voice. Whoever is short of bandwidth takes the
tracks of this peer alone."""
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402

CAPS = "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved"
VOICE = f"queue name=in ! audioconvert ! audioresample ! {CAPS} ! tee name=tee allow-not-linked=true"
# Goes on from its first sample, whoever is silent or late.
MIX = (f"audiotestsrc is-live=true wave=silence samplesperbuffer=480 ! {CAPS} ! mix. "
       f"audiomixer name=mix latency=200000000 start-time-selection=first ! {CAPS} ! queue name=out")


class Part:
    """Some elements that come and go together."""

    def __init__(self, pipeline, text):
        self.pipeline = pipeline
        self.elements = Gst.parse_bin_from_description(text, False)
        pipeline.add(self.elements)

    def pad(self, element, name):
        """A pad of an element inside, from outside."""
        inside = self.elements.get_by_name(element)
        target = inside.get_static_pad(name) or inside.request_pad_simple(name)
        outside = Gst.GhostPad.new(f"{element}-{target.get_name()}", target)
        outside.set_active(True)
        self.elements.add_pad(outside)
        return outside, inside, target

    def drop_pad(self, outside, inside, target):
        inside.release_request_pad(target)
        self.elements.remove_pad(outside)

    def remove(self):
        self.elements.set_state(Gst.State.NULL)
        self.pipeline.remove(self.elements)


class Guest:
    """What one peer says, and the mix that it gets."""

    def __init__(self, conference, pad):
        self.conference = conference
        self.peer = pad.get_property("peer-id")
        self.voice = Part(conference.pipeline, VOICE)
        self.mix = Part(conference.pipeline, MIX)
        self.fed = {}  # guest → tee's pad, queue, mixer's pad
        self.track = conference.sink.request_pad_simple("audio_%u")
        self.track.set_property("targets", self.peer)
        self.track.set_property("stream-id", f"mix-{self.peer}"[:64])
        self.mix.pad("out", "src")[0].link(self.track)
        self.mix.elements.sync_state_with_parent()
        self.voice.elements.sync_state_with_parent()
        pad.link(self.voice.pad("in", "sink")[0])

    def feed(self, other):
        queue = Gst.ElementFactory.make("queue")
        self.conference.pipeline.add(queue)
        entry = other.mix.pad("mix", "sink_%u")
        queue.get_static_pad("src").link(entry[0])
        queue.sync_state_with_parent()
        branch = self.voice.pad("tee", "src_%u")
        branch[0].link(queue.get_static_pad("sink"))
        self.fed[other] = branch, queue, entry

    def starve(self, other):
        branch, queue, entry = self.fed.pop(other)
        self.voice.drop_pad(*branch)  # first: a tee does not mind, a queue that stops would stop it
        queue.set_state(Gst.State.NULL)
        self.conference.pipeline.remove(queue)
        other.mix.drop_pad(*entry)

    def leave(self):
        self.voice.remove()
        self.mix.remove()
        self.conference.sink.release_request_pad(self.track)


class Conference:
    def __init__(self, place):
        # Both elements are in the same room: they are one peer.
        self.pipeline = Gst.parse_launch(f"genosroomsrc name=in output=raw {place} genosroomsink name=out {place}")
        self.sink = self.pipeline.get_by_name("out")
        self.guests = {}  # name of the pad → guest
        source = self.pipeline.get_by_name("in")
        source.connect("pad-added", self.on_pad_added)
        source.connect("pad-removed", self.on_pad_removed)

    # Pads come and go on threads of the element: one after another is enough order here.
    def on_pad_added(self, source, pad):
        GLib.idle_add(self.welcome, pad)

    def on_pad_removed(self, source, pad):
        GLib.idle_add(self.say_goodbye, pad.get_name())

    def welcome(self, pad):
        known = {guest.peer for guest in self.guests.values()}
        if not pad.get_name().startswith("audio") or pad.get_property("peer-id") in known:
            return GLib.SOURCE_REMOVE
        guest = Guest(self, pad)
        for other in self.guests.values():
            guest.feed(other)
            other.feed(guest)
        self.guests[pad.get_name()] = guest
        print(f"{guest.peer} is in", flush=True)
        return GLib.SOURCE_REMOVE

    def say_goodbye(self, name):
        guest = self.guests.pop(name, None)
        if guest:
            for other in self.guests.values():
                guest.starve(other)
                other.starve(guest)
            guest.leave()
            print(f"{guest.peer} is out", flush=True)
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
