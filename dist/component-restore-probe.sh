# What there is to restore files from, for the component `restore`. Nothing is written. Contents leave the host only as
# digests, and as lines of a diff without the values in them. `component/restore-reader.ts` reads what is printed.

probe_restore() { # folder or nothing, files (a line each), suffix or nothing, `latest` or a run
  restore_archive='' restore_number=0 restore_suffix=$3
  [ -n "$restore_suffix" ] || restore_find "$4" "$2" "$1"
  if [ -n "$restore_archive" ] && [ "$(sha256sum <"$restore_archive")" != "$restore_listed  -" ]; then
    fact restore-damaged "$restore_archive"
    return
  fi
  while IFS= read -r file; do
    restore_number=$((restore_number + 1))
    case $file in /*) path=$file ;; *) path=$1/$file ;; esac
    now=- wanted=- source=- at=0
    real=$(readlink -f -- "$path")
    [ ! -f "$real" ] || [ ! -r "$real" ] || { now=$(sha256sum <"$real"); now=${now%% *}; }
    if [ -n "$restore_suffix" ] && [ -f "$path$restore_suffix" ] && [ -r "$path$restore_suffix" ]; then
      source=$path$restore_suffix at=$(stat -c %Y "$source") wanted=$(sha256sum <"$source")
    elif [ -n "$restore_archive" ]; then
      source=$(restore_member "$path" "$file") at=$(stat -c %Y "$restore_archive")
      [ -z "$source" ] || wanted=$(tar -xzOf "$restore_archive" -- "$source" | sha256sum)
    fi
    wanted=${wanted%% *}
    fact restore-file "$restore_number" "$now" "$wanted" "$at" "${real:-$path}"
    fact restore-source "$restore_number" "${source:--}"
    if [ "$now" != - ] && [ "$wanted" != - ] && [ "$now" != "$wanted" ]; then restore_diff; fi
  done <<EOF
$2
EOF
  [ -z "$restore_archive" ] || fact restore-archive "$restore_archive"
}

# The newest backup of files, or that of one run, that has any of the files.
restore_find() { # `latest` or a run, files, folder
  [ -f "$state/backups/list" ] || return 0
  while read -r _ run sum _ _ kind _ archive; do
    case $kind in files) [ -f "$archive.manifest" ] || continue ;; *) continue ;; esac
    [ "$1" = latest ] || [ "$1" = "$run" ] || continue
    while IFS= read -r file; do
      case $file in /*) path=$file ;; *) path=$3/$file ;; esac
      [ -z "$(restore_archive=$archive restore_member "$path" "$file")" ] || { restore_archive=$archive restore_listed=$sum; }
    done <<EOF
$2
EOF
  done <"$state/backups/list"
}

# The name of a file in the archive: from the root, or as the runbook has it.
restore_member() { # path, name in the runbook
  for name in "${1#/}" "$2"; do
    if grep -qE '^-' "$restore_archive.manifest" && cut -d ' ' -f 4- "$restore_archive.manifest" | grep -qxF -e "$name"; then
      printf '%s\n' "$name"
      return
    fi
  done
}

# Which keys would go (-) and come (+), 60 of them at most. What stands behind `=` is a secret until somebody says
# otherwise, and so is every line that is not `KEY=value`: of those it is only said that they change.
restore_diff() {
  if [ -z "$restore_archive" ]; then diff -U 0 "$real" "$source"; else tar -xzOf "$restore_archive" -- "$source" | diff -U 0 "$real" -; fi |
    sed -n -E -e '1,2d' -e '/^@@/d' -e '/^[-+]/!d' \
      -e 's/^([-+])[[:space:]]*(export )?([A-Za-z_][A-Za-z0-9_.-]*)[[:space:]]*=.*/\1 \3=…/;t shown' \
      -e 's/^([-+]).*/\1 a line that is not KEY=value/' -e ': shown' -e p | uniq -c | head -n 60 |
    while read -r count line; do
      [ "$count" = 1 ] || line="$line ($count times)"
      fact restore-line "$restore_number" "$line"
    done
}
