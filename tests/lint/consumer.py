#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: consumer.py MESON BUILD_ROOT PREFIX: installs into a scratch folder and builds a program
of a stranger against it, with nothing but pkg-config."""
import os
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = r"""
#include <genos/genos.h>
#include <stdio.h>

int
main (void)
{
  const char *domain = g_quark_to_string (GENOS_ERROR);
  return puts (domain) < 0 || GENOS_TYPE_ERROR == 0;
}
"""


def run(*command, **options):
    """Runs one command and fails the test with its output."""
    result = subprocess.run(command, capture_output=True, text=True, **options)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stdout}{result.stderr}")
    return result.stdout


def main():
    meson, build, prefix = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        stage = scratch / "stage"
        run(meson, "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", str(stage))
        installed = pathlib.Path(f"{stage}{prefix}")
        description = next(installed.rglob("genosrooms-1.0.pc"))
        # The prefix of this one package only: the system's packages stay where they are.
        text = description.read_text().replace(f"prefix={prefix}", f"prefix={installed}")
        (scratch / description.name).write_text(text)
        environment = dict(os.environ, PKG_CONFIG_PATH=str(scratch))
        flags = run("pkg-config", "--cflags", "--libs", "genosrooms-1.0", env=environment).split()
        source = scratch / "program.c"
        source.write_text(PROGRAM)
        program = scratch / "program"
        compiler = os.environ.get("CC", "cc").split()
        run(*compiler, "-Wall", "-Werror", str(source), "-o", str(program), *flags)
        library = next(installed.rglob("libgenosrooms-1.0.so")).parent
        said = run(str(program), env=dict(environment, LD_LIBRARY_PATH=str(library)))
        print(said.strip())
        assert "genos" in said


main()
