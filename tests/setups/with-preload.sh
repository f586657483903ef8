#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs one test program with the library that explains GLib's locks to ThreadSanitizer. Scripts run
# as they are: their interpreters are not instrumented, and a preloaded runtime would stop them.
case "$(head -c 4 "$1" | tr -d '\0')" in
  *ELF*) ;;
  *) exec "$@" ;;
esac
if grep -q __tsan_init "$1"; then
  exec env LD_PRELOAD="$GENOS_TSAN_PRELOAD" "$@"
fi
exec "$@"
