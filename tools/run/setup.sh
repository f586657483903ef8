# SPDX-License-Identifier: LGPL-2.1-or-later
# Sourced by `run` and its helpers, in the root of the source tree: what has to be there before
# anything else works. Everything asks first and fetches only what is missing, so that a second
# time needs no network.

export BUILD_DIR=${BUILD_DIR:-build}
export JOBS=${JOBS:-$(nproc)}

say () {
  printf '== %s\n' "$*"
}

die () {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

as_root () {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -E "$@"
  else
    die "installing packages needs root: run this as root or through sudo, or install them yourself: $*"
  fi
}

is_installed () {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Prints the packages of tools/run/packages that are missing, one a line. A line `name: command`
# is satisfied by the command too, wherever it came from.
missing_packages () {
  local name provides
  while IFS=': ' read -r name provides; do
    case "$name" in ''|'#'*) continue ;; esac
    is_installed "$name" && continue
    [ -n "$provides" ] && command -v "$provides" >/dev/null && continue
    echo "$name"
  done < tools/run/packages
}

install_packages () {
  command -v dpkg-query >/dev/null || die "this script installs with apt and knows Debian's" \
    "package names only; elsewhere install what tools/run/packages lists and use meson itself"
  local missing
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  say "installing" $missing
  as_root apt-get update -qq \
    || die "apt-get update failed: is the network there? missing are:" $missing
  DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq --no-install-recommends \
      -o Dpkg::Use-Pty=0 $missing >/dev/null \
    || die "apt-get could not install" $missing
}

# The browser tests' driver and the independent peer they talk to; the stamp is the lock file that
# node_modules was made from.
install_node_modules () {
  local folder=tests/browser stamp=tests/browser/node_modules/.lock-installed
  [ -f "$folder/package-lock.json" ] || return 0
  cmp -s "$folder/package-lock.json" "$stamp" && return 0
  say "installing the browser tests' node modules"
  (cd "$folder" && PUPPETEER_SKIP_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error) \
    || die "npm ci failed in $folder: is the network there?"
  cp "$folder/package-lock.json" "$stamp"
}

# build_in FOLDER [MESON OPTIONS]: configures once, then compiles.
build_in () {
  local folder=$1
  shift
  if [ ! -f "$folder/build.ninja" ]; then
    say "configuring $folder"
    meson setup "$folder" "$@" >"/tmp/genos-setup.$$" 2>&1 || {
      cat "/tmp/genos-setup.$$"
      rm -f "/tmp/genos-setup.$$"
      die "meson could not configure $folder"
    }
    rm -f "/tmp/genos-setup.$$"
  fi
  say "building $folder"
  ninja -C "$folder" -j "$JOBS" --quiet || die "$folder does not build"
}

set_up_and_build () {
  install_packages
  install_node_modules
  build_in "$BUILD_DIR"
}
