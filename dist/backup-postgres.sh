# A dump of a PostgreSQL database: `pg_dump -Fc`, written and summed in one pass under a partial name, read back to its
# end, and only then given its own. The frame around it, and where it goes, is that of every database (database.sh).
#
# arg_database is its name in the runbook; arg_access how to get in, where no secret is needed; arg_compose and arg_service
# the Compose service that the tools run in, or empty.

postgres_ready() {
  database_patience=60
  [ "$step_timeout" -gt 60 ] || database_patience=$step_timeout
  postgres_begin "$database_patience" || return
  postgres_fits
  database_end "$?"
}

postgres_state() { return 12; }

postgres_do() {
  postgres_begin "$step_timeout" || return
  postgres_make
  database_end "$?"
}

postgres_undo() { :; }

postgres_begin() { # seconds
  database_file=$arg_folder/$arg_stem.dump
  database_part=$database_file.part
  postgres_enter || return
  database_watched "$1"
}

# Sets what every step with a PostgreSQL needs.
postgres_enter() {
  pg_passfile=/dev/null
  if [ -z "$arg_access" ]; then
    pg_passfile=$run_folder/secrets/database.$arg_database
    if [ ! -f "$pg_passfile" ]; then echo "The password of the database $arg_database did not reach this host."; return 1; fi
    arg_access=$(cat "$pg_passfile")
  fi
  pg_know "$arg_access" "$arg_compose" "$arg_service"
  database_schema=$pg_name database_folder=$run_folder/database.$act_step
  rm -rf "$database_folder"
  mkdir "$database_folder" || return
  database_pack='cat'
  database_know_means
  pg_gently=$database_gently
}

postgres_fits() {
  postgres_reach || return
  database_unfit=''
  postgres_reads || database_unfit=yes
  if ! database_has_place || ! database_has_room; then database_unfit=yes; fi
  [ "$arg_verify" != restore ] || postgres_may_create || database_unfit=yes
  [ -z "$database_unfit" ]
}

postgres_make() {
  postgres_reach || return
  database_sweep
  mkdir -p "$arg_folder" || { database_says_place; return 1; }
  if [ -e "$database_file" ]; then echo "$database_file is there already, and is not written over."; return 1; fi
  read -r database_since _ </proc/uptime
  echo "$act_step $(database_last_size) $database_part" >"$run_folder/progress"
  { postgres_dump | database_write >"$database_folder/sum"; } &
  wait "$!"
  read -r database_sum _ <"$database_folder/sum"
  database_poured && postgres_prove || return
  [ "$arg_verify" != restore ] || postgres_rehearse || return
  # What tells one backup from another on this host is what it is of, not how it is made.
  step_kind=database
  database_keep
}

postgres_dump() {
  pg_into=''
  pg_run pg_dump -w -Fc --lock-wait-timeout=30000 2>"$database_folder/dump.err" </dev/null
  echo "$?" >"$database_folder/dump.status"
}

# ---------------------------------------------------------------- what there is

# Logs in, refuses a client that is older than the server, and lists what a dump has to have.
postgres_reach() {
  postgres_tools || return
  postgres_items | pg_ask >"$database_folder/what" 2>"$database_folder/what.err" || {
    postgres_says what "The server of the database $arg_database ($(postgres_address))"
    return 1
  }
  database_user=$(postgres_answer me 2) database_bytes=$(postgres_answer bytes 2)
  database_bytes=${database_bytes:-0}
  postgres_theirs=$(postgres_answer version 2)
  if [ "$((postgres_theirs / 10000))" -gt "${postgres_ours%%.*}" ]; then
    echo "The tools here are of PostgreSQL $postgres_ours, and the server is $(postgres_answer version 3): older tools can't dump or restore it."
    echo "Debian, Ubuntu: apt-get install postgresql-client-$((postgres_theirs / 10000)); or let them run where the server is: through: { compose: …, service: … }"
    return 1
  fi
  postgres_wanted what wanted
}

postgres_items() {
  cat <<'END'
select 'version', current_setting('server_version_num'), current_setting('server_version');
select 'me', current_user;
select 'bytes', pg_database_size(current_database());
select 'item', case when c.relkind = 'r' and not has_table_privilege(c.oid, 'SELECT') then 'closed' else 'open' end,
    translate(concat_ws(' ', n.nspname, c.relname, pg_get_userbyid(c.relowner)), E'\n\r\t', '   ')
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e');
END
}

