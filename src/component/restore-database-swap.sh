# Which database has which name, and the change of both names at once. A comment on a database carries the run that made
# it, so that only what this run made is ever dropped.

# `making` and `ready` are ours to drop; what was live once is `restored`, and holds what was written then.
rd_marks() { # database, mark
  pg_ask_beside -v "side=$1" -v "mark=$rd_mark $2" >/dev/null 2>"$database_folder/marks.err" <<'END' ||
COMMENT ON DATABASE :"side" IS :'mark';
END
    { rd_says marks "The comment on $1"; return 1; }
}

# Sets what is there: rd_has_live, rd_has_side and rd_has_old, and the marks of the first two.
rd_look() {
  rd_names=$(pg_ask_beside -v "live=$pg_name" -v "side=$rd_side" -v "old=$rd_old" 2>"$database_folder/look.err" <<'END'
select case datname when :'live' then 'live' when :'side' then 'side' else 'old' end,
    coalesce(shobj_description(oid, 'pg_database'), '')
  from pg_database where datname in (:'live', :'side', :'old');
END
) || return
  rd_has_live='' rd_has_side='' rd_has_old='' rd_live_mark='' rd_side_mark=''
  while IFS=$pg_tab read -r rd_which rd_said; do
    case $rd_which in
      live) rd_has_live=yes rd_live_mark=$rd_said ;;
      side) rd_has_side=yes rd_side_mark=$rd_said ;;
      old) rd_has_old=yes ;;
    esac
  done <<END
$rd_names
END
}

# 0: the restored one is live; 10: the one before is; 11: neither.
rd_stands() {
  if [ "$rd_live_mark" = "$rd_mark restored" ]; then [ -n "$rd_has_old" ] || return 11; return 0; fi
  [ -n "$rd_has_live" ] && [ -z "$rd_has_old" ] || return 11
  return 10
}

# Gives the live database the name $1, and its name to the database $2. Nobody is let in for that, and those who are in are
# ended, for both names change at once or not at all. Whatever happens, people are let in again.
rd_swap() { # name for the live one, name of the next one, `yes` to mark that as restored
  rd_open_to "$pg_name" false || { rd_says open "Connections to $pg_name can't be refused"; return 1; }
  rd_left=6
  until rd_rename "$1" "$2" "$3"; do
    rd_left=$((rd_left - 1))
    case $(pg_meaning "$database_folder/rename.err") in *privilege) rd_left=0 ;; esac
    if [ "$rd_left" = 0 ]; then
      rd_open_to "$pg_name" true
      rd_says rename "$pg_name could not be renamed, and keeps its name"
      [ "$(pg_meaning "$database_folder/rename.err")" != 'the user lacks a privilege' ] ||
        echo "Others are connected, whom $database_user may not send away. Allow it: GRANT pg_signal_backend TO \"$database_user\"; a superuser's session only a superuser ends."
      return 1
    fi
    sleep 0.5 2>/dev/null || sleep 1
  done
}

rd_rename() {
  pg_ask_beside -v "live=$pg_name" -v "aside=$1" -v "next=$2" -v "marks=$3" -v "mark=$rd_mark restored" >/dev/null 2>"$database_folder/rename.err" <<'END'
set lock_timeout = '10s';
select pg_terminate_backend(pid) from pg_stat_activity where datname in (:'live', :'next') and usesysid is not null and pid <> pg_backend_pid();
begin;
ALTER DATABASE :"live" RENAME TO :"aside";
ALTER DATABASE :"aside" ALLOW_CONNECTIONS true;
ALTER DATABASE :"next" RENAME TO :"live";
\if :marks
  COMMENT ON DATABASE :"live" IS :'mark';
\endif
commit;
END
}

rd_open_to() { # database, true or false
  pg_ask_beside -v "base=$1" -v "open=$2" >/dev/null 2>"$database_folder/open.err" <<'END'
ALTER DATABASE :"base" ALLOW_CONNECTIONS :open;
END
}

# ---------------------------------------------------------------- the way back

rd_fits_back() {
  rd_look || { rd_says look "The databases beside $pg_name"; return 1; }
  rd_stands && return
  echo "$pg_name is not the database any more that run $plan_run restored, or $rd_old is gone: look at the databases with \\l+ in psql."
  return 1
}

# The swap back. The restored database is kept under a name of its own; a half-made one of this run is dropped.
rd_back() {
  rd_look || { rd_says look "The databases beside $pg_name"; return 1; }
  if [ "$rd_live_mark" = "$rd_mark restored" ] && [ -n "$rd_has_old" ]; then
    if [ -n "$rd_has_side" ]; then echo "$rd_side is there already: rename it, and run this again."; return 1; fi
    rd_swap "$rd_side" "$rd_old" no || return
    echo "follow-up: What was restored, with all that was written since, is kept as \`$rd_side\`. When nobody needs it any more: \`DROP DATABASE $rd_side;\`"
    return
  fi
  # Killed in the middle, we may have left it closed.
  [ -z "$rd_has_live" ] || rd_open_to "$pg_name" true || { rd_says open "Connections to $pg_name"; return 1; }
  rd_drop_side
}

# Only one that this run was in the middle of making, or had made and never used: without an old one there was no swap.
rd_drop_side() {
  rd_look || return
  [ -n "$rd_has_side" ] && [ -z "$rd_has_old" ] || return 0
  case $rd_side_mark in
    "$rd_mark making" | "$rd_mark ready" | '') pg_drop_beside "$rd_side" || { rd_says drop "$rd_side could not be dropped"; return 1; } ;;
  esac
}
