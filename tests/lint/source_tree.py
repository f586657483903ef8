# SPDX-License-Identifier: LGPL-2.1-or-later
"""What all lint tests share: which files are ours, and how findings are reported."""
import os
import pathlib
import sys

SKIPPED = {".git", "node_modules", "__pycache__", "artifacts"}


def root():
    """The top of the source tree: the first argument of every lint test."""
    return pathlib.Path(sys.argv[1]).resolve()


def is_ours(folder, name):
    """False for folders that were built or downloaded."""
    if name in SKIPPED or name.startswith((".build", "build")):
        return False
    path = pathlib.Path(folder) / name
    # Anything meson made, wherever it was put; and what a wrap unpacked.
    return not (path / "meson-private").exists() and path.parent.name != "subprojects"


def files(*suffixes, under="."):
    """Every file of ours with one of the suffixes (all without any), as paths from the root."""
    top = root()
    for folder, folders, names in os.walk(top / under):
        folders[:] = sorted(name for name in folders if is_ours(folder, name))
        for name in sorted(names):
            path = pathlib.Path(folder) / name
            if not suffixes or path.suffix in suffixes:
                yield path.relative_to(top)


def read(path):
    """The text of one file of the tree."""
    return (root() / path).read_text(encoding="utf-8", errors="replace")


def report(findings, checked):
    """Prints what was found and ends the test. Checking nothing is a failure of the test."""
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings in {checked} files")
    sys.exit(1 if findings or not checked else 0)
