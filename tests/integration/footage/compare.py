# SPDX-License-Identifier: LGPL-2.1-or-later
"""Measures how a recording differs from the movie it was made of. All media work is ffmpeg's; what
is compared here are small grey pictures and 8 kHz sound."""

import json
import math
import re
import subprocess
from array import array
from dataclasses import dataclass
from operator import mul
from statistics import median

# Where the movie moves: most of it is an empty terminal, with somebody speaking in the corner.
FACE = 'crop=iw/5:ih/4:iw/11:ih/9'
WIDTH, HEIGHT = 48, 36
RATE = 8000
STEP = RATE // 100  # one value of the envelope: 10 ms


def run(*command):
    return subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)


@dataclass
class Movie:
    path: str
    codecs: list
    size: str       # of the pictures, as ffmpeg's scale filter wants it
    duration: float
    times: list     # of the pictures, s
    pictures: list  # bytes
    audio_times: list  # of the packets, s
    sound: array    # mono, at RATE, from audio_times[0]

    @property
    def video_seconds(self):
        gaps = [b - a for a, b in zip(self.times, self.times[1:])]
        return self.times[-1] - self.times[0] + median(gaps)

    @property
    def audio_seconds(self):
        return len(self.sound) / RATE

    @property
    def audio_pace(self):
        return self.audio_seconds / len(self.audio_times)


def times_of(path, stream, what):
    rows = json.loads(run('ffprobe', '-v', 'error', '-select_streams', stream, '-show_entries',
                          f'{what}=pts_time', '-of', 'json', path).stdout)[f'{what}s']
    return [float(row['pts_time']) for row in rows if 'pts_time' in row]


def load(path):
    probe = json.loads(run('ffprobe', '-v', 'error', '-show_entries',
                           'stream=codec_name,width,height:format=duration', '-of', 'json', path).stdout)
    video = next(s for s in probe['streams'] if 'width' in s)
    raw = run('ffmpeg', '-v', 'error', '-i', path, '-map', '0:v:0', '-vsync', 'passthrough', '-vf',
              f'{FACE},scale={WIDTH}:{HEIGHT}:flags=area,format=gray', '-f', 'rawvideo', '-').stdout
    size = WIDTH * HEIGHT
    pictures = [raw[i:i + size] for i in range(0, len(raw), size)]
    times = times_of(path, 'v:0', 'frame')
    if len(times) != len(pictures) or len(times) < 2:
        raise ValueError(f'{path}: {len(times)} times of {len(pictures)} pictures')
    sound = array('h', run('ffmpeg', '-v', 'error', '-i', path, '-map', '0:a:0', '-ac', '1', '-ar',
                           str(RATE), '-f', 's16le', '-').stdout)
    return Movie(path, [s['codec_name'] for s in probe['streams']],
                 f'{video["width"]}:{video["height"]}', float(probe['format']['duration']), times, pictures,
                 times_of(path, 'a:0', 'packet'), sound)


# ── pictures ──

def difference(a, b):
    """Mean difference of two pictures, grey levels."""
    return sum(map(abs, map(int.__sub__, a, b))) / len(a)


def match_pictures(original, recording, window=12):
    """For each recorded picture the index of the original one it shows. The search begins where
    the time since the picture before leads to."""
    pace = original.video_seconds / len(original.pictures)
    matches = []
    at = 0
    for i, picture in enumerate(recording.pictures):
        ahead = round((recording.times[i] - recording.times[i - 1]) / pace) if i else window
        middle = min(at + ahead, len(original.pictures) - 1)
        candidates = range(max(0, middle - window), min(len(original.pictures), middle + window))
        at = min(candidates, key=lambda j: difference(picture, original.pictures[j]))
        matches.append(at)
    return matches


def longest_freeze(movie, still=0.35):
    """The longest time over which the picture does not move at all, s."""
    longest = 0.0
    begun = 0
    for i in range(1, len(movie.pictures)):
        if difference(movie.pictures[i], movie.pictures[begun]) > still:
            begun = i
        longest = max(longest, movie.times[i] - movie.times[begun])
    return longest


