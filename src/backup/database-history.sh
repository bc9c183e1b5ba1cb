# System-versioned tables of MariaDB keep every row that they ever had. A dump has this past only when it is told to,
# and is told to only when the client can, the server could take it back, and no table stands in the way.

# Looks which of the tables that we want keep a past: those whose past is dumped are named in the file `versioned`, those
# of which it is not in `pastless`, and database_why says why.
database_know_history() {
  database_why=''
  : >"$database_folder/pastless"
  database_pick VERSIONED | cut -f 6 | sort -u >"$database_folder/versioned"
  [ -s "$database_folder/versioned" ] || return 0
  # Only servers that can be given a past know the variable; times that are transactions make the dump fail.
  database_ask history '' <<END || { database_says history "System-versioned tables of $database_schema"; return 1; }
SHOW VARIABLES LIKE 'system_versioning_insert_history';
SELECT 'numbered', TABLE_NAME FROM information_schema.COLUMNS
  WHERE TABLE_SCHEMA = $database_quoted AND GENERATION_EXPRESSION = 'ROW START' AND DATA_TYPE = 'bigint';
END
  awk -F '\t' '$1 == "numbered" { print $2 }' "$database_folder/history" | sort | comm -12 - "$database_folder/versioned" >"$database_folder/numbered"
  case $("$database_dumper" --no-defaults --help 2>/dev/null) in
    *' --dump-history'[!a-z-]*) ;;
    *) database_why="the $database_dumper of this host can't dump it, that of MariaDB 10.11 and newer can" ;;
  esac
  grep -q '^system_versioning_insert_history' "$database_folder/history" ||
    database_why='a server before MariaDB 10.11 could not take it back'
  [ ! -s "$database_folder/numbered" ] ||
    database_why="that of $(database_list numbered) counts transactions, which no dump can keep; back the others up by tables:"
  [ -n "$database_why" ] || return 0
  mv "$database_folder/versioned" "$database_folder/pastless"
  : >"$database_folder/versioned"
}

# A backup without the past is better than none, but nobody may take it for more than it is.
database_tells_history() {
  database_know_history || return
  [ ! -s "$database_folder/pastless" ] ||
    echo "warning: system-versioned, and without their history in the dump: $(database_list pastless): $database_why"
}

# Queries that count all rows of the tables on standard input, a name a line.
database_count_sql() {
  database_names <"$database_folder/versioned" >"$database_folder/versioned.sql"
  database_names | awk '
    past { kept[$0]; next }
    { print "SELECT COUNT(*) FROM " $0 ($0 in kept ? " FOR SYSTEM_TIME ALL" : "") ";" }' past=1 "$database_folder/versioned.sql" past='' -
}
