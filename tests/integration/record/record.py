#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: record.py BUILD-DIR [--keep FOLDER] [CASE…]

`genos record` beside a relay and senders, each a process of its own, over loopback and in real
time. What it leaves is looked at with ffprobe and GStreamer's discoverer."""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import which
from statistics import median

import clapper

EXAMPLE = Path(__file__).parents[3] / 'examples' / 'side-by-side.py'
WAIT = 45  # s, for anything
ALIGNED = 0.040
ATTEMPTS = 3


class Misaligned(AssertionError):
    """What a machine that has too much else to do may be the reason of."""


class Stage:
    """One room: a recorder, and those it records."""

    def __init__(self, build, url, folder, room):
        self.build, self.url, self.room = Path(build).resolve(), url, room
        self.folder = Path(folder) / room
        self.log = Path(folder) / f'{room}.log'
        self.processes = []
        self.env = {**os.environ, 'GST_PLUGIN_PATH': str(self.build / 'gst')}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.wait()

    def start(self, *command, **options):
        process = subprocess.Popen(command, env=self.env, text=True, **options)
        self.processes.append(process)
        return process

    def record(self, *options, prefix=()):
        out = open(self.log, 'a', encoding='utf-8')
        return self.start(*prefix, str(self.build / 'tools/genos'), 'record', self.room,
                          str(self.folder), '--relays', self.url, '--set', 'stun-server=none',
                          *options, stdin=subprocess.DEVNULL, stdout=out, stderr=out)

    def record_mix(self, path, *options):
        out = open(self.log, 'a', encoding='utf-8')
        return self.start(str(self.build / 'tools/genos'), 'record', self.room, '--mix', str(path),
                          '--relays', self.url, '--set', 'stun-server=none', *options,
                          stdin=subprocess.DEVNULL, stdout=out, stderr=out)

    def send(self, peer, stream, *options):
        return self.start(str(self.build / 'tests/integration/record-clap'), self.room, self.url,
                          peer, stream, *options, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)

    def manifest(self):
        try:
            return json.loads((self.folder / 'recording.json').read_text())
        except (OSError, ValueError):
            return {'files': []}

    def files(self, peer=None):
        return [f for f in self.manifest()['files'] if peer in (None, f['peer-id'])]

    def read(self, name):
        path = self.folder / name
        return path.read_text(encoding='utf-8') if path.exists() else ''

    def path(self, entry):
        return str((self.folder / entry['file']).resolve())

    def seconds(self, peer, kind='video'):
        """How much of a peer there is, counted in packets of its newest file."""
        files = self.files(peer)
        return sum(t['frames'] for f in files for t in f['tracks'] if t['media'] == kind) / (
            15 if kind == 'video' else 50)

    def until(self, what, condition, seconds=WAIT):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if condition():
                return
            time.sleep(0.1)
        raise RuntimeError(f'{what}: not within {seconds} s; {self.log.read_text()[-1500:]}')

    def now(self):
        """The recording's time, ns."""
        return time.monotonic_ns() - self.manifest()['start']['monotonic-ns']

    def since_return(self, peer, moment):
        """How long a peer has been recorded that was not at that moment, s."""
        last = self.files(peer)[-1]
        begins = [gap['to'] for t in last['tracks'] for gap in t['gaps']] + [last['start']]
        return (last['end'] - max(begins)) / 1e9 if max(begins) > moment else 0

    def finish(self, recorder, code=0, how=signal.SIGINT):
        recorder.send_signal(how)
        assert recorder.wait(WAIT) == code, (recorder.returncode, self.log.read_text()[-1500:])


def say(text):
    print(f'# {text}', flush=True)


