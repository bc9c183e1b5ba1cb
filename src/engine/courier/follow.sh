# Telling what the program of a run writes: its journal, line by line, and what its steps printed.

# Copies the journal of run $2 to the runner, behind its first $1 lines, until it has ended or nobody lives that could
# end it: the process $3 that we started, or the one that holds the lock for it. A wake-up comes with each line; one
# comes every second besides, which is the heartbeat, and which ends this when nobody listens any more.
follow() {
  set -f
  # A reader that has gone is noticed where we write, so that we can tidy up.
  trap '' PIPE
  skip=$1 followed=$2 program=$3 line='' last='' over='' dying='' beats=0
  born=$(started_at "$program")
  exec 5<journal 6<>wake
  ( while sleep 1 && kill -0 $$; do printf '\n' >&6; done ) >/dev/null 2>&1 &
  beat=$!
  while :; do
    while IFS= read -r more <&5; do
      line=$line$more
      case $line in
        *' .') if [ "$skip" -gt 0 ]; then skip=$((skip - 1)); else pass_on "$line" || break 2; fi ;;
      esac
      line=''
    done
    line=$line$more
    [ -z "$over" ] || break
    if ! lives "$program" "$born" && [ -z "$(process_of "$followed")" ]; then
      # Its last lines may have come between our reading and its end: look once more before saying so.
      if [ -z "$dying" ]; then dying=yes; continue; fi
      if [ -n "$last" ]; then tell_last; else answer gone; fi
      break
    fi
    IFS= read -r _ <&6
    answer beat || break
    [ ! -f progress ] || tell_progress
  done
  kill "$beat" 2>/dev/null
}

# How far a step has come that writes a long file: `progress` says which step, how long the file will be at last (0 when
# nobody knows), and where it grows. Each third beat is often enough for people.
tell_progress() {
  beats=$((beats + 1))
  [ "$((beats % 3))" = 0 ] || return 0
  { read -r writer expected grows <progress; } 2>/dev/null || return 0
  bytes=$(stat -c %s "$grows" 2>/dev/null) || return 0
  answer progress "$writer" "$bytes" "$expected"
}

# The outcome is told when the run is over, so that whoever hears it finds the lock free.
pass_on() {
  text=$1
  # shellcheck disable=SC2086 # words of our own journal
  set -- $1
  case $3 in
    run) last='' ;;
    outcome) last=$text; return ;;
    over)
      [ -n "$last" ] || return 0
      over=yes
      tell_last || return
      ;;
  esac
  answer journal "$text" || return
  case $3 in
    end) show_output "$4" "$5" ;;
    strayed) show_output "$4" state ;;
  esac
}

# The outcome, when all that was printed has been told.
tell_last() {
  case $last in *' needs-operator .') ;; *) forget_printed "$state/runs/$followed" ;; esac
  answer journal "$last"
}

# The last lines that a step printed, for steps that failed, and for those whose output is the point.
show_output() {
  [ -s "out/$1.$2" ] || return 0
  most=8192 lines=50
  [ ! -e "out/$1.much" ] || most=65536 lines=200
  end_of "out/$1.$2" "$most" | tail -n "$lines" | while IFS= read -r text || [ -n "$text" ]; do
    if [ "${#text}" -gt 3900 ]; then in_pieces "$text"; text=''; fi
    answer out "$1" "$2" "$text"
  done
}

# The last $2 bytes of the file $1. What is longer was cut somewhere in a line; of that one nothing is told, because half of
# a secret is not known for one.
end_of() {
  bytes=$(wc -c <"$1")
  if [ "$bytes" -le "$2" ]; then cat "$1"
  elif [ "$(whole_lines "$1" "$2" | wc -c)" -gt 0 ]; then whole_lines "$1" "$2"
  else echo "(one line of $bytes bytes)"; fi
}

whole_lines() { tail -c "$2" "$1" | tr -s '\r' '\n' | sed 1d; }

# What steps printed that were given a secret goes when the run is over and all of it was told: the secret may be in it.
# Where a person has to mend something, it stays.
forget_printed() ( # folder of a run
  set +f
  for printed in "$1"/out/*.secret; do [ ! -f "$printed" ] || rm -f "${printed%secret}"*; done
)

# The process that a run's lock names, if it lives.
process_of() {
  holder=$(readlink "$state/lock") || return 1
  case $holder in v1:"$1":*) ;; *) return 1 ;; esac
  [ "$(owner_is "$holder")" = alive ] || return 1
  rest=${holder%:*}
  echo "${rest##*:}"
}
