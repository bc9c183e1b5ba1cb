# One pass over the data, and the proof that all of it is there.

# Options that are known to this client, whichever it is: an unknown one would end it.
database_know_flags() {
  database_help=$("$database_dumper" --no-defaults --help 2>/dev/null)
  database_flags=''
  database_programs='routines events order-by-size'
  # Of tables alone, nothing but the tables, in the order in which they are named: a client refuses to sort those.
  [ -z "$arg_tables" ] || database_programs=''
  [ ! -s "$database_folder/versioned" ] || database_programs="$database_programs dump-history"
  for flag in single-transaction quick triggers hex-blob no-tablespaces comments dump-date $database_programs \
    column-statistics=0 set-gtid-purged=OFF default-character-set=utf8mb4 max-allowed-packet=1G; do
    case $database_help in *" --${flag%%=*}"[!a-z-]*) database_flags="$database_flags --$flag" ;; esac
  done
}

# Dump, compress, sum and write at once. No shell that we may meet knows pipefail: each process tells its own status.
database_pour() {
  if [ "$arg_verify" = stream ]; then
    mkfifo "$database_folder/tap" || return
    database_headings <"$database_folder/tap" >"$database_folder/headings" &
    database_reader=$!
    { database_dump | tee "$database_folder/tap" | database_write >"$database_folder/sum"; } &
    wait "$!"
    wait "$database_reader"
  else
    { database_dump | database_write >"$database_folder/sum"; } &
    wait "$!"
  fi
  read -r database_sum _ <"$database_folder/sum"
  database_poured
}

database_dump() {
  database_ifs=$IFS
  IFS=$newline
  set -f
  # shellcheck disable=SC2086 # a table a line
  set -- "$database_schema" $arg_tables
  IFS=$database_ifs
  # shellcheck disable=SC2086 # words of our own
  $database_gently "$database_dumper" --defaults-file="$database_options" $database_flags -- "$@" 2>"$database_folder/dump.err"
  echo "$?" >"$database_folder/dump.status"
}

# shellcheck disable=SC2086 # words of our own
database_write() {
  { $database_gently $database_pack 2>"$database_folder/pack.err"; echo "$?" >"$database_folder/pack.status"; } |
    { $database_gently $database_tee "$database_part" 2>"$database_folder/write.err"; echo "$?" >"$database_folder/write.status"; } |
    { $database_gently sha256sum; echo "$?" >"$database_folder/sum.status"; }
}

# What awk has to pass over: bodies of triggers, routines and events, which can hold anything and end where the words
# behind them do, not where a line of theirs looks like it; and definitions of tables, for names have line feeds, too.
# Lines of rows have none.
# shellcheck disable=SC2016 # awk's
database_skip='
  body { if ($0 == "DELIMITER ;" && closed) body = 0; closed = /;;$/; next }
  /^DELIMITER ;;+$/ { body = 1; closed = 0; next }
  /^(\/\*!50001 )?CREATE (TABLE|VIEW) / { table = 1 }
  table { if (/;$/) table = 0; next }
'

# The comments of a dump, which name what it has, and its last line.
database_headings() { awk "$database_skip"'/^-- / { print } END { print }'; }

database_status() { cat "$database_folder/$1.status" 2>/dev/null || echo unknown; }

# Who failed first made the others fail: the disk, then the packer, then the dump.
database_poured() {
  database_about="The dump of $database_schema"
  if [ "$(database_status write)" != 0 ] && ! database_killed write tee; then
    if grep -q 'No space left' "$database_folder/write.err"; then
      echo "$database_about: the disk under $arg_folder is full. Make room there, or write backups: { to: … } to a larger one."
    else echo "$database_about can't be written to $arg_folder: $(tail -n 1 "$database_folder/write.err")"; fi
    return 1
  fi
  case $(database_status pack) in
    0) ;;
    *) database_killed pack "${database_pack%% *}" || echo "$database_about: ${database_pack%% *} failed: $(tail -n 1 "$database_folder/pack.err")"
      return 1 ;;
  esac
  case $(database_status dump) in
    0) ;;
    *) database_killed dump "${database_dumper:-pg_dump}" || database_of says dump "$database_about"
      return 1 ;;
  esac
  if [ "$(database_status sum)" = 0 ] && [ "${#database_sum}" = 64 ]; then return 0; fi
  echo "$database_about: sha256sum failed."
  return 1
}

# Says so when the process $1 was ended by a signal.
database_killed() {
  case $(database_status "$1") in
    137) echo "${database_about:-It}: $2 was killed in the middle, as by a system that is out of memory. dmesg tells; then run this again." ;;
    143 | 130 | 129) echo "${database_about:-It}: somebody ended $2 in the middle. Run this again." ;;
    *) return 1 ;;
  esac
}

# ---------------------------------------------------------------- proof

database_prove() {
  if [ "$arg_verify" = stream ]; then durable "$database_part"
  else
    durable "$database_part" &
    database_syncing=$!
    database_read_back || return
    wait "$database_syncing"
  fi
  case $(tail -n 1 "$database_folder/headings") in
    '-- Dump completed'*) ;;
    *) echo "The dump of $database_schema has no end: its last line is not \"-- Dump completed\". Run this again."; return 1 ;;
  esac
  # shellcheck disable=SC2016 # sed's
  sed -n -e '/^-- Dumping events for database/q' -e '/^-- Dumping routines for database/q' \
    -e 's/^-- Table structure for table `\(.*\)`$/\1/p' -e 's/^-- Temporary [a-z]* structure for view `\(.*\)`$/\1/p' \
    -e 's/^-- Sequence structure for `\(.*\)`$/\1/p' "$database_folder/headings" | sed 's/``/`/g' | sort -u >"$database_folder/dumped"
  database_agrees && return
  # A table may have come or gone while we began.
  if [ -z "$arg_tables" ] && database_items_sql | database_ask later ''; then
    database_keep_items later wanted
    database_agrees && return
  fi
  echo "The dump and the server do not agree about $(database_list unlike): tables come or go meanwhile. Run this again."
  return 1
}

database_agrees() {
  comm -3 "$database_folder/dumped" "$database_folder/wanted" | tr -d '\t' >"$database_folder/unlike"
  [ ! -s "$database_folder/unlike" ]
}

# To the end, from the disk: is it what we summed, and does it unpack?
database_read_back() {
  mkfifo "$database_folder/again" || return
  sha256sum <"$database_folder/again" >"$database_folder/again.sum" &
  database_summing=$!
  # shellcheck disable=SC2086 # words of our own
  {
    tee "$database_folder/again" <"$database_part" |
      { $database_gently $database_unpack 2>"$database_folder/unpack.err"; echo "$?" >"$database_folder/unpack.status"; } |
      database_headings >"$database_folder/headings"
  } &
  wait "$!"
  wait "$database_summing"
  read -r database_again _ <"$database_folder/again.sum"
  [ "$(database_status unpack)" != 0 ] || [ "$database_again" != "$database_sum" ] || return 0
  database_killed unpack "${database_unpack%% *}" || echo "$database_part can't be read back as it was written. Is the disk sound? dmesg tells."
  return 1
}
