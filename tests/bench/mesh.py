#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: mesh.py BUILD [--peers 48] [--processes 6] [--cells 5]

A room in cells over real links on loopback: when all agree on the cells, a broadcast of each peer and as many
directed messages, who got what how often, the links of each peer, and how long it takes until a bridge that is
killed is replaced. Needs the library's introspection."""
import argparse
import collections
import itertools
import json
import os
import pathlib
import re
import selectors
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve()
PATIENCE = 180


# --- one process with some of the peers ---

class Peers:
    def __init__(self, options):
        import gi
        gi.require_version("GenosRooms", "1.0")
        gi.require_version("Gst", "1.0")
        from gi.repository import GLib, GenosRooms, Gst
        Gst.init(None)
        self.glib, self.genos = GLib, GenosRooms
        self.unread = b""
        self.rooms = [self.join(number, options) for number in range(options.here)]

    def join(self, number, options):
        room = self.genos.Room.new("mesh")
        room.set_property("relays", options.relay)
        room.set_property("stun-server", "none")
        room.set_property("cells", str(options.cells))
        channel = room.open_channel("bench")
        channel.connect("message", self.on_message, number)
        room.get_mesh().connect("mesh-state", self.on_mesh_state, number)
        room.join()
        self.tell("joined", number, id=room.get_peer_id())
        return room, channel

    def tell(self, what, number, **values):
        print(json.dumps({"what": what, "number": number, "at": time.monotonic(), **values}), flush=True)

    def on_mesh_state(self, mesh, number):
        stats = mesh.get_stats()
        self.tell("state", number, cell=mesh.get_cell(), bridge=mesh.get_is_bridge(), total=mesh.get_total_cells(),
                  peers=stats.get_uint("peers")[1], cells=mesh.get_cells().unpack())

    def on_message(self, _channel, sender, message, number):
        self.tell("message", number, sender=sender, text=message.get_text())

    def on_commands(self, descriptor, _condition):
        data = os.read(descriptor, 65536)
        if not data:
            os._exit(0)
        *lines, self.unread = (self.unread + data).split(b"\n")
        for line in lines:
            self.obey(json.loads(line))
        return True

    def obey(self, command):
        room, channel = self.rooms[command["number"]]
        if command["do"] == "send":
            to = command.get("to")
            channel.send_async(self.genos.Message.new_string(command["text"]), [to] if to else None, None, None)
        elif command["do"] == "links":
            mesh = room.get_mesh()
            peers = room.get_peers()
            self.tell("links", command["number"], linked=[peer.get_id() for peer in peers], epoch=mesh.get_epoch(),
                      strangers=[peer.get_id() for peer in peers if not peer.get_property("verified")])

    def run(self):
        self.glib.unix_fd_add_full(0, 0, self.glib.IO_IN | self.glib.IO_HUP, self.on_commands)
        self.glib.MainLoop().run()


# --- all of them ---

