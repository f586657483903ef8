# SPDX-License-Identifier: LGPL-2.1-or-later
"""A way that gets narrow and wide again: who gets what, and how good the others' pictures are meanwhile."""

import json
import os
import shutil
import struct
import subprocess
import threading
import time
from pathlib import Path

from people import SLOW, Failure, Peer

WIDTH, HEIGHT, COUNT = 640, 360, 256  # the plate comes to where it began after that many pictures
# It moves everywhere, so an encoder uses all that it may.
PLATE = (f'pattern=zone-plate kx2=20 ky2=20 kt=3 ! '
         f'video/x-raw,format=I420,width={WIDTH},height={HEIGHT},framerate=30/1')
SOUND = 'audiotestsrc is-live=true wave=ticks ! audio/x-raw,channels=1 ! audioconvert ! sink.audio_0 '
CAMERA = f'{SOUND} videotestsrc is-live=true {PLATE} ! videoconvert ! '
ENCODED = (f'{SOUND} videotestsrc is-live=true {PLATE} ! videoconvert ! '
           'vp8enc deadline=1 cpu-used=-6 end-usage=cbr target-bitrate=2000000 keyframe-max-dist=60 ! ')


def expect(condition, words):
    if not condition:
        raise Failure(words)


def received(peer, since, until, kind='video'):
    """Pictures (or packets of sound) a second, and Mbit/s, in that time."""
    told = peer.list('media', kind=kind)
    before = [e for e in told if e['at'] <= since]
    within = [e for e in told if e['at'] <= until]
    if not within:
        return 0, 0
    first = before[-1] if before else {'buffers': 0, 'bytes': 0}
    span = until - since
    return ((within[-1]['buffers'] - first['buffers']) / span,
            (within[-1]['bytes'] - first['bytes']) * 8e-6 / span)


def longest_gap(peer, since, until, kind='video'):
    """In ms, of those that ended in that time."""
    return max((e['gap-ms'] for e in peer.list('media', since, kind=kind) if e['at'] <= until),
               default=int((until - since) * 1000))


LARGE = ('pattern=zone-plate kx2=4 ky2=4 kt=2 ! '
         'video/x-raw,format=I420,width=1280,height=720,framerate=30/1')


