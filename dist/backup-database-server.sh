# Talking to the server: questions, and what its errors mean. What a client says can hold rows of the database: it goes
# into files that only we can read, and what is told of it is the number of the error, our own words for that, and names.

# Answers of the server to the SQL on standard input, in the file $1, a line for a row, with tabs; errors in $1.err. $2 is
# the schema that names are looked up in; what follows are options of the client.
database_ask() {
  database_answers=$database_folder/$1 database_in=$2
  shift 2
  {
    # Quoting depends on the mode; a table that somebody alters would keep us waiting; MySQL tells sizes of yesterday.
    printf "SET SESSION sql_mode='', lock_wait_timeout=10 /*!80000 , information_schema_stats_expiry=0 */;"
    cat
  } >"$database_answers.sql"
  "$database_client" --defaults-file="$database_options" --batch --raw --skip-column-names --connect-timeout=10 \
    --default-character-set=utf8mb4 --database="$database_in" "$@" \
    <"$database_answers.sql" >"$database_answers" 2>"$database_answers.err" &
  wait "$!"
}

# Text as SQL has it, between quotes.
database_text() { printf '%s' "$1" | sed "s/\\\\/\\\\\\\\/g; s/'/''/g; s/^/'/; s/\$/'/"; }

# Names, a line each, as SQL has them.
# shellcheck disable=SC2016 # sed's
database_names() { sed 's/`/``/g; s/^/`/; s/$/`/'; }

# Logs in and asks for everything that we want to know. Items are what a dump has: tables, views, sequences.
database_reach() {
  database_quoted=$(database_text "$database_schema")
  database_ask what '' <<END || { database_says what "The server of the database $arg_database ($(database_address))"; return 1; }
SELECT 'log', @@log_bin;
SELECT 'user', CONCAT(QUOTE(SUBSTRING_INDEX(CURRENT_USER(), '@', 1)), '@', QUOTE(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)));
SELECT 'schema', SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = $database_quoted;
$(database_items_sql)
SELECT 'programs', SUM(PRIVILEGE_TYPE = 'TRIGGER'), SUM(PRIVILEGE_TYPE LIKE '%ROUTINE' OR PRIVILEGE_TYPE = 'EXECUTE') FROM (
  SELECT IF(PRIVILEGE_TYPE = 'SELECT', 'SHOW_ROUTINE', PRIVILEGE_TYPE) AS PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES
  UNION ALL SELECT PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES WHERE $database_quoted LIKE TABLE_SCHEMA
  UNION ALL SELECT PRIVILEGE_TYPE FROM information_schema.TABLE_PRIVILEGES WHERE TABLE_SCHEMA = $database_quoted
  UNION ALL SELECT 'SHOW_ROUTINE' FROM information_schema.TABLE_PRIVILEGES WHERE TABLE_SCHEMA = 'mysql' AND TABLE_NAME = 'proc'
) AS granted;
END
  database_user=$(database_answer user) database_logged=$(database_answer log)
  if [ -z "$(database_answer schema)" ]; then
    echo "There is no database $database_schema on $(database_address), or $database_user may not see it."
    return 1
  fi
  database_keep_items what all
  if [ -n "$arg_tables" ]; then printf '%s\n' "$arg_tables" | sort -u >"$database_folder/wanted"
  else cp "$database_folder/all" "$database_folder/wanted"; fi
  database_pick '' | awk -F '\t' '{ sum += $4 } END { printf "%.0f\n", sum }' >"$database_folder/bytes"
  read -r database_bytes <"$database_folder/bytes"
}

database_items_sql() {
  echo "SELECT 'item', TABLE_TYPE, IFNULL(ENGINE, '-'), IFNULL(DATA_LENGTH, 0), IFNULL(UPDATE_TIME, '-'), TABLE_NAME
    FROM information_schema.TABLES
    WHERE TABLE_SCHEMA = $database_quoted AND TABLE_TYPE NOT LIKE '%TEMPORARY%';"
}

# Names of the items that the answer $1 tells, sorted, into the file $2.
database_keep_items() {
  awk -F '\t' '$1 == "item" { print $6 }' "$database_folder/$1" | sort -u >"$database_folder/$2"
}

