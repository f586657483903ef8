# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads out of a recording of clap.c when it happened. Decoding is ffmpeg's."""

import json
import subprocess
from array import array
from statistics import median

import gi

gi.require_version('Gst', '1.0')
gi.require_version('GstPbutils', '1.0')
from gi.repository import Gst, GstPbutils  # noqa: E402

Gst.init(None)

DARKEST, STEPS = 30, 200
RATE = 8000
LOUD = 3000


def run(*command):
    return subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE).stdout


def probe(path):
    """What ffprobe says; fails when it finds anything wrong."""
    out = subprocess.run(['ffprobe', '-v', 'error', '-show_entries',
                          'stream=codec_name,codec_type:packet=pts_time,stream_index,flags', '-of',
                          'json', path], check=True, capture_output=True, text=True)
    return json.loads(out.stdout), out.stderr.strip()


def discover(path):
    """The codecs that GStreamer's discoverer finds."""
    info = GstPbutils.Discoverer.new(15 * Gst.SECOND).discover_uri(f'file://{path}')
    return sorted(s.get_caps().get_structure(0).get_name() for s in info.get_stream_list()
                  if isinstance(s, (GstPbutils.DiscovererVideoInfo, GstPbutils.DiscovererAudioInfo)))


def packet_times(path, kind):
    streams, _ = probe(path)
    index = [s['codec_type'] for s in streams['streams']].index(kind)
    return [float(p['pts_time']) for p in streams['packets'] if p['stream_index'] == index]


def length(path):
    """How far every track of a file that grows has come, s."""
    try:
        return min(packet_times(path, kind)[-1] for kind in ('video', 'audio'))
    except (subprocess.CalledProcessError, ValueError, IndexError):
        return 0


def centred(seconds):
    """A difference of phases, of a clock that only tells fractions of a second."""
    return (seconds + 0.5) % 1 - 0.5


def picture_delays(path, zero):
    """How long after its brightness says each picture is, s. zero: monotonic time of the file's 0."""
    times = [float(row) for row in run(
        'ffprobe', '-v', 'error', '-select_streams', 'v', '-show_entries', 'frame=pts_time', '-of',
        'csv=p=0', path).decode().replace(',', ' ').split()]
    lumas = run('ffmpeg', '-v', 'error', '-i', path, '-map', '0:v', '-vsync', 'passthrough', '-vf',
                'extractplanes=y,crop=1:1:iw/2:ih/2', '-f', 'rawvideo', '-')
    delays = []
    for time, luma in zip(times, lumas):
        phase = (luma - DARKEST) / STEPS
        if 0.05 < phase < 0.95:
            delays.append((time, centred(zero + time - phase)))
    return delays


def halves(path):
    """The brightness in the middle of the left and of the right half of each picture."""
    frames = run('ffmpeg', '-v', 'error', '-i', str(path), '-map', '0:v:0', '-vf',
                 'extractplanes=y,scale=16:9', '-f', 'rawvideo', '-')
    return [(frames[i + 4 * 16 + 4], frames[i + 4 * 16 + 12]) for i in range(0, len(frames) - 143, 144)]


def beep_delays(path, zero):
    """The same of each beep's beginning."""
    samples = array('h', run('ffmpeg', '-v', 'error', '-i', path, '-map', '0:a', '-af',
                             f'aresample={RATE}:async=1:first_pts=0', '-ac', '1', '-f', 's16le', '-'))
    delays, last = [], None
    for index, sample in enumerate(samples):
        if abs(sample) < LOUD:
            continue
        if last is not None and index - last > RATE * 0.6:
            time = index / RATE
            delays.append((time, centred(zero + time)))
        last = index
    return delays


def middle(delays, after=0.0):
    chosen = [delay for time, delay in delays if time >= after]
    if len(chosen) < 2:
        raise ValueError(f'only {len(chosen)} claps after {after} s')
    return median(chosen)
