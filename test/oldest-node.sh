#!/usr/bin/env bash
# The command line goes there and back on the Node.js that runs this: `engines` of package.json promises 20.
#
#   NODE=/usr/bin/node bash test/oldest-node.sh
set -euo pipefail

node=${NODE:-node}
cli=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/dist/cli.js
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work/home

mkdir -p "$HOME" "$work"/shop/releases/{1,2,3}
for release in 1 2 3; do echo "$release" >"$work/shop/releases/$release/version"; done
ln -s releases/3 "$work/shop/current"

live() {
  [ "$(readlink "$work/shop/current")" = "releases/$1" ] || { echo "releases/$1 should be live, and is not" >&2; exit 1; }
}
rollbook() {
  echo "== rollbook $*"
  "$node" "$cli" "$@" --app shop --hosts web=local --path "$work/shop" >"$work/said" 2>&1 || { cat "$work/said" >&2; exit 1; }
}

echo "on Node.js $("$node" --version)"
rollbook plan && live 3
rollbook rollback && live 2
rollbook status && live 2
rollbook undo && live 3
rollbook prune && live 3
echo 'the command line works here'
