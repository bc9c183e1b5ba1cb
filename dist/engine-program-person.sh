# What a person on the host can do with nothing else at hand.

# Does a process of this run hold the lock? Did it, and is it dead?
alive_run() { [ "$(own_holder)" = alive ]; }
dead_run() { [ "$(own_holder)" = dead ]; }

own_holder() {
  holder=$(readlink "$lock") || return 1
  case $holder in v1:"$plan_run":*) owner_is "$holder" ;; esac
}

# Hands a word to the living process of this run and waits until it has ended.
tell_alive() {
  printf '%s\n' "$1" >&3
  waited=0
  while [ "$waited" -lt 600 ] && alive_run; do
    sleep 0.2 2>/dev/null || sleep 1
    waited=$((waited + 1))
  done
  replay
}

# Brings whatever this run is doing to an end, and goes back if its target is live then.
undo_here() {
  if alive_run; then
    tell_alive undo
    if alive_run; then echo 'It is still at work, and goes back as soon as it can.'; return 1; fi
    [ "$outcome" != needs-operator ] || return 3
  fi
  case $outcome in
    '' | needs-operator)
      take_over || return 1
      case $phase in
        new | prepare | prepared) finish refused ;;
        commit) commit "$verdict" ;;
        *) go_home ;;
      esac
      ;;
    *) if dead_run && take_over; then free_lock; fi ;;
  esac
  if may_begin back; then go_back; fi
}

# A person who says undo means it: what the checks see is told, and does not turn us round again.
go_back() {
  take_lock || { echo "The lock is held: $holder"; return 1; }
  replay
  may_begin back || { free_lock; return 0; }
  begin_direction back
  if ! prepare; then
    finish refused
    [ -z "$act_step" ] || cat "out/$act_step.$act_action"
    return 1
  fi
  if switch; then commit committed; else go_home; return 1; fi
}

commit_here() {
  case $phase:$outcome in
    switched:) ;;
    *:committed | *:kept) if [ "$direction" = forward ]; then return 0; fi; echo 'This run was taken back.'; return 1 ;;
    *) echo "Nothing to commit: this run is at ${outcome:-$phase}."; return 1 ;;
  esac
  if alive_run; then tell_alive commit; return; fi
  take_over || return 1
  if all_arrived; then commit committed; return; fi
  echo 'Nothing to commit: something else has changed what this run had switched. ./rollbook undo goes back.'
  return 1
}

status_here() {
  echo "run $plan_run of $plan_app, $plan_environment: $plan_from -> $plan_to"
  echo "direction $direction, phase $phase, outcome ${outcome:-none yet}"
  if [ -L "$lock" ]; then holder=$(readlink "$lock"); echo "lock $holder ($(owner_is "$holder"))"; else echo 'lock free'; fi
}

# Does the link say what the journal says? Somebody may have moved it since.
stands() {
  case $direction:$outcome in
    forward:committed | forward:kept | back:undone) meant="do" ;;
    forward:undone | back:committed | back:kept) meant="undo" ;;
    *) return 0 ;;
  esac
  for step in $steps_switch; do
    state_of "$step"
    case $?:$meant in 0:do | 10:undo | 12:*) ;; *) return 1 ;; esac
  done
}

in_words() {
  if ! stands; then echo 'This run has ended, and something else was made live since: look at what is live now.'; return; fi
  case $direction:$outcome in
    forward:committed | forward:kept | back:undone) echo "Done: $plan_to is live." ;;
    forward:undone | back:committed | back:kept) echo "Done: $plan_from is live, as before this run." ;;
    *:refused) echo 'Nothing was changed.' ;;
    *:needs-operator) echo "This needs you: look at $run_folder/journal and $run_folder/out, mend what it names, and run this again." ;;
    *) echo "No outcome yet: $direction, $phase." ;;
  esac
}

main() {
  case ${1-} in
    run) run_told forward ;;
    back) run_told back ;;
    settle) settle ;;
    undo | commit | status)
      spoken=yes
      [ "$1" = status ] || open_pipes
      replay
      "${1}_here"
      here=$?
      [ "$1" = status ] || say "$(in_words)"
      [ "$outcome" != needs-operator ] || return 3
      [ "$1" = status ] || stands || return 1
      return "$here"
      ;;
    *)
      echo 'usage: ./rollbook undo | commit | status' >&2
      return 64
      ;;
  esac
}
