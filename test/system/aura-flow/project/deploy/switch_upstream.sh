#!/bin/sh
# Gives the traffic to another api: switch_upstream.sh --target api_v1, or api_v2
set -eu
case "${1-} ${2-}" in
  '--target api_v1' | '--target api_v2') ;;
  *) echo "usage: $0 --target api_v1|api_v2" >&2; exit 64 ;;
esac
cd /etc/nginx/aura
ln -sfn "/etc/nginx/aura/$2.conf" upstream.next
mv -T upstream.next upstream.conf
sudo -n systemctl reload nginx