def check_playable(stage, entry, codecs):
    """ffprobe and the discoverer find its tracks, and pictures begin with a key frame."""
    path = stage.path(entry)
    found, complaints = clapper.probe(path)
    assert sorted(s['codec_name'] for s in found['streams']) == codecs, (entry['file'], found['streams'])
    assert complaints == '' or entry['state'] == 'open', (entry['file'], complaints)
    assert len(clapper.discover(path)) == len(codecs), (entry['file'], clapper.discover(path))
    video = [i for i, s in enumerate(found['streams']) if s['codec_type'] == 'video']
    for index in video:
        flags = [p['flags'] for p in found['packets'] if p['stream_index'] == index]
        assert flags[0].startswith('K'), (entry['file'], flags[:5])


def delays(stage, entry, after=0.0):
    zero = (stage.manifest()['start']['monotonic-ns'] + entry['start']) / 1e9
    path = stage.path(entry)
    return (clapper.middle(clapper.picture_delays(path, zero), after),
            clapper.middle(clapper.beep_delays(path, zero), after))


def case_rejoin(stage):
    """Three cameras, one of them killed and started again: all line up, before and after."""
    recorder = stage.record('--chat')
    others = {name: stage.send(name, 'cam') for name in ('back', 'side')}
    front = stage.send('front', 'cam')
    stage.until('all are recorded', lambda: min(map(stage.seconds, ('front', *others))) > 4)
    for entry in stage.files():
        check_playable(stage, entry, ['opus', 'vp8'])  # while it grows
    front.kill()
    front.wait()
    moment = stage.now()
    stage.send('front', 'cam')
    stage.until('front is back', lambda: stage.since_return('front', moment) > 4)
    stage.finish(recorder)
    assert all(other.poll() is None for other in others.values())

    entries = stage.files()
    assert all(f['state'] == 'closed' and f['reason'] == 'stopped' for f in entries if f['end'] == max(
        g['end'] for g in entries if g['peer-id'] == f['peer-id'])), entries
    fronts = stage.files('front')
    assert len({f['group'] for f in fronts}) == 1, entries
    assert all(len(stage.files(name)) == 1 for name in others), entries
    gaps = [g for f in fronts for t in f['tracks'] for g in t['gaps']]
    assert len(fronts) > 1 or gaps, fronts
    for entry in entries:
        check_playable(stage, entry, ['opus', 'vp8'])
    last = fronts[-1]
    after = (max((g['to'] for g in gaps), default=last['start']) - last['start']) / 1e9
    measured = {'front': delays(stage, fronts[0]), 'front after': delays(stage, last, after + 0.5),
                **{name: delays(stage, stage.files(name)[0]) for name in others}}
    for name, (picture, sound) in measured.items():
        say(f'{name}: picture {picture * 1000:.1f} ms, sound {sound * 1000:.1f} ms behind the clap')
    figures = [figure for both in measured.values() for figure in both]
    if max(figures) - min(figures) >= ALIGNED:
        raise Misaligned(measured)
    film = stage.folder / 'film.mkv'
    clapper.run(sys.executable, str(EXAMPLE), str(stage.folder / 'recording.json'), str(film))
    found, complaints = clapper.probe(film)
    assert len(found['streams']) == 2 and complaints == '', (found['streams'], complaints)
    log = (stage.folder / 'recording-log.jsonl').read_text().splitlines()
    assert sum(json.loads(line)['event'] == 'peer-joined' for line in log) >= 2, log


