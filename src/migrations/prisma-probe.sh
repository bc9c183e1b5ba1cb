# What a host knows of the migrations of a Prisma application in a git checkout: their folders in both commits, what the
# database has applied, and the SQL of those that the target lacks. Nothing is checked out or fetched, nothing is run but
# `prisma migrate status`. `prisma-facts.ts` reads what is printed.

# Of each kind, so that all of it fits into one answer. Where more could hide one that the target lacks, that is told.
most_apart=800 most_both=1000 most_lines=2000 most_texts=50

probe_prisma() { # checkout, live commit, target, folder of the migrations in it, folder of the application, Compose project, service
  GIT_OPTIONAL_LOCKS=0 GIT_NO_LAZY_FETCH=1 GIT_TERMINAL_PROMPT=0 GIT_LITERAL_PATHSPECS=1
  export GIT_OPTIONAL_LOCKS GIT_NO_LAZY_FETCH GIT_TERMINAL_PROMPT GIT_LITERAL_PATHSPECS
  checkout=$1 from=$2 folder=$4
  prisma_folder live "$2"
  prisma_folder target "$3"
  live=$(prisma_names "$2") target=$(prisma_names "$3")
  prisma_odd "$2" "$3"
  lacking=$(prisma_only "$live" "$target")
  note_cut live "$lacking" "$most_apart"
  lacking=$(lines "$lacking" | tail -n "$most_apart")
  say_names live "$lacking"
  say_names target "$(prisma_only "$target" "$live" | tail -n "$most_apart")"
  say_names both "$({ lines "$live"; lines "$target"; } | sort | uniq -d | tail -n "$most_both")"
  # As `ls prisma/migrations | tail -5` does.
  say_names latest "$(lines "$live" | tail -n 5)"
  probe_database "$5" "$6" "$7"
  lines "$lacking" | tail -n "$most_texts" | while IFS= read -r name; do prisma_text "$from" "$name"; done
}

lines() { [ -z "$1" ] || printf '%s\n' "$1"; }

prisma_git() { in_time 10 git -C "$checkout" "$@" </dev/null 2>/dev/null; }

# How many migrations a commit has, and how many of them have names that are not printed. Each is a folder of its own.
prisma_folder() { # side, commit
  if [ "$(prisma_git cat-file -t "$2:$folder")" != tree ]; then fact migrations "$1" none; return; fi
  named=$(prisma_names "$2" | grep -c .)
  fact migrations "$1" "$named" "$(($(prisma_git ls-tree -d --name-only "$2:$folder" | grep -c .) - named))"
}

prisma_names() { # commit
  prisma_git ls-tree -d --name-only "$1:$folder" | grep -E '^[A-Za-z0-9._][A-Za-z0-9._-]{0,254}$' | sort
}

# Those that have other names, and that the target lacks: Prisma runs them like any other.
prisma_odd() { # commit, target
  prisma_only "$(prisma_git ls-tree -d --name-only "$1:$folder")" "$(prisma_git ls-tree -d --name-only "$2:$folder")" |
    grep -Ev '^[A-Za-z0-9._][A-Za-z0-9._-]{0,254}$' | while IFS= read -r name; do say_odd "$name"; done
}

# Lines of the first that are not among the second.
prisma_only() { { lines "$1"; lines "$2"; lines "$2"; } | sort | uniq -u; }

prisma_text() { # commit, name
  prisma_git cat-file blob "$1:$folder/$2/migration.sql" | say_text "$2"
}

# What the application's own Prisma says that the database has applied. Only names of migrations, and the sentences that
# say what they are, leave the host, and of an error its class: what else is printed has addresses and rows in it.
probe_database() { # folder of the application, Compose project, service
  printed=$(
    { prisma_ask "$@" </dev/null 2>&1; ended=$?; printf '\nended %s\n' "$ended"; } | head -c 500000 | tr -d '\r'
  )
  status=$(lines "$printed" | sed -n '$s/^ended \([0-9]\{1,3\}\)$/\1/p')
  [ -n "$status" ] || fact migrations-cut status
  diagnosis=$(lines "$printed" | prisma_diagnosis)
  note_cut applied "$diagnosis" "$most_lines"
  diagnosis=$(lines "$diagnosis" | head -n "$most_lines")
  case $diagnosis in
    *hasMigrationsTable:*) lines "$diagnosis" | sed "s/^/RB1 $courier_nonce $message fact prisma-said /" ;;
    *) prisma_sentences "$printed" ;;
  esac
  fact prisma-status "${status:-endless}" "$(prisma_class "$printed")"
  prisma_history "$(lines "$diagnosis" | awk '/:$/ { key = $0; next } key == "unpersistedMigrationNames:"' | head -n 10)"
}

prisma_sentences() { # what it printed
  lines "$1" |
    grep -E '^$|^[A-Za-z0-9._-]{1,255}$|^(The|Following) migration.* (have not yet been applied|have failed|are not found locally in .*):$|^Database schema is up to date|^The current database is not managed|^[0-9]+ migrations? found in|^No migration found in' |
    cut -c 1-300 | tail -n "$most_lines" | sed "s/^/RB1 $courier_nonce $message fact prisma-line /"
}

