# The courier: what the runner talks to at the far end of its one channel to a host. It answers a line for a line, it
# hands words to the program of a run, and it copies that program's journal to the runner. It changes nothing itself
# but the state folder; it may die at any moment, and the program goes on without it.
#
# In front of it stand the variables courier_nonce, courier_app, courier_environment, courier_state; behind it, the
# questions of the first probe and a call of `serve`. Every line that it prints starts with `RB1 <nonce> <message>`,
# so that what login scripts print is told apart from what it says.

set -u
unset CDPATH
login_umask=$(umask) login_locale=${LC_ALL-}
LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
umask 077

# What runs the program of a run.
: "${courier_shell:=/bin/sh}"
message=0
followers=''
# The run that was given secrets and has no program yet to take them away.
secrets_of=''

answer() { printf 'RB1 %s %s %s\n' "$courier_nonce" "$message" "$*"; }

# The next $1 bytes of our input, and not one more: busybox head reads ahead and loses what comes behind.
take() {
  [ "$1" -gt 0 ] || return 0
  if dd count=0 iflag=fullblock </dev/null >/dev/null 2>&1; then dd bs="$1" count=1 iflag=fullblock 2>/dev/null
  else dd bs=1 count="$1" 2>/dev/null; fi
}

# Puts the next $1 bytes into the file $2. They are read even when they can't be written: what stands behind them is a
# message, and what stands in them is not.
take_into() {
  if { true >"$2"; } 2>/dev/null; then take "$1" >"$2"; else take "$1" >/dev/null; return 1; fi
}

# Several of us speak at once. What a program prints comes in blocks that end anywhere, and a word of somebody else would
# fall into the middle of a line: so each line goes out in one piece.
by_line() {
  while IFS= read -r line || [ -n "$line" ]; do
    if [ "${#line}" -lt 4096 ]; then printf '%s\n' "$line"; continue; fi
    case $line in "RB1 $courier_nonce $message fact "*) ;; *) continue ;; esac
    in_pieces "${line#"RB1 $courier_nonce $message fact "}"
    answer fact ''
  done
}

# A pipe takes 4096 bytes at once and no more (PIPE_BUF). What is longer goes as pieces, and the word that they belong to
# follows them without it. Pieces are of bytes: who says long things says them in ASCII.
in_pieces() { printf '%s\n' "$1" | fold -b -w 3900 | while IFS= read -r piece; do answer more "$piece"; done; }

find_state() {
  state=$courier_state
  if [ -z "$state" ]; then
    home=${HOME-}
    [ -n "$home" ] || home=$(cd && pwd)
    state=$home/.rollbook/$courier_app/$courier_environment
  fi
}

# ---------------------------------------------------------------- runs

# Receives the program of a run, checks that it is whole, and lets it go. Asked again for the same run, it follows the
# one that went.
receive() { # run, bytes, sha256
  folder=$state/runs/$1 part=$state/runs/$1/rollbook.$$
  mkdir -p "$folder/out" 2>/dev/null
  if [ -e "$folder/rollbook" ]; then
    take "$2" >/dev/null
    cd "$folder" || { answer refused 'state folder'; return; }
    if [ -s journal ]; then secrets_of=''; attach "$1" 0; return; fi
  else
    take_into "$2" "$part" || { drop "$folder"; answer refused 'state folder'; return; }
    sum=$(sha256sum <"$part")
    if [ "${sum%% *}" != "$3" ]; then drop "$folder"; answer refused damaged; return; fi
    { chmod 700 "$part" && mv "$part" "$folder/rollbook" && cd "$folder"; } || { answer refused 'state folder'; return; }
  fi
  set_off "$1" run
}

# A run that can't begin leaves no secret behind.
drop() { rm -rf "$1/secrets" "$1"/rollbook.*; }

pipes() {
  { [ -p control ] && [ -p wake ]; } || mkfifo control wake 2>/dev/null
  [ -p control ] && [ -p wake ] && { true >>journal; } 2>/dev/null
}