class Narrow:
    """One of four viewers has a wire of which the width is set; all of them keep what they see."""

    def __init__(self, lab, camera, *properties, viewers=4):
        self.lab = lab
        lab.peer_on_lan('a', 1)
        url = lab.relay()
        self.wire = lab.peer_on_long_wire('b', 2, 0, 10)
        for number in range(1, viewers):
            lab.peer_on_lan(f'c{number}', 2 + number)
        self.alice = Peer(lab, 'a', url, 'alice', *properties, camera=camera)
        self.slow = Peer(lab, 'b', url, 'slow', media=False, keep=self.film('slow'))
        self.others = [Peer(lab, f'c{number}', url, f'fast{number}', media=False,
                            keep=self.film(f'fast{number}'))
                       for number in range(1, viewers)]
        for peer in [self.slow, *self.others]:
            peer.wait_for_media(30)
        self.notes = []
        self.counted = (0, 0, 0)
        self.means = {}  # PSNR, by peer and phase
        self.phases = []  # (Mbit/s, begin, end)

    def film(self, name):
        return self.lab.folder / f'{self.lab.name}-{name}.ivf'

    def run(self, width, seconds):
        self.wire.stdin.write(f'rate {width * 1e6}\n'.encode())
        self.wire.stdin.flush()
        begin = time.monotonic()
        self.notes.append(f'-- {width or "any"} Mbit/s')
        for second in range(seconds):
            time.sleep(max(0, begin + second + 1 - time.monotonic()))
            self.note(begin + second, begin + second + 1, second)
        self.phases.append((width, begin, begin + seconds))

    def offered(self):
        """Mbit/s that were sent to it since the last time, and the share that found the queue full."""
        now = time.monotonic()
        came, lost = count(self.wire)
        before, self.counted = self.counted, (came, lost, now)
        size = came - before[0]
        return size * 8e-6 / (now - before[2]), (lost - before[1]) / max(size, 1)

    def note(self, since, until, second):
        fast = [received(peer, since, until) for peer in self.others]
        mine = received(self.slow, since, until)
        sound = received(self.slow, since, until, 'audio')
        sent = self.offered()
        rate = (self.alice.list('rate', **{'peer-id': 'slow'}) or [{}])[-1]
        self.notes.append(
            f'{second:3} s: slow {self.tier():10} {mine[0]:4.1f} fps {mine[1]:5.2f} Mbit/s, '
            f'sound {sound[0]:4.1f}/s, sent {sent[0]:5.2f} Mbit/s, {sent[1] * 100:.0f} % in vain; others ' +
            ', '.join(f'{fps:4.1f} fps {mbit:5.2f}' for fps, mbit in fast) +
            f'; estimate {rate.get("available-bitrate", 0) / 1e6:.2f}, '
            f'arriving {rate.get("arriving-bitrate", 0) / 1e6:.2f}, queue {rate.get("queue-ms", 0)} ms, loss {rate.get("loss", 0):.2f}')

    def tier(self):
        told = self.alice.list('track-tier', **{'peer-id': 'slow'})
        return told[-1]['tier'] if told else 'full'

    def when(self, since, *tiers):
        """After how many seconds it got one of these; None: not."""
        told = [e for e in self.alice.list('track-tier', since, **{'peer-id': 'slow'})
                if e['tier'] in tiers]
        return told[0]['at'] - since if told else None

    def finish(self):
        for peer in [self.slow, *self.others, self.alice]:
            peer.quit()
        self.sum_up()
        return '\n'.join(self.notes)

    def sum_up(self):
        # Where the test has got a place before others: only as long as it measures.
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        original = self.lab.folder / 'plate.gray'
        subprocess.run(['gst-launch-1.0', '-q', *f'videotestsrc num-buffers={COUNT} {PLATE}'.split(), '!',
                        'videoconvert', '!', 'video/x-raw,format=GRAY8', '!', 'filesink',
                        f'location={original}'], check=True)
        for peer in [self.slow, *self.others]:
            good = self.psnr(peer.id, original) if shutil.which('ffmpeg') else []
            for number, (width, begin, end) in enumerate(self.phases):
                fps, mbit = received(peer, begin, end)
                seen = sorted(db for at, db in good if begin <= at < end)
                if seen:
                    self.means[peer.id, number] = sum(seen) / len(seen)
                words = (f'PSNR mean {sum(seen) / len(seen):.2f}, 5th percentile '
                         f'{seen[len(seen) // 20]:.2f} dB' if seen else 'no pictures')
                self.notes.append(f'{peer.id}, {width or "any"} Mbit/s: {fps:.1f} fps {mbit:.2f} Mbit/s, longest '
                                  f'gap {longest_gap(peer, begin, end)} ms, {words}')

    def psnr(self, name, original):
        """Of each picture: when it came, and how good it is."""
        film = self.film(name).read_bytes()
        times, at = [], 32
        while at + 12 <= len(film):
            size, moment = struct.unpack_from('<IQ', film, at)
            if at + 12 + size <= len(film):
                times.append(moment / 1e6)
            at += 12 + size
        decoder = subprocess.Popen(
            ['ffmpeg', '-v', 'error', '-i', str(self.film(name)), '-fps_mode', 'passthrough', '-vf',
             f'scale={WIDTH}:{HEIGHT}:flags=bicubic', '-pix_fmt', 'gray', '-f', 'rawvideo', '-'],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        told = subprocess.run([str(self.lab.build / 'tests/network/network-psnr'), str(original),
                               str(WIDTH), str(HEIGHT), str(COUNT)], stdin=decoder.stdout,
                              capture_output=True, text=True, check=True).stdout.split('\n')
        decoder.wait()
        return list(zip(times, (float(line.split()[1]) for line in told if line)))


def steps(lab):
    """5 → 1 → 0.3 → 5 Mbit/s, and down to what only sound goes through, and up again."""
    test = Narrow(lab, CAMERA, 'sink:video-bitrate=4000000', 'sink:audio-bitrate=24000')
    for width, seconds in ((0, 10), (5, 10), (1, 15), (0.3, 15), (5, 20), (0.1, 15), (0.06, 15), (5, 20)):
        test.run(width, seconds)
    notes = test.finish()
    try:
        check_steps(test)
    except Failure as failure:
        raise Failure(f'{failure}\n{notes}') from None
    return notes


def steep(lab):
    """From all there is to hardly anything at once, down to sound, and back."""
    test = Narrow(lab, CAMERA, 'sink:video-bitrate=4000000', 'sink:audio-bitrate=24000')
    for width, seconds in ((0, 5), (5, 5), (0.1, 15), (0.06, 15), (5, 20)):
        test.run(width, seconds)
    return test.finish()


def check_steps(test):
    for width, begin, end in test.phases[2:4]:
        fps, mbit = received(test.slow, begin + 5, end)
        expect(fps >= 15 / SLOW and mbit <= width, f'{fps:.1f} pictures a second, {mbit:.2f} of {width} Mbit/s')
    for _, begin, _ in test.phases[4:5]:
        took = test.when(begin, 'full')
        expect(took is not None and took <= 10 * SLOW, f'full after {took} s')
    _, begin, end = test.phases[6]
    expect(test.when(begin - 15, 'audio-only') is not None, 'there were pictures all the time')
    expect(received(test.slow, end - 6, end, 'audio')[0] >= 40 / SLOW, 'the sound is broken')
    for peer in test.others:
        means = [test.means[peer.id, number] for number in range(len(test.phases))
                 if (peer.id, number) in test.means]
        expect(not means or max(means) - min(means) < 0.5, f'{peer.id}: PSNR of {means}')


def encoded_steps(lab):
    """What comes encoded cannot be made smaller."""
    test = Narrow(lab, ENCODED, 'sink:audio-bitrate=24000')
    for width, seconds in ((0, 10), (1, 20), (0.06, 15), (5, 25)):
        test.run(width, seconds)
    return test.finish()


def bursts(codec):
    """Pictures of 1280 × 720 at 2.5 Mbit/s with a key frame every two seconds, on a way of 3 with a queue of 50 ms."""
    encoded = {
        'VP8': 'filesrc location={film} ! matroskademux ! clocksync ! ',
        'H.264': f'videotestsrc is-live=true {LARGE} ! '
                 'x264enc speed-preset=ultrafast tune=zerolatency bitrate=2500 key-int-max=60 ! '}[codec]

    def case(lab):
        film = lab.folder / f'{lab.name}.webm'
        if codec == 'VP8':  # which takes more of a machine than it has while it plays
            lab.start(None, 'film', *f'gst-launch-1.0 -q videotestsrc num-buffers=600 {LARGE} ! vp8enc deadline=1 '
                      'cpu-used=16 threads=2 end-usage=cbr target-bitrate=2500000 keyframe-max-dist=60 ! webmmux ! '
                      f'filesink location={film}'.split()).wait()
        lab.peer_on_lan('a', 1)
        url = lab.relay()
        wire = lab.peer_on_long_wire('b', 2, 0, 10)
        wire.stdin.write(b'rate 3e6 0.05\n')
        wire.stdin.flush()
        alice = Peer(lab, 'a', url, 'alice', 'sink:audio-bitrate=24000',
                     camera=SOUND + encoded.format(film=film))
        slow = Peer(lab, 'b', url, 'slow', media=False)
        slow.wait_for_media(30)
        time.sleep(2)
        notes = []
        for part in range(3):
            begin = time.monotonic()
            came, lost = count(wire)
            time.sleep(5)
            now = time.monotonic()
            after, in_vain = count(wire)
            gaps = [event['gap-ms'] for event in slow.list('media', begin, kind='video')]
            fps, mbit = received(slow, begin, now)
            rate = (alice.list('rate') or [{}])[-1]
            tiers = [event['tier'] for event in alice.list('track-tier')]
            notes.append(
                f'{fps:.1f} pictures a second, {mbit:.2f} Mbit/s, {(in_vain - lost) * 100 / max(after - came, 1):.1f} % in '
                f'vain, longest gap {max(gaps, default=0)} ms, {sum(gap > 150 for gap in gaps)} longer than 150 ms; '
                f'estimate {rate.get("available-bitrate", 0) / 1e6:.2f}, loss {rate.get("loss", 0):.2f}, tiers {tiers}')
        for peer in (slow, alice):
            peer.quit()
        return '\n'.join(notes)
    return case


def count(wire):
    """Bytes that came to it, and those that found its queue full."""
    wire.stdin.write(b'count\n')
    wire.stdin.flush()
    return tuple(int(word) for word in wire.stdout.readline().split())


class Tab:
    """A page in Chromium, in a network of its own."""

    def __init__(self, lab, space, url):
        self.seen = []
        self.process = lab.start(
            space, 'tab', shutil.which('node'), str(Path(__file__).parent / 'viewer.mjs'), url, 'garden',
            'ofeden', env={**os.environ, 'GENOS_BUILD': str(lab.build)}, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            if line.startswith(b'{'):
                self.seen.append({**json.loads(line), 'at': time.monotonic()})

    def last(self, kind='video'):
        told = [event for event in self.seen if event['kind'] == kind]
        return told[-1] if told else {}

    def wait(self, seconds):
        deadline = time.monotonic() + seconds * SLOW
        while self.last().get('framesDecoded', 0) < 30:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise Failure(f'the tab sees nothing: {self.seen[-2:]}')
            time.sleep(0.5)


def in_chromium(lab):
    """The slow one is a tab: it has to go on decoding through each change of what it gets."""
    if not shutil.which('node'):
        return 'node is missing'
    lab.peer_on_lan('a', 1)
    url = lab.relay()
    wire = lab.peer_on_long_wire('b', 2, 0, 10)
    alice = Peer(lab, 'a', url, 'alice', 'sink:video-bitrate=2500000', 'sink:audio-bitrate=24000', camera=CAMERA)
    tab = Tab(lab, 'b', url)
    tab.wait(60)
    notes = []
    for width, seconds in ((0, 10), (1, 15), (0.3, 15), (0.1, 15), (0.06, 15), (5, 30)):
        wire.stdin.write(f'rate {width * 1e6}\n'.encode())
        wire.stdin.flush()
        notes.append(f'-- {width or "any"} Mbit/s')
        before = tab.last()
        for second in range(seconds):
            time.sleep(1)
            now = tab.last()
            told = alice.list('track-tier')
            sound = tab.last('audio')
            rate = (alice.list('rate') or [{}])[-1]
            notes.append(
                f'{second:3} s: {told[-1]["tier"] if told else "full":10} decoded '
                f'{now["framesDecoded"] - before["framesDecoded"]:3} (in all {now["framesDecoded"]}, key frames '
                f'{now.get("keyFramesDecoded")}), height {now.get("frameHeight")}, freezes {now.get("freezeCount")} '
                f'of {now.get("totalFreezesDuration", 0):.1f} s, PLI {now.get("pliCount")}, '
                f'NACK {now.get("nackCount")}, sound lost {sound.get("packetsLost")} of '
                f'{sound.get("packetsReceived")}; estimate {rate.get("available-bitrate", 0) / 1e6:.2f}')
            before = now
    tab.process.stdin.close()
    tab.process.wait(20)
    alice.quit()
    return '\n'.join(notes)
