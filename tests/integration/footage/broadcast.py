#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: broadcast.py VIEWERS LAUNCH-LINE…

gst-launch-1.0 for a broadcast of which nothing may be missed: the pipeline waits in PAUSED, where
it is already in the room, until every pad of its genosroomsink, named room, has so many viewers. Prints the
pads' counters at the end."""

import sys

import gi

gi.require_version('Gst', '1.0')
from gi.repository import GLib, Gst  # noqa: E402

VIEWERS_WAIT = 30  # s


def are_watched(pads, viewers):
    stats = [pad.get_property('stats') for pad in pads]
    return all(s is not None and s.get_value('viewers') >= viewers for s in stats)


def main():
    Gst.init(None)
    viewers = int(sys.argv[1])
    pipeline = Gst.parse_launchv(sys.argv[2:])
    pads = pipeline.get_by_name('room').sinkpads
    loop = GLib.MainLoop()
    last = {}
    outcome = []

    def end(code):
        outcome.append(code)
        loop.quit()

    def watch(waited=[0]):
        if are_watched(pads, viewers):
            pipeline.set_state(Gst.State.PLAYING)
            return False
        waited[0] += 0.02
        if waited[0] > VIEWERS_WAIT:
            print('ERROR nobody came to watch', flush=True)
            end(1)
        return True

    def note():
        for pad in pads:
            stats = pad.get_property('stats')
            if stats is not None:
                last[pad.get_name()] = stats.to_string()
        return True

    def on_message(_bus, message):
        if message.type == Gst.MessageType.ERROR:
            print('ERROR', *message.parse_error(), flush=True)
            end(1)
        elif message.type == Gst.MessageType.WARNING:
            print('WARNING', *message.parse_warning(), flush=True)
        elif message.type == Gst.MessageType.EOS:
            end(0)

    bus = pipeline.get_bus()
    bus.add_signal_watch()
    bus.connect('message', on_message)
    if pipeline.set_state(Gst.State.PAUSED) == Gst.StateChangeReturn.FAILURE:
        end(1)
    else:
        GLib.timeout_add(20, watch)
        GLib.timeout_add(100, note)
        loop.run()
    pipeline.set_state(Gst.State.NULL)
    for name, text in sorted(last.items()):
        print(name, text, flush=True)
    return outcome[0]


sys.exit(main())
