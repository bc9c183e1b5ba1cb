# Telling: the journal, and what it says to a process that was not there.

say() { [ -z "$spoken" ] || printf '%s\n' "$*"; }

# One fact, kept before it is acted upon. The reserve is space set aside for a disk that fills up in the middle.
journal() {
  number=$((number + 1))
  read -r uptime _ </proc/uptime
  printf '%s %s %s .\n' "$number" "$uptime" "$*" 2>/dev/null >>journal || {
    rm -f reserve
    printf '%s %s %s .\n' "$number" "$uptime" "$*" >>journal || return 1
  }
  printf '\n' >&7
}

durable() { sync "$@" 2>/dev/null || sync; }

enter() {
  phase=$1
  journal phase "$1" && durable journal
}

# What the journal says happened, for a process that was not there. A later `run` line starts a direction anew.
replay() {
  while IFS= read -r line; do
    case $line in *' .') ;; *) continue ;; esac
    # shellcheck disable=SC2086 # words of our own journal
    set -- $line
    number=$1
    case $3 in
      run) direction=$4 phase=new outcome='' begun=' ' stopped='' ;;
      phase) phase=$4 ;;
      outcome) outcome=$5 ;;
      begin)
        case $5 in do | undo) began "$4" ;; esac
        ;;
    esac
  done <journal
}

began() {
  load_step "$1"
  case $step_phase in
    switch) case $begun in *" $1 "*) ;; *) begun="$begun$1 " ;; esac ;;
    stop | start) stopped=yes ;;
  esac
}
