# Taking backups away that `keep` covers no longer. The runner names them; what goes is decided here once more: only a
# file that stands in the list of what our runs made, that is a plain file, and that is as long as it was then.

remove_backups() { # bytes of the lines <run> <sha256> <bytes> <path>
  wanted=$(take "$1")
  [ "${#wanted}" -eq "$1" ] || { answer refused 'cut on the way'; return; }
  printf '%s\n' "$wanted" | while IFS= read -r named; do
    # shellcheck disable=SC2086 # words without blanks: no path of a backup has one
    if ( set -f; remove_backup $named ) 2>/dev/null; then fact removed "${named##* }"; else fact stays "${named##* }"; fi
  done
  answer end
}

remove_backup() { # run, sha256, bytes, path
  [ $# = 4 ] || return
  removed="$1 $2 $3 removed" list=$state/backups/list
  entered=$(grep -F -e " $1 $2 $3 " "$list" | grep -e " $4\$" | tail -n 1)
  # shellcheck disable=SC2086 # words of our own list
  set -- "$1 $2 $3 $4" "$3" "$4" $entered
  [ $# = 11 ] && [ "$1" = "$5 $6 $7 ${11}" ] && [ "$8" != removed ] || return
  [ -f "$3" ] && [ ! -L "$3" ] && [ "$(stat -c %s "$3")" = "$2" ] || return
  rm -f "$3" || return
  [ -L "$3.sha256" ] || [ ! -f "$3.sha256" ] || rm -f "$3.sha256"
  printf '%s\n' "$(date +%s) $removed $9 ${10} $3" >>"$list"
  sync "$list" 2>/dev/null || sync
}
