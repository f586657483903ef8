#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# usage: demo.sh [--seconds N] [--camera] [--port N]   (through ./run demo)
#
# One room, seen from all sides: a relay with a page, a gst-launch-1.0 line that broadcasts the phone
# movie (or a camera), and another one that records the room. With --seconds a headless browser
# watches too, and the end says what was sent, shown and recorded.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tools/run/setup.sh
source examples/demo/pipelines.sh

seconds=0 camera=no port=0 room=demo
while [ $# -gt 0 ]; do
  case "$1" in
    --seconds) seconds=${2:?--seconds needs a number}; shift ;;
    --port) port=${2:?--port needs a number}; shift ;;
    --camera) camera=yes ;;
    *) die "unknown option $1; usage: ./run demo [--seconds N] [--camera] [--port N]" ;;
  esac
  shift
done
[[ $seconds =~ ^[0-9]+$ && $port =~ ^[0-9]+$ ]] || die "--seconds and --port are whole numbers"

build=$(cd "$BUILD_DIR" && pwd)
export GST_PLUGIN_PATH=$build/gst${GST_PLUGIN_PATH:+:$GST_PLUGIN_PATH}
logs=$build/demo
mkdir -p "$logs"
recording=${GENOS_DEMO_FILE:-$logs/room-$(date +%Y%m%d-%H%M%S).mkv}
relay_pid= broadcast_pid= recorder_pid= browser_pid=

is_alive () {
  [ -n "$1" ] && kill -0 "$1" 2>/dev/null
}

# end PID SIGNAL SECONDS: asks a process to end, asks again, and makes it end. gst-launch-1.0 takes
# the first INT as a wish for a finished file and the second one as an order.
end () {
  local signal tenth
  for signal in "$2" "$2" KILL; do
    is_alive "$1" || return 0
    kill -s "$signal" "$1" 2>/dev/null || return 0
    for ((tenth = 0; tenth < $3 * 10; tenth++)); do
      is_alive "$1" || return 0
      sleep 0.1
    done
  done
}

# The recorder first: its file is finished by the end of stream that gst-launch-1.0 -e makes of INT.
end_all () {
  end "$browser_pid" TERM 5
  end "$recorder_pid" INT 5
  end "$broadcast_pid" INT 3
  end "$relay_pid" TERM 3
  browser_pid= recorder_pid= broadcast_pid= relay_pid=
}
trap end_all EXIT
trap 'echo; exit 130' INT TERM

fail_with_log () {
  tail -n 15 "$2" >&2
  die "$1 (all of it is in $2)"
}

start_relay () {
  "$build/tools/genos" relay --port "$port" --web web >"$logs/relay.log" 2>&1 &
  relay_pid=$!
  local tenth
  for ((tenth = 0; tenth < 100; tenth++)); do
    relay=$(grep -oE -m1 'wss?://[^ "]+' "$logs/relay.log" || true)
    [ -n "$relay" ] && break
    is_alive "$relay_pid" || fail_with_log "the relay did not start" "$logs/relay.log"
    sleep 0.1
  done
  [ -n "$relay" ] || die "the relay never said its address"
  page=${relay/#ws/http}
  page=${page%/}/?room=$room
}

# Why the recorder ended, in words; the room does not depend on it.
explain_recorder () {
  recorder_pid=
  if grep -qiE 'no space left|not enough space' "$logs/recorder.log"; then
    recording_end="stopped: no space left for $recording. Free some, or set GENOS_DEMO_FILE to a file on another disk"
  else
    recording_end="stopped early, see $logs/recorder.log"
  fi
  say "the recording $recording_end. The room goes on."
}

count () {
  grep -c "$1" "$2" 2>/dev/null || true
}

report () {
  local shown recorded
  shown=$(sed -n 's/^shown //p' "$logs/browser.log" | tail -n 1)
  recorded=$(count_frames "$recording")
  say "sent $sent frames, shown ${shown:-no} frames, recorded $recorded frames"
  [ -n "$shown" ] || sed 's/^/   browser: /' "$logs/browser.log" | tail -n 5
  [ -z "$recording_end" ] || say "the recording $recording_end"
  [ "$sent" -gt 0 ] && [ "${shown:-0}" -gt 0 ] && { [ "$recorded" -gt 0 ] || [ -n "$recording_end" ]; }
}

relay= page= recording_end=
start_relay
start_recorder
start_broadcast
if [ "$seconds" -gt 0 ]; then
  node examples/demo/watch.mjs "$page" "$seconds" "$logs/page.png" >"$logs/browser.log" 2>&1 &
  browser_pid=$!
fi

cat <<TEXT

  The room “$room” is open.

    page        $page
    broadcast   $source_text
    recording   $recording

  Open the page in a browser on this machine. “Share my camera” shows you to everybody in the room;
  the box beside the pictures is the chat. From another terminal:

    ./run shell gst-launch-1.0 videotestsrc is-live=true ! genosroomsink room=$room relays=$relay

TEXT
if [ "$seconds" -gt 0 ]; then
  say "a headless browser watches too; all ends in $seconds seconds"
else
  say "Ctrl-C ends everything"
fi

for ((second = 0; seconds == 0 || second < seconds; second++)); do
  sleep 1
  is_alive "$relay_pid" || fail_with_log "the relay ended" "$logs/relay.log"
  is_alive "$broadcast_pid" || fail_with_log "the broadcast ended" "$logs/broadcast.log"
  [ -z "$recorder_pid" ] || is_alive "$recorder_pid" || explain_recorder
done

# The browser counts until its own clock is over; give it the time it took to start.
for ((second = 0; second < 30; second++)); do
  is_alive "$browser_pid" || break
  sleep 1
done
sent=$(count 'sent: last-message = chain' "$logs/broadcast.log")
end_all
report
