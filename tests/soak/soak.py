#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: soak.py BUILD [--minutes 30] [--guests 6]

A room for a long time: a camera and a viewer stay, guests come for some seconds and go, each in a process of
its own that never ends. Prints, every half minute, what each process holds and how the pictures came to the
viewer, and at the end whether all of it stayed flat and no picture was late by more than a second."""
import argparse
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve()
REPORT_SECONDS = 30
# What is allocated once, on a first use, and what the allocator keeps for each thread.
WARM_UP_SECONDS = 120
MAX_GROWTH_KB = 24 * 1024
# What the links to one guest are made of, who may be there or be taken leave of when a report is made.
OF_A_GUEST = {"threads": 24, "fds": 12, "kb": 0}
MAX_GAP = 1.0
SENDS = ("videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=15/1 ! s.video_0 "
         "audiotestsrc is-live=true wave=silence ! s.audio_0")


def holdings():
    """Threads, file descriptors and memory of this process."""
    status = pathlib.Path("/proc/self/status").read_text(encoding="ascii")
    return {"threads": int(re.search(r"Threads:\s*(\d+)", status)[1]),
            "fds": len(os.listdir("/proc/self/fd")),
            "kb": int(re.search(r"RssAnon:\s*(\d+)", status)[1])}


def tell(name, **values):
    print(json.dumps({"who": name, "at": time.monotonic(), **holdings(), **values}), flush=True)


class Role:
    """One process of the room."""

    def __init__(self, name, relay):
        import gi
        gi.require_version("Gst", "1.0")
        from gi.repository import GLib, Gst
        Gst.init(None)
        self.glib, self.gst, self.name = GLib, Gst, name
        self.room = f"room=soak relays={relay} stun-server=none peer-id={name}"
        self.loop = GLib.MainLoop()
        GLib.timeout_add_seconds(REPORT_SECONDS, self.report)

    def report(self):
        tell(self.name)
        return True

    def launch(self, text):
        pipeline = self.gst.parse_launch(text)
        bus = pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::error", self.on_error)
        pipeline.set_state(self.gst.State.PLAYING)
        return pipeline

    def on_error(self, _bus, message):
        error, debug = message.parse_error()
        tell(self.name, error=f"{error.message} {debug}")


class Camera(Role):
    def run(self):
        pipeline = self.launch(f"genosroomsink name=s {self.room} {SENDS}")
        self.loop.run()
        pipeline.set_state(self.gst.State.NULL)


class Viewer(Role):
    """Sees everybody; how late pictures come is measured of the camera's, who is there all the time."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.last = self.worst = 0
        self.pictures = 0

    def run(self):
        pipeline = self.launch(f"genosroomsrc name=r {self.room} fakesink name=keep async=false")
        pipeline.get_by_name("r").connect("pad-added", self.on_pad)
        self.loop.run()
        pipeline.set_state(self.gst.State.NULL)

    def on_pad(self, source, pad):
        sink = self.gst.ElementFactory.make("fakesink")
        sink.set_property("sync", False)
        sink.set_property("async", False)
        source.get_parent().add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))
        handler = []
        handler.append(source.connect("pad-removed", self.on_pad_removed, pad, sink, handler))
        if pad.get_property("peer-id") == "camera" and pad.get_name().startswith("video"):
            pad.add_probe(self.gst.PadProbeType.BUFFER, self.on_picture)

    def on_pad_removed(self, source, removed, pad, sink, handler):
        if removed is pad:
            source.disconnect(handler[0])
            sink.set_state(self.gst.State.NULL)
            source.get_parent().remove(sink)

    def on_picture(self, _pad, _info):
        now = time.monotonic()
        if self.last:
            self.worst = max(self.worst, now - self.last)
        self.last = now
        self.pictures += 1
        return self.gst.PadProbeReturn.OK

    def report(self):
        tell(self.name, pictures=self.pictures, gap=round(self.worst, 3))
        self.worst = 0
        return True


