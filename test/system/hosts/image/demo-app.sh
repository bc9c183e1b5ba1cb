#!/bin/sh
# Reads /srv/app/current once, and again only on SIGHUP: without a reload the old release goes on serving,
# as it does with PHP's opcache or a Node process. nginx shows what was read at /app/.
load() {
  cp /srv/app/current/public/version.json "$RUNTIME_DIRECTORY/.next" &&
    mv "$RUNTIME_DIRECTORY/.next" "$RUNTIME_DIRECTORY/version.json"
}
trap load HUP
load || exit 1
systemd-notify --ready
while :; do
  sleep 3600 &
  wait $!
done
