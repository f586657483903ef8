#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: examples.py BUILD-DIR [CASE…]

The examples in Python and JavaScript and a launch line, each as its user starts it, beside a relay and test
pictures. Everything is waited for; nothing is measured in time."""

import json
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from array import array
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import which

EXAMPLES = Path(__file__).parents[2] / 'examples'
BUILD = Path(sys.argv[1]).resolve()
WAIT = 90  # s, for anything
AT_ONCE = 3
for variable, folder in ('GST_PLUGIN_PATH', 'gst'), ('GI_TYPELIB_PATH', 'lib'), ('LD_LIBRARY_PATH', 'lib'):
    os.environ[variable] = f'{BUILD / folder}:{os.environ.get(variable, "")}'

import gi  # noqa: E402

gi.require_version('Gst', '1.0')
from gi.repository import Gst  # noqa: E402

PICTURE = 'videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=15/1'
TONE = 'audiotestsrc is-live=true wave=ticks'
TONES = 400, 1000, 2500  # Hz


def tone_power(samples, tone, rate=48000):
    """How much of that tone there is (Goertzel's algorithm), a thousandth of full scale being 1."""
    factor = 2 * math.cos(2 * math.pi * tone / rate)
    last = before = 0.0
    for sample in samples:
        last, before = sample + factor * last - before, last
    power = last * last + before * before - factor * last * before
    return math.sqrt(max(power, 0)) / max(len(samples), 1) / 32.768 * 2


class Peer:
    """A pipeline of this process; counts what comes out of a genosroomsrc named r."""

    def __init__(self, text):
        self.counts = {}
        self.events = []
        self.listener = None
        self.pipeline = Gst.parse_launch(f'{text} fakesink name=never async=false')
        source = self.pipeline.get_by_name('r')
        if source:
            source.connect('pad-added', self.on_pad_added)
        self.pipeline.set_state(Gst.State.PLAYING)

    def on_pad_added(self, source, pad):
        kind = pad.get_name().split('_')[0]
        mixed = kind == 'audio' and pad.get_property('stream-id').startswith('mix-')
        sink = Gst.ElementFactory.make('fakesink')
        sink.set_property('async', False)
        sink.set_property('signal-handoffs', True)
        sink.connect('handoff', lambda *_: self.counts.update({kind: self.counts.get(kind, 0) + 1}))
        if mixed and self.listener:
            sink.connect('handoff', lambda sink, buffer, pad: self.listener(pad, buffer))
        self.pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad('sink'))

    def heard(self, words):
        bus = self.pipeline.get_bus()
        while message := bus.pop_filtered(Gst.MessageType.ELEMENT):
            self.events.append(message.get_structure().to_string())
        return any('genos-channel-message' in event and words in event for event in self.events)

    def stop(self):
        self.pipeline.set_state(Gst.State.NULL)


class Stage:
    """A relay's room, and whoever is started in it."""

    def __init__(self, url, folder):
        self.url, self.folder = url, Path(folder)
        self.running = []
        self.logs = []

    def place(self, room, name):
        # Elements of one process that name the relay in another way are another peer.
        return f'room={room} relays={self.url}/?{name} stun-server=""'

    def peer(self, text):
        self.running.append(Peer(text))
        return self.running[-1]

    def start(self, *command):
        log = self.folder / f'{len(self.logs)}.log'
        self.logs.append(log)
        with open(log, 'w', encoding='utf-8') as out:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out, stderr=out,
                                       text=True, cwd=self.folder)
        process.log = log
        self.running.append(process)
        return process

    def example(self, name, *words):
        return self.start(sys.executable, str(EXAMPLES / name), *words)

    def until(self, what, condition):
        deadline = time.monotonic() + WAIT
        while time.monotonic() < deadline:
            if condition():
                return
            time.sleep(0.1)
        raise RuntimeError(f'{what}: not so; ' + ' | '.join(log.read_text()[-1000:] for log in self.logs))

    def end(self):
        for one in self.running:
            if isinstance(one, Peer):
                one.stop()
            else:
                one.kill()
                one.wait()


