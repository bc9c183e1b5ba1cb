#!/bin/sh
# Does what was deployed serve, from end to end? verify-deploy.sh --api-url URL
set -eu
[ "${1-}" = --api-url ] && [ -n "${2-}" ] || { echo "usage: $0 --api-url URL" >&2; exit 64; }
curl -fsS --max-time 10 "$2/healthz" >/dev/null
said=$(curl -fsS --max-time 10 "$2/status")
echo "$said"
case $said in *'"database":"ok"'*) ;; *) echo 'the api does not reach its database' >&2; exit 1 ;; esac
