# A backup of files and folders: arg_paths (a line each, absolute or relative to step_in), arg_archive. Written under a
# partial name, read back to the end, and only then given its own.

files_ready() {
  cd -- "${step_in:-/}" || return
  printf '%s\n' "$arg_paths" | while IFS= read -r path; do
    [ -r "$path" ] || { echo "$path is not there, or $(id -un) may not read it."; exit 1; }
  done
}

files_state() { return 12; }

files_do() {
  cd -- "${step_in:-/}" || return
  mkdir -p "${arg_archive%/*}" || return
  set -f
  old_ifs=$IFS
  IFS='
'
  # shellcheck disable=SC2086 # a path a line
  set -- $arg_paths
  IFS=$old_ifs
  limited tar --numeric-owner -czf "$arg_archive.part" -- "$@" || { rm -f "$arg_archive.part"; return 1; }
  limited tar -tzf "$arg_archive.part" >/dev/null || { rm -f "$arg_archive.part"; echo 'The archive can not be read back.'; return 1; }
  durable "$arg_archive.part"
  mv "$arg_archive.part" "$arg_archive" || return
  cd -- "${arg_archive%/*}" || return
  sha256sum "${arg_archive##*/}" >"${arg_archive##*/}.sha256" || return
  read -r sum _ <"${arg_archive##*/}.sha256"
  printf '%s\n' "$sum $(wc -c <"$arg_archive") $arg_archive" >"$run_folder/backup.$act_step"
}

files_undo() { :; }
