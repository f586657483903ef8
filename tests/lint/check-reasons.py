#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The page about errors has every reason, in the words that the library uses."""
import re

import source_tree

SOURCE = "lib/genos/base/reason.c"
PAGE = "docs/reference/errors.md"
ROW = re.compile(r'\[GENOS_REASON_\w+\] = \{ "([^"]+)",\s*"([^"]+)",\s*(?:"([^"]+)"|NULL) \}')
LINE = re.compile(r"^\| `([\w-]+)` \| (.+) \| (.+) \|$", re.MULTILINE)


def main():
    source = re.sub(r'"\s*\n\s*"', "", source_tree.read(SOURCE))
    said = {nick: (text, advice or "–") for nick, text, advice in ROW.findall(source)}
    section = source_tree.read(PAGE).split("## Reasons", 1)[-1]
    told = {nick: (text, advice) for nick, text, advice in LINE.findall(section)}
    findings = [f"{PAGE}: `{nick}` is missing or has other words than {SOURCE}: {said[nick]}"
                for nick in said if told.get(nick) != said[nick]]
    findings += [f"{PAGE}: there is no reason `{nick}`" for nick in told if nick not in said]
    source_tree.report(findings, len(said))


main()
