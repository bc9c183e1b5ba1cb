# Whether the process that a lock names still lives. Shared by the program and by the courier.
# An owner is `v1:<run>:<boot id>:<pid>:<start time>`.

# Prints `alive` or `dead` for the owner that a lock names. Dead only when that is certain: another boot, no such
# process, or a process that started at another time.
owner_is() {
  rest=${1#v1:*:}
  boot=${rest%%:*} rest=${rest#*:}
  pid=${rest%%:*} started=${rest#*:}
  read -r boot_now </proc/sys/kernel/random/boot_id
  [ "$boot" = "$boot_now" ] || { echo dead; return; }
  [ -r "/proc/$pid/stat" ] || { echo dead; return; }
  [ "$(started_at "$pid")" = "$started" ] || { echo dead; return; }
  echo alive
}

# Start time of a process in clock ticks since boot: field 22, counted behind the name, which may hold anything.
started_at() {
  read -r stat <"/proc/$1/stat" || return
  # shellcheck disable=SC2086 # fields of /proc/PID/stat
  set -- ${stat##*) }
  echo "${20}"
}
