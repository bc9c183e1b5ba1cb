# A database of our own beside the real one: made like it, filled from an archive, its rows compared, dropped again.

# Makes the database $1 as ours is: encoding, locale, tablespace and, with $2 = `whole`, owner, settings and rights.
pg_make_beside() {
  pg_ask_beside -v "side=$1" -v "like=$pg_name" -v "whole=${2-}" <<'END'
select current_setting('server_version_num')::int >= 150000 as news, current_setting('server_version_num')::int >= 170000 as newer \gset
\if :newer
  \set locale 'case datlocprovider when ''i'' then format('' LOCALE_PROVIDER icu ICU_LOCALE %L'', datlocale) when ''b'' then format('' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L'', datlocale) else '''' end'
\elif :news
  \set locale 'case datlocprovider when ''i'' then format('' LOCALE_PROVIDER icu ICU_LOCALE %L'', daticulocale) else '''' end'
\else
  \set locale ''''''
\endif
select format('CREATE DATABASE %I TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L%s%s%s', :'side',
    pg_encoding_to_char(encoding), datcollate, datctype,
    -- Who names the usual one needs a right to it that nobody has.
    case spcname when 'pg_default' then '' else format(' TABLESPACE %I', spcname) end,
    case when :'whole' = 'whole' then format(' CONNECTION LIMIT %s OWNER %I', datconnlimit, pg_get_userbyid(datdba)) else '' end,
    :locale)
  from pg_database d join pg_tablespace t on t.oid = dattablespace where datname = :'like'
\gexec
END
}

# What is said of our database as a whole, and stands in no archive: settings and rights. Prints the roles whose own settings
# in it are left out, because ours may not make them: anybody can have some, and they must not stand in the way.
pg_dress_beside() {
  pg_ask_beside -v "side=$1" -v "like=$pg_name" <<'END'
select format('ALTER %sDATABASE %I SET %I TO %s',
    case when setrole = 0 then '' else format('ROLE %I IN ', pg_get_userbyid(setrole)) end, :'side', name,
    -- Of these, the value is a list of names. Who has it set wrote it, and it is never taken as SQL.
    case when name in ('search_path', 'temp_tablespaces', 'local_preload_libraries', 'session_preload_libraries')
      then coalesce((select string_agg(quote_literal(case when word like '"%' then replace(substr(word, 2, length(word) - 2), '""', '"') else word end), ', ' order by at)
        from regexp_matches(value, '"(?:[^"]|"")*"|[^",[:space:]][^,[:space:]]*', 'g') with ordinality w(words, at), unnest(words) word), '''''')
      else quote_literal(value) end)
  from pg_db_role_setting s join pg_database d on d.oid = setdatabase, unnest(setconfig) setting,
    lateral (select split_part(setting, '=', 1) as name, substr(setting, strpos(setting, '=') + 1) as value) said, pg_roles me
  where datname = :'like' and rolname = current_user and (rolsuper or setrole in (0, me.oid))
\gexec
select distinct pg_get_userbyid(setrole) from pg_db_role_setting s join pg_database d on d.oid = setdatabase, pg_roles me
  where datname = :'like' and rolname = current_user and not rolsuper and setrole not in (0, me.oid);
select format('REVOKE ALL ON DATABASE %I FROM PUBLIC', :'side') from pg_database where datname = :'like' and datacl is not null
\gexec
select format('GRANT %s ON DATABASE %I TO %s%s', privilege_type, :'side',
    case when grantee = 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(grantee)) end, case when is_grantable then ' WITH GRANT OPTION' else '' end)
  from pg_database, aclexplode(datacl) where datname = :'like'
\gexec
END
}

# Fills the database $1 from the archive on standard input; more words are options of pg_restore. All of it or nothing,
# but for archives of so many objects that the server could not hold a lock on each.
pg_fill_beside() {
  pg_side=$1
  shift
  [ "$(grep -c '^[0-9]' "$database_folder/contents")" -gt 3000 ] || set -- --single-transaction "$@"
  pg_run pg_restore -w --exit-on-error "$@" -d "$pg_side"
}

# Has the database $1 the rows of the archive, table by table? What is not so goes into `lost`.
pg_compare_beside() {
  pg_into=$1
  pg_count >"$database_folder/there" 2>"$database_folder/there.err"
  pg_status=$?
  pg_into=''
  [ "$pg_status" = 0 ] || return
  sort "$database_folder/rows" >"$database_folder/rows.sorted"
  sort "$database_folder/there" >"$database_folder/there.sorted"
  comm -23 "$database_folder/rows.sorted" "$database_folder/there.sorted" |
    awk -F '\t' '{ print $2 " (" $1 " rows in the backup)" }' >"$database_folder/lost"
  [ ! -s "$database_folder/lost" ]
}

# Ends whoever is in the database $1, and drops it. Its name is one that only we give. The server's own work in it, such as
# an autovacuum, only a superuser may end; the server does that itself.
pg_drop_beside() {
  pg_ask_beside -v "side=$1" >/dev/null 2>"$database_folder/drop.err" <<'END'
select pg_terminate_backend(pid) from pg_stat_activity where datname = :'side' and usesysid is not null and pid <> pg_backend_pid();
DROP DATABASE IF EXISTS :"side";
END
}

# ---------------------------------------------------------------- verify: restore

# The dump, loaded into a database that nobody knows, its rows counted, and that dropped again.
postgres_rehearse() {
  postgres_scratch=rollbook_scratch_$(date +%s)$database_self
  # Written down first, so that a run that dies leaves word of it.
  echo "$arg_database $postgres_scratch" >"$run_folder/scratch.$act_step" || return
  if ! pg_make_beside "$postgres_scratch" 2>"$database_folder/make.err"; then
    rm -f "$run_folder/scratch.$act_step"
    postgres_says make "verify: restore can't make a database of its own"
    return 1
  fi
  pg_fill_beside "$postgres_scratch" --no-owner --no-privileges <"$database_part" 2>"$database_folder/load.err" >/dev/null || {
    postgres_says load 'The dump can not be loaded into a database of its own'
    return 1
  }
  pg_compare_beside "$postgres_scratch" || {
    echo "Loaded from the dump, these tables do not have the rows that it has: $(database_list lost)."
    return 1
  }
  postgres_drop_scratch
}

postgres_drop_scratch() {
  read -r _ postgres_scratch <"$run_folder/scratch.$act_step"
  case $postgres_scratch in rollbook_scratch_[0-9]*) ;; *) return ;; esac
  if pg_drop_beside "$postgres_scratch"; then rm -f "$run_folder/scratch.$act_step"; return; fi
  echo "The database $postgres_scratch could not be dropped: DROP DATABASE $postgres_scratch; or let the next backup do it."
  return 1
}

# Databases of earlier runs that were killed: they wrote down which.
postgres_sweep_scratch() {
  for database_left in "$state_folder"/runs/*/scratch.*; do
    [ -f "$database_left" ] || continue
    read -r whose name _ <"$database_left"
    [ "$whose" = "$arg_database" ] || continue
    case $name in rollbook_scratch_*[!0-9]*) continue ;; rollbook_scratch_[0-9]*) ;; *) continue ;; esac
    ! pg_drop_beside "$name" || rm -f "$database_left"
  done
}
