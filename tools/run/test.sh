#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs every suite on the plain build, then chosen suites under the sanitizers and valgrind, and
# adds all of it up. With arguments: only the plain build, with these arguments for meson test.
set -euo pipefail
source tools/run/setup.sh

results=()

# The limits of minutes are CI's. Where nobody waits, PATIENCE multiplies them.
patience=${PATIENCE:-1}

# Most programs of these suites wait for timers and for each other, and use a tenth of a core; under a
# sanitizer they use more, and under the tracer and valgrind all they get.
waiting=$((2 * JOBS))
sanitized=$((JOBS + (JOBS + 1) / 2))

# run_tests NAME FOLDER MINUTES PROCESSES [MESON TEST ARGS]
run_tests () {
  local name=$1 folder=$2 minutes=$(($3 * patience)) processes=$4 code=0 started=$SECONDS
  shift 4
  say "testing: $name"
  rm -f "$folder/meson-logs/"{results,again}-"$name"*
  timeout --kill-after=30 "${minutes}m" meson test -C "$folder" --no-rebuild --print-errorlogs \
    --num-processes "$processes" --logbase "results-$name" "$@" </dev/null || code=$?
  [ "$code" = 124 ] && say "$name was stopped after $minutes minutes"
  say "$name took $((SECONDS - started)) s"
  # meson adds the name of the set-up to the log's name.
  local log
  log=$(ls "$folder/meson-logs/results-$name"*.json 2>/dev/null | head -n 1) || true
  log=${log:-$folder/meson-logs/results-$name.json}
  local second=
  [ "$code" = 0 ] || second=$(run_again "$name" "$folder" "$log" "$@")
  results+=("$name=$log=$code=$second")
}

# The few that failed, alone: prints the new log. results.py tells which of them are only unsteady.
run_again () {
  local name=$1 folder=$2 log=$3 failed setup=()
  shift 3
  [ "${1:-}" = --setup ] && setup=(--setup "$2")
  mapfile -t failed < <(python3 tools/run/results.py --failed "$log" 2>/dev/null)
  [ ${#failed[@]} -gt 0 ] && [ ${#failed[@]} -le 8 ] || return 0
  say "testing again: ${failed[*]}" >&2
  timeout --kill-after=30 10m meson test -C "$folder" --no-rebuild --print-errorlogs --num-processes 1 \
    --logbase "again-$name" "${setup[@]}" "${failed[@]}" </dev/null >&2 || true
  ls "$folder/meson-logs/again-$name"*.json 2>/dev/null | head -n 1
}

lean=(-Dexamples=false -Ddocs=disabled -Dintrospection=disabled -Doptimization=1)

build_asan () {
  build_in .build/asan "${lean[@]}" -Db_sanitize=address,undefined -Db_lundef=false
}

build_tsan () {
  build_in .build/tsan "${lean[@]}" -Db_sanitize=thread -Db_lundef=false
}

# share PID NICE: where the kernel shares the cores among sessions first (autogroup), priorities
# count inside of one only.
share () {
  { echo "$2" >"/proc/$1/autogroup"; } 2>/dev/null || true
}

# On what the tests of the plain build leave of the cores; what is wrong is told when its turn comes.
build_sanitized_beside () {
  local idle=(nice -n 19)
  chrt --idle 0 true 2>/dev/null && idle=(chrt --idle 0)
  export -f say die build_in build_asan build_tsan share
  setsid "${idle[@]}" bash -c "$(declare -p lean); share self 19; build_asan; build_tsan" </dev/null >/dev/null 2>&1 &
  beside=$!
  trap 'kill -- "-$beside" 2>/dev/null || true' EXIT
}

if [ $# -gt 0 ]; then
  run_tests plain "$BUILD_DIR" 60 "$waiting" "$@"
else
  build_sanitized_beside
  run_tests plain "$BUILD_DIR" 35 "$waiting"

  # What makes and ends links and elements; churn and floods take too long under the tracer.
  run_tests leaks "$BUILD_DIR" 8 "$JOBS" --setup leaks webrtc-channel webrtc-channel-errors webrtc-calls \
    reentrancy link-media link-pair link-rules adversity message properties room sink src

  share "$beside" 0
  wait "$beside" || true
  build_asan
  run_tests asan .build/asan 15 "$sanitized" --suite unit --suite integration --suite elements --suite fuzzing \
    --no-suite slow

  build_tsan
  run_tests tsan .build/tsan 12 "$sanitized" --suite unit --suite integration --suite elements --no-suite slow

  # Not what has deadlines of the network or of a pipeline: valgrind is too slow for these.
  run_tests valgrind "$BUILD_DIR" 12 "$JOBS" --setup valgrind --suite unit --suite integration \
    --no-suite webrtc --no-suite slow
fi
python3 tools/run/results.py "${results[@]}"
