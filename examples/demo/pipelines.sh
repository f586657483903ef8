# SPDX-License-Identifier: LGPL-2.1-or-later
# Sourced by demo.sh: the launch lines. They use its variables relay, room, camera, seconds, logs,
# recording and build.

find_movie () {
  dpkg -L forensics-samples-files 2>/dev/null | grep -m1 '/movie-hello\.mp4$' \
    || die "the phone movie is missing: apt-get install forensics-samples-files"
}

start_broadcast () {
  # Each frame that passes is one line in the log; only a run that ends by itself counts them.
  local counter='identity name=sent silent=true' verbose=
  if [ "$seconds" -gt 0 ]; then
    counter='identity name=sent silent=false' verbose=-v
  fi
  local sink="genosroomsink name=room room=$room relays=$relay stun-server=none"
  if [ "$camera" = yes ]; then
    start_camera
    return
  fi
  local movie
  movie=$(find_movie)
  source_text="$(basename "$movie"), looped"
  # A subshell of which only gst-launch-1.0 remains: its end ends the looping program by SIGPIPE.
  gst-launch-1.0 -e $verbose $sink \
      fdsrc ! matroskademux name=movie \
      movie.video_0 ! queue ! decodebin ! videoconvert ! clocksync ! $counter ! room.video_0 \
      movie.audio_0 ! queue ! decodebin ! audioconvert ! audioresample ! clocksync ! room.audio_0 \
      < <("$build/examples/demo/loop-movie" "$movie" 2>"$logs/loop-movie.log") \
      >"$logs/broadcast.log" 2>&1 &
  broadcast_pid=$!
}

start_camera () {
  local device=${GENOS_CAMERA:-/dev/video0}
  [ -e "$device" ] || die "there is no camera at $device: plug one in, set GENOS_CAMERA, or" \
    "leave --camera out"
  source_text="camera $device"
  gst-launch-1.0 -e $verbose $sink \
      v4l2src device="$device" ! decodebin ! videoconvert ! $counter ! queue ! room.video_0 \
      autoaudiosrc ! audioconvert ! audioresample ! queue ! room.audio_0 \
      >"$logs/broadcast.log" 2>&1 &
  broadcast_pid=$!
}

# What arrives is written as it is: VP8 and Opus go into Matroska without another encoding.
start_recorder () {
  gst-launch-1.0 -e \
      genosroomsrc name=room room="$room" relays="$relay" stun-server=none output=encoded \
      matroskamux name=file offset-to-zero=true ! filesink location="$recording" \
      room.video_0 ! queue ! file.video_0 \
      room.audio_0 ! queue ! file.audio_0 \
      >"$logs/recorder.log" 2>&1 &
  recorder_pid=$!
}

# count_frames FILE: prints how many pictures a recording holds.
count_frames () {
  local frames
  [ -f "$1" ] || { echo 0; return; }
  frames=$(timeout 60 gst-launch-1.0 -v filesrc location="$1" ! matroskademux name=file \
      file.video_0 ! queue ! identity name=frame silent=false ! fakesink sync=false async=false \
      file.audio_0 ! queue ! fakesink sync=false async=false \
      2>/dev/null | grep -c 'frame: last-message = chain') || true
  echo "${frames:-0}"
}
