# The clients of PostgreSQL, on this host or inside a Compose service, for questions and for steps alike. pg_name, pg_host,
# pg_port, pg_user and pg_tls say where; a password stands in a file that only we can read, and goes into a service on
# standard input.

# Reads the text $1, as `database/postgres-access.ts` makes it.
pg_know() { # access, folder of the Compose project or empty, its service
  pg_name='' pg_host='' pg_port='' pg_user='' pg_tls='' pg_pass='' pg_into='' pg_limit='' pg_gently=''
  pg_compose=$2 pg_service=$3
  pg_tab=$(printf '\t')
  while IFS= read -r pg_line; do
    case $pg_line in
      '# database: '*) pg_name=${pg_line#'# database: '} ;;
      '# host: '*) pg_host=${pg_line#'# host: '} ;;
      '# port: '*) pg_port=${pg_line#'# port: '} ;;
      '# user: '*) pg_user=${pg_line#'# user: '} ;;
      '# tls: '*) pg_tls=${pg_line#'# tls: '} ;;
      '*:'*) pg_pass=$pg_line ;;
    esac
  done <<END
$1
END
}

# pg_run <program> <arguments>, with its own standard input; names in the database pg_into, or in ours.
pg_run() {
  if [ -n "$pg_compose" ]; then pg_inside "$@"; else pg_here "$@"; fi
}

pg_here() (
  unset PGSERVICE PGHOSTADDR PGPASSWORD PGOPTIONS PGHOST PGSSLMODE
  [ -z "$pg_host" ] || { PGHOST=$pg_host; export PGHOST; }
  [ -z "$pg_tls" ] || { PGSSLMODE=$pg_tls; export PGSSLMODE; }
  PGPORT=$pg_port PGUSER=$pg_user PGDATABASE=${pg_into:-$pg_name} PGPASSFILE=$pg_passfile PGCONNECT_TIMEOUT=10 PGAPPNAME=rollbook TZ=UTC
  export PGPORT PGUSER PGDATABASE PGPASSFILE PGCONNECT_TIMEOUT PGAPPNAME TZ
  # shellcheck disable=SC2086 # words of our own
  exec ${pg_limit:+timeout "$pg_limit"} $pg_gently "$@"
)

# What runs inside the service: the first line that it reads is the one of a password file, or empty.
# shellcheck disable=SC2016 # for the shell there
pg_script='umask 077
IFS= read -r pass
[ -z "$1" ] || { PGHOST=$1; export PGHOST; }
PGPORT=$2 PGUSER=$3 PGDATABASE=$4 PGCONNECT_TIMEOUT=10 PGAPPNAME=rollbook TZ=UTC
export PGPORT PGUSER PGDATABASE PGCONNECT_TIMEOUT PGAPPNAME TZ
[ -z "$5" ] || { PGSSLMODE=$5; export PGSSLMODE; }
shift 5
[ -n "$pass" ] || exec "$@"
PGPASSFILE=$(mktemp -p /dev/shm 2>/dev/null || mktemp) || exit
export PGPASSFILE
trap "rm -f $PGPASSFILE" EXIT
trap "exit 143" TERM HUP INT
printf "%s\n" "$pass" >"$PGPASSFILE"
"$@"'

# A clean environment, because a variable of ours would win over `.env`; what says where the engine is stays.
pg_inside() (
  cd -- "$pg_compose" || exit
  { printf '%s\n' "$pg_pass"; cat; } |
    ${pg_limit:+timeout "$pg_limit"} env -i "PATH=$PATH" "HOME=${HOME-}" ${ROLLBOOK_STEP:+"ROLLBOOK_STEP=$ROLLBOOK_STEP"} \
      ${DOCKER_HOST:+"DOCKER_HOST=$DOCKER_HOST"} ${DOCKER_CONTEXT:+"DOCKER_CONTEXT=$DOCKER_CONTEXT"} \
      ${DOCKER_CONFIG:+"DOCKER_CONFIG=$DOCKER_CONFIG"} ${XDG_RUNTIME_DIR:+"XDG_RUNTIME_DIR=$XDG_RUNTIME_DIR"} \
      docker compose exec -T "$pg_service" sh -c "$pg_script" sh \
      "$pg_host" "$pg_port" "$pg_user" "${pg_into:-$pg_name}" "$pg_tls" "$@"
)

