# The courier: what the runner talks to at the far end of its one channel to a host. It answers a line for a line, it
# hands words to the program of a run, and it copies that program's journal to the runner. It changes nothing itself
# but the state folder; it may die at any moment, and the program goes on without it.
#
# In front of it stand the variables courier_nonce, courier_app, courier_environment, courier_state; behind it, the
# questions of the first probe and a call of `serve`. Every line that it prints starts with `RB1 <nonce> <message>`,
# so that what login scripts print is told apart from what it says.

set -u
LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
umask 077

message=0

# The next $1 bytes of our input, and not one more: busybox head reads ahead and loses what comes behind.
take() { dd bs="$1" count=1 iflag=fullblock 2>/dev/null || dd bs=1 count="$1" 2>/dev/null; }

answer() { printf 'RB1 %s %s %s\n' "$courier_nonce" "$message" "$*"; }

find_state() {
  state=$courier_state
  if [ -z "$state" ]; then
    home=${HOME-}
    [ -n "$home" ] || home=$(cd && pwd)
    state=$home/.rollbook/$courier_app/$courier_environment
  fi
}

# ---------------------------------------------------------------- runs

# Receives the program of a run, checks that it is whole, and lets it go. Asked twice for the same run, it starts one.
receive() { # run, bytes, sha256, word for the program
  run=$state/runs/$1
  if [ ! -e "$run/rollbook" ]; then
    mkdir -p "$run" && cd "$run" || { answer refused 'state folder'; return; }
    take "$2" >rollbook.part
    sum=$(sha256sum rollbook.part)
    if [ "${sum%% *}" != "$3" ]; then answer refused damaged; return; fi
    chmod 700 rollbook.part && mv rollbook.part rollbook || { answer refused 'state folder'; return; }
  else
    cd "$run" || return
    take "$2" >/dev/null
  fi
  set_off "$4"
}

# Starts the program of the run in whose folder we are, apart from this session, and follows it.
set_off() {
  : >>journal
  [ -p control ] || mkfifo control wake
  lines=$(wc -l <journal)
  if command -v setsid >/dev/null 2>&1; then
    setsid /bin/sh ./rollbook "$1" </dev/null >>log 2>&1 &
  else
    /bin/sh ./rollbook "$1" </dev/null >>log 2>&1 &
  fi
  answer started
  follow "$lines" "$!" &
}

# Copies the journal to the runner, from line $1 on, until the program $2 has said its last word. A wake-up comes with
# each line; one comes every second besides, which is the heartbeat, and which ends this when nobody listens any more.
follow() {
  skip=$1 program=$2 line='' over='' dying=''
  exec 5<journal 6<>wake
  ( while sleep 1 && kill -0 $$; do printf '\n' >&6; done ) >/dev/null 2>&1 &
  beat=$!
  while :; do
    while IFS= read -r more <&5; do
      line=$line$more
      if [ "$skip" -gt 0 ]; then skip=$((skip - 1)); else pass_on "$line" || break 2; fi
      line=''
    done
    line=$line$more
    [ -z "$over" ] || break
    if [ -z "$program" ] || ! kill -0 "$program" 2>/dev/null; then
      # Its last lines may have come between our reading and its end: look once more before saying so.
      if [ -n "$dying" ]; then answer gone; break; fi
      dying=yes
      continue
    fi
    IFS= read -r _ <&6
    answer beat || break
  done
  kill "$beat" 2>/dev/null
}

pass_on() {
  answer journal "$1" || return
  case $1 in
    *' outcome '*) over=yes ;;
    *' end '* | *' strayed '*) show_output "$1" ;;
  esac
}

# The last lines that a step printed, for steps that failed, and for those whose output is the point.
show_output() {
  # shellcheck disable=SC2086 # words of our own journal
  set -- $1
  [ -s "out/$4.$5" ] || return 0
  tail -c 8192 "out/$4.$5" | tail -n 50 | while IFS= read -r text || [ -n "$text" ]; do
    answer out "$4" "$5" "$text"
  done
}

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
    message=$1
    shift
    case $1 in
      probe) probe; answer end ;;
      start) shift; receive "$@" run ;;
      back) if cd "$state/runs/$2"; then set_off back; else answer refused 'no such run'; fi ;;
      settle) if cd "$state/runs/$2"; then set_off settle; else answer refused 'no such run'; fi ;;
      attach)
        if cd "$state/runs/$2" 2>/dev/null; then
          answer started
          follow "$3" "$(process_of "$2")" &
        else answer refused 'no such run'; fi
        ;;
      tell) if [ -p "$state/runs/$2/control" ]; then printf '%s\n' "$3" 1<>"$state/runs/$2/control"; fi ;;
      secret) keep_secret "$2" "$3" "$4" ;;
      ledger) add_to_ledger "$2" ;;
      unlock) unlock "$2" ;;
      bye) break ;;
    esac
  done
  wait
}

# A secret comes for one run, is readable for nobody else, and goes when the run ends.
keep_secret() { # run, name, bytes
  mkdir -p "$state/runs/$1/secrets" && take "$3" >"$state/runs/$1/secrets/$2"
  answer end
}

# One line for the ledger; the text follows the message. Lines are only ever added, in one write each.
add_to_ledger() { # bytes
  entry=$(take "$1")
  mkdir -p "$state" || { answer refused 'state folder'; return; }
  ledger=$state/ledger.jsonl
  [ ! -s "$ledger" ] || [ -z "$(tail -c 1 "$ledger")" ] || printf '\n' >>"$ledger"
  printf '{"at":%s,%s\n' "$(date +%s)" "$entry" >>"$ledger" && { sync "$ledger" 2>/dev/null || sync; } &&
    answer end || answer refused 'state folder'
}

# Takes away the lock of a run that is over or dead; the run must be named, so that nobody else's goes.
unlock() {
  holder=$(readlink "$state/lock") || { answer refused free; return; }
  case $holder in v1:"$1":*) ;; *) answer refused other "$holder"; return ;; esac
  [ "$(owner_is "$holder")" = dead ] || { answer refused alive "$holder"; return; }
  mv -T "$state/lock" "$state/runs/$1/lock.broken" && answer end || answer refused 'state folder'
}
