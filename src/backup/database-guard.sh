# The frame around a step that works with a database: names, a time limit over all of it, and nothing left behind.

# Sets what the step works with and lets it take $1 seconds at most.
database_begin() {
  database_options=$run_folder/secrets/database.$arg_database
  database_folder=$run_folder/database.$act_step
  database_file=$arg_folder/$arg_stem.sql
  if [ ! -f "$database_options" ]; then echo "The password of the database $arg_database did not reach this host."; return 1; fi
  IFS= read -r database_schema <"$database_options"
  database_schema=${database_schema#'# database: '}
  rm -rf "$database_folder"
  mkdir "$database_folder" || return
  database_know_clients && database_know_packer || return
  database_part=$database_file.part
  database_watched "$1"
}

# Calls a function of the system: database_… for MySQL and MariaDB, postgres_… for PostgreSQL.
database_of() {
  database_function=$1
  shift
  case $arg_system in
    postgres) "postgres_$database_function" "$@" ;;
    *) "database_$database_function" "$@" ;;
  esac
}

# Lets the step take $1 seconds at most, and leaves nothing of it behind however it ends.
database_watched() {
  # A process of a step tells itself apart from the program by this alone.
  read -r database_self _ </proc/self/stat
  database_born=$(started_at "$database_self")
  database_scratch=rollbook_scratch_$(date +%s)$database_self database_unlogged=''
  # Whatever we start has this in its environment, by which it is found even when we are dead.
  ROLLBOOK_STEP=$plan_run/$act_step/$database_self
  export ROLLBOOK_STEP
  database_mark=$ROLLBOOK_STEP database_limit=$1 database_kept=''
  trap database_cut TERM
  database_watch &
  database_watcher=$!
}

# Ends the step with status $1.
database_end() {
  trap '' TERM
  kill "$database_watcher" 2>/dev/null
  [ "$1" = 0 ] || database_tidy
  database_put_away
  return "$1"
}

# Of our papers stays what a client said in vain, for whoever has to mend it.
database_put_away() {
  # A client that repeats what it was given has said nothing that may stay.
  if [ -n "$database_kept" ] && grep '^password=' "$database_options" | grep -qF -f - "$database_kept"; then database_kept=''; fi
  for database_paper in "$database_folder"/*; do
    [ "$database_paper" = "$database_kept" ] || rm -f "$database_paper"
  done
  rmdir "$database_folder" 2>/dev/null
  rm -f "$run_folder/progress"
}

database_tidy() {
  database_end_processes
  rm -f "$database_part" || echo "The unfinished file $database_part could not be removed: remove it."
  [ ! -f "$run_folder/scratch.$act_step" ] || database_of drop_scratch
}

# Told to stop, by the watcher below or by a system that shuts down.
database_cut() {
  trap '' TERM
  database_tidy
  if [ -f "$database_folder/late" ]; then
    echo "It took longer than $database_limit s. Nothing of it is left."
    if [ "$database_limit" = "$step_timeout" ]; then echo 'timeout: in the runbook gives it more time.'
    else
      database_shows='SHOW PROCESSLIST'
      [ "$arg_system" != postgres ] || database_shows=pg_stat_activity
      echo "Does the server work on something large, or does somebody keep tables locked? Look at $database_shows."
    fi
    database_status=124
  else
    echo 'It was told to stop. Nothing of it is left.'
    database_status=143
  fi
  kill "$database_watcher" 2>/dev/null
  database_put_away
  exit "$database_status"
}

# Ends the step when its time is up, and tidies up behind one that was killed.
database_watch() {
  exec </dev/null >/dev/null 2>&1
  database_left=$database_limit
  while lives "$database_self" "$database_born"; do
    if [ "$database_left" = 0 ]; then : >"$database_folder/late"; kill -15 "$database_self"; fi
    if [ "$database_left" = -30 ]; then kill -9 "$database_self"; fi
    sleep 1
    database_left=$((database_left - 1))
  done
  database_tidy
  # Shells that waited for what we ended still write down how it ended.
  sleep 1
  database_put_away
}

# Three looks, because a shell between two of its commands starts the next one when we have just looked.
database_end_processes() {
  for _ in 1 2 3; do
    # Its status says nothing: there are always some that we may not read.
    database_ours=$(ROLLBOOK_STEP='' grep -lsF "ROLLBOOK_STEP=$database_mark" /proc/[0-9]*/environ)
    [ -n "$database_ours" ] || return 0
    for environ in $database_ours; do
      process=${environ#/proc/}
      kill -9 "${process%/environ}" 2>/dev/null
    done
  done
}

# ---------------------------------------------------------------- programs

# Sets `found` to the first of the programs that is there.
database_finds() {
  for found in "$@"; do
    ! command -v "$found" >/dev/null 2>&1 || return 0
  done
  found=''
  return 1
}

database_know_clients() {
  if ! database_finds mariadb mysql; then database_lacks 'mariadb nor mysql'; return 1; fi
  database_client=$found
  if ! database_finds mariadb-dump mysqldump; then database_lacks 'mariadb-dump nor mysqldump'; return 1; fi
  database_dumper=$found
}

database_lacks() {
  echo "Neither $1 is on this host. Install the client of your server:"
  echo 'Debian, Ubuntu: mariadb-client or mysql-client; Fedora, Alma: mariadb or mysql; Alpine: mariadb-client'
}

# The fastest of those that are there; and, so that the site goes on to be served, behind everything else.
database_know_packer() {
  database_finds zstd pigz gzip || { echo 'None of zstd, pigz and gzip is on this host: install zstd.'; return 1; }
  case $found in
    zstd)
      database_pack='zstd -q -3 -T0 -c' database_unpack='zstd -q -dc' database_file=$database_file.zst
      zstd -q -T0 -c </dev/null >/dev/null 2>&1 || database_pack='zstd -q -3 -c'
      ;;
    *) database_pack="$found -c" database_unpack="$found -dc" database_file=$database_file.gz ;;
  esac
  database_know_means
}

database_know_means() {
  database_gently=''
  if nice -n 19 true 2>/dev/null; then database_gently='nice -n 19'; fi
  if ionice -c 3 true 2>/dev/null; then database_gently="$database_gently ionice -c 3"; fi
  # A full disk is told at once by those that can, and by the others when all is over.
  database_tee='tee'
  if tee --output-error=exit </dev/null >/dev/null 2>&1; then database_tee='tee --output-error=exit'; fi
}

# The names of a file in one line; not all of them when there are many.
database_list() {
  head -n 10 "$database_folder/$1" | paste -s -d , - | sed 's/,/, /g'
  database_more=$(($(wc -l <"$database_folder/$1") - 10))
  [ "$database_more" -le 0 ] || echo "and $database_more more"
}
