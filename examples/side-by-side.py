#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: side-by-side.py RECORDING.json FILM.mkv: everybody that `genos record` has recorded, side by
side and in step, as the manifest's time line says. Prints what ffmpeg finds wrong, if anything."""
import json
import math
import os
import subprocess
import sys

WIDTH, HEIGHT, RATE = 320, 240, 25


def has(entry, media):
    return any(track["media"] == media and track["frames"] for track in entry["tracks"])


def command(manifest, folder, film):
    entries = [entry for entry in manifest["files"] if entry["bytes"] and entry["tracks"]]
    if not entries:
        sys.exit("nothing was recorded")
    begin = min(entry["start"] for entry in entries)
    seconds = (max(entry["end"] for entry in entries) - begin) / 1e9
    # A place on the screen for each group: its files come one after the other there.
    places = list(dict.fromkeys(entry["group"] for entry in entries if has(entry, "video")))
    columns = max(1, math.ceil(math.sqrt(len(places))))
    rows = max(1, math.ceil(len(places) / columns))
    words = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i",
             f"color=black:s={columns * WIDTH}x{rows * HEIGHT}:r={RATE}:d={seconds}"]
    steps, screen, sounds = [], "0:v", []
    for number, entry in enumerate(entries, 1):
        # What is 0 in the file is `start` on the time line that all have in common.
        words += ["-itsoffset", str((entry["start"] - begin) / 1e9),
                  "-i", os.path.join(folder, entry["file"])]
        if has(entry, "video"):
            row, column = divmod(places.index(entry["group"]), columns)
            steps += [f"[{number}:v]scale={WIDTH}:{HEIGHT}[p{number}]",
                      f"[{screen}][p{number}]overlay={column * WIDTH}:{row * HEIGHT}"
                      f":eof_action=pass[s{number}]"]
            screen = f"s{number}"
        if has(entry, "audio"):
            steps.append(f"[{number}:a]aresample=async=1:first_pts=0[a{number}]")
            sounds.append(f"[a{number}]")
    words_out = ["-map", f"[{screen}]" if screen != "0:v" else screen]
    if sounds:
        steps.append(f"{''.join(sounds)}amix=inputs={len(sounds)}:normalize=0[sound]")
        words_out += ["-map", "[sound]"]
    return words + ["-filter_complex", ";".join(steps), *words_out, film]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        manifest = json.load(file)
    folder = os.path.dirname(os.path.abspath(sys.argv[1]))
    sys.exit(subprocess.run(command(manifest, folder, sys.argv[2]), check=False).returncode)


main()