# Column $2, or else the second, of the row that begins with $1.
database_answer() { awk -F '\t' -v word="$1" -v column="${2-2}" '$1 == word { print $column }' "$database_folder/what"; }

# The rows of items that we want and whose type matches $1.
database_pick() {
  awk -F '\t' -v type="$1" 'FNR == NR { wanted[$0]; next } $1 == "item" && $2 ~ type && $6 in wanted' \
    "$database_folder/wanted" "$database_folder/what"
}

database_address() {
  sed -n "s/^\\(host\\|port\\) *= *[\"']*\\([^\"']*\\)[\"']*\$/\\2/p" "$database_options" | head -n 2 | paste -s -d : -
}

# ---------------------------------------------------------------- what would stop a dump

database_has_tables() {
  comm -23 "$database_folder/wanted" "$database_folder/all" >"$database_folder/missing"
  [ -s "$database_folder/missing" ] || return 0
  echo "$database_schema has no table $(database_list missing). Mend tables: in the runbook, or the name of the database."
  return 1
}

# The dump asks for the columns of each view, and ends at the first that it can't be told. Privileges that it lacks, it
# finds at the very end, or never.
database_reads() {
  database_read=yes
  database_pick 'VIEW' | cut -f 6 >"$database_folder/views"
  if [ -s "$database_folder/views" ]; then
    # One line for each view: an error tells its line.
    { echo; database_names <"$database_folder/views" | sed 's/.*/SHOW FIELDS FROM &; SHOW CREATE VIEW &;/'; } |
      database_ask fields "$database_schema" --force
    sed -n 's/^ERROR \([0-9]*\).* at line \([0-9]*\): .*/\1 \2/p' "$database_folder/fields.err" | sort -u -k 2,2 |
      while read -r number line; do echo "$(sed -n "$((line - 1))p" "$database_folder/views") (ERROR $number)"; done >"$database_folder/broken"
    if [ -s "$database_folder/broken" ]; then
      echo "The dump would stop at $(database_list broken): a view that is broken, or that $database_user may not show."
      echo 'Mend it or drop it (DROP VIEW), or back up only what you name in tables:. ERROR 1142 asks for SHOW VIEW, 1370 for EXECUTE.'
      database_read=''
    fi
  fi
  database_pick 'TABLE|VERSIONED' | awk -F '\t' '$3 == "-" { print $6 }' >"$database_folder/closed"
  if [ -s "$database_folder/closed" ]; then
    echo "The server can't open $(database_list closed), and the dump would stop there. Try: CHECK TABLE"
    database_read=''
  fi
  database_pick 'TABLE|VERSIONED' | awk -F '\t' '$3 != "-" && tolower($3) != "innodb" { print $6 " (" $3 ")" }' >"$database_folder/others"
  [ ! -s "$database_folder/others" ] ||
    echo "warning: not InnoDB, so that the dump may have rows of it that changed meanwhile: $(database_list others)"
  case $(database_answer programs 2) in [1-9]*) ;; *) database_overlooks triggers TRIGGER ;; esac
  [ -n "$arg_tables" ] || database_reads_programs || database_read=''
  [ -n "$database_read" ]
}

# What a user may not even know of is left out by the dump without a word.
database_overlooks() {
  echo "warning: $database_user seems to lack $2: if there are $1, they are not in the dump"
}

database_reads_programs() {
  case $(database_answer programs 3) in
    [1-9]*) ;;
    *) database_overlooks routines 'SHOW CREATE ROUTINE (MySQL: SHOW_ROUTINE; MariaDB before 11.3: SELECT ON mysql.proc)' ;;
  esac
  database_ask programs "$database_schema" <<END || { database_says programs "Events of $database_schema"; return 1; }
SHOW EVENTS;
SELECT 'hidden', ROUTINE_NAME FROM information_schema.ROUTINES
  WHERE ROUTINE_SCHEMA = $database_quoted AND ROUTINE_BODY = 'SQL' AND ROUTINE_DEFINITION IS NULL;
END
  awk -F '\t' '$1 == "hidden" { print $2 }' "$database_folder/programs" >"$database_folder/hidden"
  [ -s "$database_folder/hidden" ] || return 0
  echo "$database_user may not read the routine $(database_list hidden), and the dump would stop there."
  echo "MariaDB: GRANT SHOW CREATE ROUTINE ON \`$database_schema\`.* TO $database_user; MySQL: GRANT SHOW_ROUTINE ON *.* TO $database_user"
  return 1
}

