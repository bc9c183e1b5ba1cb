# Databases that restores have kept beside the live one: the one that was live before, and after an undo the one that was
# restored. Ours is one whose name follows from a run of which the plan is on this host, and says that it restored this
# database; what was restored carries the run in its comment besides.

restore_database_left() { # name in the runbook, access or empty, folder of the Compose project or empty, its service
  rd_open "$2" "$3" "$4" || { tell_unread "the database $1" "$rd_shut"; return; }
  rd_found=$(rd_beside) || { tell_unread "the database $1" "$(pg_meaning "$rd_words")"; return; }
  rd_given=$(rd_given_names "$1")
  printf '%s\n' "$rd_found" | while IFS=$pg_tab read -r rd_each rd_bytes rd_users rd_said; do
    [ -n "$rd_each" ] || continue
    rd_run=$(rd_run_of "$rd_each")
    tell_left database "${rd_run:--}" "$rd_bytes" "$1 $rd_each" "$(rd_left_state "$rd_run" "$rd_each" "$rd_said" "$rd_users")"
  done
}

# Whatever is called as ours are, but never the live one: `<name> <bytes> <sessions> <run in its comment>`, tabs between.
rd_beside() {
  pg_within 30
  rd_names none
  pg_ask_beside -v "live=$pg_name" -v "form=^${rd_stem}_(before_[a-z0-9_]+|rollbook_[0-9]+)\$" 2>"$rd_words" <<'END'
set statement_timeout = '20s';
select datname, case when has_database_privilege(oid, 'CONNECT') then pg_database_size(oid) else 0 end,
    -- Without those of the server itself, which end when it is dropped.
    (select count(*) from pg_stat_activity a where a.datid = d.oid and usesysid is not null),
    coalesce(substring(shobj_description(oid, 'pg_database') from '^rollbook ([!-~]+) '), '-')
  from pg_database d where datname ~ :'form' and datname <> :'live' order by datname limit 200;
END
}

# The two names that each run which restored this database could have given: `<name> <run>`.
rd_given_names() { # name in the runbook
  for rd_plan in "$state"/runs/*/plan.json; do [ ! -f "$rd_plan" ] || printf '%s\n' "$rd_plan"; done | tail -n 1000 |
    while IFS= read -r rd_plan; do
      awk -v "wanted=\"database\": \"$1\"" '
        index($0, "\"kind\": \"") { ours = index($0, "\"kind\": \"restore_database\"") }
        ours && index($0, wanted) { found = 1 }
        END { exit !found }' "$rd_plan" || continue
      rd_plan=${rd_plan%/plan.json} rd_plan=${rd_plan##*/}
      rd_names "$rd_plan"
      printf '%s\n' "$rd_old $rd_plan" "$rd_side $rd_plan"
    done
}

rd_run_of() { printf '%s\n' "$rd_given" | sed -n "s/^$1 //p" | head -n 1; }

rd_left_state() { # run or empty, database, run in its comment, sessions
  rd_says=$(left_state "$1")
  rd_names "$1"
  case $rd_says:$2:$3 in
    # Who changed nothing has made nothing.
    refused:*) rd_says=unproved ;;
    # Of the one that was live before, the comment is its own; what we restored would say so.
    *:"$rd_old:$1") rd_says=unproved ;;
    *:"$rd_old":* | *:"$rd_side:$1") ;;
    *) rd_says=unproved ;;
  esac
  if [ "$rd_says" = changed ] && [ "$4" != 0 ]; then rd_says=used; fi
  echo "$rd_says"
}

# The server itself refuses to drop one that somebody is in, and nobody is sent away for it.
restore_database_remove() { # name in the runbook, access, folder of the Compose project or empty, its service, run, name
  rd_gone=${6#"$1 "}
  rd_open "$2" "$3" "$4" && rd_found=$(rd_beside) || return
  rd_given=$(rd_given_names "$1")
  [ "$rd_gone" != "$pg_name" ] && [ "$(rd_run_of "$rd_gone")" = "$5" ] || return
  printf '%s\n' "$rd_found" | while IFS=$pg_tab read -r rd_each _ rd_users rd_said; do
    [ "$rd_each" = "$rd_gone" ] || continue
    left_is_over "$(rd_left_state "$5" "$rd_each" "$rd_said" "$rd_users")" || exit
    pg_within 50
    pg_ask_beside -v "gone=$rd_gone" <<'END' && exit 3
DROP DATABASE :"gone";
END
    exit 1
  done
  [ "$?" = 3 ]
}
