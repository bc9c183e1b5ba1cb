# What this host still has of the backups on its list, a fact for each line, in the order in which they were made:
#   backup <epoch> <run> <sha256> <bytes> <level> <kind> <name> <whole|changed|missing> <over|open> <path>

backups_stored() {
  [ -s "$state/backups/list" ] || return 0
  tail -n 1000 "$state/backups/list" | while IFS= read -r line; do
    # shellcheck disable=SC2086 # words of our own list
    ( set -f; backup_stored $line )
  done
}

backup_stored() { # epoch, run, sha256, bytes, level, kind, name, path
  [ $# = 8 ] || return 0
  fact backup "$1" "$2" "$3" "$4" "$5" "$6" "$7" "$(backup_found "$8" "$4")" "$(run_ending "$2")" "$8"
}

backup_found() { # path, bytes
  if [ -L "$1" ]; then echo changed
  elif [ ! -e "$1" ]; then echo missing
  elif [ -f "$1" ] && [ "$(stat -c %s "$1")" = "$2" ]; then echo whole
  else echo changed
  fi
}
