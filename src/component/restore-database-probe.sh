# What there is to restore a PostgreSQL database from, and what it would lose, for the component `restore_database`.
# What takes long is not waited for. `component/restore-database-reader.ts` reads what is printed.

# name in the runbook, access or empty, folder of the Compose project or empty, its service; `latest`, a run, a path, or
# empty where nothing is to be restored; folder of its backups or empty.
probe_restore_database() {
  rd_name=$1 rd_shut=''
  rd_list_backups "$5"
  rd_open "$2" "$3" "$4" || rd_shut=${rd_shut:-unknown}
  # What lies there can only be told from other databases' by the name of ours.
  if [ -z "$rd_shut" ] && [ "$5" = latest ] && [ -n "$6" ]; then rd_find "$6"; fi
  rd_tell_chosen
  [ -z "$rd_shut" ] || { fact rd-problem "$rd_shut"; return; }
  rd_tell_live
  [ -z "$rd_chosen" ] || rd_tell_archive
}

# Those of this database on the list of this host, and which of them is meant.
rd_list_backups() {
  rd_chosen='' rd_ours='' rd_file=''
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
      case $1 in latest | "$run" | "$path") rd_chosen=$path rd_ours=$path ;; esac
    done <<END
$(tail -n 500 "$state/backups/list")
END
  fi
  if [ -n "$rd_file" ] && [ -z "$rd_chosen" ] && [ -f "$rd_file" ] && [ -r "$rd_file" ]; then rd_chosen=$rd_file; fi
}

rd_tell_chosen() {
  [ -n "$rd_chosen" ] || return 0
  fact rd-chosen "$rd_chosen"
  [ "$rd_chosen" != "$rd_ours" ] || return 0
  rd_sum=-
  [ ! -f "$rd_chosen.sha256" ] || read -r rd_sum _ <"$rd_chosen.sha256"
  fact rd-file "$(stat -c '%Y %s' "$rd_chosen")" "$rd_sum" "$rd_chosen"
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
  IFS=$pg_tab read -r rd_size rd_version rd_since rd_writes rd_tracks <<END
$rd_live
END
  rd_last=-
  [ "$rd_tracks" != on ] ||
    rd_last=$(echo "select round(extract(epoch from timestamp)) from pg_last_committed_xact()" | pg_ask 2>/dev/null)
  fact rd-oid "$(echo 'select oid from pg_database where datname = current_database()' | pg_ask 2>/dev/null)"
  # Of `17.6 (Debian 17.6-0+deb13u1)` the first word.
  fact rd-live "$rd_size" "${rd_version%% *}" "$rd_since" "$rd_writes" "${rd_last:--}" "$pg_name"
  # Rows are for the comparison with a backup.
  [ -n "$rd_chosen" ] || return 0
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
