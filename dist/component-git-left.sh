# The tags that runs left on the commits that a checkout came from. Ours is one that stands on a commit that its run
# moved away from, as that run wrote it down.

git_left() { # folder of the checkout
  command -v git >/dev/null 2>&1 || return 0
  git_left_here "$1" for-each-ref --format='%(objectname) %(refname)' refs/tags/rollbook |
    while read -r left_commit left_ref; do
      left_run=${left_ref#refs/tags/rollbook/}
      tell_left tag "$left_run" 0 "$1 rollbook/$left_run" "$(git_left_state "$left_run" "$left_commit")"
    done
}

# What lies in the checkout must not decide what runs here.
git_left_here() { # folder, words for git
  cd -- "$1" 2>/dev/null || return
  shift
  ( umask "$login_umask"; git -c core.hooksPath=/dev/null -c core.fsmonitor=false "$@" )
}

git_left_state() { # run, commit of the tag
  left_says=$(left_state "$1")
  if [ "$left_says" != unproved ] && grep -qF "\"before\": \"$2\"" "$state/runs/$1/plan.json"; then echo "$left_says"
  else echo unproved; fi
}

git_remove() { # folder of the checkout, run, name
  left_commit=$(git_left_here "$1" rev-parse --verify --quiet "refs/tags/rollbook/$2") || return
  left_is_over "$(git_left_state "$2" "$left_commit")" || return
  # Only while it stands where we saw it.
  git_left_here "$1" update-ref -d "refs/tags/rollbook/$2" "$left_commit"
}