# Lets what follows take $1 seconds at most, where there is a means to.
pg_within() {
  pg_limit=$1
  timeout 1 true 2>/dev/null || pg_limit=''
}

# Answers of the server to the SQL on standard input: a line for a row, with tabs. Of an error only its number is told,
# because its words can hold rows. Arguments are options of psql, such as -v name=value. Without a search path, as pg_dump
# does it: a function in a schema of the database could otherwise be taken for one of the server, and run with our rights.
pg_ask() {
  pg_run psql -w -X -q -A -t -F "$pg_tab" -v ON_ERROR_STOP=1 -v VERBOSITY=sqlstate -c "set search_path = ''" "$@" -f -
}

# The same, asked from outside of the database: whoever is in it can't rename it.
pg_ask_beside() {
  pg_before=$pg_into pg_into=postgres
  if [ "$pg_name" = postgres ]; then pg_into=template1; fi
  pg_ask "$@"
  pg_status=$?
  pg_into=$pg_before
  return "$pg_status"
}

# Rows of each table, `<rows><tab><schema>.<table>` with names as SQL has them: the tables that a dump has the rows of.
pg_count() {
  pg_ask <<'END'
select format('select count(*), %L from only %I.%I', translate(format('%I.%I', n.nspname, c.relname), E'\n\r\t', '   '), n.nspname, c.relname)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
  order by n.nspname, c.relname
\gexec
END
}

# Rows of each table in the archive on standard input, in the same form: all of its data is unpacked for that. Rows of
# `COPY` are a line each.
pg_rows_in_archive() {
  pg_into=''
  { pg_run pg_restore -w --data-only -f - && echo '-- read to its end'; } | awk '
    inside && $0 == "\\." { print rows "\t" name; inside = 0; next }
    inside { rows++; next }
    / FROM stdin;$/ && match($0, /^COPY ("([^"]|"")*"|[^". (]+)\.("([^"]|"")*"|[^". (]+) /) {
      name = substr($0, 6, RLENGTH - 6); inside = 1; rows = 0
    }
    { last = $0 }
    END { exit (inside || last != "-- read to its end") }'
}

# What the client said in the file $1, in our own words; nothing of a row is in them.
pg_meaning() {
  case $(cat "$1") in
    *'permission denied while trying to connect'* | *'Cannot connect to the Docker'*) echo "$(id -un) can not talk to the container engine" ;;
    *'authentication failed'* | *'no password supplied'* | *28P01* | *28000*) echo 'the server did not take the user or the password' ;;
    *pg_hba.conf*) echo 'the server does not let this host or this user in (pg_hba.conf)' ;;
    *'too many clients'* | *53300*) echo 'the server has no connection left' ;;
    *'Connection refused'* | *'No such file or directory'*'running'* | *'timeout expired'*) echo 'nothing answers there' ;;
    *'translate host name'*) echo 'the name of its host is not known here' ;;
    *'No space left'* | *53100*) echo 'the disk of the server is full' ;;
    *'input file does not appear'* | *'not a valid archive'* | *'text format dump'*) echo 'it is no archive of pg_dump -Fc' ;;
    *'unsupported version'*) echo 'it was made by a newer pg_dump than the pg_restore here' ;;
    *'end of file'* | *'could not read'* | *'could not uncompress'* | *'could not decompress'*) echo 'the archive is cut or damaged' ;;
    *42501* | *'permission denied'*) echo 'the user lacks a privilege' ;;
    *55P03* | *'lock timeout'*) echo 'somebody keeps a table locked: look at pg_stat_activity' ;;
    *55006*) echo 'somebody is connected to it' ;;
    *57P0* | *'server closed the connection'* | *'terminating connection'*) echo 'the server went away, or ended our connection' ;;
    *3D000* | *'does not exist'*'FATAL'* | *'FATAL'*'does not exist'*) echo 'there is no such database' ;;
    *'ERROR:  role '*'does not exist'*) echo 'a role that it names is not on this server' ;;
    *'is not running'*) echo 'the service is not running' ;;
    *'docker: not found'* | *'docker'*'not found'*) echo 'docker is not on this host' ;;
    *) pg_number=$(sed -n 's/.*ERROR: *\([0-9A-Z]\{5\}\).*/\1/p' "$1" | head -n 1)
      echo "it failed${pg_number:+ (SQLSTATE $pg_number)}" ;;
  esac
}
