# What a person on the host can do with nothing else at hand.

alive_run() {
  holder=$(readlink "$lock") || return 1
  case $holder in v1:"$plan_run":*) [ "$(owner_is "$holder")" = alive ] ;; *) return 1 ;; esac
}

# Hands a word to the living process of this run and waits for its outcome.
tell_alive() {
  printf '%s\n' "$1" >&3
  waited=0
  while [ -z "$outcome" ] && [ "$waited" -lt 600 ]; do
    sleep 1
    waited=$((waited + 1))
    replay
  done
}

undo_here() {
  if alive_run; then tell_alive undo; return; fi
  if [ -L "$lock" ]; then take_over || return 1; revert; return; fi
  case $direction:$outcome in
    forward:committed | forward:kept)
      begin_direction back
      take_lock || { echo "The lock is held: $(readlink "$lock")"; return 1; }
      if ! prepare; then
        finish refused
        cat "out/$act_step.$act_action"
        return 1
      fi
      if switch && verify; then commit committed; else revert; fi
      ;;
    *) echo "Nothing to undo: this run ended as ${outcome:-$phase} ($direction)."; return 1 ;;
  esac
}

commit_here() {
  if alive_run; then tell_alive commit; return; fi
  take_over || return 1
  case $phase in switched) commit committed ;; *) echo "Nothing to commit: this run is at $phase."; free_lock; return 1 ;; esac
}

status_here() {
  echo "run $plan_run of $plan_app, $plan_environment: $plan_from -> $plan_to"
  echo "direction $direction, phase $phase, outcome ${outcome:-none yet}"
  if [ -L "$lock" ]; then holder=$(readlink "$lock"); echo "lock $holder ($(owner_is "$holder"))"; else echo 'lock free'; fi
}

in_words() {
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
      return "$here"
      ;;
    *)
      echo 'usage: ./rollbook undo | commit | status' >&2
      return 64
      ;;
  esac
}
