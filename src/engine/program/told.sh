# Being told by the runner, and putting a run in order whose process died.

# One process writes a word each second, so that silence can be counted without a clock that may jump.
start_ticking() {
  ( while sleep 1 && kill -0 $$ 2>/dev/null; do printf 'tick\n' >&3; done ) </dev/null >/dev/null 2>&1 &
  ticker=$!
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
      switched:verify) verify || true ;;
      switched:resume) resume || true ;;
      switched:commit) commit committed ;;
      switched:undo | failed:undo) revert ;;
      switched:diagnose | failed:diagnose) diagnose ;;
      *) journal ignored "$phase" "$word" ;;
    esac
  done
}

begin_direction() {
  direction=$1
  phase=new outcome='' begun=' ' stopped=''
  read -r boot_now </proc/sys/kernel/random/boot_id
  journal run "$direction" "$plan_run" $$ "$(date +%s)" "$boot_now" "${plan_from:--}" "${plan_to:--}"
}

open_pipes() {
  [ -p control ] || mkfifo control
  [ -p wake ] || mkfifo wake
  exec 3<>control 7<>wake
  limit_with=dog
  if timeout -k 1 5 true 2>/dev/null; then limit_with=timeout; fi
  ROLLBOOK_APP=$plan_app ROLLBOOK_ENVIRONMENT=$plan_environment ROLLBOOK_ROLLBACK=$plan_rollback ROLLBOOK_RUN=$plan_run
  ROLLBOOK_FROM=$plan_from ROLLBOOK_TO=$plan_to ROLLBOOK_REASON=$plan_reason ROLLBOOK_URL=$plan_url
  export ROLLBOOK_APP ROLLBOOK_ENVIRONMENT ROLLBOOK_ROLLBACK ROLLBOOK_RUN ROLLBOOK_FROM ROLLBOOK_TO ROLLBOOK_REASON ROLLBOOK_URL
}

# Forward or back, told step by step by the runner.
run_told() {
  open_pipes
  : >>journal
  replay
  begin_direction "$1"
  start_ticking
  if take_lock && prepare; then listen; else finish refused; fi
  kill "$ticker" 2>/dev/null
}

# Takes the lock of this run over from its dead process, or says why not.
take_over() {
  holder=$(readlink "$lock") || return 1
  case $holder in v1:"$plan_run":*) ;; *) echo "The lock is held by another run: $holder"; return 1 ;; esac
  [ "$(owner_is "$holder")" = dead ] || { echo "This run is still alive: $holder"; return 1; }
  inherit_lock "$holder" || { echo 'Another process is putting this run in order already.'; return 1; }
}

# A run whose process died is brought to an end: what it would have done had the runner fallen silent.
settle() {
  open_pipes
  replay
  [ "$outcome" != needs-operator ] || return 3
  take_over || return 1
  if [ -n "$outcome" ]; then free_lock; return; fi
  settled=$(grep -c ' settle ' journal)
  journal settle "$phase" $$
  if [ "$settled" -ge 5 ]; then finish needs-operator; else decide_alone; fi
}