postgres_answer() { awk -F '\t' -v word="$1" -v at="$2" '$1 == word { print $at }' "$database_folder/what"; }
postgres_wanted() { awk -F '\t' '$1 == "item" { print $3 }' "$database_folder/$1" | sort -u >"$database_folder/$2"; }
postgres_address() { if [ -n "$pg_compose" ]; then echo "service $pg_service in $pg_compose"; else echo "${pg_host:-its socket}:$pg_port"; fi; }

postgres_tools() {
  postgres_ours=$(pg_run pg_restore --version 2>"$database_folder/tools.err" </dev/null | awk '{ print $3 }')
  pg_run pg_dump --version >/dev/null 2>>"$database_folder/tools.err" </dev/null &&
    pg_run psql --version >/dev/null 2>>"$database_folder/tools.err" </dev/null && [ -n "$postgres_ours" ] && return
  if [ -n "$pg_compose" ]; then
    echo "psql, pg_dump and pg_restore can't be run in the service $pg_service of $pg_compose: $(pg_meaning "$database_folder/tools.err")."
    echo "Try there: docker compose exec -T $pg_service psql --version"
  else
    echo 'psql, pg_dump and pg_restore are not all on this host. Install the client of your server:'
    echo 'Debian, Ubuntu: postgresql-client; Fedora, Alma: postgresql; Alpine: postgresql-client'
  fi
  return 1
}

postgres_reads() {
  awk -F '\t' '$1 == "item" && $2 == "closed" { print $3 }' "$database_folder/what" >"$database_folder/closed"
  [ -s "$database_folder/closed" ] || return 0
  echo "$database_user may not read $(database_list closed), and the dump would stop there."
  echo "Allow it: GRANT pg_read_all_data TO $database_user (14 and newer), or let the owner make the backup."
  return 1
}

postgres_may_create() {
  case $(echo "select 'yes' from pg_roles where rolname = current_user and (rolcreatedb or rolsuper)" | pg_ask 2>/dev/null) in
    yes) return 0 ;;
  esac
  echo "$database_user may not make a database of its own for a while. Allow it: ALTER ROLE \"$database_user\" CREATEDB"
  return 1
}

# ---------------------------------------------------------------- proof

postgres_prove() {
  durable "$database_part"
  if [ "$arg_verify" != stream ]; then
    if [ "$(sha256sum <"$database_part")" != "$database_sum  -" ] ||
      ! pg_rows_in_archive <"$database_part" >"$database_folder/rows" 2>"$database_folder/back.err"; then
      echo "$database_part can't be read back as it was written: $(pg_meaning "$database_folder/back.err"). Is the disk sound? dmesg tells."
      return 1
    fi
  fi
  postgres_contents "$database_part" || return
  comm -23 "$database_folder/wanted" "$database_folder/dumped" >"$database_folder/unlike"
  [ -s "$database_folder/unlike" ] || return 0
  # A table may have gone while we began.
  postgres_items | pg_ask >"$database_folder/later" 2>/dev/null && postgres_wanted later still &&
    [ -z "$(comm -12 "$database_folder/unlike" "$database_folder/still")" ] && return
  echo "The dump lacks $(database_list unlike): tables come or go meanwhile. Run this again."
  return 1
}

# The table of contents of the archive $1, and its tables as `<schema> <table> <owner>`.
postgres_contents() {
  pg_into=''
  pg_run pg_restore -w -l <"$1" >"$database_folder/contents" 2>"$database_folder/contents.err" || {
    echo "$1 can't be read: $(pg_meaning "$database_folder/contents.err")."
    return 1
  }
  sed -n -e '/^[0-9]*; [0-9]* [0-9]* TABLE \(DATA\|ATTACH\) /d' -e 's/^[0-9]*; [0-9]* [0-9]* TABLE //p' \
    "$database_folder/contents" | sort -u >"$database_folder/dumped"
}

# In our own words what the client $1 said; $2 is what it was about. Its own can hold data.
postgres_says() {
  echo "$2: $(pg_meaning "$database_folder/$1.err")."
  case $(pg_meaning "$database_folder/$1.err") in
    *'user or the password') echo "Look at user and password of databases.$arg_database, and at the secret behind it." ;;
    'nothing answers there') echo 'Is it running, and is this its host and port?' ;;
  esac
  [ -s "$database_folder/$1.err" ] || return 0
  database_kept=$database_folder/$1.err
  echo "Its own words stay on this host, because they can hold data: $database_kept"
}
