#!/usr/bin/env bash
# Installs what the benchmark compares with: Capistrano from Debian, Shipit from npm, and an SSH server to run against.
#
#   bash bench/install.sh FOLDER        Shipit goes into FOLDER, which is outside the repository
#
# Idempotent: when nothing is missing, nothing is fetched.
set -euo pipefail
folder=${1:?usage: bash bench/install.sh FOLDER}

bash "$(dirname "${BASH_SOURCE[0]}")/../test/tools.sh" \
  cap=capistrano ssh=openssh-client sshd=openssh-server unshare=util-linux

# Version 5.3.0 of 2020 is the last one. Its packages are old: nothing of them runs at install time.
[ -e "$folder/node_modules/shipit-cli/bin/shipit" ] && [ -e "$folder/node_modules/shipit-deploy" ] && exit 0
echo "installing shipit into $folder"
mkdir -p "$folder"
npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error \
  shipit-cli@5.3.0 shipit-deploy@5.3.0