# In words of its own, Prisma is silent about migrations that the database has and the folder lacks, as long as the
# folder has none that the database lacks. Asked for its reasons, it names them. A list becomes a word for a line.
prisma_diagnosis() {
  sed -n -e '/^ *"diagnoseResult": "/p' -e '/^ *"listMigrationDirectoriesResult": {/,/^}/p' |
    sed -e 's/\\n/ /g' -e 's/\\"/ /g' -e 's/": /: /g' -e 's/ : /: /g' -e 's/[]["{},]/ /g' | tr -s ' ' '\n' |
    grep -E '^[A-Za-z0-9._-]{1,255}:?$'
}

# As the login gives it. What is not installed is not fetched either, and nobody is told that it ran.
prisma_ask() {
  if [ -n "$2" ]; then prisma_in_service "$2" "$3"; return; fi
  cd -- "$1" 2>/dev/null || { echo 'rollbook: no-folder'; return 1; }
  command -v npx >/dev/null 2>&1 || { echo 'rollbook: no-npx'; return 1; }
  as_the_login
  DEBUG=prisma:migrate:status NO_COLOR=1 CHECKPOINT_DISABLE=1 npm_config_update_notifier=false npm_config_logs_max=0
  export DEBUG NO_COLOR CHECKPOINT_DISABLE npm_config_update_notifier npm_config_logs_max
  in_time 30 npx --no-install prisma migrate status
}

# No variable of this shell reaches Compose: it would win over `.env`. Docker leaves behind what runs in a container when
# its own client is ended, so that the time is kept in there as well.
prisma_in_service() { # Compose project, service
  cd -- "$1" 2>/dev/null || { echo 'rollbook: no-compose'; return 1; }
  command -v docker >/dev/null 2>&1 || { echo 'rollbook: no-docker'; return 1; }
  # shellcheck disable=SC2016 # the shell of the container reads it
  set -- -T -e DEBUG=prisma:migrate:status -e NO_COLOR=1 -e CHECKPOINT_DISABLE=1 -e npm_config_update_notifier=false \
    -e npm_config_logs_max=0 "$2" sh -c 'if timeout 1 true 2>/dev/null; then set -- timeout 28 "$@"; fi; exec "$@"' \
    sh npx --no-install prisma migrate status
  in_time 30 env -i "PATH=$PATH" "HOME=${HOME-}" ${DOCKER_HOST:+"DOCKER_HOST=$DOCKER_HOST"} \
    ${DOCKER_CONTEXT:+"DOCKER_CONTEXT=$DOCKER_CONTEXT"} ${DOCKER_CONFIG:+"DOCKER_CONFIG=$DOCKER_CONFIG"} \
    ${XDG_RUNTIME_DIR:+"XDG_RUNTIME_DIR=$XDG_RUNTIME_DIR"} docker compose exec "$@"
}

prisma_class() {
  code=$(lines "$1" | sed -n 's/.*[Ee]rror[a-z ]*: \(P[0-9]\{4\}\).*/\1/p' | head -n 1)
  if [ -n "$code" ]; then echo "$code"; return; fi
  case $1 in
    *'rollbook: no-'*) lines "$1" | sed -n 's/^rollbook: \(no-[a-z]*\)$/\1/p' ;;
    *"Can't reach database server"*) echo P1001 ;;
    *'Authentication failed against'*) echo P1000 ;;
    *'Database `'*'` does not exist'*) echo P1003 ;;
    *'Environment variable not found'*) echo P1012 ;;
    *'npx canceled'* | *'could not determine executable to run'* | *'prisma: not found'* | *'not found: prisma'* | *'prisma: command not found'*) echo no-prisma ;;
    *'npx: not found'* | *'npx: command not found'* | *'executable file not found'*) echo no-npx ;;
    *'is not running'*) echo stopped ;;
    *'no such service'*) echo no-service ;;
    *'no configuration file provided'*) echo no-compose ;;
    *'Cannot connect to the Docker daemon'* | *'permission denied while trying to connect to the '[Dd]ocker*) echo no-engine ;;
    *'is not a docker command'* | *"unknown shorthand flag: 'T'"*) echo no-docker ;;
  esac
}

# What the database has and neither commit: most often it came with a release that was left before.
prisma_history() { # names
  lost=$(lines "$1" | prisma_missing)
  [ -n "$lost" ] || return 0
  set --
  for name in $lost; do set -- "$@" "$folder/$name/migration.sql"; done
  added=$from
  prisma_git -c log.showSignature=false log --all --diff-filter=A --no-renames --format=%H --name-only -- "$@" |
    while IFS= read -r line; do
      name=${line%/migration.sql}
      case $line in
        */migration.sql) prisma_text "$added" "${name##*/}" ;;
        ?*) added=$line ;;
      esac
    done
}

prisma_missing() { { cat; lines "$live"; lines "$live"; lines "$target"; lines "$target"; } | sort | uniq -u; }
