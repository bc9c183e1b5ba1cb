# Starting the program of a run, and coming back to one that is under way.

# Receives the program of a run, checks that it is whole, and lets it go. Asked again for the same run, it follows the
# one that went.
receive() { # run, bytes, sha256
  folder=$state/runs/$1 part=$state/runs/$1/rollbook.$$
  mkdir -p "$folder/out" 2>/dev/null
  if [ -e "$folder/rollbook" ]; then
    take "$2" >/dev/null
    cd "$folder" || { answer refused 'state folder'; return; }
    if [ -s journal ]; then secrets_of=''; attach "$1" 0; return; fi
  else
    take_into "$2" "$part" || { drop "$folder"; answer refused 'state folder'; return; }
    sum=$(sha256sum <"$part")
    if [ "${sum%% *}" != "$3" ]; then drop "$folder"; answer refused damaged; return; fi
    { chmod 700 "$part" && mv "$part" "$folder/rollbook" && cd "$folder"; } || { answer refused 'state folder'; return; }
  fi
  set_off "$1" run
}

# A run that can't begin leaves no secret behind.
drop() { rm -rf "$1/secrets" "$1"/rollbook.*; }

pipes() {
  { [ -p control ] && [ -p wake ]; } || mkfifo control wake 2>/dev/null
  [ -p control ] && [ -p wake ] && { true >>journal; } 2>/dev/null
}

# Starts the program of the run in whose folder we are, apart from this session, and follows it.
set_off() { # run, word for the program
  pipes || { answer refused 'state folder'; return; }
  # What a run has said since it was started belongs to whoever starts it, also when it was started twice at once and the
  # other one was quicker.
  told=0
  [ "$2" = run ] || [ ! -s journal ] || told=$(complete_lines <journal)
  # Words may come before the program listens: a pipe that nobody holds open forgets them.
  exec 8<>control
  apart=''
  if command -v setsid >/dev/null 2>&1; then apart=setsid; fi
  (
    umask "$login_umask"
    if [ -n "$login_locale" ]; then LC_ALL=$login_locale; else unset LC_ALL; fi
    exec ${apart:+setsid} "$courier_shell" ./rollbook "$2"
  ) </dev/null >>log 2>&1 8>&- &
  started=$! secrets_of=''
  answer started
  follow "$told" "$1" "$started" 8>&- &
  followers="$followers $!"
  sweep_secrets "$1"
}

# Follows the run in whose folder we are, from line $2 of its last direction on.
attach() {
  pipes || { answer refused 'state folder'; return; }
  answer started
  follow "$(($(lines_before) + $2))" "$1" '' &
  followers="$followers $!"
}

complete_lines() { grep -c ' \.$'; }

# How many lines of the journal stand before those of the last direction.
lines_before() {
  count=0 before=0
  while IFS= read -r line; do
    case $line in *' .') ;; *) continue ;; esac
    # shellcheck disable=SC2086 # words of our own journal
    set -- $line
    [ "${3-}" != run ] || before=$count
    count=$((count + 1))
  done <journal
  echo "$before"
}
