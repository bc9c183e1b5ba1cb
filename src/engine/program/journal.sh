# Telling: the journal, and what it says to a process that was not there.

say() { [ -z "$spoken" ] || printf '%s\n' "$*"; }

# One fact, kept before it is acted upon. The reserve is space set aside for a disk that fills up in the middle. A line
# that was cut is closed, so that it can't swallow the next one; lines without their dot are no lines.
journal() {
  number=$((number + 1))
  read -r uptime _ </proc/uptime
  write_line "$@" || { rm -f reserve; torn=$newline; write_line "$@"; } || return 1
  torn=''
  printf '\n' >&7
}

write_line() { printf '%s%s %s %s .\n' "$torn" "$number" "$uptime" "$*" 2>/dev/null >>journal; }

durable() { sync "$@" 2>/dev/null || sync; }

# A phase line needs to last only where something outside follows from it: the ledger after `commit`. The line that begins
# a change is made to last by itself, and takes every line before it along.
enter() {
  phase=$1
  journal phase "$@" || return 1
  [ "$1" != commit ] || durable journal
}

# What the journal says happened, for a process that was not there. A later `run` line starts a direction anew.
replay() {
  [ -f journal ] || return 0
  line=''
  while IFS= read -r line; do
    case $line in [0-9]*' .') ;; *) continue ;; esac
    # shellcheck disable=SC2086 # words of our own journal
    set -- $line
    case $1 in *[!0-9]* | ??????????*) continue ;; esac
    [ $# -ge 5 ] || continue
    number=$1
    case $3:$# in
      run:1[1-9]) direction=$4 phase=new outcome='' verdict='' begun=' ' stopped='' told_to_look='' ;;
      phase:*) phase=$4 verdict=$5 ;;
      outcome:6) outcome=$5 ;;
      begin:6)
        case $5 in do | undo) began "$4" ;; check) told_to_look=yes ;; esac
        ;;
    esac
  done <journal
  # What is left is a line without its end.
  [ -z "$line" ] || torn=$newline
}

began() {
  load_step "$1"
  case $step_phase in
    switch) case $begun in *" $1 "*) ;; *) begun="$begun$1 " ;; esac ;;
    stop | start) stopped=yes ;;
  esac
}
