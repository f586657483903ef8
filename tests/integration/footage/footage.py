#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: footage.py BUILD-DIR [--burners N] [--attempts N] [--keep FOLDER] [CASE…]

The phone movie goes through a room and is recorded; the recording is compared with the movie. A
relay, a broadcaster and a recorder, each a process of its own, over loopback and in real time.
--burners: so many processes want a core each all the while."""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from shutil import which

from compare import compare, load

HERE = Path(__file__).parent
WAIT = 90  # s, for a recording to be over
TOO_SLOW = 0.03  # of the pictures

RECORD_ENCODED = ('matroskamux name=file offset-to-zero=true ! filesink location={file} '
                  'room.video_0 ! queue ! file.video_0 room.audio_0 ! queue ! file.audio_0')
RECORD_RAW = ('matroskamux name=file offset-to-zero=true ! filesink location={file} '
              'room.video_0 ! queue ! videoconvert ! x264enc tune=zerolatency '
              'speed-preset=ultrafast pass=quant quantizer=16 ! queue ! file.video_0 '
              'room.audio_0 ! queue ! audioconvert ! audio/x-raw,format=S16LE ! file.audio_0')
SEND_RAW = ('filesrc location={movie} ! decodebin name=movie '
            'movie. ! queue ! videoconvert ! room.video_0 '
            'movie. ! queue ! audioconvert ! audioresample ! room.audio_0')
SEND_SMALL = ('filesrc location={movie} ! decodebin name=movie '
              'movie. ! queue ! videoconvert ! videoscale ! video/x-raw,width=640,height=360 '
              '! room.video_0 '
              'movie. ! queue ! audioconvert ! audioresample ! room.audio_0')
SEND_H264 = ('filesrc location={movie} ! qtdemux name=movie '
             'movie.video_0 ! queue ! h264parse ! room.video_0 '
             'movie.audio_0 ! queue ! decodebin ! audioconvert ! audioresample ! room.audio_0')

# name: what is sent, how it is received and recorded, which PSNR (dB) is no garbage. The last one
# decodes and encodes twice, for which the small pictures are.
CASES = {
    'raw-to-encoded': (SEND_RAW, 'encoded', RECORD_ENCODED, 25),
    'h264-through': (SEND_H264, 'encoded', RECORD_ENCODED, 45),
    'raw-to-raw': (SEND_SMALL, 'raw', RECORD_RAW, 25),
}


def find_movie():
    try:
        files = subprocess.run(['dpkg', '-L', 'forensics-samples-files'], capture_output=True,
                               text=True, check=True).stdout.split('\n')
    except (OSError, subprocess.CalledProcessError):
        return None
    return next((f for f in files if f.endswith('/movie-hello.mp4')), None)


class Room:
    """The processes of one room; all of them end with the block."""

    def __init__(self, build, folder):
        self.build = Path(build).resolve()
        self.folder = Path(folder)
        self.processes = []
        self.env = {**os.environ, 'GST_PLUGIN_PATH': str(self.build / 'gst')}
        self.url = None

    def __enter__(self):
        relay = self.start('relay', str(self.build / 'tools' / 'genos'), 'relay', '--port', '0')
        self.url = self.wait_for_line(relay, 'relay', 'ws://')
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.kill()
            process.wait()

    def log(self, name):
        return self.folder / f'{name}.log'

    def start(self, name, *command):
        with open(self.log(name), 'w', encoding='utf-8') as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                       env=self.env)
        self.processes.append(process)
        return process

    def wait_for_line(self, process, name, text):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and process.poll() is None:
            for word in self.log(name).read_text(encoding='utf-8').split():
                if word.startswith(text):
                    return word.rstrip('",')
            time.sleep(0.05)
        raise RuntimeError(f'{name} never said {text}: {self.log(name).read_text()[-1000:]}')

    def element(self, kind, fields=''):
        return [kind, 'name=room', 'room=footage', f'relays={self.url}', 'stun-server=""',
                *fields.split()]

    def record(self, output, line, file):
        return self.start('recorder', 'gst-launch-1.0', '-e',
                          *self.element('genosroomsrc', f'output={output}'),
                          *line.format(file=file).split())

    def broadcast(self, line, movie):
        return self.start('broadcast', '/usr/bin/python3', str(HERE / 'broadcast.py'), '1',
                          *self.element('genosroomsink'), *line.format(movie=movie).split())


def burn(count):
    """Processes that want a core each."""
    return [subprocess.Popen([sys.executable, '-c', 'while True: pass']) for _ in range(count)]


def record_movie(build, folder, movie, case):
    send, output, receive, _ = CASES[case]
    file = Path(folder) / f'{case}.mkv'
    with Room(build, folder) as room:
        try:
            recorder = room.record(output, receive, file)
            broadcast = room.broadcast(send, movie)
            if broadcast.wait(WAIT) != 0:
                raise RuntimeError('the broadcast failed')
            # It ends by itself when both tracks have.
            if recorder.wait(WAIT) != 0:
                raise RuntimeError('the recorder failed')
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            logs = ''.join(f'{name}: {room.log(name).read_text()[-2000:]}\n'
                           for name in ('recorder', 'broadcast') if room.log(name).exists())
            raise RuntimeError(f'{error}\n{logs}') from error
        counters = room.log('broadcast').read_text(encoding='utf-8')
    for line in counters.splitlines():
        print(f'# {line}')
    return str(file), share_dropped(counters)


def share_dropped(counters):
    """Which part of the pictures the encoder had no time for."""
    found = re.search(r'^video.*frames-in=\D*64\)(\d+).*dropped=\D*64\)(\d+)', counters, re.M)
    return int(found[2]) / int(found[1])


def judge(figures, psnr_floor):
    """The promises of the recording that are not kept."""
    still = max(0.5, figures['original-freeze'] + 0.04)
    checks = {
        'the file lasts as long as the movie (2 %)': abs(figures['file-ratio'] - 1) <= 0.02,
        'the pictures last as long (2 %)': abs(figures['video-ratio'] - 1) <= 0.02,
        'the sound lasts as long (2 %)': abs(figures['audio-ratio'] - 1) <= 0.02,
        'no gap longer than 0.5 s': figures['longest-gap'] <= 0.5,
        'time only goes forward': figures['backwards'] == 0,
        'no freeze longer than 0.5 s': figures['longest-freeze'] <= still,
        'sound and pictures in step (80 ms)': abs(figures['av-offset']) < 0.08,
        'it is the same sound': min(figures['audio-alike']) > 0.8,
        f'PSNR of at least {psnr_floor} dB': figures['psnr'] >= psnr_floor,
    }
    return [name for name, kept in checks.items() if not kept]


def is_busy():
    return os.getloadavg()[0] > os.cpu_count()


def attempt(options, original, case):
    """One recording, measured; returns what is wrong with it, line by line, and which part of the
    pictures was never encoded."""
    dropped = 0
    with tempfile.TemporaryDirectory(prefix='genos-footage-') as folder:
        try:
            file, dropped = record_movie(options.build, options.keep or folder, original.path, case)
            figures = compare(original, load(file))
        except (RuntimeError, ValueError, subprocess.CalledProcessError) as error:
            output = getattr(error, 'stderr', None) or b''
            return [*str(error).splitlines(), *output.decode()[-500:].splitlines()], dropped
    for name, value in figures.items():
        print(f'# {case}: {name} = {round(value, 4) if isinstance(value, float) else value}')
    return judge(figures, CASES[case][3]), dropped


def run_case(options, original, case):
    """All of it happens in real time: what fails on a machine that has too much else to do is tried
    again, and in the end says nothing when its encoder had no time. Returns the TAP line's ends."""
    for _ in range(options.attempts):
        broken, dropped = attempt(options, original, case)
        for line in broken:
            print(f'# {case}: NOT KEPT: {line}')
        if not broken:
            return 'ok', ''
        if not is_busy():
            return 'not ok', ''
        print(f'# {case}: the machine is busy, load {os.getloadavg()[0]:.1f}', flush=True)
    if dropped > TOO_SLOW:
        return 'ok', f' # SKIP the machine is too busy to encode {dropped:.0%} of the pictures'
    return 'not ok', ''


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('build')
    parser.add_argument('cases', nargs='*', default=list(CASES))
    parser.add_argument('--burners', type=int, default=0)
    parser.add_argument('--attempts', type=int, default=3)
    parser.add_argument('--keep')
    options = parser.parse_intermixed_args()
    movie = find_movie()
    missing = [tool for tool in ('ffmpeg', 'ffprobe', 'gst-launch-1.0') if not which(tool)]
    if movie is None or missing:
        print('1..0 # SKIP missing:', *(missing or ['the package forensics-samples-files']))
        return 0

    original = load(movie)
    print(f'1..{len(options.cases)}', flush=True)
    failed = 0
    burners = burn(options.burners)
    try:
        for number, case in enumerate(options.cases, 1):
            verdict, reason = run_case(options, original, case)
            failed += verdict != 'ok'
            print(f'{verdict} {number} - {case}{reason}', flush=True)
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()
    return 1 if failed else 0


sys.exit(main())