def case_killed(stage):
    """Segments of fragmented MP4, and a recorder that is killed while it writes one."""
    recorder = stage.record('--format', 'mp4', '--segment-time', '3', '--peer', 'cam', '--chat')
    stage.send('other', 'cam', 'audio')
    stage.until('the other one is here', lambda: '"other"' in stage.read('recording-log.jsonl'))
    stage.send('cam', 'cam', 'video-codec=h264')
    stage.until('two segments', lambda: len(stage.files()) == 2)
    stage.until('some of the second', lambda: clapper.length(stage.path(stage.files()[1])) > 1)
    recorder.kill()
    recorder.wait()
    entries = stage.files()
    assert {f['peer-id'] for f in entries} == {'cam'}, entries
    assert [f['segment'] for f in entries] == list(range(1, len(entries) + 1)), entries
    assert entries[-1]['state'] == 'open' and entries[0]['reason'] == 'segment-time', entries
    for entry, following in zip(entries, entries[1:]):
        assert 2.5 < (entry['end'] - entry['start']) / 1e9 < 5, entry
        assert abs(following['start'] - entry['end']) / 1e9 < 0.15, (entry, following)
    # Killed just behind a cut, the newest has no whole fragment yet.
    entries = [f for f in entries if f['state'] != 'open' or clapper.length(stage.path(f)) > 0]
    assert len(entries) >= 2, entries
    for entry in entries:
        check_playable(stage, entry, ['h264', 'opus'])
    # The newest one too, as far as it got; and there is no frame too few between two of them.
    steps = [b - a for f in entries
             for times in [sorted(clapper.packet_times(stage.path(f), 'video'))]
             for a, b in zip(times, times[1:])]
    assert max(steps) < 0.5, max(steps)


def case_changes(stage):
    """A size that changes, sound that goes and comes, a peer that leaves, and comes again with
    another id and the same key."""
    recorder = stage.record()
    identity = f'identity-file={stage.folder}.key'
    sender = stage.send('cam', 'cam', identity)

    def tell(word):
        sender.stdin.write(f'{word}\n')
        sender.stdin.flush()

    stage.until('it is recorded', lambda: stage.seconds('cam') > 1)
    tell('large')
    tell('mute')
    pictures = stage.seconds('cam')
    stage.until('pictures go on', lambda: stage.seconds('cam') > pictures + 4)
    tell('unmute')
    stage.until('sound is back', lambda: len(stage.files()) == 2)
    stage.until('both go on', lambda: len(stage.files()[-1]['tracks']) == 2
                and stage.files()[-1]['tracks'][0]['frames'] > 10)
    sender.stdin.close()
    stage.until('it has left', lambda: all(f['state'] == 'closed' for f in stage.files()))
    stage.send('mac', 'cam', identity)
    stage.until('it is back', lambda: len(stage.files()) == 3 and stage.seconds('mac') > 2)
    stage.finish(recorder, how=signal.SIGHUP)
    entries = stage.files()
    assert [f['reason'] for f in entries] == ['track-added', 'peer-left', 'stopped'], entries
    assert [f['segment'] for f in entries] == [1, 2, 3], entries
    assert len({f['group'] for f in entries}) == 1, entries
    for entry in entries:
        check_playable(stage, entry, ['opus', 'vp8'])
    sizes = clapper.run('ffprobe', '-v', 'error', '-select_streams', 'v', '-show_entries',
                        'frame=width', '-of', 'csv=p=0', stage.path(entries[0])).decode()
    assert '160' in sizes and '240' in sizes, sizes


def case_full(stage):
    """A disk with too little room, and one that fills up."""
    recorder = stage.record('--min-free', '900T')
    assert recorder.wait(WAIT) == 1
    assert '--min-free' in stage.log.read_text(), stage.log.read_text()

    mount = ['unshare', '--mount', '--map-root-user', 'sh', '-c', 'mkdir -p "$4" && mount -t tmpfs '
             '-o size=64k none "$4" && "$@"; code=$?; cp -r "$4" "$4.kept"; exit $code', 'sh']
    if subprocess.run([*mount[:-2], 'mount -t tmpfs none /mnt'], capture_output=True).returncode != 0:
        say('no mount namespace here: a full disk is not tested')
        return
    stage.send('cam', 'cam', 'audio-bitrate=510000')
    recorder = stage.record('--min-free', '0', prefix=[*mount])
    assert recorder.wait(WAIT) == 1, stage.log.read_text()
    stage.folder = Path(f'{stage.folder}.kept')
    # There was no room for the manifest's last word either: what counts is the file.
    entry = next((f for f in stage.files() if Path(stage.path(f)).stat().st_size > 0), None)
    assert entry, (stage.files(), stage.log.read_text())
    check_playable(stage, {**entry, 'state': 'open'}, ['opus', 'vp8'])
    assert 'space' in stage.log.read_text(), stage.log.read_text()


