#!/usr/bin/env bash
# Installs the programs that tests call and this machine lacks, from its own Debian (or Ubuntu) packages.
#
#   bash test/tools.sh                              what `npm test` needs
#   bash test/tools.sh PROGRAM[=PACKAGE] ...        these instead; PROGRAM is a name or a path
#
# Idempotent: when nothing is missing, nothing is fetched. As another user than root it asks sudo.
set -euo pipefail

# A user's PATH often lacks the folders in which sshd and dockerd live.
PATH=$PATH:/usr/sbin:/sbin

[ $# -gt 0 ] || set -- dash bash busybox=busybox-static shellcheck ssh=openssh-client sshd=openssh-server

missing=()
for tool in "$@"; do
  program=${tool%%=*}
  command -v "$program" >/dev/null || [ -e "$program" ] || missing+=("${tool#*=}")
done
[ ${#missing[@]} -gt 0 ] || exit 0

root=()
[ "$(id -u)" = 0 ] || root=(sudo)
command -v apt-get >/dev/null || {
  echo "test/tools.sh: this machine has no apt-get; install these yourself: ${missing[*]}" >&2
  exit 1
}

echo "installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() {
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 "$@" >"$log" 2>&1
}
# A third party's source that does not answer must not stop us: what matters is whether the install works.
quietly apt-get update -q || echo 'test/tools.sh: apt-get update complained; trying the install all the same' >&2
quietly apt-get install -y -q --no-install-recommends "${missing[@]}" || {
  tail -n 20 "$log" >&2
  exit 1
}
