# Folders of runs, and in them the copies of what files held before something was restored over them. The newest are told,
# oldest first.

runs_left() {
  for left_folder in "$state"/runs/*; do
    if [ -d "$left_folder" ] && [ ! -L "$left_folder" ]; then printf '%s\n' "${left_folder##*/}"; fi
  done | tail -n 1000 | while IFS= read -r left_run; do runs_tell "$left_run"; done
}

runs_tell() { # run
  left_folder=$state/runs/$1 left_copies=0
  left_says=$(left_state "$1")
  if [ -d "$left_folder/kept" ] && [ ! -L "$left_folder/kept" ]; then
    left_copies=$(left_bytes "$left_folder/kept")
    tell_left copies "$1" "$left_copies" "$left_folder/kept" "$left_says"
  fi
  tell_left run "$1" "$(($(left_bytes "$left_folder") - left_copies))" "$left_folder" "$left_says"
}

# Taken away under another name: what is gone in part must not look like a run.
runs_remove() { # run, path
  left_is_over "$(left_state "$1")" || return
  for left_newest in "$state"/runs/*; do :; done
  [ "$left_newest" != "$state/runs/$1" ] || return
  case $2 in "$state/runs/$1" | "$state/runs/$1/kept") ;; *) return 1 ;; esac
  [ -d "$2" ] && [ ! -L "$2" ] || return
  rm -rf "$state"/runs/.pruned-*
  mv -T "$2" "$state/runs/.pruned-$1" && rm -rf "$state/runs/.pruned-$1"
}
