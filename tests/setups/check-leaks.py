#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: check-leaks.py PROGRAM [ARGUMENTS]: runs a test with GStreamer's leaks tracer and fails
when objects were alive at its end."""
import os
import re
import subprocess
import sys
import tempfile

# The tracer also writes the format of its records, with %s in place of a type.
ALIVE = re.compile(r"object-alive, type-name=\(string\)(?!%).*")
# Other people's: DTLS keeps one agent with its certificate for the whole process, and the plugin registry is
# made anew for whoever asks for an element while GStreamer is being taken apart.
KEPT = ("GstDtlsAgent", "GstRegistry")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def type_of(line):
    return line.split("(string)", 1)[1].split(",", 1)[0]


def main():
    with tempfile.NamedTemporaryFile(prefix="genos-leaks-", suffix=".log") as log:
        environment = dict(
            os.environ,
            GST_DEBUG="GST_TRACER:7",
            GST_DEBUG_FILE=log.name,
            GST_DEBUG_NO_COLOR="1",
            LD_PRELOAD=os.environ.get("GENOS_LEAKS_PRELOAD", ""),
        )
        code = subprocess.run(sys.argv[1:], env=environment, check=False).returncode
        text = COLOUR.sub("", log.read().decode(errors="replace"))
    alive = [line for line in ALIVE.findall(text) if type_of(line) not in KEPT]
    for line in alive:
        print("#", line, file=sys.stderr)
    if alive:
        print(f"# {len(alive)} GStreamer objects leaked", file=sys.stderr)
    sys.exit(code or (1 if alive else 0))


main()
