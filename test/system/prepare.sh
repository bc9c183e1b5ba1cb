#!/usr/bin/env bash
# Makes the machine ready for `npm run test:system`: a container engine, and the image of a test host.
#
#   bash test/system/prepare.sh
#
# Safe to run again: an engine that answers is used as it is, an image whose recipe has not changed is kept.
# An engine that this script had to start keeps running, so that the next run finds it.
# No image registry is asked: the image grows from Debian's own packages.
set -euo pipefail

PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
suite=trixie
scratch=${TMPDIR:-/tmp}
began=$SECONDS

root=()
[ "$(id -u)" = 0 ] || root=(sudo)

# Two runs at once would start two engines and build every image twice.
exec 9>"$scratch/rollbook-prepare-$(id -u).lock"
flock 9

bash "$here/../tools.sh" docker=docker.io dockerd=docker.io debootstrap ssh=openssh-client ssh-keygen=openssh-client prometheus docker-registry \
  /usr/share/keyrings/debian-archive-keyring.gpg=debian-archive-keyring

engine_answers() {
  docker version --format '{{.Server.Version}}' >/dev/null 2>&1
}

# An engine that was killed leaves its number behind, and does not start while any process has that number,
# be it another program's or a zombie's; a zombie is known by having no executable.
forget_dead() {
  local program=$1 file=$2 pid
  pid=$("${root[@]}" cat "$file" 2>/dev/null) || return 0
  case $("${root[@]}" readlink "/proc/$pid/exe") in
    */"$program"*) ;;
    *) "${root[@]}" rm -f "$file" ;;
  esac
}

start_engine() {
  local engine='' log
  log=$scratch/rollbook-dockerd-$(id -u).log
  echo "starting the container engine, log in $log"
  if [ -d /run/systemd/system ]; then
    "${root[@]}" systemctl start docker
  else
    forget_dead dockerd /var/run/docker.pid
    forget_dead containerd /var/run/docker/containerd/containerd.pid
    # Nothing of ours goes along: an open pipe or lock would live as long as the engine.
    "${root[@]}" setsid dockerd >"$log" 2>&1 </dev/null 9>&- &
    engine=$!
  fi
  for _ in $(seq 120); do
    if engine_answers; then return; fi
    if [ -n "$engine" ] && ! kill -0 "$engine" 2>/dev/null; then break; fi
    sleep 0.5
  done
  tail -n 20 "$log" >&2 || true
  echo 'test/system/prepare.sh: the container engine does not answer' >&2
  exit 1
}

# The mirror that this machine itself uses for Debian; nothing where it has none, and debootstrap takes its own.
debian_mirror() {
  local mirror
  # shellcheck disable=SC2016 # the dollars are apt's
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' 2>/dev/null |
    grep -m 1 -E '^https?://.*/debian/$') || true
  printf '%s\n' "$mirror"
}

# debootstrap and the build ask the mirror the way apt on this machine does.
use_proxy_of_apt() {
  local proxy
  proxy=$(apt-config dump Acquire::http::Proxy --format '%v%n' 2>/dev/null) || true
  if [ -n "$proxy" ] && [ "$proxy" != DIRECT ]; then export http_proxy=${http_proxy:-$proxy}; fi
}

have_image() {
  docker image inspect "$1" >/dev/null 2>&1
}

build_base() {
  local tree=$work/tree options=()
  # apt in the image must trust the same authorities as this machine, or an https mirror is out of its reach.
  case $mirror in https:*) options=(--include=ca-certificates) ;; esac
  "${root[@]}" env ${http_proxy+"http_proxy=$http_proxy"} \
    debootstrap --variant=minbase "${options[@]}" "$suite" "$tree" ${mirror:+"$mirror"} >"$work/log" 2>&1 || {
    tail -n 20 "$work/log" >&2
    exit 1
  }
  if [ ${#options[@]} -gt 0 ]; then "${root[@]}" cp /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/"; fi
  "${root[@]}" tar -C "$tree" --one-file-system --exclude='./var/cache/apt/archives/*.deb' -c . |
    docker import - "$base" >/dev/null
}

build_host() {
  local options=(--build-arg "BASE=$base") name
  for name in http_proxy https_proxy no_proxy; do
    if [ -n "${!name:-}" ]; then options+=(--build-arg "$name"); fi
  done
  # The machine's own network, so that a proxy or a name server on 127.0.0.1 works in the build as well.
  docker build --network host "${options[@]}" -t "$host" -f "$here/hosts/Dockerfile" "$here/hosts/image" \
    >"$work/log" 2>&1 || {
    tail -n 40 "$work/log" >&2
    exit 1
  }
}

engine_answers || start_engine

work=$(mktemp -d "$scratch/rollbook-prepare.XXXXXX")
# Never across a mount: an interrupted debootstrap leaves /proc mounted in its tree.
trap '"${root[@]}" rm -rf --one-file-system "$work"' EXIT
use_proxy_of_apt
mirror=$(debian_mirror)

base=rollbook-test-base:$(printf '%s\n' "$suite" "$mirror" "$(declare -f build_base)" | sha256sum | cut -c 1-16)
recipe=$(tar -C "$here/hosts" --sort=name --mtime=@0 --owner=0 --group=0 --mode=u=rwX,go=rX -c Dockerfile image | sha256sum)
host=rollbook-test-host:$(printf '%s\n' "$base" "$recipe" | sha256sum | cut -c 1-16)

if ! have_image "$host"; then
  if ! have_image "$base"; then
    echo "building $base${mirror:+ from $mirror}"
    build_base
  fi
  echo "building $host"
  build_host
fi
# The one name that the tests know.
docker tag "$host" rollbook-test-host:ready
echo "ready: $host after $((SECONDS - began)) s"
