# A dump of a MySQL or MariaDB database, or of some of its tables: dumped, compressed and summed in one pass under a
# partial name, proved, and only then given its own.
#
# arg_database is its name in the runbook; arg_tables, a table a line, or nothing for all; arg_folder and arg_stem, where
# and under which name without its ending; arg_verify, how far it is proved. Where the server is, and the password, stand
# in a file of options that only we can read.

database_ready() {
  database_patience=60
  [ "$step_timeout" -gt 60 ] || database_patience=$step_timeout
  database_begin "$database_patience" || return
  database_fits
  database_end "$?"
}

database_state() { return 12; }

database_do() {
  database_begin "$step_timeout" || return
  database_make
  database_end "$?"
}

database_undo() { :; }

# All that would stop us later, told at once.
database_fits() {
  database_reach || return
  database_unfit=''
  database_has_tables || database_unfit=yes
  database_reads || database_unfit=yes
  database_tells_history || database_unfit=yes
  if ! database_has_place || ! database_has_room; then database_unfit=yes; fi
  [ "$arg_verify" != restore ] || [ -n "$database_unfit" ] || database_may_scratch || database_unfit=yes
  [ -z "$database_unfit" ]
}

database_make() {
  if ! database_reach || ! database_has_tables; then return 1; fi
  database_sweep
  mkdir -p "$arg_folder" || { database_says_place; return 1; }
  if [ -e "$database_file" ]; then echo "$database_file is there already, and is not written over."; return 1; fi
  read -r database_since _ </proc/uptime
  database_know_history || return
  database_know_flags
  [ "$arg_verify" != restore ] || database_count "$database_schema" before || return
  echo "$act_step $(database_last_size) $database_part" >"$run_folder/progress"
  if ! database_pour || ! database_prove; then return 1; fi
  [ "$arg_verify" != restore ] || database_rehearse || return
  database_keep
}

# From here on it is a backup: its sum first, so that the name never stands without one.
database_keep() {
  database_size=$(wc -c <"$database_part")
  if ! printf '%s  %s\n' "$database_sum" "${database_file##*/}" >"$database_file.sha256" || ! mv "$database_part" "$database_file"; then
    rm -f "$database_file.sha256"
    echo "The dump is whole, but can't be given its name: $database_file"
    return 1
  fi
  durable "$database_file" "$database_file.sha256" "$arg_folder"
  tell_backup "$database_sum" "$database_size" "$arg_verify" "$database_file" || return
  read -r database_until _ </proc/uptime
  echo "$(wc -l <"$database_folder/dumped") tables and views, dumped and proved in $((${database_until%.*} - ${database_since%.*})) s"
}

# ---------------------------------------------------------------- where it goes

database_has_place() {
  database_above=$arg_folder
  while [ ! -e "$database_above" ]; do
    database_above=${database_above%/*}
    [ -n "$database_above" ] || database_above=/
  done
  if [ -d "$database_above" ] && [ -w "$database_above" ] && [ -x "$database_above" ]; then return 0; fi
  database_says_place
  return 1
}

database_says_place() {
  if [ -d "$arg_folder" ]; then echo "$(id -un) may not write in $arg_folder, or its file system is read-only."
  else echo "$(id -un) can't make the folder $arg_folder."; fi
  echo "Make it theirs: sudo install -d -m 0700 -o $(id -un) -g $(id -gn) $arg_folder"
}

# Room for the last backup of the same, and some; without one, for the data as the server has it.
database_has_room() {
  database_needs=$(database_last_size)
  database_needs=$((database_needs * 13 / 10 + 65536))
  database_than="the last backup, and a third"
  if [ "$database_needs" = 65536 ]; then database_needs=$((database_bytes + 65536)) database_than="the data, before compression"; fi
  database_free=$(df -Pk "$database_above" 2>/dev/null | awk 'NR == 2 { print $4 }')
  # A file system without a count of its own says 0 of 0.
  database_nodes=$(df -Pi "$database_above" 2>/dev/null | awk 'NR == 2 && $2 > 0 { print $4 }')
  if [ "$arg_verify" = restore ]; then
    echo "warning: verify: restore loads a second copy, of $(database_megabytes "$database_bytes") MB, into the server" \
      "for a while; whether its disk has room can't be seen from here"
  fi
  if [ "${database_free:-$database_needs}" -le "$((database_needs / 1024))" ]; then
    echo "The file system of $arg_folder has $((database_free * 1024 / 1000000)) MB free, and $(database_megabytes "$database_needs") MB" \
      "are needed ($database_than)."
    echo "Make room there, or write backups: { to: … } to a larger disk."
    return 1
  fi
  [ "${database_nodes:-9}" -gt 8 ] || { echo "The file system of $arg_folder has no more inodes: remove files there."; return 1; }
}

database_megabytes() { echo $((($1 + 999999) / 1000000)); }

# Bytes of the last backup of the same tables of the same database; 0 when there is none. Names of backups differ in
# their run alone.
database_last_size() {
  database_last=0
  if [ -s "$state_folder/backups/list" ]; then
    grep -F " database $arg_database $arg_folder/${arg_stem%"$plan_run"}" "$state_folder/backups/list" | tail -n 50 >"$database_folder/kept"
    while read -r _ run _ size _ _ _ path; do
      case ${path##*/} in "${arg_stem%"$plan_run"}$run".*) database_last=$size ;; esac
    done <"$database_folder/kept"
  fi
  case $database_last in *[!0-9]*) database_last=0 ;; esac
  echo "$database_last"
}

# What earlier runs of ours left when they were killed: they wrote down what they were about to make.
database_sweep() {
  for database_left in "$state_folder"/runs/*/progress; do
    if [ ! -f "$database_left" ] || [ "$database_left" = "$run_folder/progress" ]; then continue; fi
    read -r _ _ path <"$database_left"
    case $path in */*/*..* | *[!\ -~]*) continue ;; esac
    case $path in "$arg_folder"/*.sql.zst.part | "$arg_folder"/*.sql.gz.part | "$arg_folder"/*.dump.part) rm -f "$path" "$database_left" ;; esac
  done
  database_of sweep_scratch
}
