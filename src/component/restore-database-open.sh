# How a question gets into a PostgreSQL: nothing is written but, for as long as it asks, a file with the password that only
# we can read. Client words go into rd_words.

# access, folder of the Compose project or empty, its service; says in rd_shut why not.
rd_open() {
  [ -n "$1" ] || { rd_shut='its password was not given to this operation'; return 1; }
  pg_know "$1" "$2" "$3"
  pg_passfile=/dev/null rd_words=$(mktemp) || { rd_shut="no file can be made in ${TMPDIR:-/tmp}"; return 1; }
  trap 'rm -f "$rd_words"; [ "$pg_passfile" = /dev/null ] || rm -f "$pg_passfile"' EXIT
  trap 'exit 143' TERM HUP
  if [ -n "$pg_pass" ] && [ -z "$pg_compose" ]; then
    pg_passfile=$(mktemp) || { pg_passfile=/dev/null rd_shut="no file can be made in ${TMPDIR:-/tmp}"; return 1; }
    printf '%s\n' "$pg_pass" >"$pg_passfile"
  fi
}
