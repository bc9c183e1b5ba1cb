# What runs from which release: asked after a switch, while the checks look. One listing of /proc, not a program for
# each process; what is in it is read by the shell itself.

# Programs that run applications. Of those that we may not look into, these are worth a word; a cron daemon is not.
serving_runs_applications() {
  case $1 in
    php* | node* | npm* | PM2* | bun | deno* | python* | gunicorn* | uwsgi* | celery* | ruby* | puma* | unicorn*) ;;
    bundle* | sidekiq* | java* | dotnet* | beam* | apache2 | httpd) ;;
    *) return 1 ;;
  esac
}

# shellcheck disable=SC2030,SC2031 # all that the loop sets is used inside it
probe_processes() { # the link that was switched, the folder of its releases
  live=$(readlink -f "$1") releases=$(readlink -f "$2")
  case $live in "$releases"/?*) ;; *) return 0 ;; esac
  fact serving "$live"
  # With hidepid, others' processes are not even names to us.
  [ -e /proc/1/comm ] || fact only-own
  last='' told=0 named=0 holder=0
  program=$(readlink "${state-}/lock") program=${program#*:*:*:} program=${program%%:*}
  # shellcheck disable=SC2010 # where the links of /proc lead is what is looked for
  ls -l /proc/[0-9]*/cwd /proc/[0-9]*/exe /proc/[0-9]*/fd 2>/dev/null |
    grep -F -e " -> $releases/" -e /cwd -e /fd: |
    while IFS= read -r line; do
      case $line in
        /proc/*/fd:) holder=${line#/proc/} holder=${holder%/fd:} ;;
        l*" -> $releases/"*) serving_process "${line%% -> *}" "${line#* -> }" || break ;;
        l*' -> '*) ;;
        l*/cwd) serving_hidden "$line" || break ;;
      esac
    done
}

# shellcheck disable=SC2031
serving_process() { # the line in front of its arrow, the path behind it
  what=fd process=$holder
  case $1 in */proc/*) process=${1##*/proc/} what=${process#*/} process=${process%%/*} ;; esac
  inside=${2#"$releases"/}
  # A process has many files open: each release is told once for it.
  [ "$process ${inside%%/*}" != "$last" ] || return 0
  if [ "$what" = fd ]; then
    # A web server that hands out a file has it open for a moment only: that is not yet to run from there.
    [ -e "/proc/$process/fd/${1##* }" ] || return 0
    ! serving_ours "$process" || return 0
  fi
  last="$process ${inside%%/*}"
  serving_user "$1"
  fact process "$process" "$user" "$what" "$2"
  case $2 in
    "$live" | "$live"/*) ;;
    *) [ "$named" -ge 50 ] || { named=$((named + 1)); fact command "$process" "$(serving_command "$process")"; } ;;
  esac
  told=$((told + 1))
  [ "$told" -lt 1000 ]
}

# Our own shells look into releases, too, for a moment; they are known by their parents. So is what is gone by now.
# shellcheck disable=SC2031
serving_ours() { # a process
  ours=$1
  while [ "$ours" -gt 1 ]; do
    if [ "$ours" = "$$" ] || [ "$ours" = "${program:-}" ]; then return 0; fi
    { IFS= read -r parents <"/proc/$ours/stat"; } 2>/dev/null || return 0
    set -f
    # shellcheck disable=SC2086 # columns, behind a name that may have blanks
    set -- ${parents##*) }
    ours=${2:-0}
  done
  return 1
}

serving_user() {
  set -f
  # shellcheck disable=SC2086 # columns
  set -- $1
  user=${3-?}
}

# A process that we may not look into says nothing of where it runs, and is not guessed about.
serving_hidden() {
  process=${1##*/proc/} process=${process%/cwd}
  { read -r name <"/proc/$process/comm"; } 2>/dev/null || return 0
  serving_runs_applications "$name" || return 0
  serving_user "$1"
  fact hidden "$user" "$name"
  told=$((told + 1))
  [ "$told" -lt 1000 ]
}

# The first words of a command. What follows an option may be a secret, so that the first one ends it.
serving_command() {
  set -f
  # shellcheck disable=SC2046 # words
  set -- $(tr '\0\n' '  ' <"/proc/$1/cmdline" 2>/dev/null | head -c 300)
  short='' words=0
  for word; do
    case $word in -* | *=* | *://*) break ;; esac
    short="$short${short:+ }${word##*/}" words=$((words + 1))
    [ "$words" -lt 4 ] || break
  done
  printf '%s' "${short:-?}"
}