def end_well(process):
    process.send_signal(signal.SIGINT)
    assert process.wait(WAIT) == 0, (process.returncode, process.log.read_text()[-1000:])


def case_bridge(stage):
    bridge = stage.example('bridge.py', 'here', 'there', stage.url)
    for room in ('here', 'there'):
        stage.peer(f'genosroomsink name=s {stage.place(room, "send")} {PICTURE} ! s.video_0 {TONE} ! s.audio_0')
    viewers = [stage.peer(f'genosroomsrc name=r {stage.place(room, "watch")} peer-id=viewer{room}')
               for room in ('here', 'there')]
    # Each room has one camera of its own and one of the other room.
    stage.until('both go over', lambda: bridge.log.read_text().count('video of') == 2)
    for viewer in viewers:
        stage.until('pictures and sound', lambda: min(viewer.counts.get(kind, 0) for kind in (
            'video', 'audio')) > 30)
    for viewer in viewers:
        pads = [pad.get_name() for pad in viewer.pipeline.get_by_name('r').srcpads]
        stage.until('both cameras', lambda: sum(pad.get_name().startswith(
            'video') for pad in viewer.pipeline.get_by_name('r').srcpads) == 2)
        assert pads, pads
    end_well(bridge)


def case_doorbell(stage):
    door = stage.example('doorbell.py', 'door', stage.url, '--test')
    visitor = stage.peer(f'genosroomsrc name=r {stage.place("door", "v")} '
                         f'genosroomsink name=s {stage.place("door", "v")} {TONE} ! s.audio_0')
    stage.until('the door is seen and heard', lambda: min(visitor.counts.get(kind, 0) for kind in (
        'video', 'audio')) > 10)
    stage.until('the door hears', lambda: ' talks' in door.log.read_text())
    door.stdin.write('\n')
    door.stdin.flush()
    stage.until('the bell', lambda: visitor.heard('at the door') or visitor.heard('at\\ the\\ door'))
    assert 'rang at 1' in door.log.read_text(), door.log.read_text()
    door.stdin.close()
    assert door.wait(WAIT) == 0


def case_telemetry(stage):
    viewer = stage.example('telemetry.py', 'vehicle', stage.url, '--test')
    vehicle = stage.peer(f'genosroomsink name=s {stage.place("vehicle", "v")} '
                         f'data_0::channel=telemetry {PICTURE} ! s.video_0 '
                         'appsrc name=words is-live=true format=time do-timestamp=true '
                         'caps=text/x-raw,format=utf8 ! s.data_0')
    words = vehicle.pipeline.get_by_name('words')

    def shown():
        words.emit('push-buffer', Gst.Buffer.new_wrapped(b'42 km/h'))
        time.sleep(0.2)
        return '42 km/h' in viewer.log.read_text()

    stage.until('the words', shown)
    end_well(viewer)


