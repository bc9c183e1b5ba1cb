# The probe: what a host says of itself before anything is decided. It writes nothing. `release/facts-reader.ts`
# reads what it prints. Questions about one application's folders are the probe functions of the components.

fact() { answer fact "$@"; }

probe() {
  probe_host
  probe_state
  probe_application
}

probe_host() {
  read -r name </proc/sys/kernel/hostname
  fact hostname "$name"
  ids=$(id)
  user=${ids#*\(} uid=${ids#uid=}
  fact user "${user%%)*}" "${uid%%[!0-9]*}"
  read -r kind </proc/sys/kernel/ostype
  read -r release </proc/sys/kernel/osrelease
  fact system "$kind $release"
  read -r boot </proc/sys/kernel/random/boot_id
  fact boot "$boot"
  fact time "$(date +%s)"
  for tool in sh dd grep mv ln readlink sync head tail sha256sum mkfifo setsid timeout sudo systemctl nginx curl wget tar gzip zstd; do
    find_tool "$tool"
  done
}

# Looks along PATH without starting a process for each name.
find_tool() {
  folders=$PATH:
  while [ -n "$folders" ]; do
    folder=${folders%%:*} folders=${folders#*:}
    if [ -x "$folder/$1" ] && [ ! -d "$folder/$1" ]; then fact tool "$1" "$folder/$1"; return; fi
  done
}

probe_state() {
  fact state "$state"
  [ -e "$state" ] || return 0
  if [ -L "$state" ] || [ ! -d "$state" ]; then fact state-problem 'is not a folder of its own'; return 0; fi
  if [ ! -O "$state" ]; then fact state-problem 'belongs to another user'; return 0; fi
  case $(stat -c %a "$state") in *[2367]? | *[2367]) fact state-problem 'can be written by other users' ;; esac
  if [ -L "$state/lock" ]; then
    holder=$(readlink "$state/lock")
    fact lock "$(owner_is "$holder")" "$holder"
  fi
  if [ -f "$state/drill" ] && [ ! -L "$state/drill" ]; then probe_drill; fi
  [ ! -s "$state/ledger.jsonl" ] || {
    probe_ledger "$state/ledger.jsonl"
    [ -z "$(tail -c 1 "$state/ledger.jsonl")" ] || echo
  }
  probe_runs
}

# The mark of a drill: who made it, and what the drill was at. Its runner refreshes it three times a minute through the
# courier that it speaks through; when either is still, nobody is at work there any more.
probe_drill() {
  marked_by='' marked=''
  { read -r marked_by; read -r marked; } <"$state/drill"
  life=$(owner_is "$marked_by")
  age=$(($(date +%s) - $(stat -c %Y "$state/drill")))
  [ "$age" -lt 120 ] || life=dead
  fact drill "$life" "$marked_by" "$marked"
}

# The newest lines whole; of the older ones what still counts: holds, and what was said against a release.
probe_ledger() {
  lines=$(wc -l <"$1")
  {
    [ "$lines" -le 200 ] || head -n "$((lines - 200))" "$1" | grep -E '"event":"(hold|free|bad|undone)"' | tail -n 500
    tail -n 200 "$1"
  } | sed "s/^/RB1 $courier_nonce $message fact ledger /"
}

# The five newest runs that changed something, and those that were refused between them, newest first; a run's name starts with its time.
probe_runs() {
  runs=''
  for journal in "$state"/runs/*/journal; do
    [ -f "$journal" ] || continue
    run=${journal%/journal}
    runs="${run##*/} $runs"
  done
  # shellcheck disable=SC2086 # names that we gave
  set -- $runs
  told=0 looked=0
  while [ $# -gt 0 ] && [ "$told" -lt 5 ] && [ "$looked" -lt 50 ]; do
    probe_run "$1"
    looked=$((looked + 1))
    [ "$reached" = refused ] || told=$((told + 1))
    shift
  done
}

probe_run() {
  run=$1 direction=forward reached=new from=- to=-
  while IFS= read -r line; do
    case $line in *' .') ;; *) continue ;; esac
    # shellcheck disable=SC2086 # words of our own journal
    set -- $line
    case ${3-}:$# in
      run:1[1-9]) direction=$4 reached=new from=$9 to=${10} ;;
      phase:[5-9]) reached=$4 ;;
      outcome:6) reached=$5 ;;
    esac
  done <"$state/runs/$run/journal"
  fact run "$run" "$direction" "$reached" "$from" "$to"
}
