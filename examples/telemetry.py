#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: telemetry.py ROOM [RELAY] [--test]: shows the picture of a vehicle, and over it the last words
that it said on the channel "telemetry", which come beside the picture that they belong to. --test shows
nothing and prints the words. A vehicle, for a try:

    gst-launch-1.0 genosroomsink name=s room=garden data_0::channel=telemetry \\
        videotestsrc is-live=true ! s.video_0 fdsrc ! text/x-raw,format=utf8 ! s.data_0"""
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402


def show(overlay, buffer):
    words = buffer.extract_dup(0, min(buffer.get_size(), 200)).decode(errors="replace").strip()
    overlay.set_property("text", words)
    print(words, flush=True)


def on_pad_added(source, pad, pipeline):
    overlay = pipeline.get_by_name("overlay")
    kind = pad.get_name().split("_")[0]
    first = pipeline.get_by_name("first").get_static_pad("sink")
    if kind == "video" and not first.is_linked():
        pad.link(first)
    elif kind == "data":
        # Messages wait, as pictures do, until it is their time.
        sink = Gst.ElementFactory.make("fakesink")
        sink.set_property("sync", True)
        sink.set_property("async", False)
        sink.set_property("signal-handoffs", True)
        sink.connect("handoff", lambda sink, buffer, pad: show(overlay, buffer))
        pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))


def main():
    words = [word for word in sys.argv[1:] if word != "--test"]
    test = len(words) < len(sys.argv) - 1
    if not words:
        sys.exit(__doc__)
    Gst.init(None)
    place = f"room={words[0]}" + (f" relays={words[1]}" if len(words) > 1 else "")
    pipeline = Gst.parse_launch(
        f"genosroomsrc name=in {place} data-channels=telemetry output=raw queue name=first ! videoconvert ! "
        f"textoverlay name=overlay ! videoconvert ! {'fakesink async=false' if test else 'autovideosink'}")
    pipeline.get_by_name("in").connect("pad-added", on_pad_added, pipeline)
    loop = GLib.MainLoop()
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, 2, loop.quit)
    pipeline.set_state(Gst.State.PLAYING)
    loop.run()
    pipeline.set_state(Gst.State.NULL)


main()