# ---------------------------------------------------------------- what went wrong

# Says in our own words what the client $1 said; $2 is what it was about.
database_says() {
  database_number=$(sed -n \
    -e 's/^ERROR \([0-9][0-9]*\).*/\1/p' -e 's/.*[Gg]ot error: \([0-9][0-9]*\):.*/\1/p' \
    -e 's/.*: Error \([0-9][0-9]*\):.*/\1/p' -e 's/.*(\([0-9][0-9]*\))$/\1/p' "$database_folder/$1.err" | head -n 1)
  # shellcheck disable=SC2016 # sed's
  database_where=$(sed -n -e 's/^ERROR .* at line \([0-9][0-9]*\): .*/, at line \1/p' \
    -e 's/.* when dumping table \(`.*`\) at row: \([0-9][0-9]*\).*/, in the table \1 behind row \2/p' "$database_folder/$1.err" | head -n 1)
  database_explain
  echo "$2: ${database_number:+ERROR $database_number: }$database_meaning$database_where."
  [ -z "$database_advice" ] || echo "$database_advice"
  [ -s "$database_folder/$1.err" ] || return 0
  database_kept=$database_folder/$1.err
  echo "Its own words stay on this host, because they can hold data: $database_kept"
}

# Sets database_meaning and database_advice.
database_explain() {
  database_advice=''
  # A connection that was ended in the middle of a table is told of as a fault of its encryption.
  database_class=$database_number
  case $database_number:$database_where in 2026:?*) database_class=2013 ;; esac
  case $database_class in
    1045 | 1698) database_meaning='the server did not take the user or the password'
      database_advice="Look at user and password of databases.$arg_database, and at the secret behind it." ;;
    1044 | 1142 | 1143 | 1227 | 1370 | 1410) database_meaning='the user lacks a privilege'
      database_advice="It needs: GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, EXECUTE ON \`$database_schema\`.* TO ${database_user:-it}" ;;
    1049) database_meaning='there is no such database' ;;
    1130 | 1129) database_meaning='the server does not let this host in'
      database_advice='The user is allowed from other hosts than this one; or, after many failures: FLUSH HOSTS.' ;;
    1040 | 1203 | 1226) database_meaning='the server has no connection left' ;;
    2002 | 2003 | 2004) database_meaning='nothing answers there'
      database_advice='Is it running, and is this its host and port? Try: systemctl status mariadb mysql' ;;
    2005) database_meaning='the name of its host is not known here' ;;
    2026) database_meaning='no agreement about TLS' ;;
    2006 | 2013 | 2055 | 1053 | 1158 | 1159 | 1160 | 1161) database_meaning='the server went away, or did not answer in time'
      database_advice='Did it restart, or run out of memory? Its own log knows; run this again when it is back.' ;;
    1927 | 1317) database_meaning='somebody ended our connection' ;;
    1969 | 3024) database_meaning='the server ends queries that take so long'
      database_advice='Its max_statement_time or max_execution_time is too short for this table.' ;;
    1356 | 1449) database_meaning='a view is broken' database_advice='Mend it or drop it (DROP VIEW).' ;;
    1412) database_meaning='somebody changed a table in the middle (TRUNCATE, ALTER, DROP)'
      database_advice='Run this again when nobody migrates or truncates tables.' ;;
    1146 | 1051) database_meaning='a table is not there any more'
      database_advice='Somebody dropped or renamed it in the middle: run this again when nobody migrates.' ;;
    1205) database_meaning='somebody keeps a table locked' database_advice='Look at SHOW PROCESSLIST for an ALTER that waits or works.' ;;
    1153 | 2020) database_meaning='a row is larger than max_allowed_packet' ;;
    3 | 28 | 1021 | 1114) database_meaning='the disk of the server is full' ;;
    1194 | 1034 | 145) database_meaning='a table is damaged' database_advice='CHECK TABLE and REPAIR TABLE tell more.' ;;
    '') database_meaning='it failed' ;;
    *) database_meaning='the server refused it' ;;
  esac
}
