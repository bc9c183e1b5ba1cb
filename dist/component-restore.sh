# Files that get back what a backup of them has: arg_paths (a line each, links followed), arg_sources (a line each: a path, or
# a name in arg_archive), arg_before and arg_after (the sha256 of each, a line each). Owner and mode stay as they are; each
# file is renamed into its place.

restore_each() { # what to call with: path, source, digest before, digest after, number
  restore_total=$(printf '%s\n' "$arg_paths" | wc -l)
  restore_at=0
  while [ "$restore_at" -lt "$restore_total" ]; do
    restore_at=$((restore_at + 1))
    "$1" "$(restore_line "$arg_paths")" "$(restore_line "$arg_sources")" \
      "$(restore_line "$arg_before")" "$(restore_line "$arg_after")" "$restore_at" || return
  done
}

restore_line() { printf '%s\n' "$1" | sed -n "${restore_at}p"; }
restore_sum() { restore_digest=$(sha256sum 2>/dev/null <"$1") || return; printf '%s\n' "${restore_digest%% *}"; }

restore_ready() { restore_each restore_check; }

restore_check() { # path, source, before, after, number
  if [ "$direction" = forward ]; then restore_now=$3; else restore_now=$4; fi
  if [ "$(restore_sum "$1")" != "$restore_now" ]; then
    echo "$1 is not what it was any more: something else changed it meanwhile."
    return 1
  fi
  if [ "$direction" = forward ] && [ "$(restore_content "$2" | sha256sum)" != "$4  -" ]; then
    echo "$2 is not what it was any more, or can not be read."
    return 1
  fi
  if restore_is_ours "$1"; then restore_keeps_group "$1"; return; fi
  [ -z "$arg_archive" ] || { echo "$1 belongs to another user. Only its owner or root can restore it from an archive."; return 1; }
  # Where we may write, we could put a link in root's way: then root does nothing here.
  if [ -w "${1%/*}" ]; then echo "$1 belongs to another user, and its folder is open to $(id -un). Give one of them to the other."; return 1; fi
  for restore_side in "$1.rollbook" "$1.rollbook-before"; do
    if [ -L "$restore_side" ] || { [ -e "$restore_side" ] && [ ! -f "$restore_side" ]; }; then echo "$restore_side is in the way."; return 1; fi
  done
  if [ -e "$1.rollbook" ]; then echo "$1.rollbook is in the way."; return 1; fi
  restore_commands "$1" "$2" may_run
}

# Ours to replace: we own it and may write beside it, or we are root.
restore_is_ours() { [ "$(id -u)" = 0 ] || { [ -O "$1" ] && [ -w "${1%/*}" ]; }; }

# Who may give a file to a group is in it, or root.
restore_keeps_group() {
  [ "$(id -u)" != 0 ] || return 0
  case " $(id -G) " in
    *" $(stat -c %g -- "$1") "*) ;;
    *) echo "$1 belongs to the group $(stat -c %G -- "$1"), which $(id -un) is not in: the group would be lost."; return 1 ;;
  esac
}

# For what belongs to somebody else, each command with exactly these words has to be allowed.
restore_commands() { # path, source, what to call with each
  restore_cp=$(command -v cp) restore_mv=$(command -v mv)
  "$3" "$restore_cp" -p -- "$1" "$1.rollbook-before" &&
    "$3" "$restore_cp" -p -- "$1" "$1.rollbook" &&
    "$3" "$restore_cp" -- "$2" "$1.rollbook" &&
    "$3" "$restore_cp" -- "$1.rollbook-before" "$1.rollbook" &&
    "$3" "$restore_mv" -T -- "$1.rollbook" "$1"
}

restore_content() { if [ -n "$arg_archive" ]; then tar -xzOf "$arg_archive" -- "$1"; else cat -- "$1"; fi; }

# Somewhere between the two is where a process that was killed may have left it: that is ours to undo.
restore_state() {
  restore_after='' restore_before='' restore_else=''
  restore_each restore_look
  if [ -n "$restore_else" ]; then return 11; fi
  if [ -n "$restore_after" ] && [ -n "$restore_before" ]; then return 1; fi
  [ -z "$restore_before" ] || return 10
}

restore_look() {
  case $(restore_sum "$1") in
    "$4") restore_after=yes ;;
    "$3") restore_before=yes ;;
    *) restore_else=yes ;;
  esac
}

restore_do() { restore_each restore_bring; }

restore_bring() { # path, source, before, after, number
  [ "$(restore_sum "$1")" != "$4" ] || return 0
  restore_keep "$1" "$3" "$5" || return
  if restore_is_ours "$1"; then
    restore_replace "$1" restore_content "$2"
  else
    restore_put "$1" "$2"
  fi || return
  durable "${1%/*}"
  [ "$(restore_sum "$1")" = "$4" ] || { echo "$1 is not what it should be."; return 1; }
}

# A file of a name that nobody else has, made by us and by nobody before us, becomes the file: its owner, group and mode
# are those of the one that it replaces.
restore_replace() { # path, what prints the content
  restore_path=$1 restore_new=$1.rollbook-$plan_run
  shift
  # What an earlier try left, if it died here.
  rm -f "$restore_new"
  restore_rights=$(stat -c '%u:%g %a' -- "$restore_path")
  ( umask 077; set -C; "$@" >"$restore_new" ) && chown "${restore_rights% *}" "$restore_new" && chmod "${restore_rights#* }" "$restore_new" &&
    [ "$(stat -c '%u:%g %a' -- "$restore_new")" = "$restore_rights" ] && mv -T -- "$restore_new" "$restore_path" && return
  echo "$restore_path could not be replaced with its owner, group and mode kept."
  rm -f "$restore_new"
  return 1
}

restore_put() { # path, source
  privileged cp -p -- "$1" "$1.rollbook" && privileged cp -- "$2" "$1.rollbook" && privileged mv -T -- "$1.rollbook" "$1"
}

# A copy of what is there now, proved to be one before anything is replaced.
restore_keep() { # path, its digest, number
  restore_kept "$1" "$3"
  [ "$(restore_sum "$restore_copy")" != "$2" ] || return 0
  if restore_is_ours "$1"; then mkdir -p "$run_folder/kept" && cp -p -- "$1" "$restore_copy"
  else privileged cp -p -- "$1" "$restore_copy"; fi || return
  durable "$restore_copy"
  [ "$(restore_sum "$restore_copy")" = "$2" ] || { echo "$1 could not be kept."; return 1; }
}

restore_kept() { if restore_is_ours "$1"; then restore_copy=$run_folder/kept/$2; else restore_copy=$1.rollbook-before; fi; }

restore_undo() { restore_each restore_return; }

restore_return() { # path, source, before, after, number
  # What a process that was killed has left beside it.
  rm -f "$1.rollbook-$plan_run"
  [ "$(restore_sum "$1")" != "$3" ] || return 0
  restore_kept "$1" "$5"
  [ "$(restore_sum "$restore_copy")" = "$3" ] || { echo "The copy of $1 is not there any more: $restore_copy"; return 1; }
  if restore_is_ours "$1"; then
    restore_replace "$1" cat "$restore_copy"
  else
    restore_put "$1" "$restore_copy"
  fi || return
  durable "${1%/*}"
}
