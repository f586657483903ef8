#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Licence lines, lengths, and words that no file may hold."""
import re

import source_tree

SOURCES = {".c", ".h", ".py", ".sh", ".js", ".mjs", ".css", ".html", ".build", ".in", ".supp"}
SPDX = "SPDX-License-Identifier: LGPL-2.1-or-later"
# Data, prose and tables that tools wrote, whose lines are as long as they are.
UNLIMITED = {".build", ".json", ".md", ".svg", ".html", ".css", ".in", ".txt", ".dict", ".supp", ".wrap"}
BINARY = {".png", ".jpg", ".bin", ".ico", ".webm", ".mkv", ".mp4"}
MAX_COLUMNS = 120
# Tests hold other people's messages as text.
MAX_COLUMNS_TESTS = 140
MAX_LINES = 700
# One test per rule adds up; still one file per source.
MAX_LINES_TESTS = 800

FORBIDDEN = (
    (r"(^|[^\w.])/(wor[k]|far[m]|roo[t])/", "a path of one machine"),
    (r"/tmp/(w[t]|[b])/", "a path of one machine"),
    (r'"resolved": *"http', "the address of a package server"),
    (r"//(deb|registry|security)[.]\w", "the address of a package server"),
    (r"\b(TOD[O]|FIXM[E]|XX[X])\b", "unfinished work belongs into an issue"),
)
TRAILING = re.compile(r"[ \t]+$")


def is_source(path):
    """Whether a file is written by hand and so carries a licence line."""
    return path.suffix in SOURCES or str(path) in ("run", ".ci/run", "meson_options.txt")


def check(path, text):
    """Yields the findings in one file."""
    lines = text.splitlines()
    if is_source(path) and SPDX not in "\n".join(lines[:4]):
        if str(path) != "meson_options.txt":
            yield f"{path}:1: no line `{SPDX}`"
    most = MAX_LINES_TESTS if path.parts[0] == "tests" else MAX_LINES
    if is_source(path) and len(lines) > most:
        yield f"{path}: {len(lines)} lines: split it"
    if path.name in ("utils.c", "utils.h", "util.c", "helpers.c", "misc.c"):
        yield f"{path}: a helper lives with its user or becomes a named type"
    for number, line in enumerate(lines, 1):
        for pattern, why in FORBIDDEN:
            if re.search(pattern, line) and "vectors" not in path.parts:
                yield f"{path}:{number}: {why}"
        if is_source(path) and TRAILING.search(line):
            yield f"{path}:{number}: white space at the end of the line"
        if path.suffix in (".c", ".h", ".py") and "\t" in line:
            yield f"{path}:{number}: a tab"
        limit = MAX_COLUMNS_TESTS if path.parts[0] == "tests" else MAX_COLUMNS
        if is_source(path) and path.suffix not in UNLIMITED and len(line) > limit:
            yield f"{path}:{number}: {len(line)} columns"


def main():
    findings = []
    checked = 0
    for path in source_tree.files():
        if path.suffix in BINARY or "corpus" in path.parts or path.name == ".git":
            continue
        checked += 1
        findings += check(path, source_tree.read(path))
    source_tree.report(findings, checked)


main()
