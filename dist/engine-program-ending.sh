# How a direction ends, told or alone.

# Adds lines to the ledger. A line that an earlier crash cut is closed first, so that it can't swallow ours.
enter_ledger() {
  [ -n "$1" ] || return 0
  ledger=$state_folder/ledger.jsonl
  at=$(date +%s)
  [ ! -s "$ledger" ] || [ -z "$(tail -c 1 "$ledger")" ] || printf '\n' >>"$ledger"
  printf '%s\n' "$1" | while IFS= read -r entry; do printf '{"at":%s,%s\n' "$at" "$entry"; done >>"$ledger"
  durable "$ledger"
}

# $1: `committed` when the runner saw it serve, `kept` when the host had to decide alone.
commit() {
  enter commit
  if [ "$direction" = back ]; then enter_ledger "$plan_ledger_undone"
  elif [ "$1" = kept ]; then enter_ledger "$plan_ledger_kept"
  else enter_ledger "$plan_ledger_committed"; fi
  finish "$1"
}

# The last word of a direction. What needs a person keeps its lock, so that nothing builds on it.
finish() {
  outcome=$1
  rm -rf secrets
  journal outcome "$direction" "$1"
  durable journal
  [ "$1" = needs-operator ] || free_lock
  printf '\n' >&7
}

# Nobody speaks to us any more. Before the switch nothing has changed: let go. After it, what the host can see decides;
# with nothing to see, one host keeps what its operator wanted, a fleet goes back, because the others will too.
decide_alone() {
  case $phase in
    new | prepare | prepared) finish refused ;;
    switch | failed | revert) revert ;;
    commit) commit committed ;;
    switched)
      case $plan_on_lost_contact in
        keep) commit kept ;;
        undo) revert ;;
        *)
          if [ -n "$(steps_of verify)" ]; then
            if verify; then commit kept; else revert; fi
          elif [ "$plan_hosts" = 1 ]; then commit kept
          else revert; fi
          ;;
      esac
      ;;
  esac
}
