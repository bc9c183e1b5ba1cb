# What a host keeps for the runner beside its runs: secrets while they are needed, the ledger, the lock.

# A secret comes for one run, is readable for nobody else, and goes when the run ends.
keep_secret() { # run, name, bytes
  if [ "$secrets_of" != "$1" ]; then
    secrets_of=$1
    mkdir -p "$state/runs/$1" 2>/dev/null
    # Who brought them, as a lock names its owner: until the run begins, only we know whether somebody will need them.
    read -r boot </proc/sys/kernel/random/boot_id
    ln -sfn "v1:$1:$boot:$$:$(started_at $$)" "$state/runs/$1/courier" 2>/dev/null
  fi
  mkdir -p "$state/runs/$1/secrets" 2>/dev/null
  if take_into "$3" "$state/runs/$1/secrets/$2" && [ "$(wc -c <"$state/runs/$1/secrets/$2")" -eq "$3" ]; then answer end
  else drop "$state/runs/$1"; answer refused 'state folder'; fi
}

# Secrets, and what was printed by steps that had some, that nobody else would ever take away: the courier that brought them
# was killed, as by a host that ran out of memory, before their run began or after it had ended. A run in the middle of its way keeps its own: whoever puts it in
# order needs them.
sweep_secrets() { # run that is ours
  for swept in "$state"/runs/*/out/*.secret; do
    swept=${swept%/out/*}
    if [ "${swept##*/}" = "$1" ] || [ -n "$(process_of "${swept##*/}")" ]; then continue; fi
    case $(last_of "$swept") in *' outcome '*' needs-operator .') ;; *' outcome '*) forget_printed "$swept" ;; esac
  done
  for swept in "$state"/runs/*/secrets; do
    swept=${swept%/secrets}
    if [ ! -d "$swept/secrets" ] || [ "${swept##*/}" = "$1" ] || [ -n "$(process_of "${swept##*/}")" ]; then continue; fi
    brought=$(readlink "$swept/courier")
    [ -z "$brought" ] || [ "$(owner_is "$brought")" = dead ] || continue
    case $(last_of "$swept") in
      *' run '*) ;;
      *) rm -rf "$swept/secrets" "$swept/courier" ;;
    esac
  done
}

# How far a run came: the line of its journal that began its last direction, or that ended it.
last_of() { grep -E '^[0-9]+ [0-9.]+ (run|outcome) .* \.$' "$1/journal" 2>/dev/null | tail -n 1; }

# One line for the ledger; the text follows the message. Lines are only ever added, in one write each; what was cut on
# the way is not added.
add_to_ledger() { # bytes
  entry=$(take "$1")
  { mkdir -p "$state" && [ "${#entry}" -eq "$1" ]; } || { answer refused 'state folder'; return; }
  ledger=$state/ledger.jsonl
  [ ! -s "$ledger" ] || [ -z "$(tail -c 1 "$ledger")" ] || printf '\n' >>"$ledger"
  if printf '{"at":%s,%s\n' "$(date +%s)" "$entry" >>"$ledger" && { sync "$ledger" 2>/dev/null || sync; }; then answer end
  else answer refused 'state folder'; fi
}

# Takes away the lock of a run that is over or dead; the run must be named, so that nobody else's goes.
unlock() {
  holder=$(readlink "$state/lock") || { answer refused free; return; }
  case $holder in v1:"$1":*) ;; *) answer refused other "$holder"; return ;; esac
  [ "$(owner_is "$holder")" = dead ] || { answer refused alive "$holder"; return; }
  broken=$state/runs/$1/lock.broken
  { mkdir -p "$state/runs/$1" && mv -T "$state/lock" "$broken"; } || { answer refused 'state folder'; return; }
  moved=$(readlink "$broken")
  if [ "$moved" = "$holder" ]; then answer end; return; fi
  # Somebody took it over between our look and our hand: it is given back.
  ln -s "$moved" "$state/lock"
  answer refused alive "$moved"
}
