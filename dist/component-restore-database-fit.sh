# What would stop a restore, found before anything is changed: the archive, rights, and room on the server.

# Is it the file that was chosen, whole, and of this database? Its rows are counted while it is read to its end.
rd_archive() {
  [ -r "$arg_file" ] || { echo "$arg_file is not there, or $(id -un) may not read it."; return 1; }
  if [ -n "$arg_sha256" ] && [ "$(sha256sum <"$arg_file")" != "$arg_sha256  -" ]; then
    echo "$arg_file is not the file any more that it was: its sha256 is another one. Choose another backup."
    return 1
  fi
  [ -n "$arg_sha256" ] || echo "warning: nothing says which sha256 $arg_file had when it was made"
  postgres_contents "$arg_file" || return
  rd_of=$(sed -n 's/^; *dbname: //p' "$database_folder/contents" | head -n 1)
  [ "$rd_of" = "$pg_name" ] || { echo "$arg_file is a backup of the database $rd_of, not of $pg_name."; return 1; }
  pg_rows_in_archive <"$arg_file" >"$rd_rows" 2>"$database_folder/back.err" || {
    echo "$arg_file can't be read to its end: $(pg_meaning "$database_folder/back.err"). Choose another backup."
    return 1
  }
  cp "$database_folder/contents" "$rd_rows.contents"
  [ -s "$rd_rows" ] || echo "warning: the archive has no rows in a form that can be counted"
}

rd_rights() {
  rd_right=$(pg_ask -v "live=$pg_name" 2>"$database_folder/rights.err" <<'END'
select case when rolsuper or pg_has_role(datdba, 'MEMBER') then 'owner' else 'other' end,
    case when rolsuper or rolcreatedb then 'creates' else 'no' end,
    case when datallowconn then 'open' else 'closed' end,
    (select count(*) from pg_prepared_xacts where database = datname),
    (select count(*) from pg_replication_slots where database = datname),
    (select count(*) from pg_stat_activity a where a.datname = d.datname and not rolsuper
      and not pg_has_role(a.usesysid, 'MEMBER') and (not pg_has_role('pg_signal_backend', 'MEMBER') or
        (select r.rolsuper from pg_roles r where r.oid = a.usesysid))),
    pg_get_userbyid(datdba)
  from pg_database d, pg_roles where datname = :'live' and rolname = current_user;
END
) || { rd_says rights "Rights on $pg_name"; return 1; }
  IFS=$pg_tab read -r rd_owns rd_creates rd_door rd_prepared rd_slots rd_others rd_owner <<END
$rd_right
END
  rd_may=yes
  [ "$rd_owns" = owner ] || { rd_may=''
    echo "$database_user does not own $pg_name, $rd_owner does. Allow it: GRANT \"$rd_owner\" TO \"$database_user\""; }
  [ "$rd_creates" = creates ] || { rd_may=''
    echo "$database_user may not make and rename databases. Allow it: ALTER ROLE \"$database_user\" CREATEDB"; }
  [ "$rd_door" = open ] || { rd_may=''
    echo "$pg_name lets nobody in already (ALLOW_CONNECTIONS false): somebody is at work on it."; }
  [ "$rd_prepared$rd_slots" = 00 ] || { rd_may=''
    echo "$pg_name has prepared transactions or replication slots, and can't be renamed with them: look at pg_prepared_xacts and pg_replication_slots."; }
  [ "$rd_others" = 0 ] || { rd_may=''
    echo "$rd_others sessions in $pg_name belong to others, whom $database_user may not send away. End them, or: GRANT pg_signal_backend TO \"$database_user\" (a superuser's only a superuser ends)."; }
  [ -n "$rd_may" ]
}

# Room for a second copy where the server keeps the live one, as far as that can be seen from here.
rd_room() {
  rd_place=$(pg_ask -v "live=$pg_name" 2>/dev/null <<'END'
select coalesce(nullif(pg_tablespace_location(dattablespace), ''), current_setting('data_directory', true)) from pg_database where datname = :'live';
END
)
  if [ -n "$pg_compose" ]; then
    # shellcheck disable=SC2016 # for the shell there
    [ -n "$rd_place" ] || rd_place=$(pg_run sh -c 'printf %s "$PGDATA"' </dev/null 2>/dev/null)
    rd_free=$(pg_run df -Pk -- "$rd_place" </dev/null 2>/dev/null | awk 'NR == 2 { print $4 }')
  else
    rd_free=''
    case $pg_host in
      '' | /* | 127.* | localhost | ::1)
        # The folder itself is closed to everybody else: its file system is that of the ones above.
        while [ -n "$rd_place" ] && [ -z "$rd_free" ]; do
          rd_free=$(df -Pk -- "$rd_place" 2>/dev/null | awk 'NR == 2 { print $4 }')
          [ -n "$rd_free" ] || rd_place=${rd_place%/*}
        done
        ;;
    esac
  fi
  rd_needs=$((database_bytes / 1024 + 65536))
  if [ -z "$rd_free" ]; then
    echo "warning: a second copy, of about $(database_megabytes "$database_bytes") MB, is made beside $pg_name; whether the server has room for it can't be seen from here"
  elif [ "$rd_free" -le "$rd_needs" ]; then
    echo "The server's disk has $((rd_free / 1024)) MB free, and a second copy of $pg_name needs about $((rd_needs / 1024)) MB."
    return 1
  fi
}