# Starts the program of the run in whose folder we are, apart from this session, and follows it.
set_off() { # run, word for the program
  pipes || { answer refused 'state folder'; return; }
  # What a run has said since it was started belongs to whoever starts it, also when it was started twice at once and the
  # other one was quicker.
  told=0
  [ "$2" = run ] || [ ! -s journal ] || told=$(complete_lines <journal)
  # Words may come before the program listens: a pipe that nobody holds open forgets them.
  exec 8<>control
  apart=''
  if command -v setsid >/dev/null 2>&1; then apart=setsid; fi
  (
    umask "$login_umask"
    if [ -n "$login_locale" ]; then LC_ALL=$login_locale; else unset LC_ALL; fi
    exec ${apart:+setsid} "$courier_shell" ./rollbook "$2"
  ) </dev/null >>log 2>&1 8>&- &
  started=$! secrets_of=''
  answer started
  follow "$told" "$1" "$started" 8>&- &
  followers="$followers $!"
  sweep_secrets "$1"
}

# Follows the run in whose folder we are, from line $2 of its last direction on.
attach() {
  pipes || { answer refused 'state folder'; return; }
  answer started
  follow "$(($(lines_before) + $2))" "$1" '' &
  followers="$followers $!"
}

complete_lines() { grep -c ' \.$'; }

# How many lines of the journal stand before those of the last direction.
lines_before() {
  count=0 before=0
  while IFS= read -r line; do
    case $line in *' .') ;; *) continue ;; esac
    # shellcheck disable=SC2086 # words of our own journal
    set -- $line
    [ "${3-}" != run ] || before=$count
    count=$((count + 1))
  done <journal
  echo "$before"
}

# Copies the journal of run $2 to the runner, behind its first $1 lines, until it has ended or nobody lives that could
# end it: the process $3 that we started, or the one that holds the lock for it. A wake-up comes with each line; one
# comes every second besides, which is the heartbeat, and which ends this when nobody listens any more.
follow() {
  set -f
  # A reader that has gone is noticed where we write, so that we can tidy up.
  trap '' PIPE
  skip=$1 followed=$2 program=$3 line='' last='' over='' dying='' beats=0
  born=$(started_at "$program")
  exec 5<journal 6<>wake
  ( while sleep 1 && kill -0 $$; do printf '\n' >&6; done ) >/dev/null 2>&1 &
  beat=$!
  while :; do
    while IFS= read -r more <&5; do
      line=$line$more
      case $line in
        *' .') if [ "$skip" -gt 0 ]; then skip=$((skip - 1)); else pass_on "$line" || break 2; fi ;;
      esac
      line=''
    done
    line=$line$more
    [ -z "$over" ] || break
    if ! lives "$program" "$born" && [ -z "$(process_of "$followed")" ]; then
      # Its last lines may have come between our reading and its end: look once more before saying so.
      if [ -z "$dying" ]; then dying=yes; continue; fi
      if [ -n "$last" ]; then tell_last; else answer gone; fi
      break
    fi
    IFS= read -r _ <&6
    answer beat || break
    [ ! -f progress ] || tell_progress
  done
  kill "$beat" 2>/dev/null
}

# How far a step has come that writes a long file: `progress` says which step, how long the file will be at last (0 when
# nobody knows), and where it grows. Each third beat is often enough for people.
tell_progress() {
  beats=$((beats + 1))
  [ "$((beats % 3))" = 0 ] || return 0
  { read -r writer expected grows <progress; } 2>/dev/null || return 0
  bytes=$(stat -c %s "$grows" 2>/dev/null) || return 0
  answer progress "$writer" "$bytes" "$expected"
}

# The outcome is told when the run is over, so that whoever hears it finds the lock free.
pass_on() {
  text=$1
  # shellcheck disable=SC2086 # words of our own journal
  set -- $1
  case $3 in
    run) last='' ;;
    outcome) last=$text; return ;;
    over)
      [ -n "$last" ] || return 0
      over=yes
      tell_last || return
      ;;
  esac
  answer journal "$text" || return
  case $3 in
    end) show_output "$4" "$5" ;;
    strayed) show_output "$4" state ;;
  esac
}

