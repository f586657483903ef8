#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: bridge-memory.py MEMBER GENOS: what a bridge of a room in cells has in its memory of what it passes on.
Four peers in two cells, over a relay and real links of this machine: one member of each cell, and both bridges, in
three processes. What the members say to each other goes through that of the bridges."""
import base64
import itertools
import json
import os
import pathlib
import queue
import secrets
import subprocess
import sys
import threading
import time

MEMBER, GENOS = sys.argv[1:3]
PATIENCE = 120
CELLS = 2


# --- who is where: see docs/design/mesh.md

def hashed(text):
    value = 0
    for character in text:
        value = ((value ^ ord(character)) * 2654435761) & 0xFFFFFFFF
    return value


def cell_of(peer):
    return max(range(CELLS), key=lambda cell: (hashed(f"{peer}:{cell}"), -cell))


def choose_peers():
    """Of each cell the bridge and another member."""
    found = [[], []]
    for number in itertools.count():
        peer = f"member{number:02}"
        cell = cell_of(peer)
        if len(found[cell]) < 2:
            found[cell].append(peer)
        if all(len(peers) == 2 for peers in found):
            return [sorted(peers, key=lambda p: hashed(f"{p}@{cell}"), reverse=True)
                    for cell, peers in enumerate(found)]


# --- processes

class Process:
    """Some peers; its lines come in a queue."""

    def __init__(self, url, room, password, *peers):
        environment = {**os.environ, "GENOS_TEST_PASSWORD": password} if password else os.environ
        self.process = subprocess.Popen([MEMBER, url, room, str(CELLS), *peers], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=environment)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def expect(self, start, seconds=PATIENCE):
        """What comes behind START in the next line that begins with it; None: too late."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                line = self.lines.get(timeout=left)
            except queue.Empty:
                break
            print(f"# {line}", flush=True)
            if line.startswith(start + " "):
                return line[len(start) + 1:]
        return None

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def holds(self, marker):
        """Whether the marker is anywhere in the memory, as text, as UTF-16, or in base64."""
        needles = [marker.encode(), marker.encode("utf-16-le")]
        # Of what stands in base64 at any offset, the part that does not depend on its neighbours.
        needles += [base64.b64encode(b"\0" * skip + marker.encode())[4:-4] for skip in range(3)]
        with open(f"/proc/{self.process.pid}/mem", "rb", buffering=0) as memory:
            for line in pathlib.Path(f"/proc/{self.process.pid}/maps").read_text().splitlines():
                span, rights, *_, = line.split()
                if not rights.startswith("r") or line.endswith(("[vvar]", "[vsyscall]")):
                    continue
                start, end = (int(part, 16) for part in span.split("-"))
                content = read_span(memory, start, end)
                if any(needle in content for needle in needles):
                    return True
        return False


def read_span(memory, start, end):
    """Guarded pages in between cannot be read by anybody."""
    try:
        memory.seek(start)
        data = b""
        while len(data) < end - start:
            part = memory.read(end - start - len(data))
            if not part:
                break
            data += part
        return data
    except (OSError, OverflowError):
        return b""


class Room:
    def __init__(self, url, name, password):
        (bridge, member), (other_bridge, other) = choose_peers()
        self.sender, self.receiver = member, other
        self.a = Process(url, name, password, member)
        self.b = Process(url, name, password, bridge, other_bridge)
        self.c = Process(url, name, password, other)
        self.cells = [[bridge, member], [other_bridge, other]]

    def stop(self):
        for process in (self.a, self.b, self.c):
            process.stop()

    def wait_until_sealed(self):
        """All have the layout, and the members have links to nobody but their own bridge."""
        deadline = time.monotonic() + PATIENCE
        for process, peer, bridge in ((self.a, self.sender, self.cells[0][0]), (self.c, self.receiver, self.cells[1][0])):
            while True:
                assert time.monotonic() < deadline, f"{peer} does not get its place"
                process.tell(f"layout {peer}")
                _, layout = (process.expect(f"layout {peer}") or "0 []").split(" ", 1)
                process.tell(f"peers {peer}")
                peers = json.loads(process.expect(f"peers {peer}") or "[]")
                if json.loads(layout) == self.cells and peers == [bridge]:
                    break
                time.sleep(0.5)

    def say(self, command, marker):
        """Until it has arrived: links between bridges may be a moment behind the layout."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self.a.tell(f"{command} {marker}")
            if self.c.expect(f"message {self.receiver} {self.sender}", 5) == marker:
                return
        raise AssertionError("nothing arrived")


def new_marker():
    return "marker-" + secrets.token_hex(16)


def test_directed(room, open_room):
    marker = new_marker()
    room.say(f"tell {room.sender} {room.receiver}", marker)
    assert room.a.holds(marker) and room.c.holds(marker), "it is not found where it is"
    assert not room.b.holds(marker), "the bridge has it"


def test_broadcast(room, open_room):
    """It is for the bridge, too: this is what finds a marker in the memory of this process."""
    marker = new_marker()
    room.say(f"say {room.sender}", marker)
    assert room.b.holds(marker), "the bridge does not have what was said to it"


def test_without_password(room, open_room):
    """Nobody is promised anything there: it is passed on as it is, and found."""
    marker = new_marker()
    open_room.say(f"tell {open_room.sender} {open_room.receiver}", marker)
    assert open_room.b.holds(marker), "it went another way"


def forbidden():
    """A process of one's own is readable, unless somebody has said otherwise."""
    child = subprocess.Popen(["sleep", "60"])
    try:
        with open(f"/proc/{child.pid}/mem", "rb"):
            return None
    except OSError as error:
        return str(error)
    finally:
        child.kill()
        child.wait()


def main():
    tests = [test_directed, test_broadcast, test_without_password]
    if why := forbidden():
        print(f"1..0 # SKIP memory of other processes cannot be read here: {why}")
        return 0
    print(f"1..{len(tests)}")
    relay = subprocess.Popen([GENOS, "relay", "--port", "0"], stdout=subprocess.PIPE, text=True)
    url = relay.stdout.readline().strip()
    rooms = [Room(url, "sealed", secrets.token_hex(8)), Room(url, "open", None)]
    failed = False
    try:
        for room in rooms:
            room.wait_until_sealed()
        for number, test in enumerate(tests, 1):
            try:
                test(*rooms)
                print(f"ok {number} {test.__name__}", flush=True)
            except AssertionError as error:
                failed = True
                print(f"not ok {number} {test.__name__}: {error}", flush=True)
    finally:
        for room in rooms:
            room.stop()
        relay.terminate()
        relay.wait()
    return 1 if failed else 0


sys.exit(main())
