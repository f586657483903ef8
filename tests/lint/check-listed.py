#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every source file is in a list of the build: a file nobody compiles, or a test nobody runs,
looks like one that passes."""
import re

import source_tree

FOLDERS = ("lib", "gst", "tools", "examples", "tests")
BUILT = {".c"}
RUN = {".py", ".mjs", ".js", ".sh"}


def list_of(path):
    """The meson.build that has to name a file: the nearest one above it."""
    for folder in path.parents:
        candidate = folder / "meson.build"
        if (source_tree.root() / candidate).is_file():
            return candidate
    return None


def is_named(path, build):
    """Whether the list names the file, by name, by path or as a stem in a table."""
    text = re.sub(r"#[^\n]*", "", source_tree.read(build))
    names = {path.name, path.stem, str(path.relative_to(build.parent))}
    names.add(str(path.relative_to(build.parent).with_suffix("")))
    names.add(path.stem.removeprefix("fuzz_"))
    return any(f"'{name}'" in text or f"'{name}:" in text for name in names)


def main():
    findings = []
    checked = 0
    for folder in FOLDERS:
        for path in source_tree.files(*BUILT, under=folder):
            checked += 1
            build = list_of(path)
            if build is None or not is_named(path, build):
                findings.append(f"{path}: not named in {build}")
    for path in source_tree.files(*RUN, under="tests/lint"):
        checked += 1
        if path.stem not in ("source_tree",) and not is_named(path, list_of(path)):
            findings.append(f"{path}: a lint test that is not run")
    source_tree.report(findings, checked)


main()
