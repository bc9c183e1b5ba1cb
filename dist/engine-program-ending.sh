# How a direction ends, told or alone.

# Adds lines to the ledger. A line that an earlier crash cut is closed first, so that it can't swallow ours.
enter_ledger() {
  [ -n "$1" ] || return 0
  ledger=$state_folder/ledger.jsonl
  add_entries "$1" || { rm -f reserve; again=yes; add_entries "$1"; }
  durable "$ledger"
}

add_entries() {
  at=$(date +%s)
  [ ! -s "$ledger" ] || [ -z "$(tail -c 1 "$ledger")" ] || printf '\n' >>"$ledger"
  printf '%s\n' "$1" | while IFS= read -r entry; do
    if [ -n "$again" ] && grep -qF -e "$entry" "$ledger" 2>/dev/null; then continue; fi
    printf '{"at":%s,%s\n' "$at" "$entry" >>"$ledger" || exit 1
  done
}

# $1: `committed` when the runner saw it serve, `kept` when the host had to decide alone.
commit() {
  # Who died here may have told the ledger already.
  [ "$phase" != commit ] || again=yes
  enter commit "$1"
  if [ "$direction" = back ]; then enter_ledger "$plan_ledger_undone"
  elif [ "$1" = kept ]; then enter_ledger "$plan_ledger_kept"
  else enter_ledger "$plan_ledger_committed"; fi
  finish "$1"
}

# The last word of a direction. What needs a person keeps its lock, so that nothing builds on it; and so does an end that
# could not be written down, because the next one to look would take it for a run in the middle of its way.
finish() {
  outcome=$1
  rm -rf secrets reserve at-work
  { journal outcome "$direction" "$1" && durable journal; } || [ "$1" = refused ] || return 1
  [ "$1" = needs-operator ] || free_lock
  # The courier tells the outcome when it sees this, so that whoever hears it finds the lock free.
  journal over
}

# Nobody speaks to us any more. Before the switch nothing has changed: let go. After it, what the host can see decides;
# with nothing to see, one host keeps what its operator wanted, a fleet goes back, because the others will too.
decide_alone() {
  case $phase in
    new | prepare | prepared) finish refused ;;
    switch | failed | revert) go_home ;;
    reverted) finish undone ;;
    commit) commit "$verdict" ;;
    switched) if all_arrived && stays; then commit kept; else go_home; fi ;;
  esac
}

stays() {
  case $plan_on_lost_contact in
    keep) return 0 ;;
    undo) return 1 ;;
  esac
  # In a fleet, only the word to look says that every other host has come so far.
  [ "$plan_hosts" = 1 ] || [ -n "$told_to_look" ] || return 1
  # The checks are about the target: they say nothing of a way back.
  if [ "$direction" = forward ] && [ -n "$steps_verify" ]; then verify; else [ "$plan_hosts" = 1 ]; fi
}