class Ear:
    """Which of two tones comes out of the tracks of one peer's mix."""

    def __init__(self, peer, own):
        self.powers = {}
        peer.listener = self.on_pad
        self.own = own

    def on_pad(self, pad, buffer):
        channels = pad.get_current_caps().get_structure(0).get_value('channels')
        samples = array('h', buffer.extract_dup(0, buffer.get_size() // 2 * 2))[::channels]
        self.powers = {tone: tone_power(samples, tone) for tone in TONES}

    def hears_others_alone(self):
        others = [power for tone, power in self.powers.items() if tone != self.own]
        return bool(others) and min(others) > 10 * self.powers[self.own] and min(others) > 1


def case_mix_minus(stage):
    """Each of three hears the other two, and not itself."""
    conference = stage.example('mix-minus.py', 'conference', stage.url)
    ears = []
    for tone in TONES:
        place = f'{stage.place("conference", f"p{tone}")} peer-id=tone{tone}'
        guest = stage.peer(f'genosroomsrc name=r output=raw {place} genosroomsink name=s {place} '
                           f'audiotestsrc is-live=true freq={tone} volume=0.2 ! s.audio_0')
        ears.append(Ear(guest, tone))
    for ear in ears:
        stage.until('the others, and not itself', ear.hears_others_alone)
    stage.running.pop().stop()
    stage.until('one to go', lambda: ' is out' in conference.log.read_text())
    end_well(conference)


def case_hls(stage):
    text = (EXAMPLES / 'launch-lines.md').read_text(encoding='utf-8')
    line = re.search(r'As HLS.*?```sh\ngst-launch-1.0 (.*?)```', text, re.S).group(1)
    words = line.replace('\\\n', ' ').replace('ws://127.0.0.1:7777/', stage.url).split()
    if any(Gst.ElementFactory.find(name) is None for name in ('avenc_aac', 'hlssink', 'x264enc')):
        return 'an encoder is not installed'
    # Small, so that a busy machine keeps up.
    words[words.index('genosroommix') + 1:words.index('genosroommix') + 1] = [
        'width=160', 'height=120', 'framerate=15/1']
    stage.peer(f'genosroomsink name=s {stage.place("garden", "s")} {PICTURE} ! s.video_0 {TONE} ! s.audio_0')
    stage.start('gst-launch-1.0', *words)
    playlist, segment = stage.folder / 'garden.m3u8', stage.folder / 'segment00000.ts'
    stage.until('a segment in the playlist',
                lambda: playlist.exists() and segment.name in playlist.read_text())
    found = json.loads(subprocess.run(
        ['ffprobe', '-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'json', str(segment)],
        check=True, capture_output=True, text=True).stdout)
    assert sorted(s['codec_name'] for s in found['streams']) == ['aac', 'h264'], found
    return None


def case_chat(stage):
    """The library from Python and from JavaScript."""
    if not which('gjs') or not (BUILD / 'lib/GenosRooms-1.0.typelib').exists():
        return 'gjs is not installed, or there is no typelib'
    words = 'talk', stage.url
    talkers = [stage.example('chat.py', *words), stage.start('gjs', '-m', str(EXAMPLES / 'chat.js'), *words)]
    for talker in talkers:
        stage.until('somebody there', lambda talker=talker: ' is here)' in talker.log.read_text())
    for talker, other in zip(talkers, reversed(talkers)):
        line = f'a line of {talker.pid}'
        talker.stdin.write(f'{line}\n')
        talker.stdin.flush()
        stage.until('a line', lambda other=other, line=line: line in other.log.read_text())
    for talker in reversed(talkers):
        talker.stdin.close()
        assert talker.wait(WAIT) == 0
    assert ' is gone)' in talkers[0].log.read_text(), talkers[0].log.read_text()
    return None


CASES = {'bridge': case_bridge, 'doorbell': case_doorbell, 'telemetry': case_telemetry, 'mix-minus': case_mix_minus,
         'hls': case_hls, 'chat': case_chat}


def run_case(url, name):
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix='genos-examples-') as folder:
        stage = Stage(url, folder)
        try:
            skipped = CASES[name](stage)
            print(f'# {name}: {time.monotonic() - begun:.1f} s', flush=True)
            return f'ok # SKIP {skipped}' if skipped else 'ok'
        except (AssertionError, RuntimeError, OSError, subprocess.SubprocessError):
            for line in traceback.format_exc().splitlines():
                print(f'# {name}: {line}', flush=True)
            return 'not ok'
        finally:
            stage.end()


def main():
    names = sys.argv[2:] or list(CASES)
    if not which('ffprobe'):
        print('1..0 # SKIP ffprobe is missing')
        return 0
    Gst.init(None)
    relay = subprocess.Popen([str(BUILD / 'tools/genos'), 'relay', '--port', '0'],
                             stdout=subprocess.PIPE, text=True)
    try:
        url = next(word.rstrip('",/') for line in relay.stdout for word in line.split()
                   if word.startswith('ws://'))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            verdicts = list(pool.map(lambda name: run_case(url, name), names))
    finally:
        relay.kill()
        relay.wait()
    print(f'1..{len(names)}')
    for number, (name, verdict) in enumerate(zip(names, verdicts), 1):
        word, _, reason = verdict.partition(' # ')
        print(f'{word} {number} - {name}{reason and " # " + reason}')
    return 1 if 'not ok' in verdicts else 0


sys.exit(main())
