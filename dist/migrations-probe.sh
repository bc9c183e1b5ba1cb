# What the probes of all tools have in common: commands that get their time and no more, and names and texts as facts.

# What the command started goes with it, or it would keep our pipe open: the timeout of busybox leaves that behind.
in_time() { # seconds, command
  if timeout --foreground -k 1 5 true 2>/dev/null; then timeout -k 2 "$@"; return; fi
  seconds=$1 group=''
  shift
  if command -v setsid >/dev/null 2>&1; then group=-; fi
  ${group:+setsid} "$@" &
  command=$!
  ( sleep "$seconds"; kill -9 "$group$command" ) >/dev/null 2>&1 &
  dog=$!
  wait "$command"
  ended=$?
  kill "$dog" 2>/dev/null
  return "$ended"
}

# The surroundings that a login gives.
as_the_login() {
  umask "$login_umask"
  if [ -n "$login_locale" ]; then LC_ALL=$login_locale; else unset LC_ALL; fi
}

say_names() { # where they are, names
  [ -z "$2" ] || printf '%s\n' "$2" | sed "s/^/RB1 $courier_nonce $message fact migration $1 /"
}

# Tells when there is more than will be told of: what is cut off may be what matters.
note_cut() { # what the lines are, lines, how many are told
  [ "$(printf '%s\n' "$2" | wc -l)" -le "$3" ] || fact migrations-cut "$1"
}

# A migration that the target lacks, and whose name is not one: shown as far as it can be, compared by nobody.
say_odd() { # name
  fact migration odd "$(printf '%s' "$1" | tr -c 'A-Za-z0-9._()+ -' '?' | cut -c 1-100)"
}

# The text of a migration on standard input, as one word, so that nothing in it is anything but text.
say_text() { # name
  text=$(head -n 200 | head -c 24000 | base64 2>/dev/null | tr -d '\n')
  [ -z "$text" ] || fact migration-text "$1" "$text"
}