def case_mix(stage):
    """Two cameras in one film, side by side and in step; what is there already is left alone."""

    def steps():
        both = [pair for pair in clapper.halves(film) if min(pair) > clapper.DARKEST / 2][-20:]
        return [clapper.centred((left - right) / clapper.STEPS) for left, right in both]

    stage.folder.mkdir()
    film = stage.folder / 'the film.webm'
    small = ('--set', 'width=320', '--set', 'height=180', '--set', 'framerate=15/1')
    for peer in ('front', 'back'):
        stage.send(peer, 'cam')
    recorder = stage.record_mix(film, *small)
    stage.until('the film to begin', lambda: film.exists() and film.stat().st_size > 20000)
    stage.until('both to be in step', lambda: len(steps()) == 20 and abs(median(steps())) < ALIGNED)
    say(f'mix: {median(steps()) * 1000:.1f} ms apart')
    assert stage.record_mix(film, *small).wait(WAIT) == 1
    stage.finish(recorder, how=signal.SIGHUP)  # its terminal is closed
    found, complaints = clapper.probe(film)
    assert sorted(s['codec_name'] for s in found['streams']) == ['opus', 'vp8'], found['streams']
    assert complaints == '', complaints
    assert clapper.length(film) > 1, clapper.length(film)
    assert len(clapper.discover(film)) == 2


CASES = {'mix': case_mix, 'rejoin': case_rejoin, 'killed': case_killed, 'changes': case_changes, 'full': case_full}


def run_case(options, url, folder, name):
    """Everything happens in real time: what fails beside too much else is tried again."""
    for attempt in range(1, ATTEMPTS + 1):
        place = Path(options.keep or folder) / f'{name}-{attempt}'
        place.mkdir(parents=True)
        begun = time.monotonic()
        try:
            with Stage(options.build, url, place, name) as stage:
                CASES[name](stage)
            say(f'{name}: {time.monotonic() - begun:.1f} s')
            return 'ok'
        except (AssertionError, RuntimeError, ValueError, subprocess.SubprocessError) as error:
            for line in traceback.format_exc().splitlines():
                say(f'{name}: {line}')
            if os.getloadavg()[0] <= os.cpu_count():
                return 'not ok'
            say(f'{name}: the machine is busy, load {os.getloadavg()[0]:.1f}')
            trouble = error
    return 'ok # SKIP the machine is too busy' if isinstance(trouble, Misaligned) else 'not ok'


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('build')
    parser.add_argument('cases', nargs='*', default=list(CASES))
    parser.add_argument('--keep')
    options = parser.parse_intermixed_args()
    missing = [tool for tool in ('ffmpeg', 'ffprobe') if not which(tool)]
    if missing:
        print('1..0 # SKIP missing:', *missing)
        return 0
    with tempfile.TemporaryDirectory(prefix='genos-record-') as folder:
        relay = subprocess.Popen([str(Path(options.build) / 'tools/genos'), 'relay', '--port', '0'],
                                 stdout=subprocess.PIPE, text=True)
        try:
            url = next(word.rstrip('",') for line in relay.stdout for word in line.split()
                       if word.startswith('ws://'))
            with ThreadPoolExecutor(len(options.cases)) as pool:
                kept = list(pool.map(lambda name: run_case(options, url, folder, name), options.cases))
        finally:
            relay.kill()
            relay.wait()
    print(f'1..{len(kept)}')
    for number, (name, verdict) in enumerate(zip(options.cases, kept), 1):
        word, _, reason = verdict.partition(' # ')
        print(f'{word} {number} - {name}{reason and " # " + reason}')
    return 1 if 'not ok' in kept else 0


sys.exit(main())
