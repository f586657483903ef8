#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which folder may include which: an allow-list. A file that reaches upwards, sideways or for a
library that its module has no business with is named with its line."""
import re

import source_tree

GLIB = ("glib.h", "glib-object.h", "glib/", "gobject/")
GIO = GLIB + ("gio/",)
JSON = ("json-glib/",)
GST = ("gst/",)
SOUP = ("libsoup/",)
NICE = ("nice/",)

# module: (modules it may see, outside libraries)
LIBRARY = {
    "base": ((), GIO),
    "wire": (("base",), GLIB + JSON + ("zlib.h",)),
    "crypto": (("base", "wire"), GLIB + ("sodium.h", "secp256k1", "openssl/")),
    "nostr": (("base", "wire", "crypto"), GIO + SOUP + JSON),
    "signalling": (("base", "wire", "crypto", "nostr"), GIO + JSON),
    "mesh": (("base", "wire"), GLIB),
    "transport": (("base", "wire"), GIO + GST + JSON + NICE),
    "media": (("base", "wire", "transport"), GIO + GST),
    "lan": (("base",), GIO),
    "relay-server": (("base", "wire", "crypto", "nostr", "lan"), GIO + SOUP + JSON),
    "room": (
        ("base", "wire", "crypto", "nostr", "signalling", "mesh", "transport", "media", "lan", "relay-server"),
        GIO + GST + JSON,
    ),
}
# The parts of a large module, its folders, and what each may see of the same module: "." is what lies in none of them.
PARTS = {
    "room": {
        ".": ("cells", "far", "joining", "media", "stats", "transfer"),
        "cells": (".",),
        "far": (".", "cells", "media"),
        "joining": (".",),
        "media": (".",),
        "stats": (".",),
        "transfer": (".",),
    },
    "transport": {
        ".": ("rtp",),
        "rtp": (),
        "sdp": ("rtp",),
        "webrtc": (".", "rtp", "sdp"),
    },
}
# Folders outside the library see its one door only.
OUTSIDE = {
    "gst": GIO + GST + JSON,
    "tools": GIO + GST + JSON + SOUP + ("glib-unix.h",),
    "examples": GIO + GST + JSON + ("glib-unix.h",),
}
# A folder of theirs that is inside all the same, and is linked with these modules: the simulation, because a
# room of thousands cannot be driven through the door for one.
INSIDE = {
    ("tools", "simulate"): ("genos/mesh/", "genos/signalling/announcer.h"),
}
STANDARD = re.compile(
    r"^(assert|ctype|errno|fcntl|float|ifaddrs|inttypes|limits|locale|math|signal|stdarg|stdatomic"
    r"|stdbool|stddef|stdint|stdio|stdlib|string|strings|time|unistd|sys/\w+|arpa/inet|net/if"
    r"|netinet/\w+)\.h$"
)
# Only these files may speak to the network or ask for randomness.
ONLY = {
    "libsoup/": {
        "lib/genos/nostr/nostr-farewells.h",
        "lib/genos/nostr/nostr-session.h",
        "lib/genos/nostr/nostr-tls-reason.h",
    },
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def judge_library(path, module, bracket, name):
    """Why a file of lib/genos/MODULE may not include NAME; None when it may."""
    sees, outside = LIBRARY[module]
    if bracket == '"':
        return "the library includes as <genos/module/file.h>"
    if name == "genos/genos.h":
        return "the umbrella header is for users"
    if name.startswith("genos/"):
        other = name.split("/")[1]
        if other != module and other not in sees:
            return f"{module} may not see {other}"
        return None
    if not STANDARD.match(name) and not name.startswith(outside):
        return f"{module} may not use this library"
    owners = next((ONLY[key] for key in ONLY if name.startswith(key)), None)
    if owners and module == "nostr" and str(path) not in owners:
        return "only " + " and ".join(sorted(owners)) + " may use this library"
    return None


def part_of(parts):
    """Of ROOT, MODULE, PART…, FILE."""
    return parts[2] if len(parts) > 3 else "."


def judge_part(parts, name):
    """Why a file of a module with parts may not include NAME, another part's; None when it may."""
    module = parts[1]
    other = name.split("/")
    rules = PARTS.get(module)
    part = part_of(parts)
    if rules is None or other[:2] != ["genos", module]:
        return None
    if part not in rules:
        return f"part {part} of {module} has no row in tests/lint/check-layers.py"
    seen = part_of(other)
    return None if seen == part or seen in rules[part] else f"{module}/{part} may not see {module}/{seen}"


def judge_outside(folder, bracket, name):
    """The same for a file of gst/, tools/ or examples/."""
    if bracket == '"':
        return None if "/" not in name else "only files of the same folder are included by quotes"
    if name.startswith("genos/"):
        return None if name == "genos/genos.h" else f"{folder} sees <genos/genos.h> only"
    if not STANDARD.match(name) and not name.startswith(OUTSIDE[folder]):
        return f"{folder} may not use this library"
    return None


def judge(path, bracket, name):
    """Picks the rule for a file."""
    parts = path.parts
    if parts[:2] == ("lib", "genos") and len(parts) > 3:
        if parts[2] not in LIBRARY:
            return f"module {parts[2]} has no row in tests/lint/check-layers.py"
        return judge_library(path, parts[2], bracket, name) or judge_part(parts[1:], name)
    if name.startswith(INSIDE.get(parts[:2], ())) and bracket == "<":
        return None
    if parts[0] in OUTSIDE:
        return judge_outside(parts[0], bracket, name)
    return None


def main():
    findings = []
    checked = 0
    for path in source_tree.files(".c", ".h"):
        if path.parts[0] not in ("lib", *OUTSIDE):
            continue
        checked += 1
        for number, line in enumerate(source_tree.read(path).splitlines(), 1):
            match = INCLUDE.match(line)
            reason = match and judge(path, *match.groups())
            if reason:
                findings.append(f"{path}:{number}: {match.group(2)}: {reason}")
    source_tree.report(findings, checked)


main()
