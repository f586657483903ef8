#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: network.py BUILD-DIR [--long] [--keep FOLDER] [--jobs N] [CASE…]

Peers behind NATs, on bad wires and on cut ones. Each case is a network of its own: a relay, coturn,
and peers that send a small picture each. --long: also what takes minutes, and runs in no CI."""

import argparse
import concurrent.futures
import sys
import tempfile
import time
import traceback
from pathlib import Path

import lab as lab_module
from cases import CASES, LONG_CASES
from lab import Lab


def run_case(name, case, build, folder):
    started = time.monotonic()
    try:
        with Lab(name, build, folder) as lab:
            notes = case(lab) or ''
    except Exception as failure:  # the report of one case must not cost the others theirs
        why = str(failure) if type(failure).__name__ == 'Failure' else traceback.format_exc()
        return name, False, why, time.monotonic() - started
    return name, True, notes, time.monotonic() - started


def run(options, folder):
    lab_module.prepare(folder)
    cases = {**CASES, **(LONG_CASES if options.long else {})}
    if options.cases:
        cases = {name: {**CASES, **LONG_CASES}[name] for name in options.cases}
    print(f'1..{len(cases)}', flush=True)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        waiting = [pool.submit(run_case, name, case, options.build, folder)
                   for name, case in cases.items()]
        for number, future in enumerate(concurrent.futures.as_completed(waiting), 1):
            name, good, notes, seconds = future.result()
            failed += not good
            print(f'{"ok" if good else "not ok"} {number} - {name}', flush=True)
            for line in f'{seconds:.1f} s {notes}'.splitlines():
                print(f'# {line}', flush=True)
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('build', type=Path)
    parser.add_argument('cases', nargs='*', metavar='CASE')
    parser.add_argument('--long', action='store_true')
    parser.add_argument('--keep', type=Path, help='for the logs')
    parser.add_argument('--jobs', type=int, default=4, help='cases at once (4)')
    options = parser.parse_intermixed_args()
    options.build = options.build.resolve()
    if not lab_module.is_inside():
        print(f'1..0 # SKIP {lab_module.enter()}')
        return 0
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        return run(options, options.keep.resolve())
    with tempfile.TemporaryDirectory() as folder:
        return run(options, Path(folder))


if __name__ == '__main__':
    sys.exit(main())
