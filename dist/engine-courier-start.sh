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
