#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: check-symbols.py LIBRARY: it exports symbols of its own name space only."""
import re
import subprocess
import sys

OWN = re.compile(r"^genos_[a-z0-9_]+$")


def exported(library):
    """The names a shared library defines for others."""
    text = subprocess.run(
        ["nm", "--dynamic", "--defined-only", "--format=posix", library],
        check=True, capture_output=True, text=True,
    ).stdout
    return [line.split()[0] for line in text.splitlines()]


def main():
    names = exported(sys.argv[1])
    foreign = [name for name in names if not OWN.match(name)]
    for name in foreign:
        print(f"exported, but not of this library: {name}")
    # Types are public through their functions only; without any the list was not read.
    missing = [name for name in ("genos_error_quark",) if name not in names]
    for name in missing:
        print(f"not exported: {name}")
    print(f"{len(names)} exported symbols")
    sys.exit(1 if foreign or missing else 0)


main()
