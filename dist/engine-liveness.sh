# Whether the process that a lock names still lives. Shared by the program and by the courier.
# An owner is `v1:<run>:<boot id>:<pid>:<start time>`.

# Prints `alive` or `dead` for the owner that a lock names. Dead only when that is certain: another boot, no such
# process, or a process that started at another time. A text that is not an owner is nobody's to take away.
owner_is() {
  case $1 in v1:*:*:*:*) ;; *) echo alive; return ;; esac
  rest=${1#v1:*:}
  boot=${rest%%:*} rest=${rest#*:}
  read -r boot_now </proc/sys/kernel/random/boot_id
  if [ "$boot" = "$boot_now" ] && lives "${rest%%:*}" "${rest#*:}"; then echo alive; else echo dead; fi
}

# Does the process $1 live that started at $2? `kill -0` would also say yes to its corpse, and to whoever has its
# number now.
lives() { [ -n "$2" ] && [ "$(started_at "$1")" = "$2" ]; }

# Start time of a living process in clock ticks since boot: field 22, counted behind the name, which may hold anything.
started_at() {
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return
  # shellcheck disable=SC2086 # fields of /proc/PID/stat
  set -- ${stat##*) }
  case $1 in Z | X) return 1 ;; esac
  echo "${20}"
}
