# What runs leave on this host besides backups, so that they can be undone. Each source of such things has two functions:
# `<source>_left` tells them with `tell_left`, and `<source>_remove` takes one away after it has looked once more whether
# it is ours. A fact for each:
#   left <sort> <run> <bytes> <changed|refused|used|open|unproved> <name>
# The state is that of the run: over and it changed something, over and it changed nothing, over but somebody uses the thing
# now, not over, or not known here. What could not be looked at is told with `tell_unread`, so that nothing goes that proves
# what is whose.

tell_left() { # sort, run, bytes, name, state
  fact left "$1" "$2" "$3" "$5" "$4"
}

tell_unread() { # what, why
  fact left-unread "$1: $2"
}

# The state of a run by its own journal: without one, nothing is proved.
left_state() { # run
  case $1 in '' | *[!0-9A-Za-z-]*) echo unproved; return ;; esac
  if [ -L "$state/runs/$1" ] || [ ! -f "$state/runs/$1/journal" ]; then echo unproved; return; fi
  [ "$(run_ending "$1")" = over ] || { echo open; return; }
  case $(grep -E '^[0-9]+ [0-9.]+ outcome .* \.$' "$state/runs/$1/journal" | tail -n 1) in
    *' outcome forward refused .') echo refused ;;
    *) echo changed ;;
  esac
}

left_is_over() { case $1 in changed | refused) ;; *) return 1 ;; esac; }

left_bytes() { # path
  # shellcheck disable=SC2046 # two words
  set -- $(du -sk "$1" 2>/dev/null)
  echo "$((${1:-0} * 1024))"
}

# One after the other, each in a process of its own. The last word is the name that it is known by.
left_remove() { # function, what it is about, run, name
  for left_name; do :; done
  if ( "$@" ) >/dev/null 2>&1; then fact removed "$left_name"; else fact stays "$left_name"; fi
}
