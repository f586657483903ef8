#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls that a module may not make: codecs take time and randomness as arguments and never log,
and random bytes enter the library by one door."""
import re

import source_tree

CLOCK = r"g_get_(real|monotonic)_time|g_date_time_new_now\w*|gettimeofday|clock_gettime|\btime \(NULL"
LOGGING = r"g_(debug|info|message|warning|critical|print|printerr)|printf"
RANDOM = r"g_random_\w+|g_rand_\w+|randombytes_\w+|getrandom|arc4random\w*|RAND_bytes|g_uuid_\w+"
FILES = r"fopen|g_file_\w+|g_socket_\w+|g_timeout_\w+|g_idle_\w+"
# RTP's start values and track ids have to differ, not to be secret, and media sees no crypto.
MEDIA = "lib/genos/media/"

# (folder, pattern, why, files that may)
RULES = (
    ("lib/genos/wire", f"{CLOCK}|{FILES}", "a codec has no clock and does no I/O", ()),
    ("lib/genos/wire", LOGGING, "a codec returns the reason and lets the caller log", ()),
    ("lib/genos/crypto", f"{CLOCK}|{FILES}|{LOGGING}", "crypto does no I/O and never logs", ()),
    ("lib/genos/mesh", f"{CLOCK}|{FILES}|{LOGGING}", "the mesh is told the time, and runs in simulations", ()),
    ("lib/genos/transport/rtp", f"{CLOCK}|{FILES}|{LOGGING}", "packets are judged by the time that is passed in", ()),
    ("lib/genos/transport/sdp", f"{CLOCK}|{FILES}|{LOGGING}", "descriptions are judged and translated without I/O", ()),
    ("lib", RANDOM, "random bytes come from crypto/random.h", ("lib/genos/crypto/random.c", MEDIA)),
)
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
STRING = re.compile(r'"(\\.|[^"\\\n])*"')


def code_of(text):
    """The text without comments and strings, its line breaks kept."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())
    return STRING.sub(blank, COMMENT.sub(blank, text))


def main():
    findings = []
    checked = 0
    for path in source_tree.files(".c", ".h", under="lib"):
        checked += 1
        code = code_of(source_tree.read(path))
        for folder, pattern, why, except_for in RULES:
            if not str(path).startswith(folder + "/") or str(path).startswith(except_for):
                continue
            for match in re.finditer(rf"\b({pattern})\s*\(", code):
                line = code.count("\n", 0, match.start()) + 1
                findings.append(f"{path}:{line}: {match.group(1)}: {why}")
    source_tree.report(findings, checked)


main()