def measure_psnr(original, recording, offset):
    """Of each recorded picture against the original one of its time, at the recording's size. The
    filter takes the last one before a time, so half a picture earlier it is the nearest."""
    half = median(b - a for a, b in zip(original.times, original.times[1:])) / 2
    filters = (f'[0:v]settb=1/90000[r];[1:v]settb=1/90000,'
               f'scale={recording.size},setpts=PTS+({offset - half:.6f})/TB[o];'
               '[r][o]psnr=eof_action=endall')
    text = run('ffmpeg', '-nostats', '-copyts', '-i', recording.path, '-copyts', '-i',
               original.path, '-lavfi', filters, '-f', 'null', '-').stderr.decode()
    found = re.search(r'PSNR y:([\d.]+|inf).*average:([\d.]+|inf) min:([\d.]+|inf)', text)
    if not found:
        raise ValueError(f'no PSNR in: {text[-500:]}')
    return [float(value) for value in found.groups()]


# ── sound ──

def envelope(sound):
    return [math.sqrt(sum(map(mul, piece, piece)) / STEP)
            for piece in (sound[i:i + STEP] for i in range(0, len(sound) - STEP + 1, STEP))]


def correlation(a, b):
    n = min(len(a), len(b))
    if n == 0:
        return 0.0
    a, b = a[:n], b[:n]
    mean_a, mean_b = sum(a) / n, sum(b) / n
    product = sum(map(mul, a, b)) / n - mean_a * mean_b
    power = (sum(map(mul, a, a)) / n - mean_a ** 2) * (sum(map(mul, b, b)) / n - mean_b ** 2)
    return product / math.sqrt(power) if power > 0 else 0.0


def shifted(a, b, lag):
    """What of both overlaps when b is `lag` values late."""
    return (a[max(0, -lag):], b[max(0, lag):])


def best_lag(a, b, lags):
    return max(lags, key=lambda lag: correlation(*shifted(a, b, lag)))


def time_of(movie, sample):
    """When a sample is to be heard, by the time of the packet it came in, s."""
    packet, rest = divmod(sample / RATE, movie.audio_pace)
    return movie.audio_times[min(int(packet), len(movie.audio_times) - 1)] + rest


def match_sound(original, recording, begin):
    """How late the recorded sound is in one second of the original, s, and how alike they are."""
    start = int(begin * RATE)
    a = original.sound[start:start + RATE]
    lead = min(start, RATE // 2)
    b = recording.sound[start - lead:start + RATE + RATE // 2]
    coarse = best_lag(envelope(a), envelope(b), range(-20, (lead + RATE // 2) // STEP))
    fine = best_lag(a, b, range((coarse - 1) * STEP, (coarse + 1) * STEP + 1))
    middle = start + len(a) // 2
    late = time_of(recording, middle - lead + fine) - time_of(original, middle)
    return late, correlation(*shifted(a, b, fine))


# ── all of it ──

def by_second(times, values):
    """The median of the values in each second."""
    seconds = {}
    for time, value in zip(times, values):
        seconds.setdefault(int(time - times[0]), []).append(value)
    return {second: median(some) for second, some in seconds.items()}


def compare(original, recording):
    matches = match_pictures(original, recording)
    shown = [original.times[j] for j in matches]
    late = [time - there for time, there in zip(recording.times, shown)]
    video_late = by_second(shown, late)
    sounds = [match_sound(original, recording, second)
              for second in range(int(original.audio_seconds))]
    audio_late = dict(enumerate(late for late, _ in sounds))
    offsets = [audio_late[second] - video_late[second] for second in audio_late
               if second in video_late]
    psnr_y, psnr, psnr_min = measure_psnr(original, recording, median(late))
    gaps = [b - a for a, b in zip(recording.times, recording.times[1:])]
    return {
        'codecs': '+'.join(recording.codecs),
        'file-seconds': recording.duration,
        'file-ratio': recording.duration / original.duration,
        'video-ratio': recording.video_seconds / original.video_seconds,
        'audio-ratio': recording.audio_seconds / original.audio_seconds,
        'frames': len(recording.times),
        'frames-of': len(original.times),
        'first-frame': matches[0],
        'last-frame': matches[-1],
        'longest-gap': max(gaps),
        'backwards': sum(gap < 0 for gap in gaps),
        'longest-freeze': longest_freeze(recording),
        'original-freeze': longest_freeze(original),
        'video-late-ms': in_ms(video_late.values()),
        'audio-late-ms': in_ms(audio_late.values()),
        'audio-alike': [round(alike, 3) for _, alike in sounds],
        'av-offset-ms': in_ms(offsets),
        'av-offset': median(offsets),
        'av-offset-worst': max(offsets, key=abs),
        'psnr-y': psnr_y,
        'psnr': psnr,
        'psnr-min': psnr_min,
    }


def in_ms(seconds):
    return [round(1000 * value) for value in seconds]
