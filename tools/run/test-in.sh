#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# usage: test-in.sh RELEASE [MESON TEST ARGS]
# Runs `./run test` of the last commit inside a freshly bootstrapped Debian of that release. The
# mirror, the proxy and npm's registry are those this machine is configured for.
set -euo pipefail
source tools/run/setup.sh

release=${1:-}
[ -n "$release" ] || die "which release? ./run test --in bookworm, or --in trixie"
shift
[ "$(id -u)" = 0 ] || die "a fresh Debian can only be made by root: sudo ./run test --in $release"
is_installed debootstrap || {
  say "installing debootstrap"
  apt-get update -qq && apt-get install -y -qq debootstrap >/dev/null \
    || die "apt-get could not install debootstrap"
}

# The first archive of apt's own configuration that has Debian's ordinary packages.
debian_mirror () {
  apt-get indextargets --format '$(REPO_URI) $(COMPONENT)' 'Created-By: Packages' \
    | awk '$2 == "main" && $1 ~ /\/debian\/$/ { print $1; exit }'
}
mirror=${MIRROR:-$(debian_mirror)}
[ -n "$mirror" ] || die "apt's configuration names no Debian archive: set MIRROR=URL"

root=$(mktemp -d "${TMPDIR:-/var/tmp}/genosrooms-$release.XXXXXX")
cleanup () {
  # Mounts live in a namespace of their own and are gone with it; one file system all the same.
  rm -rf --one-file-system "$root"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
[ -n "${http_proxy:-}" ] && export http_proxy
[ -n "${https_proxy:-}" ] && export https_proxy

say "bootstrapping $release in $root"
debootstrap --variant=minbase "$release" "$root/system" "$mirror" >"$root/debootstrap.log" 2>&1 || {
  tail -n 20 "$root/debootstrap.log"
  die "debootstrap could not make a $release"
}
system=$root/system
apt-config dump | grep -E '^Acquire::https?::' >"$system/etc/apt/apt.conf.d/80host" || true
cp -L /etc/resolv.conf /etc/hosts "$system/etc/"
# Whom this machine trusts besides the usual: a company's proxy, for instance.
mkdir -p "$system/usr/local/share/ca-certificates"
cp -RL /usr/local/share/ca-certificates/. "$system/usr/local/share/ca-certificates/" 2>/dev/null || true
git clone --quiet --no-hardlinks . "$system/src"
registry=$(npm config get registry 2>/dev/null || true)

say "testing in $release"
export system release registry
unshare --mount --pid --fork --kill-child bash -euo pipefail -c '
  mount --make-rprivate /
  mount -t proc proc "$system/proc"
  mount -t sysfs -o ro sysfs "$system/sys"
  mount --rbind /dev "$system/dev"
  mount -t tmpfs tmpfs "$system/dev/shm"
  mount -t tmpfs tmpfs "$system/run"
  exec chroot "$system" /usr/bin/env -i \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt \
    ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
    ${registry:+npm_config_registry="$registry"} PATIENCE="${PATIENCE:-3}" \
    bash -c "cd /src && exec ./run test \"\$@\"" run "$@"
' unshare "$@"
