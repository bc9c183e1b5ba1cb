# What there is to restore a PostgreSQL database from, and what it would lose, for the component `restore_database`.
# Nothing is written but, for as long as it asks, a file with the password that only we can read. What takes long is not
# waited for. `component/restore-database-reader.ts` reads what is printed.

# name in the runbook, access or empty, folder of the Compose project or empty, its service, `latest` or a run or a path
probe_restore_database() {
  rd_name=$1
  rd_list_backups "$5"
  [ -n "$2" ] || { fact rd-problem 'its password was not given to this operation'; return; }
  pg_know "$2" "$3" "$4"
  pg_passfile=/dev/null rd_words=$(mktemp) || { fact rd-problem "no file can be made in ${TMPDIR:-/tmp}"; return; }
  if [ -n "$pg_pass" ] && [ -z "$pg_compose" ]; then
    pg_passfile=$(mktemp) || pg_passfile=/dev/null
    printf '%s\n' "$pg_pass" >"$pg_passfile"
  fi
  trap 'rm -f "$rd_words"; [ "$pg_passfile" = /dev/null ] || rm -f "$pg_passfile"' EXIT
  trap 'exit 143' TERM HUP
  rd_tell_live
  [ -z "$rd_chosen" ] || rd_tell_archive
}

# Those of this database on the list of this host, and which of them is meant.
rd_list_backups() {
  rd_chosen='' rd_file=''
  case $1 in /*) rd_file=$1 ;; esac
  if [ -s "$state/backups/list" ]; then
    while read -r at run sum size level kind name path; do
      if [ "$kind $name" != "database $rd_name" ] || [ "$level" = removed ]; then continue; fi
      case $path in *.dump) ;; *) continue ;; esac
      found=whole sums=no
      if [ ! -f "$path" ] || [ ! -r "$path" ]; then found=missing
      elif [ "$(stat -c %s "$path")" != "$size" ]; then found=changed; fi
      [ ! -f "$path.sha256" ] || sums=yes
      fact rd-backup "$at" "$size" "$run" "$level" "$found" "$sums" "$sum" "$path"
      [ "$found" = whole ] || continue
      case $1 in latest | "$run" | "$path") rd_chosen=$path ;; esac
    done <<END
$(tail -n 500 "$state/backups/list")
END
  fi
  if [ -n "$rd_file" ] && [ -z "$rd_chosen" ] && [ -f "$rd_file" ] && [ -r "$rd_file" ]; then
    rd_chosen=$rd_file rd_sum=-
    [ ! -f "$rd_file.sha256" ] || read -r rd_sum _ <"$rd_file.sha256"
    fact rd-file "$(stat -c '%Y %s' "$rd_file")" "$rd_sum" "$rd_file"
  fi
  [ -z "$rd_chosen" ] || fact rd-chosen "$rd_chosen"
}

rd_tell_live() {
  pg_within 10
  rd_live=$(pg_ask 2>"$rd_words" <<'END'
set statement_timeout = '8s';
select pg_database_size(current_database()), current_setting('server_version'),
  coalesce(round(extract(epoch from (select stats_reset from pg_stat_database where datname = current_database())))::text, '-'),
  (select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) from pg_stat_user_tables),
  current_setting('track_commit_timestamp');
END
) || { fact rd-problem "$(pg_meaning "$rd_words")"; rd_live=''; return; }
  # shellcheck disable=SC2086 # numbers, and a version
  set -- $rd_live
  while [ $# -gt 5 ]; do set -- "$1" "$2" "$4" "$5" "$6"; done
  rd_last=-
  [ "${5-}" != on ] ||
    rd_last=$(echo "select round(extract(epoch from timestamp)) from pg_last_committed_xact()" | pg_ask 2>/dev/null)
  fact rd-live "$1" "$2" "$3" "$4" "${rd_last:--}" "$pg_name"
  pg_within 15
  pg_count 2>/dev/null | head -n 1000 | while IFS=$pg_tab read -r rows table; do fact rd-now "$rows" "$table"; done
}

rd_tell_archive() {
  pg_within 10
  rd_head=$(pg_run pg_restore -w -l <"$rd_chosen" 2>"$rd_words") || { fact rd-unreadable "$(pg_meaning "$rd_words")"; return; }
  printf '%s\n' "$rd_head" | sed -n -e 's/^; Archive created at /rd-created /p' -e 's/^; *dbname: /rd-of /p' |
    while IFS= read -r line; do fact "$line"; done
  # Of a large one the rows are not counted before: the run reads all of it.
  [ "$(stat -c %s "$rd_chosen")" -le 200000000 ] || return 0
  pg_within 15
  if rd_rows=$(pg_rows_in_archive <"$rd_chosen" 2>"$rd_words"); then
    printf '%s\n' "$rd_rows" | head -n 1000 | while IFS=$pg_tab read -r rows table; do fact rd-kept "$rows" "$table"; done
  fi
}
