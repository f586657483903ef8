#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two machines on one cable, with nothing else in the world: each is a network namespace with a bus and
an Avahi of its own. What one announces the other finds, and a room works by that alone. TAP.

Arguments: the build folder."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

BUILD = pathlib.Path(sys.argv[1]).resolve()
TOOL = BUILD / "tools" / "genos"
NEEDED = ("unshare", "nsenter", "ip", "dbus-daemon", "avahi-daemon")
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"
INSIDE = "GENOS_LAN_TEST_INSIDE"

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="false"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
    <allow user="*"/>
  </policy>
</busconfig>
"""
AVAHI = """[server]
host-name={name}
use-ipv4=yes
use-ipv6=no
allow-interfaces={interface}
enable-dbus=yes
[wide-area]
enable-wide-area=no
[publish]
publish-hinfo=no
publish-workstation=no
"""


def skip(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit(0)


def enter_own_world():
    """Begins anew in namespaces of our own, so that nothing of this machine is touched."""
    if os.environ.get(INSIDE):
        return
    missing = [name for name in NEEDED if not shutil.which(name, path=PATH)]
    if missing:
        skip(f"{' '.join(missing)} not installed")
    # Avahi gives its folder to a user of its own, which must exist here.
    users = sum(int(line.split()[2]) for line in open("/proc/self/uid_map"))
    if os.geteuid() != 0 or users < 1000:
        skip("has to run as root")
    world = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if subprocess.run([*world, "true"], capture_output=True, env={"PATH": PATH}).returncode != 0:
        skip("no namespaces may be made here")
    env = {**os.environ, INSIDE: "1", "PATH": PATH}
    sys.exit(subprocess.run([*world, sys.executable, *sys.argv], env=env).returncode)


class Machine:
    """A namespace with its bus and its Avahi; the one we are in, or one of its own."""

    def __init__(self, folder, name, interface, address, own):
        self.folder = folder
        self.bus = folder / f"{name}.bus"
        self.prefix = []
        self.running = []
        if own:
            holder = subprocess.Popen(["unshare", "--net", "--mount", "sleep", "600"])
            self.running.append(holder)
            time.sleep(0.5)
            self.prefix = ["nsenter", "--net", "--mount", "-t", str(holder.pid)]
            subprocess.run(["ip", "link", "set", interface, "netns", str(holder.pid)], check=True)
        self.run("ip", "address", "add", address, "dev", interface)
        self.run("ip", "link", "set", "lo", "up")
        self.run("ip", "link", "set", interface, "up")
        self.run("ip", "route", "add", "224.0.0.0/4", "dev", interface)
        self.run("mount", "-t", "tmpfs", "tmpfs", "/run")
        self.run("mkdir", "-p", "/run/avahi-daemon")
        config = folder / f"{name}.bus.conf"
        config.write_text(BUS.format(path=self.bus))
        self.avahi_config = folder / f"{name}.avahi.conf"
        self.avahi_config.write_text(AVAHI.format(name=name, interface=interface))
        self.start("dbus-daemon", "--nofork", f"--config-file={config}")
        wait(self.bus.exists, f"the bus of {name}")

    def start_avahi(self):
        self.avahi = self.start("avahi-daemon", "-f", str(self.avahi_config), "--no-chroot",
                                "--no-drop-root", "--no-rlimits")

    def run(self, *command):
        subprocess.run([*self.prefix, *command], check=True)

    def start(self, *command, **options):
        env = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.bus}",
               "G_DEBUG": "fatal-criticals", "GST_PLUGIN_PATH": str(BUILD / "gst"),
               "GST_REGISTRY": str(self.folder / "registry.bin")}
        process = subprocess.Popen([*self.prefix, *command], env=env, **options)
        self.running.append(process)
        return process

    def genos(self, log, *command):
        return self.start(str(TOOL), *command, stdin=subprocess.PIPE, stdout=log.open("wb"),
                          stderr=subprocess.STDOUT)

    def stop(self):
        for process in reversed(self.running):
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()


def wait(condition, what, seconds=40):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited in vain for {what}")


def says(log, pattern):
    return lambda: re.search(pattern, log.read_text(errors="replace"))


class Lan:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def case(self, name, body):
        self.count += 1
        try:
            body()
            print(f"ok {self.count} - {name}", flush=True)
        except Exception as error:  # pylint: disable=broad-except
            self.failed += 1
            print(f"# {error}\nnot ok {self.count} - {name}", flush=True)


def main():
    enter_own_world()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="genos-lan-"))
    subprocess.run(["ip", "link", "add", "cable0", "type", "veth", "peer", "name", "cable1"], check=True)
    machines = []
    lan = Lan()
    try:
        left = Machine(folder, "left", "cable0", "10.77.0.1/24", own=False)
        machines.append(left)
        right = Machine(folder, "right", "cable1", "10.77.0.2/24", own=True)
        machines.append(right)
        alice, bob, carol, relay = (folder / f"{name}.log" for name in ("alice", "bob", "carol", "relay"))
        chat = ("chat", "--room", "cable", "--relays", "lan")

        def missing():
            left.start_avahi()
            left.genos(relay, "relay", "--lan", "--port", "7777")
            wait(says(relay, "ws://"), "the relay")
            bobs = right.genos(bob, *chat)
            wait(says(bob, "Avahi does not run"), "being told that Avahi is missing")
            bobs.kill()

        def meet():
            right.start_avahi()
            left.genos(alice, *chat)
            talker = right.genos(bob, *chat)
            wait(says(alice, r"\w+ joined"), "the two to meet")
            talker.stdin.write(b"by cable\n")
            talker.stdin.flush()
            wait(says(alice, r"\w+: by cable"), "the line")

        def bring_along():
            left.start("gst-launch-1.0", "-q", "videotestsrc", "is-live=true", "!", "genosroomsink",
                       "room=orchard", "relay-server=0.0.0.0:7778", "stun-server=none")
            right.genos(carol, "chat", "--room", "orchard", "--relays", "lan")
            wait(says(carol, r"\w+ joined"), "the camera and its relay")

        def examined():
            log = folder / "doctor.log"
            doctor = right.genos(log, "doctor", "--relays", "lan", "--stun", "none", "--json")
            wait(lambda: doctor.poll() is not None, "the doctor's end")
            report = json.loads(log.read_text())
            relays = {check["subject"]: check["verdict"] for check in report["checks"] if check["check"] == "relay"}
            assert relays.get("lan") == "ok", relays
            assert relays.get("ws://10.77.0.1:7777/", relays.get("ws://10.77.0.1:7777")) == "ok", relays

        lan.case("without Avahi it is said", missing)
        lan.case("a room by relays=lan", meet)
        lan.case("the doctor examines what is found", examined)
        lan.case("an element that brings its relay along", bring_along)
    finally:
        for log in sorted(folder.glob("*.log")):
            if lan.failed:
                print(f"# {log.name}:\n" + re.sub("^", "#   ", log.read_text(errors="replace"), flags=re.M))
        for machine in machines:
            machine.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"1..{lan.count}")
    sys.exit(1 if lan.failed else 0)


main()
