#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: bridge.py ROOM OTHER-ROOM [RELAY]: who is in one room sees and hears who is in the other.
Nothing is decoded or encoded again: packets go over as they came. What the bridge sends into a
room does not come back to it, so there is no loop."""
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402


class OneWay:
    """From one room to the other, whatever comes and goes."""

    def __init__(self, pipeline, source, sink):
        self.pipeline, self.sink = pipeline, sink
        self.ways = {}  # pad → queue, pad of the sink
        source.connect("pad-added", self.on_pad_added)
        source.connect("pad-removed", self.on_pad_removed)

    def on_pad_added(self, source, pad):
        kind = pad.get_name().split("_")[0]
        target = self.sink.request_pad_simple(f"{kind}_%u")
        # Picture and sound of one stream stay one stream; two peers may call theirs the same.
        peer, stream = pad.get_property("peer-id"), pad.get_property("stream-id")
        target.set_property("stream-id", f"{peer[:8]}-{stream}"[:64])
        queue = Gst.ElementFactory.make("queue")
        self.pipeline.add(queue)
        queue.sync_state_with_parent()
        queue.get_static_pad("src").link(target)
        pad.link(queue.get_static_pad("sink"))
        self.ways[pad.get_name()] = queue, target
        print(f"{kind} of {peer} goes over", flush=True)

    def on_pad_removed(self, source, pad):
        queue, target = self.ways.pop(pad.get_name(), (None, None))
        if queue:
            self.sink.release_request_pad(target)
            queue.set_state(Gst.State.NULL)
            self.pipeline.remove(queue)


def on_message(bus, message, loop):
    if message.type == Gst.MessageType.ERROR:
        print(message.parse_error()[0].message, file=sys.stderr)
        loop.quit()


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    Gst.init(None)
    pipeline = Gst.Pipeline()
    rooms = []
    for room in sys.argv[1:3]:
        pair = [Gst.ElementFactory.make(name) for name in ("genosroomsrc", "genosroomsink")]
        for element in pair:
            element.set_property("room", room)
            if len(sys.argv) > 3:
                element.set_property("relays", sys.argv[3])
            pipeline.add(element)
        Gst.util_set_object_arg(pair[0], "output", "encoded")
        rooms.append(pair)
    ways = [OneWay(pipeline, rooms[i][0], rooms[1 - i][1]) for i in range(2)]

    loop = GLib.MainLoop()
    bus = pipeline.get_bus()
    bus.add_signal_watch()
    bus.connect("message", on_message, loop)
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, 2, loop.quit)
    pipeline.set_state(Gst.State.PLAYING)
    loop.run()
    pipeline.set_state(Gst.State.NULL)
    del ways


main()
