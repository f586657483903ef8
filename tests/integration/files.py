#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: files.py GENOS: `genos send` and `genos receive` over a relay and real links of this machine."""
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

GENOS = sys.argv[1]
PATIENCE = 120


def start(*arguments, limit=None):
    """Starts the program; LIMIT: bytes that a file of it may have."""
    def prepare():
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    return subprocess.Popen([GENOS, *map(str, arguments)], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, preexec_fn=prepare)


def end(process):
    """Its exit code, and what it said."""
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out + err


class Room:
    """A relay, a folder to send from and one to receive into."""

    def __init__(self, scratch):
        self.relay = start("relay", "--port", 0)
        self.url = self.relay.stdout.readline().strip()
        self.source = scratch / "source"
        self.target = scratch / "target"
        self.source.mkdir()
        self.target.mkdir()
        self.number = 0

    def options(self):
        return ["--room", f"files-{self.number}", "--relays", self.url, "--password", "secret"]

    def file(self, name, size):
        path = self.source / name
        path.write_bytes(os.urandom(size))
        return path

    def receive(self, *more, limit=None):
        return start("receive", *self.options(), "--to", self.target, *more, limit=limit)

    def send(self, *files):
        return start("send", *self.options(), *files)

    def same(self, path, name):
        return (self.target / name).read_bytes() == path.read_bytes()


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_two_at_once(room):
    files = [room.file("a.bin", 5_000_000), room.file("b.txt", 0)]
    receiver, sender = room.receive("--files", 2), room.send(*files)
    assert end(sender)[0] == 0 and end(receiver)[0] == 0
    assert room.same(files[0], "a.bin") and room.same(files[1], "b.txt")


def test_again(room):
    path = room.file("a.bin", 100_000)
    before = (room.target / "a.bin").read_bytes()
    receiver, sender = room.receive("--files", 1), room.send(path)
    assert end(sender)[0] == 0 and end(receiver)[0] == 0
    assert room.same(path, "a (2).bin") and (room.target / "a.bin").read_bytes() == before


def test_killed(room):
    path = room.file("c.bin", 60_000_000)
    part = room.target / "c.bin.part"
    receiver, sender = room.receive(), room.send(path)
    wait_for(lambda: part.exists() and part.stat().st_size > 1_000_000)
    receiver.send_signal(signal.SIGKILL)
    end(receiver)
    there = part.stat().st_size
    assert 0 < there < 60_000_000
    inode = part.stat().st_ino
    receiver = room.receive("--files", 1)
    assert end(receiver)[0] == 0 and end(sender)[0] == 0
    assert room.same(path, "c.bin") and (room.target / "c.bin").stat().st_ino == inode
    assert not part.exists()


def test_full(room):
    path = room.file("d.bin", 4_000_000)
    receiver, sender = room.receive(limit=1_000_000), room.send(path)
    code, said = end(receiver)
    assert code == 1 and "no space is left" in said, said
    assert (room.target / "d.bin.part").stat().st_size == 1_000_000
    receiver = room.receive("--files", 1)
    assert end(receiver)[0] == 0
    code, said = end(sender)
    assert code == 0 and "no space is left there" in said, said
    assert room.same(path, "d.bin")


def test_interrupted(room):
    path = room.file("e.bin", 60_000_000)
    part = room.target / "e.bin.part"
    receiver, sender = room.receive(), room.send(path)
    wait_for(lambda: part.exists() and part.stat().st_size > 0)
    sender.send_signal(signal.SIGINT)
    assert end(sender)[0] == 1
    receiver.send_signal(signal.SIGINT)
    end(receiver)
    assert part.exists() and not (room.target / "e.bin").exists()


def fetch(url):
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
        assert answer.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
        return answer.read().decode()


def test_metrics(room):
    receiver = room.receive("--metrics", "0")
    url = receiver.stderr.readline().split()[-1]
    sender = room.receive()
    wait_for(lambda: "\ngenos_room_peers 1\n" in fetch(url))
    text = fetch(url)
    assert '\ngenos_peer_linked{peer="' in text and text.endswith("\n# EOF\n"), text
    for process in (sender, receiver):
        process.send_signal(signal.SIGINT)
        end(process)
    code, said = end(room.receive("--metrics", "nowhere:1"))
    assert code == 2 and "is no place to listen at" in said, said


def test_properties(room):
    """Whatever a room can be told, a command can: here that it is another application's."""
    path = room.file("f.bin", 1000)
    app = ["--app-id", "other", "--set", "stun-server=none", "--set", "max-peers=3"]
    receiver, sender = room.receive("--files", 1, *app), room.send(path, *app)
    assert end(sender)[0] == 0 and end(receiver)[0] == 0
    assert room.same(path, "f.bin")
    for setting, words in (("bogus=1", "no such property"),
                           ("max-peers=many", "is no value"), ("max-peers", "NAME=VALUE")):
        code, said = end(room.receive("--set", setting))
        assert code == 2 and words in said, said
    code, said = end(room.receive("another"))
    assert code == 2 and "one room at a time" in said, said


def main():
    tests = [test_two_at_once, test_again, test_killed, test_full, test_interrupted,
             test_metrics, test_properties]
    failed = False
    print(f"1..{len(tests)}")
    with tempfile.TemporaryDirectory() as scratch:
        room = Room(pathlib.Path(scratch))
        try:
            for number, test in enumerate(tests, 1):
                room.number = number
                try:
                    test(room)
                    print(f"ok {number} {test.__name__}", flush=True)
                except (AssertionError, OSError, subprocess.TimeoutExpired) as error:
                    failed = True
                    print(f"not ok {number} {test.__name__}: {error!r}", flush=True)
        finally:
            room.relay.terminate()
            room.relay.wait()
    sys.exit(1 if failed else 0)


main()
