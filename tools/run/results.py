#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Adds up the logs of several meson test runs and prints one plain closing line.

usage: results.py LOG...   each LOG is NAME=FILE=EXIT CODE OF THE RUN=FILE OF THE SECOND RUN
       results.py --failed FILE   the programs that failed in it, one a line

A program that failed is run a second time, alone. One that passes then is counted as passed, and told
as unsteady: it is a fault of the test or of what it tests, to be looked for.
"""
import json
import pathlib
import sys

PASSED = {"OK", "EXPECTEDFAIL"}
SKIPPED = {"SKIP"}


def read_log(path):
    """Yields (test, result) of each line of a meson testlog.json."""
    for line in pathlib.Path(path).read_text(encoding="utf-8", errors="replace").splitlines():
        if line.strip():
            row = json.loads(line)
            yield row["name"], row["result"]


def read_second(path):
    """The tests that passed when they were run again."""
    if not pathlib.Path(path).is_file():
        return set()
    return {test for test, result in read_log(path) if result in PASSED}


def failed_in(path):
    return [test for test, result in read_log(path) if result not in PASSED | SKIPPED]


def count(name, path, code, second):
    """The numbers of one run: passed, failed, skipped."""
    passed = failed = skipped = unsteady = 0
    try:
        steadied = read_second(second)
        for test, result in read_log(path):
            if result in PASSED:
                passed += 1
            elif result not in SKIPPED and test in steadied:
                passed += 1
                unsteady += 1
                print(f"unsteady: {name}: {test} ({result}, passed when run again)")
            elif result in SKIPPED:
                skipped += 1
                print(f"skipped: {name}: {test}")
            else:
                failed += 1
                print(f"FAILED:  {name}: {test} ({result})")
    except (OSError, ValueError, KeyError) as error:
        print(f"FAILED:  {name}: no readable results ({error})")
        failed += 1
    # A run that was cut short, or whose build broke, may have lost its failure's own line.
    if code != 0 and failed == 0 and unsteady == 0:
        print(f"FAILED:  {name}: meson test ended with code {code}")
        failed += 1
    if code == 0 and passed == 0 and failed == 0:
        print(f"FAILED:  {name}: ran no test")
        failed += 1
    print(f"{name}: {passed} of {passed + failed} passed, {skipped} skipped")
    return passed, failed, skipped


def main():
    if sys.argv[1] == "--failed":
        for test in failed_in(sys.argv[2]):
            print(test.rsplit(" / ", 1)[-1])
        return 0
    totals = [0, 0, 0]
    for argument in sys.argv[1:]:
        name, path, code, second = argument.split("=")
        totals = [a + b for a, b in zip(totals, count(name, path, int(code), second))]
    passed, failed, skipped = totals
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
