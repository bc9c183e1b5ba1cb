# The dump, loaded into a schema of our own beside the real one, its rows counted, and the schema dropped again.
#
# Nothing of the dump runs that could reach the real one: no event (the server would begin to run it), no routine or
# trigger (they may name other schemas, and need their authors' privileges), no ALTER DATABASE (it names the real one).
# Views are there as the tables that stand in for them while a dump is loaded.

# Tries with an empty schema, before the dump, what will be needed behind it.
database_may_scratch() {
  if database_make_scratch && database_ask try "$database_scratch" <<'END' && database_drop_scratch; then return; fi
CREATE TABLE a (id INT PRIMARY KEY, text VARCHAR(10), KEY (text));
LOCK TABLES a WRITE; ALTER TABLE a DISABLE KEYS; INSERT INTO a VALUES (1, 'a'); UNLOCK TABLES;
CREATE VIEW b AS SELECT 1 AS id; DROP VIEW b; DROP TABLE a;
END
  echo "verify: restore needs a schema of its own for a while, and $database_user may not have one (ERROR $(database_first_number))."
  # shellcheck disable=SC2016 # SQL's
  printf 'Allow it: GRANT ALL PRIVILEGES ON `rollbook\\_scratch\\_%%`.* TO %s;\n' "$database_user"
  echo 'Or write verify: readback in the runbook.'
  return 1
}

database_first_number() {
  cat "$database_folder/make.err" "$database_folder/try.err" "$database_folder/drop.err" 2>/dev/null |
    sed -n 's/^ERROR \([0-9]*\).*/\1/p' | head -n 1
}

# The name is written down first, so that a run that dies leaves word of it. A schema that is there already is not ours.
database_make_scratch() {
  # Replicas have no use for it.
  if [ "$database_logged" = 1 ] && echo 'SET SESSION sql_log_bin = 0;' | database_ask unlog ''; then
    database_unlogged='SET SESSION sql_log_bin = 0'
  fi
  echo "$arg_database $database_scratch" >"$run_folder/scratch.$act_step" || return
  echo "${database_unlogged:+$database_unlogged; }CREATE DATABASE $database_scratch;" | database_ask make '' && return
  rm -f "$run_folder/scratch.$act_step"
  return 1
}

database_drop_scratch() {
  if echo "${database_unlogged:+$database_unlogged; }DROP DATABASE IF EXISTS $database_scratch;" | database_ask drop ''; then
    rm -f "$run_folder/scratch.$act_step"
    return
  fi
  echo "The schema $database_scratch could not be dropped: DROP DATABASE $database_scratch; or let the next backup do it."
  return 1
}

# Schemas of earlier runs that were killed: they wrote down which.
database_sweep_scratch() {
  for database_left in "$state_folder"/runs/*/scratch.*; do
    [ -f "$database_left" ] || continue
    read -r whose name _ <"$database_left"
    [ "$whose" = "$arg_database" ] || continue
    case $name in rollbook_scratch_*[!0-9]*) continue ;; rollbook_scratch_[0-9]*) ;; *) continue ;; esac
    ! echo "DROP DATABASE IF EXISTS $name;" | database_ask sweep '' || rm -f "$database_left"
  done
}

# Rows of each table that we want, in schema $1, into the file $2.
database_count() {
  database_pick 'TABLE|VERSIONED' | cut -f 6 | sort -u >"$database_folder/tables"
  { echo; database_count_sql <"$database_folder/tables"; } |
    database_ask "$2" "$1" && return
  database_says "$2" "The rows of $1 can't be counted"
  return 1
}

database_rehearse() {
  if database_count "$database_schema" after && database_load && database_count "$database_scratch" there &&
    database_compare; then database_drop_scratch; else return 1; fi
}

database_load() {
  if ! database_make_scratch; then database_says make "The schema $database_scratch can't be made"; return 1; fi
  # shellcheck disable=SC2086 # words of our own
  {
    { $database_gently $database_unpack <"$database_part" 2>"$database_folder/unpack.err"; echo "$?" >"$database_folder/unpack.status"; } |
      database_harmless |
      {
        $database_gently "$database_client" --defaults-file="$database_options" --binary-mode --max-allowed-packet=1G \
          ${database_unlogged:+"--init-command=$database_unlogged"} --database="$database_scratch" >/dev/null 2>"$database_folder/load.err"
        echo "$?" >"$database_folder/load.status"
      }
  } &
  wait "$!"
  [ "$(database_status load)" != 0 ] || [ "$(database_status unpack)" != 0 ] || return 0
  database_killed load "$database_client" || database_says load "The dump can't be loaded into a schema of its own"
  return 1
}

# What the head of this file says is left out. Only MariaDB's client knows the line that MariaDB's dumps begin with.
database_harmless() {
  database_begins=''
  case $("$database_client" --no-defaults --version) in *MariaDB*) ;; *) database_begins='1{/enable the sandbox mode/d;}' ;; esac
  # A body ends where the words behind it do: a line of its own can look like that, and the rest of it would be run.
  sed -e "$database_begins" \
    -e '/^DELIMITER ;;;*$/{' -e ':body' -e '$d' -e 'N' -e '/;;\nDELIMITER ;$/d' -e 's/.*\n//' -e 'b body' -e '}' \
    -e '/^CREATE TABLE /,/;$/b' -e '/^ALTER DATABASE /d' \
    -e '/^-- Dumping events for database/,$d' -e '/^-- Dumping routines for database/,$d' -e '/^-- Final view structure for view/,$d'
}

# Each table has as many rows as the server had. Where rows came or went meanwhile, it has as many as the dump.
database_compare() {
  paste "$database_folder/before" "$database_folder/after" "$database_folder/there" "$database_folder/tables" |
    awk -F '\t' '$1 != $2 || $2 != $3' >"$database_folder/moved"
  : >"$database_folder/lost"
  [ ! -s "$database_folder/moved" ] || database_items_sql | database_ask later '' || : >"$database_folder/later"
  while IFS='	' read -r before after there name; do
    # Rows of a queue come and go between two counts: then only the time of its last change tells.
    if [ "$before" != "$after" ] || database_touched "$name"; then
      [ "$there" != "$(database_rows_of "$name")" ] || continue
    fi
    echo "$name ($there rows; the server has $after)" >>"$database_folder/lost"
  done <"$database_folder/moved"
  [ -s "$database_folder/lost" ] || return 0
  echo "Loaded from the dump, these tables do not have the rows that the server has: $(database_list lost)."
  return 1
}

# Was the table written to since we first looked?
database_touched() {
  [ "$(database_told what "$1")" != "$(database_told later "$1")" ]
}

database_told() {
  database_name=$2 awk -F '\t' '$1 == "item" && $6 == ENVIRON["database_name"] { print $5 }' "$database_folder/$1"
}

# Rows that the dump has of one table: what is left of its lines without texts and names is a parenthesis for each.
database_rows_of() {
  # shellcheck disable=SC2086 # words of our own
  $database_unpack <"$database_part" | database_section="-- Dumping data for table $(printf '%s\n' "$1" | database_names)" awk "$database_skip"'
    $0 == ENVIRON["database_section"] { inside = 1; next }
    inside && /^UNLOCK TABLES;/ { inside = 0 }
    inside && /^(INSERT INTO|\()/ {
      gsub(/\\./, ""); gsub(/\047[^\047]*\047/, ""); gsub(/`[^`]*`/, ""); sub(/^INSERT INTO .*VALUES/, "")
      rows += gsub(/\(/, "")
    }
    END { print rows + 0 }'
}