class Room:
    def __init__(self, options, relay):
        self.selector = selectors.DefaultSelector()
        self.peers = {}
        self.where = {}
        self.messages = collections.Counter()
        self.links = {}
        self.strangers = {}
        self.epochs = {}
        self.unread = {}
        self.processes = []
        sizes = [options.peers // options.processes + (i < options.peers % options.processes)
                 for i in range(options.processes)]
        for size in sizes:
            self.start(options, relay, size)

    def start(self, options, relay, size):
        build = options.build.resolve()
        environment = {**os.environ, "GI_TYPELIB_PATH": str(build / "lib"), "LD_LIBRARY_PATH": str(build / "lib")}
        process = subprocess.Popen(
            [sys.executable, HERE, str(build), "--here", str(size), "--relay", relay, "--cells", str(options.cells)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=environment)
        self.selector.register(process.stdout, selectors.EVENT_READ, process)
        self.unread[process.pid] = b""
        self.processes.append(process)

    def take(self, process, row):
        key = (process.pid, row["number"])
        if row["what"] == "joined":
            self.peers[row["id"]] = {"process": process, "number": row["number"]}
            self.where[key] = row["id"]
        elif row["what"] == "state":
            self.peers[self.where[key]].update(row)
        elif row["what"] == "message":
            self.messages[row["text"], self.where[key]] += 1
        elif row["what"] == "links":
            self.links[self.where[key]] = row["linked"]
            self.strangers[self.where[key]] = row["strangers"]
            self.epochs[self.where[key]] = row["epoch"]

    def wait(self, condition, what, list_missing=list):
        started = time.monotonic()
        while not condition():
            if time.monotonic() > started + PATIENCE:
                print("missing, from and to:", " ".join(self.describe(pair) for pair in list_missing()))
                raise SystemExit(f"waited in vain for {what}")
            for key, _ in self.selector.select(0.2):
                self.read(key.data)
        return time.monotonic() - started

    def read(self, process):
        data = os.read(process.stdout.fileno(), 65536)
        if not data:
            self.selector.unregister(process.stdout)
            return
        *lines, self.unread[process.pid] = (self.unread[process.pid] + data).split(b"\n")
        for line in lines:
            self.take(process, json.loads(line))

    def ask(self, peer_id, **command):
        peer = self.peers[peer_id]
        peer["process"].stdin.write(json.dumps({"number": peer["number"], **command}).encode() + b"\n")

    def agree(self, n):
        layouts = [peer.get("cells") for peer in self.peers.values()]
        return len(layouts) == n and all(layout and layout == layouts[0] for layout in layouts) \
            and sum(map(len, layouts[0])) == n

    def settle(self, seconds):
        end = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() > end, "nothing")

    def broadcast(self):
        ids = sorted(self.peers)
        for peer_id in ids:
            self.ask(peer_id, do="send", text=f"all {peer_id}")
        expected = {(f"all {sender}", receiver) for sender in ids for receiver in ids if sender != receiver}
        seconds = self.wait(lambda: expected <= set(self.messages), "the broadcasts",
                            lambda: [(text[4:], receiver) for text, receiver in expected - set(self.messages)])
        self.settle(2)
        got = {key: n for key, n in self.messages.items() if key[0].startswith("all ")}
        return seconds, len(expected), sum(n - 1 for n in got.values())

    def direct(self):
        ids = sorted(self.peers)
        pairs = list(zip(ids, ids[len(ids) // 2:] + ids[:len(ids) // 2]))
        for sender, receiver in pairs:
            self.ask(sender, do="send", text=f"one {sender}", to=receiver)
        expected = {(f"one {sender}", receiver) for sender, receiver in pairs}
        seconds = self.wait(lambda: expected <= set(self.messages), "the directed messages")
        self.settle(2)
        got = {key for key in self.messages if key[0].startswith("one ")}
        return seconds, len(expected), len(got - expected), sum(self.messages[key] - 1 for key in expected)

    def count_links(self):
        self.links.clear()
        self.strangers.clear()
        for peer_id in self.peers:
            self.ask(peer_id, do="links")
        self.wait(lambda: len(self.links) == len(self.peers), "the links")
        return sorted(map(len, self.links.values()))

    def derive(self):
        """The links of the layout: within cells, and between bridges of cells that are neighbours."""
        cells = next(iter(self.peers.values()))["cells"]
        links = {frozenset(pair) for members in cells for pair in itertools.combinations(members, 2)}
        step = 1
        while step < len(cells):
            for cell, members in enumerate(cells):
                other = cells[cell + step] if cell + step < len(cells) else []
                if members and other:
                    links.add(frozenset((members[0], other[0])))
            step *= 2
        return links

    def describe(self, pair):
        """Cell and place in its succession of both; ! at the end that takes the other for a browser."""
        cells = next(iter(self.peers.values()))["cells"]
        places = {peer_id: f"{cell}.{place}" for cell, members in enumerate(cells)
                  for place, peer_id in enumerate(members)}
        unknown = [peer_id for peer_id in pair if set(self.strangers.get(peer_id, [])) & (set(pair) - {peer_id})]
        return "–".join(places.get(peer_id, "?") + "!" * (peer_id in unknown) for peer_id in pair)

    def compare_links(self):
        """How many links there are beyond those of the layout, and how many of these are missing."""
        there = {frozenset((peer_id, other)) for peer_id, linked in self.links.items() for other in linked}
        derived = self.derive()
        return there - derived, derived - there

    def kill_bridge(self):
        """The whole process of a bridge dies: all peers in it do."""
        victim = next(peer for peer in self.peers.values() if peer.get("bridge"))["process"]
        gone = [peer_id for peer_id, peer in self.peers.items() if peer["process"] is victim]
        victim.kill()
        for peer_id in gone:
            del self.peers[peer_id]
        return len(gone), time.monotonic()


def report_links(room, when):
    links = room.count_links()
    beyond, missing = room.compare_links()
    print(f"links of a peer, {when}: mean {statistics.mean(links):.1f}, median {links[len(links) // 2]}, "
          f"worst {links[-1]}; {len(beyond)} beyond the layout, {len(missing)} missing; "
          f"{len({str(peer['cells']) for peer in room.peers.values()})} layouts, "
          f"sealed {statistics.mean(room.epochs.values()):.1f} times; "
          f"{sum(map(len, room.strangers.values()))} ends take the other for a browser")
    for what, which in (("beyond", beyond), ("missing", missing)):
        if 0 < len(which) <= 16:
            print(f"  {what}: {', '.join(room.describe(pair) for pair in which)}")


def measure(options):
    relay = subprocess.Popen([options.build / "tools/genos", "relay", "--port", "0"], stdout=subprocess.PIPE, text=True)
    url = re.search(r"ws://\S+", relay.stdout.readline())[0]
    room = Room(options, url)
    try:
        print(f"{options.peers} peers in {options.processes} processes, cells of {options.cells}")
        print(f"all agree after {room.wait(lambda: room.agree(options.peers), 'one view'):.1f} s")
        print(f"links of the layout: mean {2 * len(room.derive()) / options.peers:.1f} of a peer")
        for seconds in range(5, 45, 5):
            room.settle(5)
            report_links(room, f"{seconds} s later")
        seconds, expected, twice = room.broadcast()
        print(f"broadcasts: {expected} of {expected} arrived within {seconds:.2f} s, {twice} twice")
        seconds, expected, elsewhere, twice = room.direct()
        print(f"directed: {expected} of {expected} arrived within {seconds:.2f} s, {elsewhere} elsewhere, {twice} twice")
        gone, killed = room.kill_bridge()
        room.messages.clear()
        seconds, expected, twice = room.broadcast()
        print(f"{gone} peers killed, a bridge among them; broadcasts at once: {expected} of {expected} arrived "
              f"within {seconds:.2f} s, {twice} twice")
        room.settle(15)
        room.messages.clear()
        seconds, expected, twice = room.broadcast()
        print(f"15 s later, in the old layout: {expected} of {expected} arrived within {seconds:.2f} s, {twice} twice")
        room.wait(lambda: room.agree(len(room.peers)), "the next seal")
        print(f"the others agree after {time.monotonic() - killed:.1f} s")
        report_links(room, "then")
        room.messages.clear()
        seconds, expected, twice = room.broadcast()
        print(f"broadcasts: {expected} of {expected} arrived within {seconds:.2f} s, {twice} twice")
        room.settle(30)
        report_links(room, "30 s later")
    finally:
        for process in [*room.processes, relay]:
            process.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--peers", type=int, default=48)
    parser.add_argument("--processes", type=int, default=6)
    parser.add_argument("--cells", type=int, default=5)
    parser.add_argument("--here", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--relay", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        Peers(options).run()
    else:
        measure(options)


main()
