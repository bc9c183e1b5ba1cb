# A PostgreSQL database that is restored from an archive: into a database of its own beside the live one, checked, and
# then their names are changed (restore-database-swap.sh). The one that was live is kept.
#
# arg_file is the archive, arg_sha256 what it was, or empty where nothing says so; the rest is as in backup/postgres.sh.

restore_database_ready() {
  rd_begin "$step_timeout" || return
  if [ "$direction" = forward ]; then rd_fits; else rd_fits_back; fi
  database_end "$?"
}

restore_database_do() {
  rd_begin "$step_timeout" || return
  rd_restore
  database_end "$?"
}

restore_database_undo() {
  rd_begin "$step_timeout" || return
  rd_back
  database_end "$?"
}

restore_database_state() {
  rd_enter >/dev/null || return 12
  pg_within 30
  rd_look 2>/dev/null || return 12
  rd_stands
}

rd_begin() { # seconds
  rd_enter || return
  # Nothing of ours is a file under way.
  database_part=$database_folder/none arg_verify=restore
  database_watched "$1"
}

rd_enter() {
  postgres_enter || return
  rd_rows=$run_folder/rows.$act_step
  rd_names "$plan_run"
}

# ---------------------------------------------------------------- what would stop it

rd_fits() {
  postgres_reach || return
  rd_look || { rd_says look "The databases beside $pg_name"; return 1; }
  case "$rd_has_side$rd_has_old" in ?*) echo "$rd_side or $rd_old is there already. Look at it, and drop it."; return 1 ;; esac
  rd_unfit=''
  rd_archive || rd_unfit=yes
  rd_rights || rd_unfit=yes
  rd_room || rd_unfit=yes
  [ -z "$rd_unfit" ]
}

rd_says() {
  postgres_says "$1" "$2"
}

# ---------------------------------------------------------------- into a database of its own

rd_restore() {
  rd_look || { rd_says look "The databases beside $pg_name"; return 1; }
  # On the way back from an undo, all of this was done before.
  if [ "$rd_live_mark" = "$rd_mark restored" ] && [ -n "$rd_has_old" ]; then return 0; fi
  case $rd_side_mark in
    "$rd_mark restored" | "$rd_mark ready") rd_undressed='' ;;
    *) rd_make_it || return ;;
  esac
  rd_swap "$rd_old" "$rd_side" yes || return
  [ -z "$rd_undressed" ] ||
    echo "follow-up: Settings of other roles in \`$rd_old\`, which our user may not make, are not in the restored database: those of $rd_undressed. A superuser sees them with \`\\drds\`."
  echo "follow-up: The database that was live before is kept as \`$rd_old\`. When nobody needs it any more: \`DROP DATABASE $rd_old;\`"
}

rd_make_it() {
  if [ -n "$rd_has_side" ]; then echo "$rd_side is there already, and is not written over."; return 1; fi
  cp "$rd_rows.contents" "$database_folder/contents" && cp "$rd_rows" "$database_folder/rows" || return
  # All or nothing: whatever fails, the side database goes again, and the live one was not touched.
  if rd_fill_side; then return; fi
  rd_drop_side || echo "$rd_side could not be dropped: an undo tries again."
  echo "$pg_name was not touched."
  return 1
}

rd_fill_side() {
  if ! pg_make_beside "$rd_side" whole >/dev/null 2>"$database_folder/make.err" || ! rd_marks "$rd_side" making ||
    ! pg_dress_beside "$rd_side" >"$database_folder/undressed" 2>"$database_folder/make.err"; then
    rd_says make "The database $rd_side can't be made"
    return 1
  fi
  rd_undressed=$(database_list undressed)
  if [ -n "$arg_sha256" ] && [ "$(sha256sum <"$arg_file")" != "$arg_sha256  -" ]; then echo "$arg_file was changed meanwhile."; return 1; fi
  pg_fill_beside "$rd_side" <"$arg_file" >/dev/null 2>"$database_folder/load.err" || {
    rd_says load "$arg_file can't be restored"
    return 1
  }
  pg_into=$rd_side
  echo 'analyze' | pg_ask >/dev/null 2>"$database_folder/analyze.err"
  pg_into=''
  pg_compare_beside "$rd_side" || {
    echo "Restored, these tables do not have the rows that the backup has: $(database_list lost)."
    return 1
  }
  rd_same_objects && rd_marks "$rd_side" ready
}

# Every table with its owner, and every extension, that the archive names.
rd_same_objects() {
  sed -n -e '/^[0-9]*; [0-9]* [0-9]* TABLE \(DATA\|ATTACH\) /d' -e 's/^[0-9]*; [0-9]* [0-9]* TABLE //p' \
    -e 's/^[0-9]*; [0-9]* [0-9]* EXTENSION - \([^ ]*\).*/extension \1/p' "$database_folder/contents" | sort -u >"$database_folder/dumped"
  pg_into=$rd_side
  { postgres_items; echo "select 'item', 'open', 'extension ' || extname from pg_extension;"; } |
    pg_ask >"$database_folder/later" 2>"$database_folder/later.err"
  pg_status=$?
  pg_into=''
  [ "$pg_status" = 0 ] || { rd_says later "The tables of $rd_side"; return 1; }
  postgres_wanted later there
  comm -23 "$database_folder/dumped" "$database_folder/there" >"$database_folder/unlike"
  [ -s "$database_folder/unlike" ] || return 0
  echo "Restored, these are not there as the backup has them (schema, table, owner): $(database_list unlike)."
  return 1
}