class Guest(Role):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.random = random.Random(self.name)
        self.pipeline = None
        self.visits = 0

    def run(self):
        self.come()
        self.loop.run()

    def come(self):
        text = f"genosroomsink name=s {self.room} {SENDS}" if self.visits % 2 else \
            f"genosroomsrc name=r {self.room} fakesink async=false"
        self.pipeline = self.launch(text)
        self.visits += 1
        self.glib.timeout_add(self.random.randrange(2000, 7000), self.go)
        return False

    def go(self):
        self.pipeline.get_bus().remove_signal_watch()
        self.pipeline.set_state(self.gst.State.NULL)
        self.pipeline = None
        self.glib.timeout_add(self.random.randrange(200, 3000), self.come)
        return False

    def report(self):
        # Only what is left when it is not in the room can be compared.
        if self.pipeline is None:
            tell(self.name, visits=self.visits)
            return True
        self.glib.timeout_add(100, self.report_once)
        return True

    def report_once(self):
        if self.pipeline is None:
            tell(self.name, visits=self.visits)
        return self.pipeline is not None


ROLES = {"camera": Camera, "viewer": Viewer}


def start_relay(build):
    relay = subprocess.Popen([build / "tools/genos", "relay", "--port", "0"], stdout=subprocess.PIPE, text=True)
    return relay, re.search(r"ws://\S+", relay.stdout.readline())[0]


def start_role(build, relay, name):
    environment = {**os.environ, "GST_PLUGIN_PATH": str(build / "gst"),
                   "LD_LIBRARY_PATH": f"{build / 'lib'}:{build / 'gst'}"}
    return subprocess.Popen([sys.executable, HERE, str(build), "--role", name, "--relay", relay],
                            stdout=subprocess.PIPE, text=True, env=environment)


def judge(rows, started, guests):
    """What is wrong, in words."""
    faults = [f"{row['who']}: {row['error']}" for row in rows if "error" in row]
    late = [row for row in rows if row["at"] > started + WARM_UP_SECONDS]
    faults += [f"{row['who']}: no picture for {row['gap']} s" for row in late if row.get("gap", 0) > MAX_GAP]
    for who in sorted({row["who"] for row in late}):
        own = [row for row in late if row["who"] == who]
        half = len(own) // 2
        if half == 0:
            continue
        for what, allowed in (("threads", 0), ("fds", 0), ("kb", MAX_GROWTH_KB)):
            # The least of a time: the others are of the guests that were there just then.
            before, after = (min(row[what] for row in part) for part in (own[:half], own[half:]))
            if after > before + allowed + guests * OF_A_GUEST[what]:
                faults.append(f"{who}: {what} from {before} to {after}")
    return faults


def watch(roles, minutes, guests):
    import selectors
    started, rows = time.monotonic(), []
    with selectors.DefaultSelector() as selector:
        for role in roles:
            selector.register(role.stdout, selectors.EVENT_READ)
        while time.monotonic() < started + minutes * 60:
            for key, _ in selector.select(1):
                line = key.fileobj.readline()
                if not line:
                    raise SystemExit("a process of the room ended")
                rows.append(json.loads(line))
                print(line, end="", flush=True)
    return judge(rows, started, guests)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--guests", type=int, default=6)
    parser.add_argument("--role", help=argparse.SUPPRESS)
    parser.add_argument("--relay", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.role:
        ROLES.get(options.role, Guest)(options.role, options.relay).run()
        return
    build = options.build.resolve()
    relay, url = start_relay(build)
    names = ["camera", "viewer"] + [f"guest{i}" for i in range(options.guests)]
    roles = []
    try:
        roles = [start_role(build, url, name) for name in names]
        faults = watch(roles, options.minutes, options.guests)
    finally:
        for process in [*roles, relay]:
            process.kill()
    print("\n".join(faults) or "flat, and no picture was late")
    sys.exit(1 if faults else 0)


main()
