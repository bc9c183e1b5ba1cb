# Taking backups away that `keep` covers no longer. The runner names them; what goes is decided here once more: only a
# file that stands in the list of what our runs made, that is a plain file, as long as it was then, and of the same sum.

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
  is_still "$3" "$6" 4>&1 && rm -f "$3" || return
  if [ ! -L "$3.sha256" ] && [ "$(head -c 64 "$3.sha256")" = "$6" ]; then
    # What lies beside an archive of files goes when it is what was summed with it.
    summed=$(sed -n "2s|  ${3##*/}\.manifest\$||p" "$3.sha256")
    if [ -n "$summed" ] && [ ! -L "$3.manifest" ] && [ "$(sha256sum <"$3.manifest")" = "$summed  -" ]; then rm -f "$3.manifest"; fi
    rm -f "$3.sha256"
  fi
  printf '%s\n' "$(date +%s) $removed $9 ${10} $3" >>"$list"
  sync "$list" 2>/dev/null || sync
}

# Has the file this sum? Reading a long one takes longer than the runner waits in silence: meanwhile we say that we live,
# for ten minutes. What takes longer is not known to be ours, and stays.
is_still() { # path, sha256
  summed=$(
    # On the channel, not into the sum.
    exec 3>&1 >&4
    sha256sum <"$1" >&3 4>&- &
    summing=$!
    (
      exec 3>&- </dev/null
      for _ in $(seq 120); do sleep 5 >/dev/null 4>&-; answer beat; done
      kill "$summing"
    ) &
    beating=$!
    wait "$summing"
    kill "$beating"
  )
  [ "${summed%% *}" = "$2" ]
}