# The outcome, when all that was printed has been told.
tell_last() {
  case $last in *' needs-operator .') ;; *) forget_printed "$state/runs/$followed" ;; esac
  answer journal "$last"
}

# The last lines that a step printed, for steps that failed, and for those whose output is the point.
show_output() {
  [ -s "out/$1.$2" ] || return 0
  most=8192 lines=50
  [ ! -e "out/$1.much" ] || most=65536 lines=200
  end_of "out/$1.$2" "$most" | tail -n "$lines" | while IFS= read -r text || [ -n "$text" ]; do
    if [ "${#text}" -gt 3900 ]; then in_pieces "$text"; text=''; fi
    answer out "$1" "$2" "$text"
  done
}

# The last $2 bytes of the file $1. What is longer was cut somewhere in a line; of that one nothing is told, because half of
# a secret is not known for one.
end_of() {
  bytes=$(wc -c <"$1")
  if [ "$bytes" -le "$2" ]; then cat "$1"
  elif [ "$(whole_lines "$1" "$2" | wc -c)" -gt 0 ]; then whole_lines "$1" "$2"
  else echo "(one line of $bytes bytes)"; fi
}

whole_lines() { tail -c "$2" "$1" | tr -s '\r' '\n' | sed 1d; }

# What steps printed that were given a secret goes when the run is over and all of it was told: the secret may be in it.
# Where a person has to mend something, it stays.
forget_printed() ( # folder of a run
  set +f
  for printed in "$1"/out/*.secret; do [ ! -f "$printed" ] || rm -f "${printed%secret}"*; done
)

# The process that a run's lock names, if it lives.
process_of() {
  holder=$(readlink "$state/lock") || return 1
  case $holder in v1:"$1":*) ;; *) return 1 ;; esac
  [ "$(owner_is "$holder")" = alive ] || return 1
  rest=${holder%:*}
  echo "${rest##*:}"
}

# ---------------------------------------------------------------- messages

serve() {
  find_state
  answer hello
  probe
  answer end
  while IFS= read -r words; do
    set -f
    # shellcheck disable=SC2086 # the runner's words: numbers, names and digests only
    set -- $words
    set +f
    [ $# -ge 2 ] || continue
    message=$1
    shift
    case $1 in
      probe) probe; answer end ;;
      # Beside everything else: a question that hangs must not make us deaf for the words that follow it.
      ask) question=$(take "$2"); ( ( eval "$question" ) </dev/null | by_line; answer end ) & ;;
      start) receive "$2" "$3" "$4" ;;
      back | settle) if enter_run "$2"; then set_off "$2" "$1"; fi ;;
      attach) if enter_run "$2"; then attach "$2" "$3"; fi ;;
      plan) if enter_run "$2"; then tell_plan; fi ;;
      tell) if [ -p "$state/runs/$2/control" ]; then printf '%s\n' "$3" 1<>"$state/runs/$2/control"; fi ;;
      secret) keep_secret "$2" "$3" "$4" ;;
      ledger) add_to_ledger "$2" ;;
      unlock) unlock "$2" ;;
      remove) remove_backups "$2" ;;
      bye) break ;;
    esac
  done
  # Contact was lost before the run could begin: nobody else would ever take its secrets away.
  [ -z "$secrets_of" ] || rm -rf "$state/runs/$secrets_of/secrets"
  # Not for the programs that were started: they stay when we go.
  # shellcheck disable=SC2086 # numbers
  [ -z "$followers" ] || wait $followers
}

enter_run() {
  { cd "$state/runs/$1" && [ -f rollbook ]; } 2>/dev/null || { answer refused 'no such run'; return 1; }
}

# What a run was to do, as its program wrote it down.
tell_plan() {
  if [ ! -f plan.json ]; then answer refused 'no plan'; return; fi
  sed "s/^/RB1 $courier_nonce $message fact /" plan.json
  # A plan that was cut has no end of its last line, and would swallow our answer.
  [ -z "$(tail -c 1 plan.json)" ] || echo
  answer end
}

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
