# Being told by the runner, and putting a run in order whose process died.

# One process writes a word each second, so that silence can be counted without a clock that may jump. A host that can't
# even start `sleep` is in trouble, and must not fall deaf because of it: then the second is waited out here.
start_ticking() {
  born=$(started_at $$)
  ( while { sleep 1 3>&- 7>&- || spin; } && lives $$ "$born"; do printf 'tick\n' >&3; done ) </dev/null >/dev/null 2>&1 &
  ticker=$!
}

spin() {
  read -r spun _ </proc/uptime
  until read -r spin_now _ </proc/uptime && [ "${spin_now%.*}" -gt "${spun%.*}" ]; do :; done
}

listen() {
  silence=0
  while [ -z "$outcome" ] && IFS= read -r word <&3; do
    case $word in
      tick)
        silence=$((silence + 1))
        if [ "$silence" -ge "$plan_silence" ]; then journal silence "$silence"; decide_alone; fi
        continue
        ;;
    esac
    silence=0
    case $phase:$word in
      *:alive) ;;
      prepared:switch) switch || true ;;
      prepared:undo) finish refused ;;
      # Said again by a runner that lost us, and does not know whether we heard it.
      switched:verify) [ -n "$told_to_look" ] || { told_to_look=yes; verify || true; } ;;
      # Others are not switched yet: what is seen here is not a reason to stay without them.
      switched:glance) [ -n "$glanced$told_to_look" ] || { glanced=yes; verify || true; } ;;
      switched:resume) resume || true ;;
      # Something else may have moved the link while the runner looked.
      switched:commit) if all_arrived; then commit committed; else enter failed; fi ;;
      switch:undo | switched:undo | failed:undo) go_home ;;
      # The runner wants to see that it serves as before: it keeps the lock when it doesn't.
      switch:revert | switched:revert | failed:revert) if revert; then enter reverted; else finish needs-operator; fi ;;
      reverted:undo) finish undone ;;
      reverted:hold) finish needs-operator ;;
      # Only what failed is diagnosed: if we hear nothing more, the way is back.
      switched:diagnose | failed:diagnose) enter failed; diagnose ;;
      *) journal ignored "$phase" "$word" ;;
    esac
  done
}

begin_direction() {
  direction=$1
  phase=new outcome='' verdict='' begun=' ' stopped='' told_to_look='' glanced=''
  read -r boot_now </proc/sys/kernel/random/boot_id
  journal run "$direction" "$plan_run" $$ "$(date +%s)" "$boot_now" "${plan_from:--}" "${plan_to:--}"
}

open_pipes() {
  [ -p control ] || mkfifo control
  [ -p wake ] || mkfifo wake
  exec 3<>control 7<>wake
  ROLLBOOK_APP=$plan_app ROLLBOOK_ENVIRONMENT=$plan_environment ROLLBOOK_ROLLBACK=$plan_rollback ROLLBOOK_RUN=$plan_run
  ROLLBOOK_FROM=$plan_from ROLLBOOK_TO=$plan_to ROLLBOOK_REASON=$plan_reason ROLLBOOK_URL=$plan_url
  export ROLLBOOK_APP ROLLBOOK_ENVIRONMENT ROLLBOOK_ROLLBACK ROLLBOOK_RUN ROLLBOOK_FROM ROLLBOOK_TO ROLLBOOK_REASON ROLLBOOK_URL
}

# Forward or back, told step by step by the runner. Whoever has the lock tells the journal: a second process for the
# same direction ends without a word.
run_told() {
  open_pipes
  take_lock || case $holder in v1:"$plan_run":*) echo "Another process has this run: $holder"; return 1 ;; esac
  replay
  if ! may_begin "$1"; then
    echo "This run is at $direction ${outcome:-$phase}: it can't begin $1."
    free_lock
    return 1
  fi
  begin_direction "$1"
  if [ -z "$owner" ]; then
    journal refused lock "$(owner_is "$holder")" "${holder:--}"
    finish refused
    return
  fi
  start_ticking
  if prepare; then listen; else finish refused; fi
  kill "$ticker" 2>/dev/null
}

# Forward goes once; back, from a run that is on its target.
may_begin() {
  case $1:$direction:$outcome in
    forward:*) [ "$number" = 0 ] ;;
    back:forward:committed | back:forward:kept | back:back:undone | back:back:refused) ;;
    *) return 1 ;;
  esac
}

# Takes the lock of this run over from its dead process, or says why not.
take_over() {
  if holder=$(readlink "$lock"); then
    case $holder in v1:"$plan_run":*) ;; *) echo "The lock is held by another run: $holder"; return 1 ;; esac
    [ "$(owner_is "$holder")" = dead ] || { echo "This run is still alive: $holder"; return 1; }
    inherit_lock "$holder" || { echo "The lock can't be taken over: another process is doing it, or the disk is full."; return 1; }
  else
    take_lock || { echo "The lock can't be made: $lock"; return 1; }
  fi
  # What the journal said before we had the lock may be out of date.
  replay
  await_orphan
}

# A run whose process died is brought to an end: what it would have done had the runner fallen silent.
settle() {
  open_pipes
  replay
  [ "$outcome" != needs-operator ] || return 3
  [ -z "$outcome" ] || dead_run || return 0
  take_over || return 1
  if [ -n "$outcome" ]; then free_lock; return; fi
  settled=$(grep -c ' settle ' journal)
  journal settle "$phase" $$
  if [ "$settled" -ge 5 ]; then finish needs-operator; else decide_alone; fi
}
