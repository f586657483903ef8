#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: doorbell.py ROOM [RELAY] [--test]: a door with a camera, a microphone, a loudspeaker and a
bell. Whoever watches the room in a browser sees and hears the door, and is heard there when they
share their microphone. Enter rings: everybody gets a message on the channel "doorbell". --test
uses test pictures and a tone, and no loudspeaker."""
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402

CAMERA = ("autovideosrc ! videoconvert ! queue leaky=downstream ! out.video_0 "
          "autoaudiosrc ! audioconvert ! audioresample ! queue leaky=downstream ! out.audio_0")
TEST = ("videotestsrc is-live=true ! video/x-raw,width=640,height=360 ! out.video_0 "
        "audiotestsrc is-live=true wave=ticks ! out.audio_0")


def on_pad_added(source, pad, pipeline, loudspeaker):
    """Somebody talks to the door. Their picture is not wanted: a pad that is not linked costs nothing."""
    if not pad.get_name().startswith("audio"):
        return
    print(f"{pad.get_property('peer-id')} talks", flush=True)
    play = Gst.parse_bin_from_description(f"queue ! audioconvert ! audioresample ! {loudspeaker}", True)
    pipeline.add(play)
    play.sync_state_with_parent()
    pad.link(play.get_static_pad("sink"))
    pad.play = play


def on_pad_removed(source, pad, pipeline):
    play = getattr(pad, "play", None)
    if play:
        play.set_state(Gst.State.NULL)
        pipeline.remove(play)


def on_line(stdin, condition, door, loop):
    if not sys.stdin.readline():
        loop.quit()
        return GLib.SOURCE_REMOVE
    n = door.emit("send-text", "doorbell", "somebody is at the door", None)
    print(f"rang at {n}", flush=True)
    return GLib.SOURCE_CONTINUE


def main():
    words = [word for word in sys.argv[1:] if word != "--test"]
    test = len(words) < len(sys.argv) - 1
    if not words:
        sys.exit(__doc__)
    Gst.init(None)
    # Both elements are in the same room: they are one peer.
    place = f"room={words[0]}" + (f" relays={words[1]}" if len(words) > 1 else "")
    pipeline = Gst.parse_launch(
        f"genosroomsink name=out {place} genosroomsrc name=in {place} {TEST if test else CAMERA}")
    source = pipeline.get_by_name("in")
    source.connect("pad-added", on_pad_added, pipeline, "fakesink" if test else "autoaudiosink")
    source.connect("pad-removed", on_pad_removed, pipeline)

    loop = GLib.MainLoop()
    GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, on_line,
                      pipeline.get_by_name("out"), loop)
    pipeline.set_state(Gst.State.PLAYING)
    loop.run()
    pipeline.set_state(Gst.State.NULL)


main()
