# A backup of files and folders: arg_paths (a line each, absolute or relative to step_in), arg_archive. Written under a
# partial name, compared with what lies there, and only then given its own. Beside it: `.manifest`, a line for each file,
# folder and link with its rights, owner, group and sha256, and `.sha256`, for `sha256sum -c`.

files_ready() {
  cd -- "${step_in:-/}" || return
  printf '%s\n' "$arg_paths" | while IFS= read -r path; do
    [ -r "$path" ] || { echo "$path is not there, or $(id -un) may not read it."; exit 1; }
  done
}

files_state() { return 12; }

files_do() {
  mkdir -p "${arg_archive%/*}" || return
  files_work=$arg_archive.part
  # What an earlier run left that died here.
  rm -f "${arg_archive%/*}"/*-files-*.tar.gz.part*
  files_keep && return
  files_status=$?
  rm -f "$files_work" "$files_work".*
  return "$files_status"
}

files_keep() {
  # Relative names stay so: the archive is of that folder.
  files_root=/
  case "$newline$arg_paths" in *"$newline"/*) ;; *) files_root=${step_in:-/} ;; esac
  files_names=$(files_relative)
  cd -- "$files_root" || return
  set -f
  old_ifs=$IFS
  IFS='
'
  # shellcheck disable=SC2086 # a name a line, none of them with a slash or a blank line in front
  set -- $files_names
  IFS=$old_ifs
  set +f
  # GNU's tar writes names as they are, and a file with two names twice, only when it is told to.
  files_plain='' files_whole=''
  if tar --quoting-style=literal --version >/dev/null 2>&1; then
    files_plain=--quoting-style=literal files_whole=--hard-dereference
  fi
  files_manifest "$@" >"$files_work.manifest" || return
  limited tar --numeric-owner ${files_whole:+"$files_whole"} -czf "$files_work" -- "$@" || return
  files_compare || return
  files_manifest "$@" >"$files_work.again" || return
  files_equal "$files_work.manifest" "$files_work.again" || {
    echo 'Something changed while it was read. Run it again when nobody writes there. What changed:'
    files_differ "$files_work.manifest" "$files_work.again"
    return 1
  }
  durable "$files_work" "$files_work.manifest"
  mv "$files_work.manifest" "$arg_archive.manifest" && mv "$files_work" "$arg_archive" || return
  rm -f "$files_work".*
  cd -- "${arg_archive%/*}" || return
  sha256sum "${arg_archive##*/}" "${arg_archive##*/}.manifest" >"${arg_archive##*/}.sha256" || return
  read -r sum _ <"${arg_archive##*/}.sha256"
  tell_backup "$sum" "$(stat -c %s "$arg_archive")" readback "$arg_archive"
}

# The names as the archive has them, without a slash in front: tar would cut it off, and say so each time.
files_relative() {
  printf '%s\n' "$arg_paths" | while IFS= read -r path; do
    case $files_root:$path in /:/*) ;; /:*) path=${step_in%/}/$path ;; esac
    path=${path#/} path=${path%/}
    printf '%s\n' "${path:-.}"
  done
}

# What lies there now: `<rights> <owner>/<group> <sha256 or -> <name>`, in the order of the alphabet, owners as numbers;
# behind the name of a link, where it leads.
files_manifest() {
  for name; do
    set -- "$@" "./$name"
    shift
  done
  if [ -n "$(find "$@" -name "*$newline*")" ]; then echo 'A name with a line feed in it can not be kept.' >&2; return 1; fi
  find "$@" -type d -exec stat -c '%A %u/%g - %n' {} + >"$files_work.members" || return
  find "$@" -type l -exec stat -c '%A %u/%g - %n' {} + >"$files_work.rights" || return
  while IFS= read -r line; do
    printf '%s -> %s\n' "$line" "$(readlink "./${line#* ./}")"
  done <"$files_work.rights" >>"$files_work.members"
  find "$@" -type f -exec stat -c '%A %u/%g %n' {} + >"$files_work.rights" || return
  find "$@" -type f -exec sha256sum {} + >"$files_work.sums" || return
  [ "$(wc -l <"$files_work.rights")" = "$(wc -l <"$files_work.sums")" ] || return
  while IFS= read -r line <&4 && IFS= read -r sum <&5; do
    # GNU puts a backslash in front where it had to mask one in the name.
    sum=${sum#\\}
    printf '%s %s ./%s\n' "${line%% ./*}" "${sum%% *}" "${line#* ./}"
  done 4<"$files_work.rights" 5<"$files_work.sums" >>"$files_work.members"
  sed 's| \./| |' "$files_work.members" | sort
}

# Is the archive what the manifest says, in every name, right, owner and byte? It is read to its end twice.
files_compare() {
  limited tar ${files_plain:+"$files_plain"} --numeric-owner -tvzf "$files_work" >"$files_work.members" || {
    echo 'The archive can not be read back.'
    return 1
  }
  # Busybox lists owners by their names alone.
  owner='\2 '
  [ -n "$files_plain" ] || owner=''
  sed -E -e "s|^([^ ]+) +([^ ]+) +[^ ]+ +[^ ]+ +[^ ]+ |\\1 $owner|" -e '/^d/s|/$||' "$files_work.members" | sort >"$files_work.archive"
  sed -E "s|^([^ ]+) ([^ ]+) [^ ]+ |\\1 $owner|" "$files_work.manifest" | sort >"$files_work.members"
  files_same "$files_work.members" "$files_work.archive" || return
  # shellcheck disable=SC2016 # for the shell that tar starts
  limited tar -xzf "$files_work" --to-command='sum=$(sha256sum) && printf "%s %s\n" "${sum%% *}" "$TAR_FILENAME"' >"$files_work.sums" || {
    echo 'The archive can not be read back.'
    return 1
  }
  sort "$files_work.sums" >"$files_work.archive"
  sed -n -E 's/^[^ ]+ [^ ]+ ([0-9a-f]{64}) /\1 /p' "$files_work.manifest" | sort >"$files_work.members"
  files_same "$files_work.members" "$files_work.archive"
}

files_same() {
  files_equal "$1" "$2" && return
  echo 'The archive is not what lies there, or that changed while it was read:'
  files_differ "$1" "$2"
  return 1
}

files_equal() { [ "$(sha256sum <"$1")" = "$(sha256sum <"$2")" ]; }

# The sums themselves are nobody's business: a short secret can be guessed from one.
files_differ() { diff "$1" "$2" 2>/dev/null | sed -n -E 's/^[<>] //p' | sed -E 's/[0-9a-f]{64} //' | sort -u | head -n 10; }

files_undo() { :; }
